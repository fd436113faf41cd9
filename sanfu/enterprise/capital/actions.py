"""Writes of the way to a listing: enter, move on, block and free, certificates asked for once and issued."""

from datetime import datetime

from django.db import transaction

from sanfu.cases.actions import Changes, Opening, open_case, step
from sanfu.enterprise.capital.content import boards, proof_list
from sanfu.enterprise.capital.models import ListingCase, Proof
from sanfu.enterprise.capital.room import LISTING
from sanfu.enterprise.capital.states import LISTING_FLOW, NEXT, ListingEvent, ListingState, ProofState
from sanfu.enterprise.registry.models import Enterprise
from sanfu.people.models import Organisation
from sanfu.records.actions import number
from sanfu.records.actor import Actor, NotAllowed, Refused, machine
from sanfu.records.models import Event

E = ListingEvent


def _said(text: str, what: str) -> str:
    text = text.strip()
    if len(text) < 4:
        raise Refused(f"请写明{what}（不少于4个字）。")
    return text


@transaction.atomic
def enter(*, enterprise: Enterprise, board: str, by: Actor, at: datetime) -> ListingCase:
    """入库: a firm joins the reserve; one open case a firm."""
    if not by.may("capital.work"):
        raise NotAllowed(f"{by.name}不能把企业列入上市后备。")
    if board not in boards().boards:
        raise Refused(f"没有板块“{board}”。")
    Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    if ListingCase.objects.filter(region=by.region, enterprise=enterprise, open=True).exists():
        raise Refused(f"{enterprise.name}已在上市后备库。")
    lead = by.organisation
    case = open_case(
        Opening(
            kind=LISTING.code, number=number(LISTING.number, by=by, at=at), title=f"{enterprise.name}：拟上{board}",
            lead=lead, units=frozenset({lead} if lead else ()), firm=enterprise.organisation_id,
        ),
        LISTING_FLOW, by=by, at=at,
    )  # fmt: skip
    stays = [[str(ListingState.POOL), at.isoformat()]]
    return ListingCase.objects.create(
        region=by.region, case=case, enterprise=enterprise, board=board, stays=stays
    )


@transaction.atomic
def move_on(
    row: ListingCase, event: ListingEvent, *, by: Actor, at: datetime, expected: int | None = None
) -> None:
    """One of the stages after the other."""
    _, target = NEXT[event]
    step(row.case_id, LISTING_FLOW, event, by=by, at=at, expected=expected)
    _arrive(row, target, at)


def _arrive(row: ListingCase, target: ListingState, at: datetime) -> None:
    held = ListingCase.objects.select_for_update().get(pk=row.pk)
    held.stays = [*held.stays, [str(target), at.isoformat()]]
    if target in LISTING_FLOW.final:
        held.open, held.blocker, held.blocked_at = False, "", None  # nothing holds up what is over
    held.save(update_fields=["stays", "open", "blocker", "blocked_at"])


@transaction.atomic
def leave(row: ListingCase, *, reason: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """退出后备 with the reason."""
    data = {"reason": _said(reason, "退出的原因")}
    step(row.case_id, LISTING_FLOW, E.LEAVE, by=by, at=at, data=data, expected=expected)
    _arrive(row, ListingState.LEFT, at)


@transaction.atomic
def block(row: ListingCase, *, reason: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """记录阻滞: what holds it up, and who is to solve it; said again, the words change and the days go on."""
    reason = _said(reason, "卡在哪里、由谁解决")
    held = ListingCase.objects.select_for_update().get(pk=row.pk)
    step(row.case_id, LISTING_FLOW, E.BLOCK, by=by, at=at, data={"reason": reason}, expected=expected)
    ListingCase.objects.filter(pk=row.pk).update(blocker=reason[:300], blocked_at=held.blocked_at or at)


@transaction.atomic
def free(row: ListingCase, *, reason: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """解除阻滞: how it was solved."""
    reason = _said(reason, "怎样解决的")
    if not ListingCase.objects.select_for_update().get(pk=row.pk).blocker:
        raise Refused("这家企业没有记录阻滞，不用解除。")
    step(row.case_id, LISTING_FLOW, E.FREE, by=by, at=at, data={"reason": reason}, expected=expected)
    ListingCase.objects.filter(pk=row.pk).update(blocker="", blocked_at=None)


@transaction.atomic
def ask_proofs(row: ListingCase, *, by: Actor, at: datetime, expected: int | None = None) -> None:
    """一次申请合规证明: every department of the list gets its own; what was asked before stays."""
    listed = proof_list()["proofs"]
    units = {
        one.code: one
        for one in Organisation.objects.filter(region=by.region, code__in=[p["unit"] for p in listed])
    }
    missing = [p["label"] for p in listed if p["unit"] not in units]
    if missing:
        raise Refused(f"清单里{'、'.join(missing)}的部门在本市没有登记，请先改清单。")
    asked = set(Proof.objects.filter(listing=row).values_list("code", flat=True))
    new = [one for one in listed if one["code"] not in asked]
    if not new:
        raise Refused("清单上的合规证明都已申请过。")
    changes = Changes(add_units=frozenset(units[one["unit"]].id for one in new))
    data = {"note": f"{len(new)} 份：{'、'.join(one['label'] for one in new)}"}
    step(row.case_id, LISTING_FLOW, E.ASK, by=by, at=at, data=data, changes=changes, expected=expected)
    Proof.objects.bulk_create(
        Proof(region=row.region, listing=row, code=one["code"], label=one["label"], unit=units[one["unit"]], asked_at=at)
        for one in new
    )  # fmt: skip


@transaction.atomic
def prove(
    row: ListingCase, *, issued: bool, said: str, by: Actor, at: datetime, expected: int | None = None
) -> None:
    """出具合规证明, or why it cannot be issued: the own department's only; it may change its answer later."""
    own = list(Proof.objects.select_for_update().filter(listing=row, unit__in=by.units))
    if not own:
        raise Refused("没有向本单位申请这家企业的合规证明。")
    said = said.strip() if issued else _said(said, "不能出具的原因和整改要求")
    label = "、".join(one.label for one in own)
    data = {"said": f"{label}：{'已出具' if issued else '不能出具'}{'，' + said if said else ''}"}
    step(row.case_id, LISTING_FLOW, E.PROVE, by=by, at=at, data=data, expected=expected)
    state = ProofState.ISSUED if issued else ProofState.HELD
    Proof.objects.filter(pk__in=[one.pk for one in own]).update(state=state, said=said[:300], done_at=at)


def deregistered(event: Event) -> None:
    """A firm that is gone leaves the reserve with the reason."""
    by = machine(event.region, "企业注销")
    for row in ListingCase.objects.filter(
        region=event.region, enterprise=event.data["enterprise"], open=True
    ):
        step(row.case_id, LISTING_FLOW, E.LAPSE, by=by, at=event.at, data={"reason": event.data["says"]})
        _arrive(row, ListingState.LAPSED, event.at)
