"""Writes of liaison: officers, pairs with hand-over, proposals."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction

from sanfu.enterprise.liaison import queries
from sanfu.enterprise.liaison.actions.outreach import hand_on
from sanfu.enterprise.liaison.models import LiaisonOfficer, Need, Pair, Proposal
from sanfu.enterprise.liaison.states import PairRole, ProposalState
from sanfu.enterprise.registry.models import Enterprise
from sanfu.kernel.assigning.explaining import parts_of, uncovered
from sanfu.kernel.assigning.model import Problem
from sanfu.kernel.assigning.solving import Plan, solve
from sanfu.people.models import Organisation, User
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.ids import new_id
from sanfu.records.moments import day_of

SECONDS = 20.0
LONGEST_LANGUAGE = 10
BEGUN = ("id", "region", "enterprise_id", "officer_id", "role", "starts", "note")


class Begun(NamedTuple):
    """A pair that stood before the platform did; without a day it counts from the day it is entered."""

    enterprise: uuid.UUID
    officer: uuid.UUID
    role: PairRole = PairRole.MAIN
    starts: date | None = None


def may_plan(by: Actor) -> None:
    """NotAllowed when the actor does not plan liaison."""
    if not by.may("liaison.plan"):
        raise NotAllowed(f"{by.name}没有管理挂钩的权限。")


def _spoken(languages: Iterable[str]) -> list[str]:
    found = list(languages)
    if any(len(one) > LONGEST_LANGUAGE for one in found):
        raise Refused("外语请逐个写明并用顿号分开，如：英语、日语；每个不超过 10 个字。")
    return found


@transaction.atomic
def set_officer(
    user: User, *, capacity: int, town: Organisation | None, languages: Iterable[str], by: Actor, at: datetime
) -> None:
    """How much and where somebody can serve; 0 ends it for new firms."""
    may_plan(by)
    if not 0 <= capacity <= 5000:
        raise Refused("承载上限应在 0 到 5000 之间。")
    spoken = _spoken(languages)
    LiaisonOfficer.objects.update_or_create(
        user=user,
        defaults={
            "region": by.region,
            "capacity": capacity,
            "town": town,
            "languages": spoken,
            "active": capacity > 0,
        },
    )
    append(stream=user.id, kind="liaison.officer_set", by=by, at=at, data={"capacity": capacity})


@transaction.atomic
def set_need(
    enterprise: Enterprise, *, languages: Iterable[str], avoid: Iterable[User], by: Actor, at: datetime
) -> None:
    """Languages that a firm needs, and officers who must withdraw."""
    may_plan(by)
    wanted = {"region": by.region, "languages": _spoken(languages), "avoid": [one.pk for one in avoid]}
    Need.objects.update_or_create(enterprise=enterprise, defaults=wanted)
    append(stream=enterprise.id, kind="liaison.need_set", by=by, at=at)


@transaction.atomic
def link(
    enterprise: Enterprise,
    officer: User,
    role: PairRole,
    *,
    by: Actor,
    at: datetime,
    note: str = "",
    seen: User | None = None,
) -> Pair:
    """Give a firm its officer; whoever held the role hands over with a note. `seen`: who held it on the page."""
    may_plan(by)
    today = day_of(at)
    held = (
        Pair.objects.select_for_update()
        .filter(region=by.region, enterprise=enterprise, role=role, ends=None)
        .first()
    )
    if held and seen is not None and held.officer_id != seen.pk:
        raise Conflict(f"{enterprise.name} 的{role.label}刚改为别人，请刷新后再定。")
    if held and held.officer_id == officer.pk:
        return held
    other = Pair.objects.filter(region=by.region, enterprise=enterprise, ends=None, officer=officer).exclude(
        role=role
    )
    if other.exists():
        raise Refused(f"{officer.name} 已是这家企业的另一位挂钩干部；主、副不能是同一人。")
    if held:
        if len(note.strip()) < 4:
            raise Refused("更换挂钩干部须写交接单（不少于4个字）：未结的事、答应过的事、联系人。")
        held.ends, held.note = max(today, held.starts), note.strip()
        held.save()
    try:
        with transaction.atomic():
            made = Pair.objects.create(
                region=by.region, enterprise=enterprise, officer=officer, role=role, starts=today
            )
    except IntegrityError as taken:
        raise Conflict(f"{enterprise.name} 刚由别人定了{role.label}，请刷新。") from taken
    data = {
        "enterprise": str(enterprise.id), "officer": officer.name, "role": str(role), "note": note.strip(),
        "unit": str(officer.organisation_id or ""), "from": str(held.officer.organisation_id or "") if held else "",
    }  # fmt: skip
    append(stream=enterprise.id, kind="liaison.linked", by=by, at=at, data=data)
    hand_on([enterprise.pk], note.strip(), by=by, at=at)
    return made


@transaction.atomic
def begin_pairs(rows: Iterable[Begun], *, by: Actor, at: datetime) -> int:
    """Take in standing pairs of firms that have nobody in the role, by one COPY and with one event; returns the pairs.

    A firm that has somebody in the role refuses the whole call.
    """
    may_plan(by)
    count, today = 0, day_of(at)
    try:
        with (
            transaction.atomic(),
            connection.cursor() as cursor,
            cursor.copy(f"COPY liaison_pair ({', '.join(BEGUN)}) FROM STDIN") as copy,
        ):
            for one in rows:
                starts = one.starts or today
                copy.write_row([new_id(), by.region, one.enterprise, one.officer, str(one.role), starts, ""])
                count += 1
    except IntegrityError as taken:
        raise Conflict("其中有企业已经有挂钩干部，请先查看挂钩关系。") from taken
    append(stream=new_id(), kind="liaison.pairs_begun", by=by, at=at, data={"count": count})
    return count


@transaction.atomic
def propose(*, by: Actor, at: datetime) -> Proposal:
    """生成方案: mains, then deputies with the mains fixed; nothing is changed until somebody adopts it."""
    may_plan(by)
    asked = queries.problem(by.region)
    if not asked.officers or not asked.firms:
        raise Refused("还没有挂钩干部或企业；请先设置挂钩干部的承载上限。")
    plan = solve(asked, seconds=SECONDS)
    mains = frozenset(
        (f.code, asked.officers[int(c)].code) for f, c in zip(asked.firms, plan.chosen, strict=True) if c >= 0
    )
    second = Problem(asked.firms, asked.officers, {}, asked.neighbours, asked.prices, mains)
    deputies = solve(second, seconds=SECONDS)
    body: dict[str, Any] = {
        "pairs": _rows(asked, plan), "deputies": _rows(second, deputies), "cost": plan.cost, "bound": plan.bound,
        "gap": plan.gap, "kept": int(((asked.held >= 0) & (plan.chosen == asked.held)).sum()), "standing": int((asked.held >= 0).sum()),
        "uncovered": [{"firm": one.firm, "name": asked.firms[asked.firm_at[one.firm]].name, "words": one.words} for one in uncovered(asked, plan)],
    }  # fmt: skip
    made = Proposal.objects.create(region=by.region, body=body, by_name=by.name, made_at=at)
    append(
        stream=made.id,
        kind="liaison.proposed",
        by=by,
        at=at,
        data={"gap": plan.gap, "uncovered": len(body["uncovered"])},
    )
    return made


def _rows(asked: Problem, plan: Plan) -> list[dict[str, Any]]:
    rows = []
    for row, column in enumerate(plan.chosen):
        if column >= 0:
            firm, officer = asked.firms[row], asked.officers[int(column)]
            kept = int(asked.held[row]) == int(column)
            rows.append({"firm": firm.code, "name": firm.name, "officer": officer.code, "who": officer.name, "kept": kept, "parts": parts_of(asked, firm.code, officer.code)})  # fmt: skip
    return rows


@transaction.atomic
def adopt(proposal: Proposal, *, note: str, by: Actor, at: datetime) -> int:
    """采纳方案: pairs that change are handed over with the note; how many changed."""
    may_plan(by)
    done = Proposal.objects.filter(pk=proposal.pk, state=ProposalState.OPEN).update(
        state=ProposalState.ADOPTED
    )
    if not done:
        raise Conflict("这份方案已采纳或放弃，请刷新。")
    firms = {str(one.pk): one for one in Enterprise.objects.filter(region=by.region)}
    people = {str(one.pk): one for one in User.objects.filter(region=by.region)}
    held = {(str(f), role): str(o) for f, o, role in Pair.objects.filter(region=by.region, ends=None).values_list("enterprise", "officer", "role")}  # fmt: skip
    ending = Pair.objects.filter(region=by.region, ends=None, role=PairRole.DEPUTY)
    ending.update(ends=day_of(at), note=note.strip() or "按新方案调整副挂钩")
    fresh: list[Pair] = []
    changed = 0
    for role, key in ((PairRole.MAIN, "pairs"), (PairRole.DEPUTY, "deputies")):
        for row in proposal.body[key]:
            firm, officer = firms[row["firm"]], people[row["officer"]]
            before = held.get((row["firm"], role)) if role is PairRole.MAIN else None
            if before is None:
                fresh.append(
                    Pair(region=by.region, enterprise=firm, officer=officer, role=role, starts=day_of(at))
                )
            elif before != row["officer"]:
                link(firm, officer, role, note=note, by=by, at=at)
            changed += role is PairRole.MAIN and before != row["officer"]
    Pair.objects.bulk_create(fresh)
    hand_on({one.enterprise_id for one in fresh}, note.strip(), by=by, at=at)
    append(stream=proposal.id, kind="liaison.adopted", by=by, at=at, data={"changed": changed})
    return changed
