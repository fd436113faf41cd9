"""Rules over a city: award lists, explanations, single enterprises, events, sliders and bundles, beside the peers."""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.report import Row, publish
from bench.rules_bundles import bundles
from bench.rules_city import DAY, city, rule_base
from bench.rules_openfisca import OpenFiscaPeer
from bench.rules_peers import DuckPeer, PolarsPeer, Signature, ZenPeer, arrow, installed
from sanfu.kernel.rules.engines.bitmap import Population
from sanfu.kernel.rules.engines.columns import Table
from sanfu.kernel.rules.engines.kernels import CompiledKernels, Kernels, NumpyKernels, load_kernels
from sanfu.kernel.rules.engines.naive import Naive
from sanfu.kernel.rules.engines.plan import Plan, make_plan
from sanfu.kernel.rules.engines.single import Single
from sanfu.kernel.rules.judging.verdict import whole
from sanfu.kernel.rules.population.insights import Watch, near_miss, update
from sanfu.kernel.rules.reading.document import Document, read_document
from sanfu.kernel.rules.reading.thresholds import move_threshold, thresholds

OPENFISCA_EXACT, OPENFISCA = "openfisca-core, 64-bit numbers", "openfisca-core as it comes"
SAMPLE = 40  # enterprises on which every engine is held against the oracle, clause by clause


def seconds(work: Callable[[], object], repeat: int = 5) -> dict[str, float]:
    """Median wall and processor seconds after one warm-up; on a busy machine the latter is the steadier."""
    work()
    wall, cpu = [], []
    for _ in range(repeat):
        began, began_cpu = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - began_cpu)
    return {"wall_s": statistics.median(wall), "cpu_s": statistics.median(cpu)}


def signature(population: Population) -> Signature:
    return [(len(rows), int(values.sum())) for _, rows, (values, _) in population.awards()]


# ---- agreement first


def agreement(document: Document, plan: Plan) -> int:
    """Naive, generated Python, bitmaps and the peers on a sample, every condition and amount. AssertionError otherwise."""
    table = city(SAMPLE, seed=77)
    population, single = Population(plan, table), Single(plan)
    sums: list[list[int]] = [[0, 0] for _ in plan.rules]
    cells = 0
    for i in range(SAMPLE):
        row = table.row(i)
        naive, decision = Naive(row, DAY), single.decide(row)
        for j, (clause, rule) in enumerate(zip(document.clauses, plan.rules, strict=True)):
            answers = [naive.test(c.test) for c in clause.conditions]
            assert answers == list(decision.conditions(rule))
            assert answers == [population.answer(c, i) for c in rule.conditions]
            cells += len(answers)
            if decision.test(rule):
                assert clause.amount is not None
                paid = whole(naive.value(clause.amount), 1)  # type: ignore[arg-type]
                assert paid == decision.amounts[rule.clause]
                sums[j][0] += 1
                sums[j][1] += int(paid or 0)
    expected = [(a, b) for a, b in sums]
    assert signature(population) == expected, "bitmap"
    facts = arrow(table)
    if installed("polars"):
        peer = PolarsPeer(plan, facts)
        assert peer.signature(peer.run()) == expected, "polars"
    if installed("duckdb"):
        assert DuckPeer(plan, facts, 1).run() == expected, "duckdb"
    if installed("openfisca_core"):
        fisca = OpenFiscaPeer(plan, table, exact=True)
        assert fisca.signature(fisca.run()) == expected, "openfisca-core"
    return cells


# ---- engines over the whole city, one process each so that memory can be told apart


def engine(name: str, size: int, clauses: int, threads: int) -> dict[str, Any]:
    """Run one engine; wall, processor seconds, peak memory beyond the loaded input, and the signature."""
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    _, plan, _ = rule_base(clauses)
    table = city(size)
    kernels: dict[str, Callable[[], Kernels]] = {
        "bitmap numpy": NumpyKernels,
        "bitmap numba": CompiledKernels,
    }
    work: Callable[[], Any]
    if name in kernels:
        chosen = kernels[name]()
        sign: Callable[[Any], Signature] = lambda lists: [(len(r), int(v.sum())) for _, r, (v, _) in lists]  # noqa: E731

        def work() -> Any:
            return Population(plan, table, chosen).awards()
    elif name.startswith("polars"):
        peer = PolarsPeer(plan, arrow(table), staged="atoms" in name)
        work, sign = peer.run, peer.signature
    elif name.startswith("openfisca"):
        fisca = OpenFiscaPeer(plan, table, exact=name == OPENFISCA_EXACT)
        work, sign = fisca.run, fisca.signature
    else:
        duck = DuckPeer(plan, arrow(table), threads)
        work, sign = duck.run, lambda found: found
    before = peak_mb(reset=True)
    began, began_cpu = time.perf_counter(), time.process_time()
    result = work()
    measured = {"wall_s": time.perf_counter() - began, "cpu_s": time.process_time() - began_cpu}
    extra = peak_mb() - before
    found = sign(result)
    if name not in ("duckdb", OPENFISCA, OPENFISCA_EXACT):  # one cold run is enough of a wait
        measured = seconds(work)
    return {**measured, "extra_mb": extra, "signature": found}


def peak_mb(*, reset: bool = False) -> float:
    """Highest resident memory so far, from now on when `reset` (Linux lets a process do that)."""
    try:
        if reset:
            with open("/proc/self/clear_refs", "w") as switch:
                switch.write("5")
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_process(name: str, size: int, clauses: int, threads: int) -> dict[str, Any] | None:
    words = [sys.executable, "-m", "bench.bench_rules", "--engine", name, "--size", str(size)]
    words += ["--clauses", str(clauses), "--threads", str(threads)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
        return None
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def differing(found: Signature, wanted: Signature) -> str:
    """In words how many clauses hit other enterprises or add up to other money; empty when none does."""
    hits = sum(a[0] != b[0] for a, b in zip(found, wanted, strict=True))
    money = sum(a[1] != b[1] for a, b in zip(found, wanted, strict=True))
    return f" (of {len(wanted)} clauses {hits} hit others, {money} sums differ)" if hits or money else ""


def lists(size: int, clauses: int, threads: int) -> tuple[list[Row], dict[str, Any]]:
    """The award list of every engine; figures count only when the signatures are the same."""
    engines = ["bitmap numpy"]
    engines += ["bitmap numba"] if installed("numba") else []
    engines += ["polars, atoms as columns", "polars, filter per clause"] if installed("polars") else []
    engines += ["duckdb"] if installed("duckdb") else []
    engines += [OPENFISCA_EXACT, OPENFISCA] if installed("openfisca_core") else []
    found = {name: in_process(name, size, clauses, threads) for name in engines}
    kept = {name: result for name, result in found.items() if result is not None}
    wanted = kept["bitmap numpy"]["signature"]
    wrong: dict[str, str] = {}
    for name, result in kept.items():
        wrong[name] = differing(result.pop("signature"), wanted)
        assert not wrong[name] or name == OPENFISCA, f"{name} disagrees"
    ours = kept.get("bitmap numba") or kept["bitmap numpy"]
    rows: list[Row] = [
        {
            "work": f"award list, {name}{wrong[name]}",
            "wall_s": result["wall_s"],
            "cpu_s": result["cpu_s"],
            "extra MB": result["extra_mb"],
            "MB ÷ ours": result["extra_mb"] / ours["extra_mb"],
            "wall ÷ ours": result["wall_s"] / ours["wall_s"],
            "cpu ÷ ours": result["cpu_s"] / ours["cpu_s"],
        }
        for name, result in kept.items()
    ]
    for missing in ("numba", "polars", "duckdb", "openfisca_core"):
        if not installed(missing):
            rows.append({"work": f"award list, {missing}: not installed"})
    return rows, {"engines": kept, "hits": sum(n for n, _ in wanted), "money_fen": sum(m for _, m in wanted)}


# ---- what comes out of the bits


def from_bits(plan: Plan, size: int) -> tuple[list[Row], dict[str, Any]]:
    table = city(size)
    population = Population(plan, table)

    def decide() -> Population:
        fresh = Population(plan, table)
        fresh.decide()
        return fresh

    def explained() -> None:
        fresh = decide()
        for rule in plan.rules:
            for condition in rule.conditions:
                fresh.pair(condition)

    decided, explaining = seconds(decide), seconds(explained)
    population.decide()
    near = seconds(lambda: [near_miss(population, rule) for rule in plan.rules])
    slide = seconds(one_moved(table), 7)
    width = sum(c.values.nbytes for c in table.columns.values())
    column = table.columns["上年.营业收入"].values
    read = seconds(lambda: column.sum(), 9)["cpu_s"]
    moved = width + sum(p.true.nbytes for p in population._pairs.values())
    share = moved / (column.nbytes / read) / decided["cpu_s"]
    rows: list[Row] = [
        {"work": "decide only (bits)", **decided},
        {"work": "decide and explain every cell (bits; ÷ is over deciding)", **explaining, "cpu ÷ ours": explaining["cpu_s"] / decided["cpu_s"]},
        {"work": "near miss of every clause", **near},
        {"work": "one threshold moved", **slide},
    ]  # fmt: skip
    return rows, {
        "bandwidth_share_of_decide": share,
        "read_gb_s": column.nbytes / read / 1e9,
        "moved_mb": moved / 1e6,
    }


def one_moved(table: Table) -> Callable[[], object]:
    """A threshold of one clause moved as the page does: in the text, read anew, run over the city."""
    document, _, known = rule_base(1)
    first = thresholds(document.clauses[0], document.source)[0]
    text = move_threshold(document.source, first, first.value * 11 / 10)

    def work() -> object:
        moved = Population(make_plan(read_document(text, known, "bench").clauses, DAY), table)
        return moved.awards()

    return work


def microseconds(work: Callable[[int], object], count: int) -> dict[str, float]:
    taken = []
    for i in range(count):
        began = time.perf_counter()
        work(i)
        taken.append((time.perf_counter() - began) * 1e3)
    taken.sort()
    return {"p50_ms": taken[count // 2], "p99_ms": taken[min(count * 99 // 100, count - 1)]}


def one_enterprise(plan: Plan) -> list[Row]:
    """500 clauses with the full explanation for one enterprise, and an event that changes some."""
    table = city(500, seed=5)
    rows = [table.row(i) for i in range(table.size)]
    single = Single(plan)
    for row in rows[:50]:
        single.decide(row)
    ours = microseconds(lambda i: single.decide(rows[i % 500]), 500)
    found: list[Row] = [{"work": "one enterprise, every condition explained, generated Python", **ours}]
    watch = Watch(single)
    olds = [single.decide(row) for row in rows]
    news = {"本年.专精特新小巨人": True, "上年.营业收入": 5000 * 10**6}
    event = microseconds(lambda i: watch.event(olds[i % 500], news, rows[i % 500]), 500)
    found.append({"work": "event → newly won and lost clauses", **event})
    population = Population(plan, table)
    population.decide()
    shifts = [watch.event(old, news, row) for old, row in zip(olds, rows, strict=True)]
    flip = microseconds(lambda i: update(population, i, olds[i].nodes, shifts[i].decision.nodes), 500)
    found.append({"work": "event → bits of one enterprise in the city", **flip})
    if not installed("zen"):
        return [*found, {"work": "zen-engine: not installed"}]
    short, told = ZenPeer(plan), ZenPeer(plan, told=True)
    given = [short.facts(row) for row in rows[:60]]
    for facts, old in zip(given, olds, strict=False):
        expected = [old.test(rule) for rule in plan.rules]
        assert short.run(facts, False) == told.run(facts, True) == expected, "zen disagrees"
    for name, peer, trace in (
        ("decide only", short, False),
        ("its trace says which clauses are met", short, True),
        ("its trace says every condition", told, True),
    ):
        taken = microseconds(lambda i, p=peer, t=trace: p.run(given[i % 60], t), 60)  # type: ignore[misc]
        row = {"work": f"one enterprise, zen-engine, {name}", **taken}
        found.append({**row, "p50 ÷ ours": taken["p50_ms"] / ours["p50_ms"]})
    return found


PARTS = ("lists", "bits", "threshold", "nearmiss", "one", "bundles")


def some_parts(wanted: set[str], plan: Plan, args: argparse.Namespace) -> list[Row]:
    """The parts asked for, to look at one figure again without waiting for the rest."""
    rows: list[Row] = []
    if "lists" in wanted:
        rows += lists(args.size, args.clauses, args.threads)[0]
    if wanted & {"bits", "threshold", "nearmiss"}:
        words = {"threshold": "threshold moved", "nearmiss": "near miss", "bits": ""}
        marks = [words[w] for w in wanted if w in words]
        rows += [r for r in from_bits(plan, args.size)[0] if any(m in str(r["work"]) for m in marks)]
    if "one" in wanted:
        rows += one_enterprise(plan)
    if "bundles" in wanted:
        rows += bundles(20_000)
    return rows


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench rules")
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--clauses", type=int, default=500)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--engine", help="run one engine and print its figures (used by the benchmark itself)"
    )
    parser.add_argument("--only", help=f"some parts, nothing published: {','.join(PARTS)}")
    args = parser.parse_args(words)
    if args.only and (unknown := set(args.only.split(",")) - set(PARTS)):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if args.engine:
        print(json.dumps(engine(args.engine, args.size, args.clauses, args.threads)))
        return 0
    began = time.perf_counter()
    document, plan, _ = rule_base(args.clauses)
    reading = time.perf_counter() - began
    cells = agreement(document, plan)
    print(f"engines agree on {cells} conditions of {SAMPLE} enterprises", file=sys.stderr)
    if args.only:
        rows = some_parts(set(args.only.split(",")), plan, args)
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    listed, raw = lists(args.size, args.clauses, args.threads)
    bits, bandwidth = from_bits(plan, args.size)
    rows = [*listed, *bits, *one_enterprise(plan), *bundles(20_000)]
    nodes = plan.core.bools
    notes = [
        f"{args.size:,} enterprises × {args.clauses} clauses, {len(nodes)} distinct conditions, "
        f"{raw['hits']:,} awards; facts and clauses are synthetic, every fact known.",
        f"Before timing, naive interpreter, generated Python, bitmaps, Polars and DuckDB agree on {cells:,} conditions "
        "and all amounts of a sample; over the whole city the counts and sums of every clause are the same.",
        f"Reading the rule base from text: {reading:.2f} s. Bitmaps use one thread, the peers {args.threads}.",
        "DuckDB only counts and sums, less than the list of awards, and runs once, cold. OpenFisca-core fills a dense "
        "table, runs once, and agrees with 64-bit numbers; as it comes (float32, the same columns in 分) it does not.",
        f"Bits move {bandwidth['moved_mb']:.0f} MB, {bandwidth['bandwidth_share_of_decide']:.0%} of the read bandwidth "
        f"of one thread ({bandwidth['read_gb_s']:.1f} GB/s) while deciding.",
        "cpu_s is processor time of all threads; wall_s suffers when other programs run.",
        f"Kernels in use by default: {load_kernels().name}.",
        "Not covered: null-heavy facts at full size, real policy texts, databases other than DuckDB.",
    ]
    publish(
        "rules",
        f"Rules: {args.size:,} enterprises x {args.clauses} clauses",
        rows,
        label="work",
        value="wall_s",
        notes=notes,
        raw={**raw, **bandwidth},
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
