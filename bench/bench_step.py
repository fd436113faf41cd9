"""One durable step of a case (guard, state, due date, chained event) beside SpiffWorkflow and DBOS."""

import argparse
import time
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg.sql import SQL, Identifier

from bench.database import on_one_core, own_database, server_pids, server_seconds
from bench.report import Row, publish

BRANCHES = 9
STEPS = BRANCHES + 2  # accept, nine opinions in parallel, close
AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
OURS, PRESSING = "sanfu.cases.step", "sanfu.cases.step, clocks past their warning"
SWEPT = "later, once a closed case: the sweep"
SPIFF, DBOS_STEPS = "SpiffWorkflow, the same step", "DBOS, the same step"
SPIFF_BARE, DBOS_BARE = "SpiffWorkflow, load–step–save alone", "DBOS, empty steps"
BARS = {SPIFF_BARE: 20, DBOS_BARE: 10}
OPINION = {"opinion": "同意", "by": "经办", "at": AT.isoformat(), "due": AT.isoformat()}
APPEND = "SELECT records_append(%s, '329900', %s, 'joint.decide', %s, NULL, '经办', %s, false)"
# What desks list and sweeps find a case by, for the peers: a row like ours, with its indexes.
ROWS = "CREATE TABLE IF NOT EXISTS bench_row (LIKE cases_case INCLUDING ALL)"
ROW = (
    "INSERT INTO bench_row (id, region, kind, number, title, state, version, urgency, units, opened_at, light, pinned, data)"
    " VALUES (%s, '329900', 'joint', %s, '并联办理', 'new', 1, '', '{}', %s, 'green', '{}', '{}')"
)
STAND = "UPDATE bench_row SET state = %s, version = version + 1, due_at = %s, light = 'green' WHERE id = %s"
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
    on_one_core(pids)
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
    from sanfu.cases.timing import Rule
    from sanfu.grassroots.scenes.room import JOINT
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
        opening = Opening(JOINT.code, f"S{uuid.uuid4().hex[:12]}", "并联办理", clocks={"受理": rule})
        whole = open_case(opening, flow, by=by, at=AT)
        branch = [
            open_case(
                Opening(JOINT.code, f"{opening.number}-{n}", "分项", parent=whole.id, clocks={"办结": rule}),
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
                    one,
                    flow,
                    E.DECIDE,
                    by=by,
                    at=AT + timedelta(days=wait + n),
                    data=OPINION,
                    guards=guards,
                    facts="同意",
                )
            step(whole, flow, E.CLOSE, by=by, at=AT + timedelta(days=wait + 9), guards=guards, facts="同意")
        return len(opened) * STEPS

    return measured(work)


def swept() -> Spent:
    """What the steps of `ours` left to the sweep, for each case that they closed: it comes to rest, its clocks are put away."""
    from sanfu.cases.actions import sweep, write_closed_states
    from sanfu.records.actor import machine

    def work() -> int:
        closed = 0
        while some := write_closed_states(region="329900"):
            closed += some
        sweep(region="329900", by=machine("329900"), at=AT + timedelta(days=365))
        return closed

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


def spiff(cases: int, address: str, bare: bool = False) -> Spent:
    """Each step as a web worker must: read the document, run one task, write the document, commit.

    bare: nothing else. Otherwise what makes it the step that ours is: the document locked against a second
    officer, the opinion in it, state and due date in a row, and the chained audit event, in one transaction.
    """
    from psycopg.types.json import Jsonb
    from SpiffWorkflow.bpmn import BpmnWorkflow
    from SpiffWorkflow.bpmn.parser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.util.task import TaskState

    parser = BpmnParser()
    parser.add_bpmn_str(diagram())
    spec = parser.get_spec("joint")
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
    lock = "" if bare else " FOR UPDATE"
    with psycopg.connect(address, autocommit=True) as line:
        line.execute("CREATE TABLE IF NOT EXISTS spiff (id uuid PRIMARY KEY, document text)")
        line.execute(ROWS)
        made = []
        for _ in range(cases):
            workflow = BpmnWorkflow(spec)
            workflow.do_engine_steps()
            made.append(uuid.uuid4())
            line.execute("INSERT INTO spiff VALUES (%s, %s)", [made[-1], serializer.serialize_json(workflow)])
            line.execute(ROW, [made[-1], str(made[-1])[:32], AT])

        def one_step(one: uuid.UUID) -> BpmnWorkflow:
            row = line.execute(f"SELECT document FROM spiff WHERE id = %s{lock}", [one]).fetchone()
            assert row is not None
            workflow = serializer.deserialize_json(row[0])
            task = workflow.get_next_task(state=TaskState.READY, manual=True)
            if not bare:
                task.set_data(**{task.task_spec.name: OPINION})
            task.run()
            workflow.do_engine_steps()
            document = serializer.serialize_json(workflow)
            line.execute("UPDATE spiff SET document = %s WHERE id = %s", [document, one])
            if not bare:
                line.execute(STAND, ["done" if workflow.is_completed() else "work", AT, one])
                line.execute(APPEND, [uuid.uuid4(), one, AT, Jsonb(OPINION)])
            return workflow

        def work() -> int:
            for one in made:
                for _ in range(STEPS):
                    with nullcontext() if bare else line.transaction():
                        workflow = one_step(one)
                assert workflow.is_completed()
            return len(made) * STEPS

        return measured(work)


def dbos(cases: int, address: str, bare: bool = False) -> Spent:
    """A workflow of eleven steps, each checkpointed by DBOS.

    bare: its code does nothing. Otherwise it writes state and due date into a row and the chained audit event.
    """
    from dbos import DBOS
    from psycopg.conninfo import conninfo_to_dict
    from psycopg.types.json import Jsonb

    parts = conninfo_to_dict(address)
    host = f"?host={parts['host']}&port={parts.get('port', 5432)}"
    url = f"postgresql://{parts['user']}:{parts.get('password', '')}@/{parts['dbname']}{host}"
    DBOS(config={"name": "bench", "system_database_url": url, "log_level": "ERROR"})

    line = psycopg.connect(address, autocommit=True)
    line.execute(ROWS)

    @DBOS.step()  # type: ignore[untyped-decorator]
    def one(case: str) -> dict[str, str]:
        if not bare:
            with line.transaction():
                line.execute(STAND, ["work", AT, case])
                line.execute(APPEND, [uuid.uuid4(), case, AT, Jsonb(OPINION)])
        return OPINION

    @DBOS.workflow()  # type: ignore[untyped-decorator]
    def joint(case: str) -> None:
        for _ in range(STEPS):
            one(case)

    DBOS.launch()
    try:
        opened = [str(uuid.uuid4()) for _ in range(cases + 1)]
        for case in opened:
            line.execute(ROW, [case, case[:32], AT])
        joint(opened.pop())

        def work() -> int:
            for case in opened:
                joint(case)
            return cases * STEPS

        return measured(work)
    finally:
        DBOS.destroy()
        line.close()


def attempt(
    name: str, work: Callable[[], Spent], found: dict[str, list[Spent]], faults: dict[str, str]
) -> None:
    try:
        found.setdefault(name, []).append(work())
    except ImportError as missing:
        faults[name] = f"{name} is not installed ({missing.name}): install requirements-bench.lock."


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="step", description=__doc__)
    parser.add_argument("--cases", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args(words)
    found: dict[str, list[Spent]] = {}
    faults: dict[str, str] = {}
    with own_database("bench_step") as address:
        with psycopg.connect(address, autocommit=True) as line:
            # Whoever commits writes the log; else the server's log writer did it, and nobody would count it.
            name = Identifier(line.info.dbname)
            line.execute(SQL("ALTER DATABASE {} SET synchronous_commit = on").format(name))
        ours(2)  # calendar, prepared statements
        for _ in range(given.rounds):  # in turn, so that a busy minute hits all of them
            attempt(OURS, lambda: ours(given.cases), found, faults)
            attempt(SWEPT, swept, found, faults)
            attempt(PRESSING, lambda: ours(given.cases, WARNED), found, faults)
            attempt(SPIFF, lambda: spiff(max(3, given.cases // 5), address), found, faults)
            attempt(SPIFF_BARE, lambda: spiff(max(3, given.cases // 5), address, bare=True), found, faults)
            attempt(DBOS_STEPS, lambda: dbos(given.cases, address), found, faults)
            attempt(DBOS_BARE, lambda: dbos(given.cases, address, bare=True), found, faults)
    # Neighbours on the machine only ever add: the cheapest round is the nearest to what it costs.
    best = {name: min(of, key=lambda spent: spent.both) for name, of in found.items()}
    cost = {name: spent.both for name, spent in best.items()}
    us = cost[OURS]
    whole = us + cost[SWEPT] * (STEPS - 1) / STEPS  # all but the acceptance close a case
    rows: list[Row] = []
    for name in (OURS, SWEPT, PRESSING, SPIFF_BARE, DBOS_BARE, SPIFF, DBOS_STEPS):
        if name not in found:
            rows.append({"engine": name})
            continue
        both = cost[name]
        rows.append(
            {
                "engine": name,
                "µs a step": both,
                "program µs": best[name].client,
                "database µs": best[name].server,
                "times ours": both / us,
            }
        )
    raw = {name: [[round(s.client, 1), round(s.server, 1)] for s in spent] for name, spent in found.items()}
    publish(
        "step", "Processor time of one durable step", rows, label="engine", value="µs a step", raw=raw,
        only_quiet=True, notes=[
            f"Accept, {BRANCHES} parallel opinions, close: {STEPS} steps a case. The cheapest of {given.rounds} rounds in turn."
            " Opening a case and parsing the diagram are not counted.",
            "Processor time of the program (all its threads) and of the PostgreSQL processes that serve it, kept on one"
            " core where the machine lets us: waking another one costs more than a small step does and is the machine's"
            " cost. All write to the same PostgreSQL; each commit writes the log but does not wait for the disk, so this"
            " says nothing about steps per second on a disk.",
            "Ours checks permission, guard and version, stops or starts a clock, writes state, due date and light and"
            " appends a hash-chained event. The first line decides on green clocks, which is one round trip; the third"
            f" {WARNED} days later, when the kernel must fold the clock anew, which is two. The second is what the sweep"
            " does afterwards, once a case and in bulk, so that an index finds what has closed; what the server does"
            " afterwards for all of them (vacuum) is counted for none. SpiffWorkflow interprets any diagram and rewrites its whole document;"
            " DBOS checkpoints any code: generality that a case does not need.",
            "“The same step” gives the peers what a step of ours leaves behind: SpiffWorkflow reads its document under a"
            " lock, keeps the opinion in it, writes state and due date into a row with the indexes that lists read and appends"
            " the chained audit event, in one transaction; each step of DBOS writes that row and that event. “Alone” and"
            " “empty” leave all of this out: nothing to list or to prove, and with SpiffWorkflow two officers at once"
            " overwrite each other.",
            *(
                f"Promise: {bar} times {name}: {'kept' if cost[name] >= bar * us else 'not kept'}"
                f" ({cost[name] / us:.3g}; {cost[name] / whole:.3g} with the sweep counted into each step)."
                for name, bar in BARS.items()
                if name in cost
            ),
            *faults.values(),
        ],
    )  # fmt: skip
    return 0
