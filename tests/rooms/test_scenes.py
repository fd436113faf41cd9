"""Joint applications running: submit once, departments in parallel, returns that touch nobody else, one log."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from sanfu.adapters.demo_firms import demo_code
from sanfu.cases.actions import sweep
from sanfu.cases.models import Case
from sanfu.cases.queries import replay
from sanfu.enterprise.registry.actions import close, register
from sanfu.enterprise.registry.models import Enterprise
from sanfu.grassroots.scenes import queries
from sanfu.grassroots.scenes.actions import branch as desk
from sanfu.grassroots.scenes.actions import catalogue, intake, together
from sanfu.grassroots.scenes.models import Application, Branch
from sanfu.grassroots.scenes.states import BRANCH_FLOW, FINAL, BranchEvent, BranchState, Rating, SpecialReason
from sanfu.kernel.clocks import CHINA
from sanfu.kernel.joint.catalogue import basis
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actions import deliver_outbox
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused, machine
from sanfu.records.queries import events_of, verify_chains
from sanfu.web.pieces.scenes import branch_rows, foreseen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
REGION = "329900"
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday 09:00 in China
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
TYPICAL = {
    "eia": "table", "energy": "under", "soilzone": True, "soil": "form", "civil": True, "fire_special": False,
    "explosive": False, "security": False, "dewater": True, "occupy": False,
}  # fmt: skip


def who(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=date(2026, 3, 2))


def officer_of(branch: Branch) -> Actor:
    """Somebody of the department that holds the branch."""
    lead = branch.case.lead
    return Actor(
        id=None, name=f"{lead.short}审批人", region=REGION, organisation=lead.id, units=frozenset({lead.id}),
        permissions=frozenset({"scenes.see", "scenes.handle"}),
    )  # fmt: skip


def draft(bundle: str = "b.move", answers: dict[str, Any] | None = None) -> Application:
    firm = who("wangqiang")
    application = intake.begin(bundle, firm=None, by=firm, at=AT)
    for question, value in (answers or {"rename": False, "bank": True}).items():
        application = intake.answer(application, question, value, by=firm, at=AT)
    return application


def filled(application: Application, skip: tuple[str, ...] = ()) -> Application:
    firm = who("wangqiang")
    typed = {f["id"]: "演示" for f in application.guide["form"]["fields"] if f["origin"] == "typed"}
    intake.fill(application, typed, by=firm, at=AT)
    for material in application.guide["materials"]["kept"]:
        if material["id"] not in skip:
            intake.upload(application, material["id"], name="材料.pdf", content=BytesIO(PDF), by=firm, at=AT)
    return application


def running() -> Application:
    return intake.submit(filled(draft()), by=who("wangqiang"), at=AT)


def branch_of(application: Application, item: str) -> Branch:
    return Branch.objects.select_related("case__lead", "application__case").get(
        application=application, item=item
    )


def finish(application: Application, item: str, at: datetime) -> None:
    one = branch_of(application, item)
    desk.accept(one, by=officer_of(one), at=at)
    one = branch_of(application, item)
    desk.decide(one, BranchEvent.PASS, number="演示号", by=officer_of(one), at=at)


def test_a_relocation_from_questions_to_rating() -> None:
    application = running()
    assert application.guide["reductions"]["materials"]["after"] == 3
    assert set(queries.states_of(application).values()) == {"waiting", "pending"}
    assert queries.states_of(application)["mv.in"] == "pending"
    assert queries.states_of(application)["mv.change"] == "waiting"
    for day, items in ((0, ["mv.in", "mv.tax_check"]), (1, ["mv.archive"]), (2, ["mv.change"]),
                       (3, ["mv.tax", "mv.sb", "mv.yb", "mv.gjj", "mv.bank"])):  # fmt: skip
        for item in items:
            finish(application, item, AT + timedelta(days=day, hours=1))
    application = Application.objects.select_related("case").get(pk=application.pk)
    assert application.case.state == "closed"
    seen = queries.conformance(application)
    assert seen["deviations"] == []
    assert seen["achieved"]["workdays"] == {"promised": 3, "actual": 3}
    together.rate(
        application, rating=Rating.EXCELLENT, text="一次办成", by=who("wangqiang"), at=AT + timedelta(days=4)
    )
    with pytest.raises(Conflict):
        together.rate(application, rating=Rating.BAD, text="", by=who("wangqiang"), at=AT + timedelta(days=4))


def test_nothing_is_submitted_while_something_lacks() -> None:
    application = intake.begin("b.move", firm=None, by=who("wangqiang"), at=AT)
    with pytest.raises(Refused, match="请先回答"):
        intake.submit(application, by=who("wangqiang"), at=AT)
    application = draft()
    with pytest.raises(Refused, match="还没有上传：授权委托书"):
        intake.submit(application, by=who("wangqiang"), at=AT)
    assert application.branches.count() == 0


def test_each_material_once_and_none_that_is_not_needed() -> None:
    application = running()
    with pytest.raises(Refused, match="各部门共用"):
        intake.upload(
            application, "m.agentpoa", name="再交.pdf", content=BytesIO(PDF), by=who("wangqiang"), at=AT
        )
    with pytest.raises(Refused, match="不用交"):
        intake.upload(
            application, "m.license", name="执照.pdf", content=BytesIO(PDF), by=who("wangqiang"), at=AT
        )
    with pytest.raises(Refused, match="可执行"):
        intake.upload(
            draft(), "m.agentpoa", name="程序.pdf", content=BytesIO(b"MZ\x90\x00"), by=who("wangqiang"), at=AT
        )


def test_returning_one_branch_touches_no_other() -> None:
    application = running()
    before = queries.states_of(application)
    one = branch_of(application, "mv.tax_check")
    desk.send_back(one, why="有一张发票未缴销", by=officer_of(one), at=AT)
    after = queries.states_of(application)
    assert after.pop("mv.tax_check") == "returned"
    assert after == {k: v for k, v in before.items() if k != "mv.tax_check"}
    desk.resubmit(branch_of(application, "mv.tax_check"), text="已缴销", by=who("wangqiang"), at=AT)
    assert queries.states_of(application)["mv.tax_check"] == "pending"


def test_a_returned_branch_says_why_to_the_firm_and_on_the_desk() -> None:
    application = running()
    one = branch_of(application, "mv.tax_check")
    desk.send_back(one, why="有一张发票未缴销", by=officer_of(one), at=AT)
    firm = Client()
    firm.force_login(User.objects.get(login="wangqiang"))
    assert firm.get(f"/firm/scenes/{application.pk}/").content.decode().count("有一张发票未缴销") == 1
    desk.resubmit(branch_of(application, "mv.tax_check"), text="已缴销", by=who("wangqiang"), at=AT)
    (row,) = [r for r in branch_rows(application, AT.date()) if r["branch"].item == "mv.tax_check"]
    assert row["why"] == ""  # it goes on: the old reason is history


def test_a_plan_that_has_passed_is_no_forecast_any_more() -> None:
    application = running()
    finish = date.fromisoformat(application.guide["finish"])
    rows = branch_rows(application, finish)
    assert foreseen(application, rows, finish)["label"] == "预计完成"
    assert not any(row["passed_by"] for row in rows if row["plan"]["finish"] >= finish.isoformat())
    later = finish + timedelta(days=1)
    rows = branch_rows(application, later)
    said = foreseen(application, rows, later)
    assert (said["label"], said["tone"]) == ("原计划完成", "warn")
    assert f"{len(rows)} 项没有办结" in said["note"]
    assert all(row["passed_by"] for row in rows)


def test_clocks_pause_only_with_a_notice_and_a_lawful_reason() -> None:
    application = running()
    for item in ("mv.in", "mv.archive", "mv.change"):
        finish(application, item, AT)
    one = branch_of(application, "mv.sb")
    by = officer_of(one)
    desk.accept(one, by=by, at=AT)
    due = one.case.clocks.get(name="承诺").due_at
    with pytest.raises(Refused, match="文号"):
        desk.special(branch_of(application, "mv.sb"), reason=SpecialReason.EXPERTS, notice="", by=by, at=AT)
    desk.special(
        branch_of(application, "mv.sb"), reason=SpecialReason.EXPERTS, notice="云人社告1号", by=by, at=AT
    )
    with pytest.raises(Refused):
        desk.decide(branch_of(application, "mv.sb"), BranchEvent.PASS, by=by, at=AT)
    later = AT + timedelta(days=3)
    desk.special_end(branch_of(application, "mv.sb"), result="已评审", by=by, at=later)
    assert one.case.clocks.get(name="承诺").due_at == due + timedelta(days=3)
    desk.decide(branch_of(application, "mv.sb"), BranchEvent.PASS, by=by, at=later + timedelta(days=1))
    kinds = {d["kind"] for d in queries.conformance(application)["deviations"]}
    assert "late" not in kinds
    assert "pause_without_notice" not in kinds


def test_correction_before_acceptance_starts_no_clock_and_asks_once() -> None:
    application = running()
    one = branch_of(application, "mv.in")
    by = officer_of(one)
    desk.correct(one, what="住所信息与产权证不一致", materials=["产权说明"], by=by, at=AT)
    assert not one.case.clocks.exists()
    with pytest.raises(Refused, match="产权说明"):
        desk.supply(branch_of(application, "mv.in"), text="已补", by=who("wangqiang"), at=AT)
    intake.upload(application, "mv.in+1", name="说明.pdf", content=BytesIO(PDF), by=who("wangqiang"), at=AT)
    desk.supply(branch_of(application, "mv.in"), text="已补", by=who("wangqiang"), at=AT)
    assert queries.states_of(application)["mv.in"] == "pending"
    assert queries.conformance(application)["achieved"]["materials"]["actual"] == 4


def test_a_refusal_ends_what_waited_for_it_and_nothing_else() -> None:
    application = running()
    one = branch_of(application, "mv.in")
    desk.refuse(one, why="迁入地不属本辖区", by=officer_of(one), at=AT)
    states = queries.states_of(application)
    assert states["mv.in"] == "refused"
    assert states["mv.tax_check"] == "pending"
    assert {states[i] for i in ("mv.archive", "mv.change", "mv.sb", "mv.tax")} == {"halted"}
    finish(application, "mv.tax_check", AT)
    assert Case.objects.get(pk=application.pk).state == "closed"


def test_two_officers_at_once_one_wins() -> None:
    application = running()
    first, second = branch_of(application, "mv.in"), branch_of(application, "mv.in")
    desk.accept(first, by=officer_of(first), at=AT, expected=first.case.version)
    with pytest.raises(Conflict, match="刷新"):
        desk.send_back(second, why="材料不清", by=officer_of(second), at=AT, expected=second.case.version)
    assert queries.states_of(application)["mv.in"] == "handling"


def test_only_the_department_that_holds_it() -> None:
    application = running()
    one = branch_of(application, "mv.in")
    with pytest.raises(NotAllowed):
        desk.accept(one, by=who("tangbu"), at=AT)
    assert queries.access_branch(who("tangbu"), one.pk) is None


def test_lacking_is_accepted_with_a_day_and_not_passed_as_complete() -> None:
    application = draft("b.start", {"fire_special": False, "civil": False, "dewater": False, "occupy": False})
    filled(application, skip=("m.waste_haul",))
    intake.defer(application, "m.waste_haul", by=who("wangqiang"), at=AT)
    with pytest.raises(Refused, match="不能容缺"):
        intake.defer(application, "m.waste_plan", by=who("wangqiang"), at=AT)
    intake.submit(application, by=who("wangqiang"), at=AT)
    finish(application, "i.build_permit", AT)
    one = branch_of(application, "i.waste")
    by = officer_of(one)
    with pytest.raises(Refused, match="建筑垃圾运输合同"):
        desk.accept(one, by=by, at=AT)
    desk.accept_lacking(branch_of(application, "i.waste"), by=by, at=AT)
    with pytest.raises(Refused):
        desk.decide(branch_of(application, "i.waste"), BranchEvent.PASS, by=by, at=AT)
    intake.upload(
        application, "m.waste_haul", name="合同.pdf", content=BytesIO(PDF), by=who("wangqiang"), at=AT
    )
    desk.decide(branch_of(application, "i.waste"), BranchEvent.PASS, number="1", by=by, at=AT)
    assert Case.objects.get(pk=application.pk).state == "closed"


def test_an_agent_needs_a_mandate_that_holds() -> None:
    agent, firm = who("hanbang"), who("wangqiang")
    company = Organisation.objects.get(region=REGION, code="FIRM-1")
    with pytest.raises(NotAllowed, match="委托书"):
        intake.begin("b.move", firm=company, by=agent, at=AT)
    user = User.objects.get(login="hanbang")
    mandate = together.give_mandate(user, scope="迁移登记全程代办", ends=date(2026, 6, 30), by=firm, at=AT)
    application = intake.begin("b.move", firm=company, by=agent, at=AT)
    assert queries.access(agent, application.pk, date(2026, 3, 2)) is not None
    intake.answer(application, "rename", False, by=agent, at=AT)
    together.revoke_mandate(mandate, by=firm, at=AT)
    with pytest.raises(NotAllowed):
        intake.answer(application, "bank", True, by=agent, at=AT)
    assert queries.access(agent, application.pk, date(2026, 3, 2)) is None


def prereviewed() -> Application:
    application = filled(draft("b.nine", TYPICAL), skip=())
    firm = who("wangqiang")
    return intake.ask_prereview(application, by=firm, at=AT)


def opinion(application: Application, item: str, at: datetime, agrees: bool = True) -> None:
    dept = next(i["dept"] for i in application.guide["items"] if i["id"] == item)
    unit = Organisation.objects.get(region=REGION, code=dept)
    by = Actor(None, "预审人", REGION, units=frozenset({unit.id}), permissions=frozenset({"scenes.handle"}))
    intake.give_opinion(application, item, agrees=agrees, text="原则同意", by=by, at=at)


def test_opinions_are_not_decisions_and_convert_when_the_land_is_signed() -> None:
    application = prereviewed()
    for item in ("i.scheme", "i.drawing", "i.rf"):
        opinion(application, item, AT)
    assert application.branches.count() == 0
    signed = AT + timedelta(days=30)
    application = intake.sign(application, contract="3299-2026-001", by=who("wangqiang"), at=signed)
    branches = {b.item: b for b in application.branches.all()}
    assert {i for i, b in branches.items() if b.prereviewed} == {"i.scheme", "i.drawing", "i.rf"}
    rows = {r["id"]: r for r in application.guide["schedule"]}
    assert rows["i.scheme"]["days"] == 1
    assert branch_of(application, "i.land_contract").case.state == "passed"
    assert not Case.objects.filter(parent=application.pk, state="passed").exclude(
        pk=branches["i.land_contract"].pk
    )
    assert queries.states_of(application)["i.scheme"] == "pending"


def test_an_opinion_out_of_date_does_not_convert() -> None:
    application = prereviewed()
    opinion(application, "i.scheme", AT)
    opinion(application, "i.drawing", AT, agrees=False)
    signed = AT + timedelta(days=91)
    application = intake.sign(application, contract="3299-2026-002", by=who("wangqiang"), at=signed)
    assert not application.branches.filter(prereviewed=True).exists()
    last = next(e for e in events_of(application.pk) if e.kind == "joint.sign")
    assert last.data["converted"] == []
    assert set(last.data["not_converted"]) == {"i.scheme", "i.drawing"}


def test_a_running_case_stays_on_its_version_until_it_is_migrated() -> None:
    application = running()
    editor = who("songci")
    base = queries.current_version(REGION)
    assert base is not None
    changed = catalogue.change_item(base, "mv.sb", {"prom": 3}, note="社保延长", by=editor, at=AT)
    catalogue.publish(changed, by=who("xuheng"), at=AT)
    application = Application.objects.select_related("case", "version").get(pk=application.pk)
    assert application.version.number == base.number
    digest = application.digest
    _new, changes = together.preview_migration(application, changed, AT)
    assert {"label": "社会保险登记变更（参保关系迁移）的承诺", "old": "1天", "new": "3天"} in changes
    application.refresh_from_db()
    assert application.digest == digest
    with pytest.raises(Refused, match="理由"):
        together.migrate(application, changed, why="", by=editor, at=AT)
    together.migrate(application, changed, why="社保局要求", by=editor, at=AT)
    assert Application.objects.get(pk=application.pk).digest != digest
    recorded = next(e for e in events_of(application.pk) if e.kind == "joint.migrate")
    assert recorded.data["from"] == digest


def test_a_change_that_breaks_the_catalogue_is_refused() -> None:
    version = catalogue.import_shipped(by=machine(REGION), at=AT)
    with pytest.raises(Refused, match="fortnight"):
        catalogue.change_item(version, "mv.sb", {"u": "fortnight"}, note="", by=who("songci"), at=AT)
    with pytest.raises(NotAllowed):
        catalogue.change_item(version, "mv.sb", {"prom": 2}, note="", by=who("tangbu"), at=AT)
    with pytest.raises(Refused, match="成环"):
        catalogue.import_text(
            "items:\n- {id: a, needs: [{r: r.b}], out: [r.a]}\n- {id: b, needs: [{r: r.a}], out: [r.b]}\n",
            note="", by=who("songci"), at=AT,
        )  # fmt: skip


def test_a_meeting_holds_the_decisions_until_it_concludes() -> None:
    application = draft("b.accept", {"civil": False, "explosive": False})
    intake.submit(filled(application), by=who("wangqiang"), at=AT)
    lead = who("songci")
    meeting = together.convene(
        application,
        name="现场联合踏勘",
        items=["ac.plan", "ac.fire"],
        meets_on=date(2026, 3, 4),
        place="工地",
        by=lead,
        at=AT,
    )
    one = branch_of(application, "ac.fire")
    desk.accept(one, by=officer_of(one), at=AT)
    with pytest.raises(Refused, match="现场联合踏勘"):
        desk.decide(branch_of(application, "ac.fire"), BranchEvent.PASS, by=officer_of(one), at=AT)
    with pytest.raises(Refused, match=r"ac\.fire"):
        together.conclude(meeting, {"ac.plan": "合格"}, by=lead, at=AT)
    together.conclude(meeting, {"ac.plan": "合格", "ac.fire": "合格"}, by=lead, at=AT)
    desk.decide(branch_of(application, "ac.fire"), BranchEvent.PASS, number="1", by=officer_of(one), at=AT)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_random_orders_of_acts_keep_the_rules(seed: int) -> None:
    """Nine departments acting in any order: no decision while paused, join only when all are final."""
    chance = random.Random(seed)
    application = running()
    at = AT
    for _ in range(120):
        at += timedelta(hours=chance.randint(1, 9))
        states = queries.states_of(application)
        open_items = [i for i, s in states.items() if BranchState(s) not in FINAL]
        if not open_items:
            break
        one = branch_of(application, chance.choice(open_items))
        try:
            act_at_random(one, chance, at)
        except Refused:
            continue
    states = queries.states_of(application)
    assert (Case.objects.get(pk=application.pk).state == "closed") == all(
        BranchState(s) in FINAL for s in states.values()
    )
    found = {d["kind"] for d in queries.conformance(application)["deviations"]}
    assert not found & {
        "before_prerequisite",
        "decided_while_paused",
        "decided_before_accepted",
        "decided_twice",
    }
    for case in (application.case, *Case.objects.filter(parent=application.pk)):
        fresh = Case.objects.get(pk=case.pk)
        assert replay(events_of(case.pk)) == (fresh.state, fresh.version)
    assert verify_chains(region=REGION)[1] == []


def act_at_random(one: Branch, chance: random.Random, at: datetime) -> None:
    by, firm = officer_of(one), who("wangqiang")
    moves = [m.event for m in BRANCH_FLOW.moves(BranchState(one.case.state)) if m.who]
    if not moves:
        return
    match chance.choice(moves):
        case BranchEvent.ACCEPT:
            desk.accept(one, by=by, at=at)
        case BranchEvent.CORRECT:
            desk.correct(one, what="补正", notice="告1号", by=by, at=at)
        case BranchEvent.SUPPLY:
            desk.supply(one, text="补了", by=firm, at=at)
        case BranchEvent.SPECIAL:
            desk.special(one, reason=SpecialReason.TESTING, notice="告2号", by=by, at=at)
        case BranchEvent.SPECIAL_END:
            desk.special_end(one, result="完", by=by, at=at)
        case BranchEvent.RETURN:
            desk.send_back(one, why="退", by=by, at=at)
        case BranchEvent.RESUBMIT:
            desk.resubmit(one, text="再交", by=firm, at=at)
        case BranchEvent.PASS:
            desk.decide(one, BranchEvent.PASS, number="1", by=by, at=at)
        case BranchEvent.FAIL if chance.random() < 0.3:
            desk.decide(one, BranchEvent.FAIL, why="不合格", by=by, at=at)


def test_an_item_is_written_by_one_and_published_by_another() -> None:
    editor, second = who("songci"), who("xuheng")
    base = catalogue.import_shipped(by=editor, at=AT)
    row = {
        "id": "mv.sign", "n": "户外招牌变更", "dept": "CGJ", "stat": {"v": 10, "u": "wd"}, "prom": 0.5, "visits": 1,
        "needs": [{"r": "r.newlicense", "mode": "hard"}], "f": ["org.name"], "m": ["m.newlicense"], "out": ["r.sign"],
        "ends": "2026-06-01",
    }  # fmt: skip
    made = catalogue.save_item(base, row, ["b.move"], note="招牌一并办", by=editor, at=AT)
    assert [(c["label"], c["new"]) for c in made.changes] == [
        ("新增事项", "户外招牌变更"), ("列入一件事", "企业迁移登记"),
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        catalogue.publish(made, by=editor, at=AT)
    both = replace(editor, permissions=editor.permissions | second.permissions)
    with pytest.raises(NotAllowed, match="自己编辑的版本"):
        catalogue.publish(made, by=both, at=AT)
    published = catalogue.publish(made, by=second, at=AT)
    assert published.published_by == second.name
    with pytest.raises(Conflict):
        catalogue.publish(made, by=second, at=AT)
    catalog = queries.catalog_of(published)
    assert "mv.sign" in catalog.bundles["b.move"].items
    assert basis.red_items(catalog, date(2026, 5, 31)).get("mv.sign") is None
    late = basis.red_items(catalog, date(2026, 6, 1))["mv.sign"]
    assert basis.sentence("户外招牌变更", late[0]) == "事项不在有效期：户外招牌变更 自 2026-06-01 起停办"


def test_an_item_that_others_wait_for_cannot_be_retired() -> None:
    editor = who("songci")
    base = catalogue.import_shipped(by=editor, at=AT)
    with pytest.raises(Refused, match=r"r\.newlicense 没有任何事项产出"):
        catalogue.retire_item(base, "mv.change", note="合并", by=editor, at=AT)
    made = catalogue.retire_item(base, "mv.bank", note="银行自办", by=editor, at=AT)
    bundle = queries.catalog_of(made).bundles["b.move"]
    assert "mv.bank" not in bundle.items
    assert [q.id for q in bundle.questions] == ["rename"]  # nothing is left that the other question decides
    assert [c["label"] for c in made.changes] == ["停用", "撤去情形问题"]


def test_a_changed_item_may_not_close_a_circle() -> None:
    editor = who("songci")
    base = catalogue.import_shipped(by=editor, at=AT)
    row = next(dict(r) for r in base.raw["items"] if r["id"] == "mv.archive")
    row["needs"] = [*row["needs"], {"r": "r.newlicense", "mode": "hard"}]
    with pytest.raises(Refused, match=r"mv\.archive → mv\.change → mv\.archive"):
        catalogue.save_item(base, row, ["b.move"], note="试", by=editor, at=AT)


def test_a_material_put_off_has_its_own_clock_until_it_comes() -> None:
    firm = who("wangqiang")
    application = draft("b.nine", TYPICAL)
    late = [m["id"] for m in application.guide["materials"]["kept"] if m["deferred"]]
    filled(application, skip=tuple(late))
    for material in late:
        intake.defer(application, material, by=firm, at=AT)
    intake.ask_prereview(application, by=firm, at=AT)
    application = intake.sign(application, contract="3299-2026-009", by=firm, at=AT + timedelta(days=1))
    clock = application.case.clocks.get(name="容缺补正")
    assert clock.due_at.astimezone(CHINA).date() == date(
        2026, 3, 7
    )  # promised on 2 March, five days, a Saturday
    sweep(region=REGION, by=machine(REGION), at=AT + timedelta(days=6))
    clock.refresh_from_db()
    assert (clock.light, clock.stopped_at) == ("red", None)
    later = AT + timedelta(days=6, hours=1)
    for count, material in enumerate(late, 1):
        intake.upload(application, material, name="补交.pdf", content=BytesIO(PDF), by=firm, at=later)
        clock.refresh_from_db()
        assert (clock.stopped_at is not None) == (count == len(late))
    said = queries.history(application.pk)
    assert [row["label"] for row in said if "补齐" in row["label"]] == ["容缺材料补齐"]
    assert any(row["note"].endswith("2026-03-07 前补交") for row in said)


def test_the_log_speaks_in_the_words_of_the_questions() -> None:
    application = draft()
    notes = [row["note"] for row in queries.history(application.pk) if row["label"] == "回答情形"]
    assert notes == ["同时变更企业名称吗？ 否", "一并预约银行账户变更吗？ 是"]


def test_what_a_register_knows_is_filled_in() -> None:
    firm = who("wangqiang")
    known = {"org.uscc": "91320000MA00000000"}
    application = intake.begin("b.move", firm=None, by=firm, at=AT, known=known)
    assert application.facts["org.uscc"] == known["org.uscc"]
    assert application.facts["agent.name"] == firm.name


def test_a_project_in_pre_review_can_still_be_filled_in() -> None:
    """Otherwise nobody could ever register its contract: signing needs the whole form and every material."""
    firm = who("wangqiang")
    application = draft("b.nine", TYPICAL)
    application = intake.ask_prereview(application, by=firm, at=AT)
    assert intake.obstacles(application)
    application = filled(application)
    assert intake.obstacles(application) == []
    application = intake.sign(application, contract="3299-2026-010", by=firm, at=AT + timedelta(days=1))
    assert application.case.state == "running"
    with pytest.raises(Refused, match="申请已经提交，表单不能再改"):
        intake.fill(application, {"proj.scale": "改"}, by=firm, at=AT + timedelta(days=2))


def test_a_joint_application_of_a_firm_that_is_gone_ends_with_its_open_branches_and_keeps_results() -> None:
    application = running()
    finish(application, "mv.in", AT + timedelta(hours=1))
    other = draft()
    by = machine(REGION, "登记")
    home = Organisation.objects.get(region=REGION, code="FIRM-1")
    firm = Enterprise(
        credit_code=demo_code(9001),
        name="演示注销厂",
        industry="C3484",
        size="小型",
        demo=True,
        organisation=home,
    )
    register([firm], by=by, at=AT)
    close(firm, on=date(2026, 3, 2), why="登记机关核准注销", by=who("jiangyu"), at=AT)
    deliver_outbox()
    states = queries.states_of(application)
    assert states.pop("mv.in") == "passed"
    assert set(states.values()) == {"lapsed"}
    ended = {one.pk: one for one in Application.objects.select_related("case")}
    assert {ended[application.pk].case.state, ended[other.pk].case.state} == {"lapsed"}
    assert ended[application.pk].case.closed_at is not None
    with pytest.raises(Refused):
        intake.answer(ended[other.pk], "rename", True, by=who("wangqiang"), at=AT)
