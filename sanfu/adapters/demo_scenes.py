"""The demo county's joint applications (演示): one in every stage, made by the firm and the departments themselves."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from sanfu.grassroots.scenes import queries
from sanfu.grassroots.scenes.actions import branch as desk
from sanfu.grassroots.scenes.actions import catalogue, intake, together
from sanfu.grassroots.scenes.models import Application, Branch
from sanfu.grassroots.scenes.states import BranchEvent, BranchState
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, machine
from sanfu.records.moments import day_of, year_of

PAPER = b"%PDF-1.4\n% demo paper\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
MOVE = {"rename": False, "bank": True}
START = {"fire_special": False, "civil": False, "dewater": False, "occupy": False}
NINE = {
    "eia": "table", "energy": "under", "soilzone": True, "soil": "form", "civil": True, "fire_special": False,
    "explosive": False, "security": False, "dewater": True, "occupy": False,
}  # fmt: skip


def cast(login: str, on: date) -> Actor:
    """One of the demo people on a day."""
    return actor_of(User.objects.get(login=login), on=on)


def _officer(branch: Branch) -> Actor:
    """Somebody of the department that holds the branch; the cast has only one such person."""
    lead = branch.case.lead
    if lead is None:
        raise ValueError(f"{branch.case.number}: nobody leads this branch")
    return Actor(
        id=None, name=f"{lead.short}审批人(演示)", region=branch.region, organisation=lead.id,
        units=frozenset({lead.id}), permissions=frozenset({"scenes.see", "scenes.handle"}),
    )  # fmt: skip


def _draft(bundle: str, answers: Mapping[str, Any], at: datetime) -> Application:
    firm = cast("wangqiang", day_of(at))
    application = intake.begin(bundle, firm=None, by=firm, at=at)
    for question, value in answers.items():
        application = intake.answer(application, question, value, by=firm, at=at)
    return application


def _apply(bundle: str, answers: Mapping[str, Any], at: datetime) -> Application:
    """Answered, filled in, every paper given, submitted."""
    firm = cast("wangqiang", day_of(at))
    application = _draft(bundle, answers, at)
    typed = {f["id"]: "演示" for f in application.guide["form"]["fields"] if f["origin"] == "typed"}
    intake.fill(application, typed, by=firm, at=at)
    for material in application.guide["materials"]["kept"]:
        intake.upload(
            application, material["id"], name="演示材料.pdf", content=BytesIO(PAPER), by=firm, at=at
        )
    return intake.submit(application, by=firm, at=at)


def _ready(application: Application) -> list[Branch]:
    rows = Branch.objects.filter(application=application, case__state=BranchState.PENDING)
    return list(rows.select_related("case__lead", "application__case").order_by("item"))


def _fresh(branch: Branch) -> Branch:
    return Branch.objects.select_related("case__lead", "application__case").get(pk=branch.pk)


def relocation(now: datetime) -> None:
    """企业迁移登记 under way: one branch decided, one sent back, the others wait."""
    at = now - timedelta(hours=30)
    application = _apply("b.move", MOVE, at)
    first, *others = _ready(application)
    desk.accept(first, by=_officer(first), at=at + timedelta(hours=2))
    for branch in others[:1]:
        desk.send_back(
            branch,
            why="有一张发票未缴销，请处理后重新提交（演示）",
            by=_officer(branch),
            at=at + timedelta(hours=4),
        )


def construction(now: datetime) -> None:
    """建设项目开工: the departments have it on their desks, a joint look at the drawings is called."""
    at = now - timedelta(days=2)
    application = _apply("b.start", START, at)
    items = sorted(queries.states_of(application))
    together.convene(
        application, name="施工图联合审查（演示）", items=items[:2], meets_on=day_of(now + timedelta(days=2)),
        place="市行政审批局三楼会商室", by=cast("songci", day_of(at)), at=at + timedelta(hours=3),
    )  # fmt: skip


def acceptance(now: datetime) -> None:
    """竣工联合验收 that takes too long: accepted weeks ago, one branch passed, the rest late."""
    at = now - timedelta(days=40)
    application = _apply("b.accept", {"civil": False, "explosive": False}, at)
    ready = _ready(application)
    for branch in ready:
        desk.accept(branch, by=_officer(branch), at=at + timedelta(days=1))
    for branch in ready[1:2]:
        desk.decide(
            _fresh(branch), BranchEvent.PASS, number="云住建验〔演示〕1号", by=_officer(branch), at=at + timedelta(days=4)
        )  # fmt: skip


def land(now: datetime) -> None:
    """九证齐发 before the land is signed: departments are asked for opinions that decide nothing."""
    at = now - timedelta(days=1)
    intake.ask_prereview(_draft("b.nine", NINE, at), by=cast("wangqiang", day_of(at)), at=at)


def finished(now: datetime) -> None:
    """信用修复 done in time: closed, waits for the firm's word."""
    at = now - timedelta(days=12)
    application = _apply("b.credit", {"market": True}, at)
    for step in range(6):
        for branch in _ready(application):
            desk.accept(branch, by=_officer(branch), at=at + timedelta(hours=4 + 20 * step))
            desk.decide(
                _fresh(branch), BranchEvent.PASS, number=f"演示〔{year_of(at)}〕{step + 1}号", by=_officer(branch),
                at=at + timedelta(hours=9 + 20 * step),
            )  # fmt: skip


def begun(now: datetime) -> None:
    """开办餐饮店, half filled in; and a mandate for the agent."""
    firm = cast("wangqiang", day_of(now))
    intake.begin("b.food", firm=None, by=firm, at=now - timedelta(hours=5))
    agent = User.objects.get(login="hanbang")
    ends = day_of(now + timedelta(days=90))
    together.give_mandate(agent, scope="一件事联办申请的填报和查询（演示）", ends=ends, by=firm, at=now)


def catalogue_draft(now: datetime) -> None:
    """A shorter promise for one item, drafted and not yet published."""
    region = cast("songci", day_of(now)).region
    base = queries.current_version(region) or catalogue.import_shipped(by=machine(region), at=now)
    item = next(i for i in queries.catalog_of(base).items.values() if i.dept == "ZJJ")
    days = max(1.0, float(item.promised.value or 2) - 1)
    catalogue.change_item(
        base,
        item.id,
        {"prom": days},
        note="承诺时限再压缩1个工作日（演示）",
        by=cast("songci", day_of(now)),
        at=now,
    )
