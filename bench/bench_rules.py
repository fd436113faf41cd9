"""Rules over a city: award lists, explanations, single enterprises, events, sliders and bundles, beside the peers."""

import argparse
import importlib.util
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import combinations
from typing import Any

from bench.report import Row, publish
from bench.rules_city import DAY, city, rule_base
from bench.rules_peers import DuckPeer, PolarsPeer, Signature, ZenPeer, arrow
from sanfu.kernel.rules.awards.bundles import best_total
from sanfu.kernel.rules.engines.bitmap import Population
from sanfu.kernel.rules.engines.kernels import CompiledKernels, Kernels, NumpyKernels, load_kernels
from sanfu.kernel.rules.engines.naive import Naive
from sanfu.kernel.rules.engines.plan import Plan
from sanfu.kernel.rules.engines.single import Single
from sanfu.kernel.rules.judging.verdict import whole
from sanfu.kernel.rules.population.insights import Watch, move_threshold, near_miss, thresholds, update
from sanfu.kernel.rules.reading.document import Document

SAMPLE = 40  # enterprises on which every engine is held against the oracle, clause by clause


def installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def seconds(work: Callable[[], object], repeat: int = 3) -> dict[str, float]:
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
    else:
        duck = DuckPeer(plan, arrow(table), threads)
        work, sign = duck.run, lambda found: found
    before = peak_mb(reset=True)
    began, began_cpu = time.perf_counter(), time.process_time()
    result = work()
    measured = {"wall_s": time.perf_counter() - began, "cpu_s": time.process_time() - began_cpu}
    extra = peak_mb() - before
    found = sign(result)
    if name != "duckdb":  # one cold run is enough of a wait
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


def lists(size: int, clauses: int, threads: int) -> tuple[list[Row], dict[str, Any]]:
    """The award list of every engine; figures count only when the signatures are the same."""
    engines = ["bitmap numpy"]
    engines += ["bitmap numba"] if installed("numba") else []
    engines += ["polars, atoms as columns", "polars, filter per clause"] if installed("polars") else []
    engines += ["duckdb"] if installed("duckdb") else []
    found = {name: in_process(name, size, clauses, threads) for name in engines}
    kept = {name: result for name, result in found.items() if result is not None}
    wanted = kept["bitmap numpy"]["signature"]
    for name, result in kept.items():
        assert result.pop("signature") == wanted, f"{name} disagrees"
    ours = kept.get("bitmap numba") or kept["bitmap numpy"]
    rows: list[Row] = [
        {
            "work": f"award list, {name}",
            "wall_s": result["wall_s"],
            "cpu_s": result["cpu_s"],
            "extra MB": result["extra_mb"],
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
    rule, (node, key, bound) = next((r, t[0]) for r in plan.rules if (t := thresholds(population, r)))
    slide = seconds(lambda: move_threshold(population, rule, node, bound + bound // 10), 7)
    width = sum(c.values.nbytes for c in table.columns.values())
    column = table.columns[key].values
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
    peer = ZenPeer(plan)
    given = [peer.facts(row) for row in rows[:60]]
    for facts, old in zip(given, olds, strict=False):
        assert peer.run(facts, False) == [old.test(rule) for rule in plan.rules], "zen disagrees"
    for trace in (False, True):
        taken = microseconds(lambda i, t=trace: peer.run(given[i % 60], t), 60)  # type: ignore[misc]
        name = "one enterprise, zen-engine" + (" with its trace" if trace else ", decide only")
        found.append({"work": name, **taken, "p50 ÷ ours": taken["p50_ms"] / ours["p50_ms"]})
    return found


# ---- bundles


def bundle_instances(count: int, matters: int, eligible: int, seed: int) -> list[tuple[list[int], list[int]]]:
    """Amounts and rival masks of enterprises: disjoint groups of four, and conflicts across groups."""
    chance = random.Random(seed)
    pairs = {(a, b) for g in range(0, matters, 4) for a, b in combinations(range(g, min(g + 4, matters)), 2)}
    pairs |= {tuple(sorted(chance.sample(range(matters), 2))) for _ in range(matters * 3 // 10)}  # type: ignore[misc]
    found = []
    for _ in range(count):
        mine = sorted(chance.sample(range(matters), min(matters, max(0, round(chance.gauss(eligible, 2))))))
        masks = [sum(1 << j for j, b in enumerate(mine) if (min(a, b), max(a, b)) in pairs) for a in mine]
        found.append(([chance.randint(1, 500) * 10**5 for _ in mine], masks))
    return found


def highs(amounts: list[int], rivals: list[int]) -> int:
    import highspy

    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    take = [model.addBinary(obj=float(amount // 10**5)) for amount in amounts]
    for i, mask in enumerate(rivals):
        for j in range(i):
            if mask >> j & 1:
                model.addConstr(take[i] + take[j] <= 1)
    model.changeObjectiveSense(highspy.ObjSense.kMaximize)
    model.run()
    return round(model.getInfo().objective_function_value) * 10**5


def bundles(count: int) -> list[Row]:
    rows: list[Row] = []
    for eligible in (6, 20):
        cases = bundle_instances(count if eligible == 6 else count // 10, 200, eligible, 11)
        began = time.perf_counter()
        chosen = [best_total(a, m) for a, m in cases]
        ours = (time.perf_counter() - began) / len(cases)
        row: dict[str, Any] = {
            "work": f"best bundle, 200 matters, about {eligible} eligible",
            "cases": len(cases),
        }
        row |= {"µs each": ours * 1e6, "100,000 enterprises s": ours * 1e5}
        if installed("highspy"):
            some = [(c, x) for c, x in zip(cases, chosen, strict=True) if c[0]][:200]
            began = time.perf_counter()
            optimum = [highs(*case) for case, _ in some]
            theirs = (time.perf_counter() - began) / len(some)
            totals = [sum(a for i, a in enumerate(case[0]) if x >> i & 1) for case, x in some]
            assert totals == optimum, "HiGHS finds another optimum"
            row |= {"HiGHS ÷ ours": theirs / ours}
        rows.append(row)
    return rows


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench rules")
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--clauses", type=int, default=500)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--engine", help="run one engine and print its figures (used by the benchmark itself)"
    )
    args = parser.parse_args(words)
    if args.engine:
        print(json.dumps(engine(args.engine, args.size, args.clauses, args.threads)))
        return 0
    began = time.perf_counter()
    document, plan, _ = rule_base(args.clauses)
    reading = time.perf_counter() - began
    cells = agreement(document, plan)
    print(f"engines agree on {cells} conditions of {SAMPLE} enterprises", file=sys.stderr)
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
        "DuckDB only counts and sums, less than the list of awards, and runs once, cold.",
        f"Bits move {bandwidth['moved_mb']:.0f} MB, {bandwidth['bandwidth_share_of_decide']:.0%} of the read bandwidth "
        f"of one thread ({bandwidth['read_gb_s']:.1f} GB/s) while deciding.",
        "cpu_s is processor time of all threads; wall_s suffers when other programs run.",
        f"Kernels in use by default: {load_kernels().name}.",
        "Not covered: OpenFisca-core, null-heavy facts at full size, real policy texts, databases other than DuckDB.",
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
