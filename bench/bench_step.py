"""One durable step of a case (guard, state, due date, chained event) beside SpiffWorkflow and DBOS."""

import argparse
import statistics
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg

from bench.database import own_database, server_pids, server_seconds
from bench.report import Row, publish

BRANCHES = 9
STEPS = BRANCHES + 2  # accept, nine opinions in parallel, close
AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
OURS, PRESSING = "sanfu.cases.step", "sanfu.cases.step, clocks past their warning"
SPIFF, DBOS_STEPS = "SpiffWorkflow, load–step–save", "DBOS steps"
WARNED = (
    14  # days after which a clock of ten working days is past its warning and must be folded by the kernel
)


@dataclass(frozen=True)
class Spent:
    """Microseconds of processor time of one step: of the program and of the database's processes."""

    client: float
    server: float

    @property
    def both(self) -> float:
        return self.client + self.server


def measured(work: Callable[[], int]) -> Spent:
    """Run `work`, which returns how many steps it made. What it prepares before is not measured here."""
    pids = server_pids()
    server, client = server_seconds(pids), time.process_time()
    steps = work()
    client = time.process_time() - client
    server = server_seconds(sorted({*pids, *server_pids()})) - server
    return Spent(client / steps * 1e6, server / steps * 1e6)


def ours(cases: int, wait: int = 0) -> Spent:
    """A whole and nine branches, each with a running clock; every move is a step of `sanfu.cases`.

    wait: days between the acceptance and the first opinion.
    """
    from sanfu.cases.actions import Changes, Opening, open_case, step
    from sanfu.cases.states import CaseKind
    from sanfu.cases.timing import Rule
    from sanfu.kernel.clocks import ClockRule, Unit
    from sanfu.kernel.flow import Flow, Labelled, Move, start, stop
    from sanfu.records.actor import Actor

    class S(Labelled):
        NEW = "new", "待受理"
        WORK = "work", "办理"
        DONE = "done", "办结"

    class E(Labelled):
        ACCEPT = "accept", "受理"
        DECIDE = "decide", "出具意见"
        CLOSE = "close", "办结"

    flow: Flow[S, E] = Flow(
        name="并联", states=S, events=E, initial=S.NEW, final=frozenset({S.DONE}), guards=frozenset({"said"}),
        table=(
            Move(E.ACCEPT, (S.NEW,), S.WORK, who=("t.work",), clocks=(stop("受理"), start("办结"))),
            Move(E.DECIDE, (S.NEW,), S.DONE, who=("t.work",), guard="said", clocks=(stop(),)),
            Move(E.CLOSE, (S.WORK,), S.DONE, guard="said", clocks=(stop(),)),
        ),
    )  # fmt: skip
    guards = {"said": lambda facts: None if facts else "请填写意见"}
    rule = Rule(ClockRule(Unit.WORKDAY, 10), source="bench", basis="bench")
    by = Actor(id=uuid.uuid4(), name="经办", region="329900", permissions=frozenset({"t.work"}))
    opened = []
    for _ in range(cases):
        opening = Opening(CaseKind.JOINT, f"S{uuid.uuid4().hex[:12]}", "并联办理", clocks={"受理": rule})
        whole = open_case(opening, flow, by=by, at=AT)
        branch = [
            open_case(
                Opening(CaseKind.JOINT, f"{opening.number}-{n}", "分项", parent=whole.id, clocks={"办结": rule}),
                flow, by=by, at=AT,
            ).id
            for n in range(BRANCHES)
        ]  # fmt: skip
        opened.append((whole.id, branch))

    def work() -> int:
        for whole, branches in opened:
            step(whole, flow, E.ACCEPT, by=by, at=AT, changes=Changes(clocks={"办结": rule}))
            for n, one in enumerate(branches):
                step(
                    one, flow, E.DECIDE, by=by, at=AT + timedelta(days=wait + n), guards=guards, facts="同意"
                )
            step(whole, flow, E.CLOSE, by=by, at=AT + timedelta(days=wait + 9), guards=guards, facts="同意")
        return len(opened) * STEPS

    return measured(work)


def diagram() -> bytes:
    """BPMN 2.0: accept, nine user tasks between two parallel gateways, close."""
    names = [f"t{n}" for n in range(BRANCHES)]
    edges = [
        ("start", "accept"),
        ("accept", "fork"),
        *(("fork", n) for n in names),
        *((n, "join") for n in names),
    ]
    edges += [("join", "close"), ("close", "end")]
    parts = ['<bpmn:startEvent id="start"/>', '<bpmn:endEvent id="end"/>']
    parts += [f'<bpmn:manualTask id="{name}" name="{name}"/>' for name in ["accept", *names, "close"]]
    parts += ['<bpmn:parallelGateway id="fork"/>', '<bpmn:parallelGateway id="join"/>']
    parts += [
        f'<bpmn:sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(edges)
    ]
    body = "".join(parts)
    for n, (a, b) in enumerate(edges):
        for node, tag in ((a, "outgoing"), (b, "incoming")):
            mark = f' id="{node}"'
            at = body.index(mark)
            end = body.index(">", at)
            piece = f"<bpmn:{tag}>f{n}</bpmn:{tag}>"
            if body[end - 1] == "/":
                kind = body[body.rindex("<", 0, at) + 1 :].split()[0]
                body = f"{body[: end - 1]}>{piece}</{kind}>{body[end + 1 :]}"
            else:
                body = f"{body[: end + 1]}{piece}{body[end + 1 :]}"
    space = "http://www.omg.org/spec/BPMN/20100524/MODEL"
    whole = f'<bpmn:process id="joint" isExecutable="true">{body}</bpmn:process>'
    return f'<bpmn:definitions xmlns:bpmn="{space}" id="d" targetNamespace="b">{whole}</bpmn:definitions>'.encode()


def spiff(cases: int, address: str) -> Spent:
    """Each step as a web worker must: read the document, run one task, write the document, commit."""
    from SpiffWorkflow.bpmn import BpmnWorkflow
    from SpiffWorkflow.bpmn.parser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.util.task import TaskState

    parser = BpmnParser()
    parser.add_bpmn_str(diagram())
    spec = parser.get_spec("joint")
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
    with psycopg.connect(address, autocommit=True) as line:
        line.execute("CREATE TABLE IF NOT EXISTS spiff (id uuid PRIMARY KEY, document text)")
        made = []
        for _ in range(cases):
            workflow = BpmnWorkflow(spec)
            workflow.do_engine_steps()
            made.append(uuid.uuid4())
            line.execute("INSERT INTO spiff VALUES (%s, %s)", [made[-1], serializer.serialize_json(workflow)])

        def work() -> int:
            for one in made:
                for _ in range(STEPS):
                    row = line.execute("SELECT document FROM spiff WHERE id = %s", [one]).fetchone()
                    assert row is not None
                    workflow = serializer.deserialize_json(row[0])
                    workflow.get_next_task(state=TaskState.READY, manual=True).run()
                    workflow.do_engine_steps()
                    document = serializer.serialize_json(workflow)
                    line.execute("UPDATE spiff SET document = %s WHERE id = %s", [document, one])
                assert workflow.is_completed()
            return len(made) * STEPS

        return measured(work)


def dbos(cases: int, address: str) -> Spent:
    """A workflow of eleven steps; each is checkpointed by DBOS, its code does nothing."""
    from dbos import DBOS
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(address)
    host = f"?host={parts['host']}&port={parts.get('port', 5432)}"
    url = f"postgresql://{parts['user']}:{parts.get('password', '')}@/{parts['dbname']}{host}"
    DBOS(config={"name": "bench", "system_database_url": url, "log_level": "ERROR"})

    @DBOS.step()  # type: ignore[untyped-decorator]
    def one(n: int) -> int:
        return n

    @DBOS.workflow()  # type: ignore[untyped-decorator]
    def joint() -> int:
        return sum(one(n) for n in range(STEPS))

    DBOS.launch()
    try:
        joint()

        def work() -> int:
            for _ in range(cases):
                joint()
            return cases * STEPS

        return measured(work)
    finally:
        DBOS.destroy()


def attempt(
    name: str, work: Callable[[], Spent], found: dict[str, list[Spent]], faults: dict[str, str]
) -> None:
    try:
        found.setdefault(name, []).append(work())
    except ImportError as missing:
        faults[name] = f"{name} is not installed ({missing.name}): install requirements-bench.lock."


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="step", description=__doc__)
    parser.add_argument("--cases", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args(words)
    found: dict[str, list[Spent]] = {}
    faults: dict[str, str] = {}
    with own_database("bench_step") as address:
        ours(2)  # calendar, prepared statements
        for _ in range(given.rounds):  # in turn, so that a busy minute hits all of them
            attempt(OURS, lambda: ours(given.cases), found, faults)
            attempt(PRESSING, lambda: ours(given.cases, WARNED), found, faults)
            attempt(SPIFF, lambda: spiff(max(4, given.cases // 4), address), found, faults)
            attempt(DBOS_STEPS, lambda: dbos(given.cases, address), found, faults)
    us = statistics.median(spent.both for spent in found[OURS])
    rows: list[Row] = []
    for name in (OURS, PRESSING, SPIFF, DBOS_STEPS):
        if name not in found:
            rows.append({"engine": name})
            continue
        both = statistics.median(spent.both for spent in found[name])
        rows.append(
            {
                "engine": name,
                "µs a step": both,
                "program µs": statistics.median(spent.client for spent in found[name]),
                "database µs": statistics.median(spent.server for spent in found[name]),
                "times ours": both / us,
            }
        )
    raw = {name: [[round(s.client, 1), round(s.server, 1)] for s in spent] for name, spent in found.items()}
    publish(
        "step", "Processor time of one durable step", rows, label="engine", value="µs a step", raw=raw,
        only_quiet=True, notes=[
            f"Accept, {BRANCHES} parallel opinions, close: {STEPS} steps a case. Median of {given.rounds} rounds in turn."
            " Opening a case and parsing the diagram are not counted.",
            "Processor time of the program (all its threads) and of the PostgreSQL processes that serve it; not"
            " counted: the server's background writers. All three write to the same PostgreSQL, which does not wait"
            " for the disk, so this says nothing about steps per second on a disk.",
            "Ours checks permission, guard and version, stops or starts a clock, writes state, due date and light and"
            f" appends a hash-chained event. The first line decides on green clocks, which is one round trip; the second"
            f" {WARNED} days later, when the kernel must fold the clock anew, which is two. SpiffWorkflow interprets any diagram and rewrites its whole document;"
            " DBOS checkpoints any code: generality that a case does not need. Neither writes an audit event here.",
            *faults.values(),
        ],
    )  # fmt: skip
    return 0
