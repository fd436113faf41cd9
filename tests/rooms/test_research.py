"""产学研: needs and offers through the forms, matches with reasons, a contact that becomes a contract with milestones."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.research import actions, finding, queries
from sanfu.enterprise.research.centre import Held, conditions
from sanfu.enterprise.research.models import Contact, Milestone, Need, Offer, OfferUpload
from sanfu.enterprise.research.upload import check_offers
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.export import workbook
from sanfu.records.moments import day_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("firms")]
MONDAY = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


def actor(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=day_of(MONDAY))


def client(login: str) -> Client:
    made = Client()
    made.force_login(User.objects.get(login=login))
    return made


def offered(title: str = "齿轮修形与接触疲劳团队", **more: Any) -> Offer:
    columns = {"title": title, "holder": "云澄大学", "kind": "team", "text": "解决齿面早期点蚀", **more}
    return actions.offer(columns, by=actor("luoqi"), at=MONDAY)


def needed(**more: Any) -> Need:
    firm = Enterprise.objects.exclude(organisation=None).get()
    return actions.publish(firm, {"title": "减速机齿面早期点蚀", **more}, by=actor("wangqiang"), at=MONDAY)


def fresh(row: Contact) -> Contact:
    return Contact.objects.select_related("case", "need__enterprise", "offer").get(pk=row.pk)


def test_a_broken_constraint_is_named_and_never_brought_together() -> None:
    dear, fits = offered(least=Decimal(500_000)), offered("齿面强化团队", least=Decimal(100_000))
    need = needed(budget=Decimal(300_000))
    found, out = queries.matches(need)
    assert [one.offer for one in found] == [fits]
    assert [(one, "预算" in why) for one, why in out] == [(dear, True)]
    with pytest.raises(Refused, match="预算30万元，起步费用50万元"):
        actions.connect(need, dear, by=actor("luoqi"), at=MONDAY)
    first = actions.connect(need, fits, by=actor("wangqiang"), at=MONDAY)
    with pytest.raises(Conflict):
        actions.connect(need, fits, by=actor("luoqi"), at=MONDAY)
    assert Contact.objects.get().case.number == first.case.number
    with pytest.raises(NotAllowed):
        actions.start(fresh(first), said="已经联系", by=actor("wangqiang"), at=MONDAY)


def test_a_contract_is_kept_by_its_milestones() -> None:
    row = actions.connect(needed(), offered(), by=actor("luoqi"), at=MONDAY)
    by = actor("luoqi")
    actions.start(fresh(row), said="已到厂看过", by=by, at=MONDAY)
    for text in ("明年交付", "2026-13-01 样机", "2025-01-01 样机", ""):
        with pytest.raises(Refused, match="里程碑每行"):
            actions.sign(
                fresh(row),
                contract_no="A",
                amount=Decimal(1),
                signed_on=day_of(MONDAY),
                milestones=text,
                by=by,
                at=MONDAY,
            )
    lines = "2026年9月1日 样机\n2026-07-01：方案"
    actions.sign(
        fresh(row),
        contract_no="A-1",
        amount=Decimal(180_000),
        signed_on=day_of(MONDAY),
        milestones=lines,
        by=by,
        at=MONDAY,
    )
    assert [one.title for one in queries.milestones(row)] == ["方案", "样机"]
    with pytest.raises(Refused, match="还有里程碑没有完成：方案、样机"):
        actions.finish(fresh(row), said="都做完了", by=by, at=MONDAY)
    late = queries.visible(by).filter(queries.late(date(2026, 7, 2)))
    assert [case.pk for case in late] == [row.case_id]
    actions.reach(fresh(row), said="评审通过", by=by, at=MONDAY + timedelta(days=20))
    assert list(Milestone.objects.exclude(done_on=None).values_list("title", flat=True)) == ["方案"]
    actions.reach(fresh(row), said="样机运行", by=by, at=MONDAY + timedelta(days=80))
    actions.finish(fresh(row), said="验收合格", by=by, at=MONDAY + timedelta(days=90))
    assert not fresh(row).open


def test_a_messy_sheet_says_every_fault_by_its_line_and_keeps_the_good_rows_once() -> None:
    heads = ["团队名称", "所属单位", "类型", "起步费用（万元）", "最早交付", "可保密", "技术成熟度"]
    rows = [
        ["压铸团队", "望山大学", "团队", "20", "2026/9/1", "是", "7级"],
        ["压铸团队", "望山大学", "", "", "", "", ""],
        ["", "望山大学", "", "", "", "", ""],
        ["涂覆团队", "澄南研究院", "火箭", "很贵", "明年", "也许", "12"],
        ["中试平台", "中试基地", "平台", "", "", "", ""],
    ]
    held = workbook("表", heads, rows)
    content = held if isinstance(held, bytes) else held.read()
    desk = client("luoqi")
    sent = {"file": SimpleUploadedFile("供给.xlsx", content), "once": str(uuid4())}
    answer = desk.post("/desk/research/offers/upload/", sent)
    assert answer.status_code == 302
    shown = desk.get(answer["Location"]).content.decode()
    made = OfferUpload.objects.get()
    assert (made.total, len(made.good)) == (5, 2)
    lines = {error["line"] for error in made.errors}
    assert lines == {3, 4, 5}
    assert {error["column"] for error in made.errors if error["line"] == 5} == {"类别", "可保密", "起步费用", "最早交付", "技术成熟度"}  # fmt: skip
    assert "第2行已有同一单位的同名供给" in shown
    for _ in range(2):
        desk.post(f"{answer['Location']}decide/", {"keep": "1", "once": str(uuid4())})
    assert sorted(Offer.objects.values_list("title", "kind")) == [
        ("中试平台", "platform"),
        ("压铸团队", "team"),
    ]
    assert Offer.objects.get(title="压铸团队").least == Decimal(200_000)
    again = check_offers("供给.xlsx", content, {("望山大学", "压铸团队")})
    assert len(again.good) == 1
    bad = desk.post(
        "/desk/research/offers/upload/",
        {"file": SimpleUploadedFile("a.xlsx", b"PKnot"), "once": str(uuid4())},
    )
    assert bad.status_code == 422
    assert OfferUpload.objects.count() == 1


def test_a_firm_publishes_sees_why_and_asks_through_its_own_forms() -> None:
    offered(equipment=["疲劳试验机"], contact="科研处")
    firm = client("wangqiang")
    sent = {"title": "齿轮箱齿面早期点蚀", "budget": "30", "equipment": "疲劳试验机", "once": str(uuid4())}
    answer = firm.post("/firm/research/", sent)
    assert answer.status_code == 302
    shown = firm.get(answer["Location"]).content.decode()
    assert "有疲劳试验机" in shown
    assert "没有说明起步费用" in shown
    assert "科研处" not in shown, "who to call comes with the contact"
    need = Need.objects.get()
    assert need.budget == Decimal(300_000)
    asked = firm.post(f"{answer['Location']}connect/{Offer.objects.get().pk}/", {"once": str(uuid4())})
    assert "科研处" in firm.get(asked["Location"]).content.decode()
    assert firm.post("/firm/research/", {"title": "短", "once": str(uuid4())}).status_code == 422
    past = firm.post(
        "/firm/research/", {"title": "齿轮箱点蚀", "needed_by": "2020-01-01", "once": str(uuid4())}
    )
    assert past.status_code == 422
    other = Enterprise.objects.filter(organisation=None).first()
    theirs = actions.publish(other, {"title": "别家的需求"}, by=actor("luoqi"), at=MONDAY)
    assert firm.get(f"/firm/research/{theirs.pk}/").status_code == 404
    assert client("hetao").get("/desk/research/needs/").status_code == 403


def test_the_centre_says_met_missed_by_how_much_and_unknown() -> None:
    firm = Enterprise.objects.exclude(organisation=None).get()
    rows = conditions(firm, day_of(MONDAY))
    assert {one.held for one in rows} <= set(Held)
    shown = client("wangqiang").get("/firm/research/centre/").content.decode()
    assert rows[0].says in shown
    assert "待核" in shown
    begun = client("wangqiang").post("/firm/scenes/new/b.centre/", {"once": str(uuid4())})
    assert begun.status_code == 302
    assert "省级工程研究中心申报" in client("wangqiang").get(begun["Location"]).content.decode()


def test_the_search_box_finds_offers_and_needs_for_who_may_see_them() -> None:
    made = offered()
    row = needed()
    assert [hit.args for hit in finding.offers(actor("luoqi"), "点蚀", day_of(MONDAY), 5)] == [(made.pk,)]
    assert [hit.args for hit in finding.needs(actor("luoqi"), row.number, day_of(MONDAY), 5)] == [(row.pk,)]
    assert finding.offers(actor("hetao"), "点蚀", day_of(MONDAY), 5) == []
    assert finding.offers(actor("luoqi"), "点", day_of(MONDAY), 5) == []
