"""快申快享 without a browser: what is asked, what the rule says, review, the next batch, and all ways out."""

import uuid
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from sanfu.enterprise.benefits import actions, claims, queries
from sanfu.enterprise.benefits.actions.claims import Stated
from sanfu.enterprise.benefits.actions.payments import Receipt
from sanfu.enterprise.benefits.claiming import answer_of, asks_of, claimable, read_typed, typed
from sanfu.enterprise.benefits.models import Batch, Claim, Statement
from sanfu.enterprise.benefits.policies import clause_on
from sanfu.enterprise.benefits.states import ClaimState, LineState
from sanfu.enterprise.registry import actions as registry
from sanfu.enterprise.registry.actions import Said, record
from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.registry.queries import own, profile
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records import files
from sanfu.records.actions import deliver_outbox
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.queries import verify_chains
from sanfu.web.officer.benefits.batches import DESK

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("firms")]
REGION = "329900"
AT = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)  # Monday 09:00 in China
DAY = date(2026, 6, 1)
UPGRADE = "yc-upgrade-1"


def who(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=DAY)


def me() -> Any:
    firm = own(who("wangqiang"))
    assert firm
    return firm


def paper(name: str = "发票.txt") -> uuid.UUID:
    return files.store(name=name, content=BytesIO(b"invoice"), by=who("wangqiang"), at=AT).id


def stated(invested: str = "520", equipment: str = "400") -> list[Stated]:
    words = dictionary()
    pairs = (("技改投资额", invested), ("新设备投资额", equipment))
    return [Stated(key, read_typed(words.fact_of(key), raw), f"{raw}万元", paper()) for key, raw in pairs]


def handed_in(key: str = "a", **more: str) -> Claim:
    return actions.claim(UPGRADE, stated(**more), key=key, by=who("wangqiang"), at=AT)


def accepted(**more: str) -> Claim:
    made = handed_in(**more)
    actions.accept_claim(made, judged={}, note="发票与备案一致", by=who("jiangyu"), at=AT)
    return fresh(made)


def fresh(claim: Claim) -> Claim:
    return Claim.objects.select_related("case", "batch").get(pk=claim.pk)


def batch_of(*clauses: str) -> Batch:
    return actions.generate(clauses or (UPGRADE,), title="申报批次", day=DAY, by=who("jiangyu"), at=AT)


def test_only_what_needs_a_paper_or_is_missing_is_asked() -> None:
    found = clause_on(REGION, UPGRADE, DAY)
    assert found
    mine = profile(me(), DAY)
    asks = asks_of(found[1], mine, DAY, dictionary(), {}, {})
    assert [(ask.column, ask.shown, ask.evidence) for ask in asks] == [
        ("技改投资额", "460", True),
        ("新设备投资额", "368", True),
    ]
    assert claimable(found[1], mine, DAY, dictionary())
    growth = clause_on(REGION, "yc-growth-2", DAY)
    assert growth
    assert not claimable(growth[1], mine, DAY, dictionary()), "paid by machine: nothing to apply for"
    missing = {key: value for key, value in mine.row.items() if key != "上年.营业收入"}
    gap = type(mine)(
        mine.id, mine.code, mine.name, mine.town, mine.industry, mine.size, missing, mine.origins
    )
    assert claimable(growth[1], gap, DAY, dictionary())
    assert [ask.column for ask in asks_of(growth[1], gap, DAY, dictionary(), {}, {})] == ["上年.营业收入"]


@pytest.mark.parametrize("raw", ["460", "460.5", "４６０", "1,460", "460万元", "4600000元"])
def test_what_is_typed_comes_back_as_it_was_meant(raw: str) -> None:
    fact = dictionary().fact_of("技改投资额")
    value = read_typed(fact, raw)
    assert read_typed(fact, typed(fact, value)) == value


@pytest.mark.parametrize("raw", ["很多", "1e400", "NaN", "460人", "-5", "9" * 81, "0.000000001"])
def test_what_cannot_be_is_said(raw: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_typed(dictionary().fact_of("技改投资额"), raw)


def test_the_rule_answers_three_valued() -> None:
    found = clause_on(REGION, UPGRADE, DAY)
    assert found
    row = {"技改备案": True}
    said = {s.column: s.value for s in stated()}
    open_ = answer_of(found[1], row, {"技改投资额": said["技改投资额"]}, DAY, dictionary())
    assert not open_.complete
    assert open_.to_state == ("新设备投资额",)
    assert answer_of(found[1], row, said, DAY, dictionary()).verdict.amount == 40 * 10**6
    no = answer_of(found[1], row, {"技改投资额": 499 * 10**6}, DAY, dictionary())
    assert no.refused


def test_a_claim_is_opened_once_with_number_clocks_and_event() -> None:
    first = handed_in()
    assert handed_in() == first, "the same key is the same claim"
    assert first.case.number == "SB202600001"
    assert [(c["name"], c["n"]) for c in claims.clocks(first, AT)] == [("审核", "5"), ("兑现", "60")]
    assert all("待核" in c["basis"] for c in claims.clocks(first, AT))
    with pytest.raises(Conflict, match="SB202600001"):
        handed_in("b")
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(
            case=batch_case(first), region=REGION, enterprise=me(), policy="x", clause=UPGRADE, day=DAY
        )
    assert Claim.objects.count() == 1
    assert first.amount == 40 * 10**6
    with pytest.raises(DatabaseError), transaction.atomic():
        Statement.objects.update(number=1)


def batch_case(claim: Claim) -> Any:
    case = claim.case
    case.pk, case.number = uuid.uuid4(), "SB-X"
    case._state.adding = True
    case.save(force_insert=True)
    return case


def test_values_the_rule_refuses_or_leaves_open_are_not_taken() -> None:
    with pytest.raises(Refused, match="技改投资"):
        handed_in(invested="499.99")
    incomplete = [s for s in stated() if s.column == "技改投资额"]
    made = actions.claim(UPGRADE, incomplete, key="x", by=who("wangqiang"), at=AT)
    assert made.amount == 36_800_000, "what the register knows need not be typed again"
    with pytest.raises(Refused, match="不是这一条"):
        actions.claim("yc-hte-1", [Stated("技改投资额", 1, "1")], key="y", by=who("wangqiang"), at=AT)
    with pytest.raises(NotAllowed):
        actions.claim(UPGRADE, stated(), key="z", by=who("limei"), at=AT)


def test_correction_pauses_the_clocks_and_keeps_the_first_round() -> None:
    made = handed_in()
    officer = who("jiangyu")
    with pytest.raises(Refused, match="写明"):
        actions.ask_correction(made, why=" ", columns=[], by=officer, at=AT)
    actions.ask_correction(made, why="发票缺一张", columns=["新设备投资额", "x"], by=officer, at=AT)
    assert fresh(made).asked == ["新设备投资额"]
    later = AT + timedelta(days=10)
    assert all(c["paused"] for c in claims.clocks(fresh(made), later))
    with pytest.raises(Refused):
        actions.accept_claim(made, judged={}, note="", by=officer, at=later)
    actions.correct_claim(made, stated(equipment="390"), by=who("wangqiang"), at=later)
    again = fresh(made)
    assert again.case.state == ClaimState.SUBMITTED
    assert again.amount == 39 * 10**6
    assert [s.said for s in claims.statements(again)] == ["520万元", "390万元"]
    assert [s.said for s in claims.earlier_rounds(again)] == ["520万元", "400万元"]
    due = claims.clocks(again, later)[0]["due_at"]
    assert due > AT + timedelta(days=14), "the ten days did not count"


def test_review_is_for_the_own_department_and_needs_reason_and_basis() -> None:
    made = handed_in()
    for other in ("luoqi", "fangzheng", "zhengju", "limei"):
        assert claims.access(who(other), made.pk) is None, other
    assert claims.access(who("jiangyu"), made.pk) == made
    assert claims.access(who("wangqiang"), made.pk) == made
    with pytest.raises(NotAllowed):
        actions.accept_claim(made, judged={}, note="", by=who("wangqiang"), at=AT)
    with pytest.raises(Refused, match="依据"):
        actions.refuse_claim(made, why="发票不实", basis="", by=who("jiangyu"), at=AT)
    actions.refuse_claim(made, why="发票不实", basis="技改投资", by=who("jiangyu"), at=AT)
    closed = fresh(made)
    assert (closed.case.state, closed.live, closed.basis) == (ClaimState.REFUSED, False, "技改投资")
    assert handed_in("second").pk != made.pk, "refused is not for ever"


def test_withdrawn_until_it_is_on_a_list() -> None:
    made = accepted()
    actions.withdraw_claim(made, why="项目调整", by=who("wangqiang"), at=AT)
    assert not fresh(made).live
    again = accepted_second()
    batch_of()
    with pytest.raises(Refused):
        actions.withdraw_claim(again, why="", by=who("wangqiang"), at=AT)


def accepted_second() -> Claim:
    made = handed_in("again")
    actions.accept_claim(made, judged={}, note="", by=who("jiangyu"), at=AT)
    return made


def test_an_accepted_claim_is_a_hit_of_the_next_batch_with_who_and_when() -> None:
    with pytest.raises(Refused, match="还没有审核通过的申报"):
        batch_of()
    made = accepted()
    batch = batch_of()
    line = batch.lines.get()
    assert (line.enterprise, line.paid, line.state) == (me(), 40 * 10**6, LineState.LISTED)
    assert line.reason == "企业填报，经蒋屿于2026-06-01审核（SB202600001）"
    assert fresh(made).case.state == ClaimState.LISTED
    assert queries.replayed(batch)["same"]
    actions.cancel(batch, why="重做", by=who("jiangyu"), at=AT)
    assert fresh(made).case.state == ClaimState.ACCEPTED
    assert fresh(made).batch is None
    again = batch_of(UPGRADE, "yc-upgrade-2")
    assert again.lines.get(clause=UPGRADE).paid == 40 * 10**6
    _paid_out(again)
    assert fresh(made).case.state == ClaimState.PAID
    assert not fresh(made).live
    assert not verify_chains(region=REGION)[1]


def _paid_out(batch: Batch) -> None:
    officer, finance, later = who("jiangyu"), who("fangzheng"), AT + timedelta(days=12)
    actions.review(batch, note="已核", by=officer, at=AT)
    actions.decide(batch, minutes="纪要1号", by=who("luoqi"), at=AT)
    actions.publish(batch, by=officer, at=AT)
    actions.end_notice(batch, by=officer, at=later)
    actions.agree(batch, bank="农商银行", account="6222000011112222", by=who("wangqiang"), at=later)
    actions.pay(batch, by=finance, at=later)
    sent = batch.lines.filter(state=LineState.SENT)
    actions.receive(batch, [Receipt(one.payment, True, "PZ1") for one in sent], by=finance, at=later)


def test_an_upheld_objection_or_a_waiver_ends_the_claim() -> None:
    made = accepted()
    batch = batch_of()
    actions.review(batch, note="", by=who("jiangyu"), at=AT)
    actions.decide(batch, minutes="纪要", by=who("luoqi"), at=AT)
    actions.publish(batch, by=who("jiangyu"), at=AT)
    said = actions.object_to(batch.lines.get(), text="设备是二手的，发票不实。", contact="", at=AT)
    actions.rule(said, upheld=True, answer="属实", by=who("jiangyu"), at=AT)
    assert fresh(made).case.state == ClaimState.DROPPED


def test_a_missing_figure_stated_for_one_clause_counts_for_no_other() -> None:
    """An automatic decision never rests on what an enterprise said of itself."""
    firm = me()
    before = profile(firm, DAY).row
    accepted()
    assert profile(firm, DAY).row == before


def test_what_a_machine_compares_stands_against_what_was_stated() -> None:
    made = handed_in()
    record([Said(me(), "技改备案", "", False, "GXJ", DAY)], by=who("jiangyu"), at=AT)
    with pytest.raises(Refused, match="技改备案"):
        actions.accept_claim(made, judged={}, note="", by=who("jiangyu"), at=AT)


def test_a_claim_the_data_no_longer_bear_stays_for_a_later_batch() -> None:
    made = accepted()
    record([Said(me(), "技改备案", "", False, "GXJ", DAY)], by=who("jiangyu"), at=AT)
    batch = batch_of()
    assert not batch.lines.exists()
    assert fresh(made).case.state == ClaimState.ACCEPTED
    assert "规则不再成立" in claims.desk_timeline(made)[-1]["note"]


def gone(firm: Enterprise) -> None:
    registry.close(firm, on=DAY, why="登记机关核准注销", by=who("jiangyu"), at=AT)
    deliver_outbox()


def test_the_claims_of_a_firm_that_is_gone_end_with_the_words_and_count_no_more() -> None:
    made = handed_in()
    gone(me())
    ended = fresh(made)
    assert (ended.case.state, ended.live) == (ClaimState.LAPSED, False)
    assert ended.answer.startswith("企业已于 2026-06-01 注销")
    assert not ended.case.clocks.filter(stopped_at=None).exists()
    assert claims.desk_timeline(ended)[-1]["label"] == "企业注销，终止"


def test_a_listed_line_of_a_firm_that_is_gone_leaves_the_list_before_any_money_is_sent() -> None:
    made = accepted()
    batch = batch_of()
    gone(me())
    line = batch.lines.get()
    assert (line.state, line.paid) == (LineState.REMOVED, 0)
    assert "注销" in line.reason
    assert fresh(made).case.state == ClaimState.LAPSED
    assert DESK.timeline(batch, who("jiangyu"))[-1]["label"] == "企业注销，移出名单"
    assert not verify_chains(region=REGION)[1]


def test_money_under_way_to_a_firm_that_is_gone_follows_what_the_bank_says() -> None:
    made = accepted()
    batch = batch_of()
    officer, finance, later = who("jiangyu"), who("fangzheng"), AT + timedelta(days=12)
    actions.review(batch, note="已核", by=officer, at=AT)
    actions.decide(batch, minutes="纪要1号", by=who("luoqi"), at=AT)
    actions.publish(batch, by=officer, at=AT)
    actions.end_notice(batch, by=officer, at=later)
    actions.agree(batch, bank="农商银行", account="6222000011112222", by=who("wangqiang"), at=later)
    actions.pay(batch, by=finance, at=later)
    gone(me())
    sent = batch.lines.get()
    assert (sent.state, fresh(made).case.state) == (LineState.SENT, ClaimState.LISTED)
    actions.receive(batch, [Receipt(sent.payment, True, "PZ1")], by=finance, at=later)
    assert fresh(made).case.state == ClaimState.PAID
