"""无求自应: alerts and near misses become tasks, findings flow back; a firm that is gone ends everything clearly."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from sanfu.adapters.demo_liaison import liaison
from sanfu.cases.actions import Opening, open_case
from sanfu.cases.models import Case
from sanfu.enterprise.benefits.actions import tell_near_misses
from sanfu.enterprise.capital import actions as capital
from sanfu.enterprise.capital.models import ListingCase
from sanfu.enterprise.centre import actions as centre
from sanfu.enterprise.centre import queries as centre_queries
from sanfu.enterprise.centre.models import Appointment
from sanfu.enterprise.demands import actions as demands
from sanfu.enterprise.demands.models import Demand
from sanfu.enterprise.liaison import actions, queries
from sanfu.enterprise.liaison.models import Outreach, Pair
from sanfu.enterprise.monitoring.models import Alert, Run
from sanfu.enterprise.monitoring.room import ALERT
from sanfu.enterprise.monitoring.states import ALERT_FLOW
from sanfu.enterprise.registry import actions as registry
from sanfu.enterprise.registry import queries as registered
from sanfu.enterprise.registry.actions import Said
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.visits import actions as visits
from sanfu.enterprise.visits.models import Visit, Wish
from sanfu.grassroots.tickets import actions as tickets
from sanfu.grassroots.tickets.actions.intake import firm_names
from sanfu.grassroots.tickets.queries import desk_timeline
from sanfu.grassroots.tickets.states import Channel, RequestType
from sanfu.people.models import User
from sanfu.people.queries import actor_of, organisation
from sanfu.records.actions import append, deliver_outbox
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused, machine
from sanfu.records.models import Event
from sanfu.records.moments import day_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("firms")]
MONDAY = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


def actor(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=day_of(MONDAY))


def client(login: str) -> Client:
    made = Client()
    made.force_login(User.objects.get(login=login))
    return made


def alert_of(firm: Enterprise) -> Alert:
    """An alert as the monthly run makes it, and its event, heard."""
    by = machine(firm.region, "月度研判")
    run, _ = Run.objects.get_or_create(region=firm.region, month=24317, defaults={"per_week": 5, "firms": 400, "weights": {}, "at": MONDAY})  # fmt: skip
    case = open_case(Opening(kind=ALERT.code, number=f"YJ{uuid4().hex[:9]}", title=f"{firm.name}：经营预警"), ALERT_FLOW, by=by, at=MONDAY)  # fmt: skip
    made = Alert.objects.create(
        region=firm.region, case=case, run=run, enterprise=firm, month=run.month, score=2.0, chance=0.6, base=-3.0,
        parts=[], curves={}, features={},
    )  # fmt: skip
    data = {
        "enterprise": str(firm.id), "code": firm.credit_code, "name": firm.name, "number": case.number, "case": str(case.id),
        "month": "2026-05", "chance": 0.6, "why": ["用电比同行低 41%"],
    }  # fmt: skip
    append(stream=made.id, kind="monitoring.alerted", by=by, at=MONDAY, data=data)
    heard()
    return made


def heard() -> None:
    for _ in range(3):  # what is heard may say something that others hear
        deliver_outbox()


def fresh(row: Outreach) -> Outreach:
    return Outreach.objects.select_related("case", "enterprise", "officer").get(pk=row.pk)


def test_an_alert_is_a_task_of_the_firms_officer_and_the_finding_flows_back() -> None:
    liaison(MONDAY)
    pair = Pair.objects.filter(ends=None, role="main").order_by("enterprise__credit_code").first()
    alert = alert_of(pair.enterprise)
    task = Outreach.objects.get(kind="alert")
    assert task.officer_id == pair.officer_id
    assert "用电比同行低 41%" in task.brief["why"]
    officer, other = (
        actor(pair.officer.login),
        next(one for one in ("jiangyu", "qianjin", "hetao") if one != pair.officer.login),
    )
    with pytest.raises(NotAllowed):
        actions.contacted(fresh(task), finding="true", said="电话联系过", by=actor(other), at=MONDAY)
    with pytest.raises(Refused, match="核实结果"):
        actions.contacted(fresh(task), finding="maybe", said="电话联系过", by=officer, at=MONDAY)
    desk = client(pair.officer.login)
    page = desk.get(f"/desk/liaison/outreach/{task.case_id}/").content.decode()
    assert "联系前一页纸" in page
    sent = {
        "finding": "true",
        "said": "两条产线停了，拖欠货款",
        "once": str(uuid4()),
        "version": str(task.case.version),
    }
    assert desk.post(f"/desk/liaison/outreach/{task.case_id}/act/contact/", sent).status_code == 302
    heard()
    assert Case.objects.get(pk=alert.case_id).state == "confirmed"
    assert Demand.objects.get(source="monitoring").text == "两条产线停了，拖欠货款"
    heard()
    assert Demand.objects.count() == 1
    assert Event.objects.filter(stream=alert.case_id, kind="alert.confirm").get().by_name == pair.officer.name


def test_the_same_alert_heard_twice_is_one_task_and_without_an_officer_the_planner_has_it() -> None:
    firm = Enterprise.objects.order_by("credit_code")[0]
    alert_of(firm)
    event = Event.objects.get(kind="monitoring.alerted")
    actions.alerted(event)
    task = Outreach.objects.get()
    assert task.officer is None
    assert task.case.lead.code == "QFW"
    with pytest.raises(Refused, match="不是这家企业的挂钩干部"):
        actions.take_over(fresh(task), by=actor("guqin"), at=MONDAY)
    actions.set_officer(
        User.objects.get(login="jiangyu"), capacity=9, town=None, languages=[], by=actor("guqin"), at=MONDAY
    )
    actions.link(firm, User.objects.get(login="jiangyu"), "main", by=actor("guqin"), at=MONDAY)
    assert fresh(task).officer.login == "jiangyu", "the task goes along with the firm"
    with pytest.raises(Refused, match="已在现任"):
        actions.take_over(fresh(task), by=actor("guqin"), at=MONDAY)


def test_open_matters_go_along_with_a_hand_over_to_another_unit_and_the_old_one_keeps_its_part() -> None:
    by, firm = actor("guqin"), Enterprise.objects.order_by("credit_code")[0]
    old, new = User.objects.get(login="jiangyu"), User.objects.get(login="qianjin")
    assert old.organisation_id != new.organisation_id
    for one in (old, new):
        actions.set_officer(one, capacity=9, town=None, languages=[], by=by, at=MONDAY)
    actions.link(firm, old, "main", by=by, at=MONDAY)
    alert_of(firm)
    task = Outreach.objects.get()
    visit = Visit.objects.create(
        region=firm.region, enterprise=firm, planned_on=day_of(MONDAY), units=[old.organisation_id],
        lead=old.organisation, made_at=MONDAY,
    )  # fmt: skip
    pages = [f"/desk/liaison/outreach/{task.case_id}/", f"/desk/visits/{visit.pk}/"]
    assert {client("qianjin").get(page).status_code for page in pages} == {404}
    actions.link(firm, new, "main", note="预警还没有核实，联系人是厂办主任", by=by, at=MONDAY)
    assert client("qianjin").get(pages[0]).status_code == 200, "in the same action"
    heard()
    for login in ("jiangyu", "qianjin"):
        assert [client(login).get(page).status_code for page in pages] == [200, 200], login
    row = fresh(task)
    assert (row.officer, row.case.lead_id) == (new, new.organisation_id)
    assert set(row.case.units) == {old.organisation_id, new.organisation_id}
    said = Event.objects.get(stream=task.case_id, kind="outreach.take").data["note"]
    assert "厂办主任" in said
    with pytest.raises(NotAllowed):
        actions.passed(row, reason="已有人联系", by=actor("jiangyu"), at=MONDAY)
    actions.contacted(row, finding="false", said="电话联系过，生产正常", by=actor("qianjin"), at=MONDAY)


def test_near_misses_are_told_once_and_a_low_chance_is_nobodys_task() -> None:
    by = machine("329900", "只差一项")
    told = tell_near_misses(region=by.region, by=by, at=MONDAY, most=5)
    heard()
    assert 0 < told <= 5
    assert Outreach.objects.filter(kind="near").count() == told
    assert all("只差一项" in row.brief["why"][0] for row in Outreach.objects.all())
    before = set(Outreach.objects.values_list("origin", flat=True))
    tell_near_misses(region=by.region, by=by, at=MONDAY, most=5)
    heard()
    assert (
        len(set(Outreach.objects.values_list("origin", flat=True)) - before)
        == Outreach.objects.count() - told
    )
    firm = Enterprise.objects.order_by("credit_code")[7]
    for chance in (0.3, 0.8, 0.9):
        data = {
            "enterprise": str(firm.id),
            "month": "2026-05",
            "chance": chance,
            "so_far": 900.0,
            "rate": 2160.0,
        }
        append(stream=uuid4(), kind="monitoring.entering", by=by, at=MONDAY, data=data)
    heard()
    assert Outreach.objects.filter(kind="entering").count() == 1


def test_a_deregistered_firm_ends_every_open_matter_in_a_state_of_its_own() -> None:
    liaison(MONDAY)
    firm = Enterprise.objects.filter(organisation=None).order_by("credit_code")[0]
    desk = actor("guqin")
    demand = demands.submit(enterprise=firm, text="厂区变压器不够用", source="counter", by=desk, at=MONDAY)
    alert = alert_of(firm)
    listing = capital.enter(enterprise=firm, board="北交所", by=actor("rongcheng"), at=MONDAY)
    unit = organisation(firm.region, "GXJ")
    visits.wish(
        enterprise=firm,
        department=unit,
        first=day_of(MONDAY),
        last=day_of(MONDAY),
        purpose="看生产",
        by=actor("jiangyu"),
        at=MONDAY,
    )
    visits.adopt(by=desk, at=MONDAY)
    visits.wish(
        enterprise=firm,
        department=unit,
        first=day_of(MONDAY),
        last=day_of(MONDAY),
        purpose="再看",
        by=actor("jiangyu"),
        at=MONDAY,
    )
    day = centre_queries.bookable_days(day_of(MONDAY))[0]
    centre.book(firm, day=day, slot="09:00", matter="注销咨询", by=desk, at=MONDAY)
    page = client("jiangyu")
    page.post(f"/desk/registry/{firm.pk}/look/", {"purpose": "data", "once": str(uuid4())})
    with pytest.raises(Refused, match="晚于今天"):
        registry.close(
            firm, on=day_of(MONDAY) + timedelta(days=1), why="登记机关核准", by=actor("jiangyu"), at=MONDAY
        )
    registry.close(firm, on=day_of(MONDAY), why="登记机关核准注销", by=actor("jiangyu"), at=MONDAY)
    with pytest.raises(Conflict):
        registry.close(firm, on=day_of(MONDAY), why="登记机关核准注销", by=actor("jiangyu"), at=MONDAY)
    heard()
    ended = {row.case_id: Case.objects.get(pk=row.case_id).state for row in (demand, alert, listing)}
    assert set(ended.values()) == {"lapsed"}
    assert Outreach.objects.get(kind="alert").case.state == "lapsed"
    assert not ListingCase.objects.get().open
    assert [Visit.objects.get().state, *Wish.objects.filter(visit=None).values_list("state", flat=True)] == [
        "lapsed",
        "lapsed",
    ]
    assert Appointment.objects.get().state == "cancelled"
    assert not Pair.objects.filter(enterprise=firm, ends=None).exists()
    assert firm not in queries.uncovered(firm.region)
    assert Demand.objects.get().text == "厂区变压器不够用", "what was said stays"
    assert "已注销" in page.get(f"/desk/registry/{firm.pk}/").content.decode()


def test_branches_and_controllers_stand_together() -> None:
    company, branch, same, far = Enterprise.objects.filter(organisation=None).order_by("credit_code")[:4]
    by = actor("jiangyu")
    registry.attach(branch, company, by=by, at=MONDAY)
    with pytest.raises(Refused, match="总公司的信用代码"):
        registry.attach(far, Enterprise.objects.get(pk=branch.pk), by=by, at=MONDAY)
    with pytest.raises(Refused, match="自己"):
        registry.attach(far, far, by=by, at=MONDAY)
    said: list[Any] = [
        Said(one, "实际控制人", "", "K-演示-1", "SCJ", day_of(MONDAY)) for one in (company, same)
    ]
    registry.record(said, by=by, at=MONDAY)
    assert dict(registered.standing_together(company)) == {branch: "分支机构", same: "同一实际控制人"}
    assert registered.standing_together(Enterprise.objects.get(pk=branch.pk))[0] == (company, "总公司")
    old = client("jiangyu").get(f"/desk/benefits/firms/{company.pk}/")
    assert old["Location"] == f"/desk/registry/{company.pk}/"


def test_a_firm_that_calls_the_hotline_for_itself_is_heard_and_a_complaint_about_it_is_not() -> None:
    firm = Enterprise.objects.order_by("credit_code")[5]
    assert firm.name in firm_names("", f"我是{firm.name}的，我公司门口路面塌陷")
    assert firm_names("", f"{firm.name}半夜施工噪声大，请处理") == []
    assert firm_names(firm.name, "门口路面塌陷") == [firm.name]
    data = {
        "order": str(uuid4()),
        "names": [firm.name, "无此公司"],
        "number": "SQ1",
        "title": "路面塌陷",
        "text": "我公司门口",
    }
    for _ in range(2):
        append(stream=uuid4(), kind="ticket.firm_called", by=machine(firm.region), at=MONDAY, data=data)
    heard()
    made = Demand.objects.get()
    assert (made.source, made.enterprise) == ("hotline", firm)


def test_the_order_of_a_firm_that_is_gone_says_so_stays_open_for_an_answer_and_its_words_are_sealed() -> None:
    firm = Enterprise.objects.filter(organisation=None).order_by("credit_code")[7]
    said = tickets.Submission(
        body=f"我是{firm.name}的，我公司门口的井盖破损，车辆颠簸。", kind=RequestType.HELP, channel=Channel.HOTLINE, key="gone"
    )  # fmt: skip
    order = tickets.submit(said, by=machine(firm.region), at=MONDAY)
    heard()
    assert Demand.objects.get().origin == order.pk
    told = Event.objects.get(kind="ticket.firm_called")
    assert "井盖" not in str(told.data)
    assert firm.name not in str(told.data)
    registry.close(firm, on=day_of(MONDAY), why="登记机关核准注销", by=actor("jiangyu"), at=MONDAY)
    heard()
    order.case.refresh_from_db()
    assert order.case.closed_at is None
    assert Demand.objects.get().case.state == "lapsed"
    lines = [line for line in desk_timeline(order) if line["label"] == "来电企业已注销，请核实后答复"]
    assert len(lines) == 1
    assert "注销" in lines[0]["note"]


def test_a_task_page_is_a_look_that_the_firm_reads_once_a_day_and_person() -> None:
    liaison(MONDAY)
    pair = Pair.objects.filter(ends=None, role="main").order_by("enterprise__credit_code").first()
    alert_of(pair.enterprise)
    task = Outreach.objects.get(kind="alert")
    desk = client(pair.officer.login)
    assert not registered.looks(pair.enterprise).exists()
    for _ in range(2):
        desk.get(f"/desk/liaison/outreach/{task.case_id}/")
    seen = registered.looks(pair.enterprise).get()
    assert (seen.by_name, seen.purpose, seen.note) == (pair.officer.name, "alert", "主动联系")


def test_the_first_page_leads_to_the_task_behind_each_reason() -> None:
    liaison(MONDAY)
    pair = Pair.objects.filter(ends=None, role="main").order_by("enterprise__credit_code").first()
    alert_of(pair.enterprise)
    task = Outreach.objects.get(kind="alert")
    page = client(pair.officer.login).get("/desk/liaison/mine/").content.decode()
    assert f"/desk/liaison/outreach/{task.case_id}/" in page
    assert "经营预警，请核实" in page
    assert client("zhengju").get("/desk/liaison/mine/").status_code == 403, "a leader serves no firm"


def test_the_demo_county_has_a_task_that_went_along_with_its_firm_and_one_left_behind_is_taken() -> None:
    liaison(MONDAY)
    moved = Event.objects.filter(kind="outreach.take").get()
    task = Outreach.objects.select_related("enterprise", "case", "officer").get(case_id=moved.stream)
    assert task.officer == queries.officer_of(task.enterprise)
    assert "答应月底前回复" in moved.data["note"]
    assert any("答应月底前回复" in one.note for one in queries.history(task.enterprise))
    Outreach.objects.filter(pk=task.pk).update(officer=None)
    desk = client("guqin")
    address = f"/desk/liaison/outreach/{task.case_id}/"
    assert f"{address}act/take/" in desk.get(address).content.decode()
    sent = {"once": str(uuid4()), "version": str(task.case.version)}
    assert desk.post(f"{address}act/take/", sent).status_code == 302
    assert fresh(task).officer == task.officer
