"""The demo county's duty lists, tasks and one ruling (演示), made by the cast through the actions."""

from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction

from sanfu.grassroots.duties import actions, library, versions
from sanfu.grassroots.duties.models import ListVersion, Task
from sanfu.grassroots.duties.states import Ruling
from sanfu.grassroots.posts import actions as post_actions
from sanfu.lists.versions.actions import enact
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor
from sanfu.records.moments import day_of

TOWNS = ("WJZ", "NJZ", "BTZ")
IN_FORCE = date(2025, 1, 1)
DOC_NO = "云澄编发〔2025〕1号（演示）"
SENT = 12  # worked cases sent as demo tasks


def _cast(login: str, on: date) -> Actor:
    return actor_of(User.objects.get(login=login), on=on)


def _unit(region: str, said: str) -> Organisation | None:
    rows = Organisation.objects.filter(region=region)
    return rows.filter(short=said).first() or rows.filter(code=said).first()


@transaction.atomic
def seed_duties(content: Path, *, now: datetime) -> int:
    """Lists of three towns, a dozen documents sent and mostly done, one ruling, one post table; running it twice changes nothing."""
    steward, approver, drafter = (_cast(login, day_of(now)) for login in ("shenbian", "xuheng", "dongmi"))
    region = steward.region
    if ListVersion.objects.filter(region=region).exists():
        return 0
    data = (content / "duties" / "model_list.yaml").read_bytes()
    for code in TOWNS:
        town = Organisation.objects.get(region=region, code=code)
        version = actions.import_list(
            town=town,
            name="履职清单样例.yaml",
            data=data,
            by=steward,
            at=now - timedelta(days=420),
            mark="演示",
        )
        enact(
            version,
            editor=steward,
            approver=approver,
            effective_from=IN_FORCE,
            doc_no=DOC_NO,
            at=now - timedelta(days=415),
        )
    tasks = _send(region, drafter, now)
    _rule(tasks, steward, now)
    _work(tasks, now)
    town = Organisation.objects.get(region=region, code=TOWNS[0])
    listed = versions.in_force(region, town.id, day_of(now))
    if listed is not None:
        table = post_actions.derive(
            town=town, duty_list=versions.list_of(listed), list_version=listed.id, by=steward, at=now
        )
        enact(table, editor=steward, approver=approver, effective_from=day_of(now), doc_no=DOC_NO, at=now)
    return len(tasks)


def _send(region: str, drafter: Actor, now: datetime) -> list[Task]:
    towns = [Organisation.objects.get(region=region, code=code) for code in TOWNS]
    made: list[Task] = []
    named = [(case, _unit(region, case.issuer)) for case in library.worked_cases() if case.kind != "工单"]
    known = [(case, issuer) for case, issuer in named if issuer is not None]
    usable = known[:: max(1, len(known) // SENT)]
    for place, (case, issuer) in enumerate(usable[:SENT]):
        at = now - timedelta(days=3 * (SENT - 1 - place), hours=2)
        document = actions.save_document(
            text=case.paper.text, title="", kind=case.kind, issuer=issuer, town=towns[0].id, by=drafter, at=at
        )
        reason = "上级有统一部署（演示）" if not document.judged["may_send"] else ""
        made += actions.send(
            document, towns=towns[: 1 + place % 3], workdays=10, reason=reason, by=drafter, at=at
        )
    return made


def _work(tasks: list[Task], now: datetime) -> None:
    """What the towns did since: accepted within half a day, finished within ten; the newest wait, one is late."""
    late = True
    for task in tasks:
        task.case.refresh_from_db()
        age = now - task.case.opened_at
        if task.case.state != "issued" or age < timedelta(days=1):
            continue
        if late and age < timedelta(days=6):
            late = False
            continue
        town = Actor(
            id=None,
            name=f"{task.town.short}党政办(演示)",
            region=task.region,
            units=frozenset({task.town_id}),
            permissions=frozenset({"duties.receive"}),
        )
        actions.accept(task, by=town, at=task.case.opened_at + timedelta(hours=3))
        if age > timedelta(days=10):
            done = task.case.opened_at + timedelta(days=8)
            actions.finish(task, said="已按清单分工办结，佐证材料随件归档（演示）。", by=town, at=done)


def _rule(tasks: list[Task], steward: Actor, now: datetime) -> None:
    """The first two stopped tasks of 望江镇: one objection ruled, one waiting."""
    town = _cast("qianjin", day_of(now))
    stopped = [
        task for task in tasks if task.town.code == "WJZ" and task.verdict in {"SHIFT", "RECALLED", "FORM"}
    ]
    for place, task in enumerate(stopped[:2]):
        objection = actions.object_to(task, grounds="", by=town, at=now - timedelta(days=1))
        if place == 0:
            actions.rule_on(
                objection, ruling=Ruling.UPHELD, verdict=task.verdict,
                said="该动作属上级部门职责，镇按清单配合即可，退回部门改写。", by=steward, at=now - timedelta(hours=5),
            )  # fmt: skip
