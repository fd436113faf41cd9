"""一企一档: looks with a purpose that the firm reads, merging that can be undone, names that stay, the record as of a day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sanfu.adapters.demo_firms import demo_code
from sanfu.cases.models import Case
from sanfu.enterprise.demands.models import Demand
from sanfu.enterprise.registry import actions, queries
from sanfu.enterprise.registry.actions import Said, record, register
from sanfu.enterprise.registry.models import Enterprise, Look
from sanfu.enterprise.registry.timeline import timeline
from sanfu.enterprise.visits.models import Visit
from sanfu.enterprise.visits.states import VisitState
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused, machine

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
FACT = "高新技术企业"


@pytest.fixture
def officer(county: None) -> Actor:
    return actor_of(User.objects.get(login="jiangyu"), on=NOW.date())


@pytest.fixture
def firms(county: None) -> list[Enterprise]:
    by = machine(settings.REGION, "登记")
    home = Organisation.objects.get(region=settings.REGION, code="FIRM-1")
    made = [
        Enterprise(
            credit_code=demo_code(8001 + n), name=f"演示{n}号厂", industry="C3484", size="小型", demo=True
        )
        for n in range(3)
    ]
    made[0].organisation = home
    register(made, by=by, at=NOW - timedelta(days=400))
    early = Said(made[0], FACT, "", True, "KJJ", date(2025, 12, 1), date(2027, 1, 31))
    record([early], by=by, at=NOW - timedelta(days=300))
    record(
        [Said(made[1], "规上企业", "", True, "TJJ", date(2026, 3, 1))], by=by, at=NOW - timedelta(days=200)
    )
    return made


def test_a_merge_brings_everything_together_and_its_undoing_takes_it_apart(
    firms: list[Enterprise], officer: Actor
) -> None:
    kept, double, _ = firms
    before = [row["indicator"] for row in queries.known_facts(kept)]
    made = actions.merge(kept, double, why="同一地址同一法人", by=officer, at=NOW)
    assert {row["indicator"] for row in queries.known_facts(kept)} == {FACT, "规上企业"}
    assert double not in queries.listed(officer)
    assert any("规上企业" in key for key in queries.profile(kept, NOW.date()).row)
    assert {p.code for p in queries.population(officer.region, NOW.date())} == {
        kept.credit_code,
        firms[2].credit_code,
    }
    with pytest.raises(Conflict):
        actions.merge(firms[2], double, why="又是同一家吗", by=officer, at=NOW)
    actions.undo_merge(made, by=officer, at=NOW + timedelta(hours=1))
    assert [row["indicator"] for row in queries.known_facts(kept)] == before
    assert double in queries.listed(officer)
    with pytest.raises(Conflict):
        actions.undo_merge(made, by=officer, at=NOW)
    told = [entry.matter for entry in timeline(officer, queries.members(kept), NOW + timedelta(days=1))]
    assert told[:2] == ["撤销合并", "合并"]


def test_bad_merges_are_refused_in_words(firms: list[Enterprise], officer: Actor) -> None:
    with pytest.raises(Refused, match="它自己"):
        actions.merge(firms[0], firms[0], why="同一家同一家", by=officer, at=NOW)
    with pytest.raises(Refused, match="企业账号"):
        actions.merge(firms[1], firms[0], why="同一家同一家", by=officer, at=NOW)
    with pytest.raises(Refused, match="写明"):
        actions.merge(firms[1], firms[2], why=" ", by=officer, at=NOW)
    reader = Actor(id=None, name="读者", region=officer.region, permissions=frozenset({"registry.see"}))
    with pytest.raises(NotAllowed):
        actions.merge(firms[1], firms[2], why="同一家同一家", by=reader, at=NOW)


def test_an_old_name_stays_and_is_found(firms: list[Enterprise], officer: Actor) -> None:
    actions.rename(firms[2], name="演示新名厂(演示)", by=officer, at=NOW)
    firm = Enterprise.objects.get(pk=firms[2].pk)
    assert firm.name == "演示新名厂(演示)"
    assert [old.name for old in firm.old_names.all()] == ["演示2号厂"]


def test_the_record_of_a_past_day_holds_what_was_known_then(firms: list[Enterprise]) -> None:
    known = (NOW - timedelta(days=300)).date()
    assert queries.facts_on(firms[0], known - timedelta(days=2)) == [], "observed, but not yet here"
    assert len(queries.facts_on(firms[0], known + timedelta(days=1))) == 1
    assert [row["indicator"] for row in queries.lapsing(firms[0], date(2026, 11, 10))] == [FACT]


def test_the_record_and_the_brief_say_what_changed_since_the_last_visit(
    firms: list[Enterprise], officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    firm, by = firms[0], machine(settings.REGION, "登记")
    said = {"source": "RSJ", "observed_on": date(2026, 1, 10)}
    then, now = NOW - timedelta(days=120), NOW - timedelta(days=2)
    record(
        [Said(firm, "从业人员", "2025", 80, **said), Said(firm, "规上企业", "", True, **said)], by=by, at=then
    )
    fresh = {"source": "RSJ", "observed_on": date(2026, 11, 1)}
    record(
        [Said(firm, "从业人员", "2025", 62, **fresh), Said(firm, "规上企业", "", True, **fresh), Said(firm, FACT, "2026", True, **fresh)],
        by=by, at=now,
    )  # fmt: skip
    found = queries.changes_since(firm, NOW - timedelta(days=30))
    assert [(one["indicator"], one["period"], one["before"]) for one in found] == [
        ("从业人员", "2025", "80人"), (FACT, "2026", "")
    ]  # fmt: skip
    actions.look(firm, purpose="visit", note="", by=officer, at=NOW)
    client = Client()
    client.force_login(User.objects.get(login="jiangyu"))
    where = reverse("officer:registry_firm", args=[firm.id])
    assert "上次走访以来" not in client.get(where).content.decode(), "nobody was there"
    Visit.objects.create(
        region=settings.REGION, enterprise=firm, state=VisitState.CONFIRMED, values={"held_on": "2026-10-09"}, made_at=then
    )  # fmt: skip
    Visit.objects.create(region=settings.REGION, enterprise=firm, planned_on=date(2026, 11, 9), made_at=now)
    shown = client.get(where).content.decode()
    assert "80人 → 62人" in shown
    assert "2026-10-09" in shown
    planner = Client()
    planner.force_login(User.objects.get(login="guqin"))
    brief = reverse("officer:visit_brief", args=[Visit.objects.get(state=VisitState.PLANNED).pk])
    assert "80人 → 62人" in planner.get(brief).content.decode()


def test_a_look_asks_why_and_the_firm_reads_it(
    firms: list[Enterprise], officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    desk, firm = Client(), Client()
    desk.force_login(User.objects.get(login="jiangyu"))
    firm.force_login(User.objects.get(login="wangqiang"))
    url = reverse("officer:registry_firm", args=[firms[0].id])
    asked = desk.get(url).content.decode()
    assert "查看事由" in asked
    assert FACT not in asked
    desk.post(reverse("officer:registry_look", args=[firms[0].id]), {"purpose": "nothing"})
    assert Look.objects.count() == 0
    desk.post(reverse("officer:registry_look", args=[firms[0].id]), {"purpose": "visit", "note": "下周走访"})
    shown = desk.get(url).content.decode()
    assert FACT in shown
    assert "将到期" in shown
    mine = firm.get(reverse("firm:registry_looks")).content.decode()
    assert "蒋屿" in mine
    assert "走访准备" in mine
    assert "下周走访" in mine


def test_who_pays_sees_what_was_paid_and_nothing_of_the_firms_business(firms: list[Enterprise]) -> None:
    finance = Client()
    finance.force_login(User.objects.get(login="fangzheng"))
    page = finance.get(reverse("officer:benefit_firm", args=[firms[0].id]))
    assert page.status_code == 200
    assert firms[0].credit_code in page.content.decode()
    assert FACT not in page.content.decode()
    for name in ("officer:registry_firm", "officer:registry_benefits"):
        assert finance.get(reverse(name, args=[firms[0].id])).status_code == 403
    policy = Client()
    policy.force_login(User.objects.get(login="jiangyu"))
    assert policy.get(reverse("officer:benefit_firm", args=[firms[0].id])).status_code == 302


def _heavy(firm: Enterprise, count: int, first: int) -> None:
    """Demands on the firm's timeline, and as many facts, each a day apart."""
    unit = Organisation.objects.get(region=settings.REGION, code="GXJ")
    cases = [
        Case(
            region=settings.REGION, kind="demand", number=f"QSP{n:06d}", title=f"第{n}次停电", state="done",
            lead=unit, units=[unit.pk], opened_at=NOW - timedelta(days=n),
        )
        for n in range(first, first + count)
    ]  # fmt: skip
    Case.objects.bulk_create(cases)
    Demand.objects.bulk_create(
        Demand(
            region=settings.REGION,
            case=case,
            enterprise=firm,
            source="portal",
            kind="energy",
            text=case.title,
        )
        for case in cases
    )
    record(
        [
            Said(firm, "营业收入", str(2025 - n % 6), 10**9 + n, "SWJ", NOW.date() - timedelta(days=n))
            for n in range(first, first + count)
        ],
        by=machine(settings.REGION, "登记"), at=NOW - timedelta(days=1),
    )  # fmt: skip


def test_a_long_history_costs_no_more_queries_and_is_folded_until_it_is_asked_for(
    firms: list[Enterprise], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    desk = Client()
    desk.force_login(User.objects.get(login="jiangyu"))
    url = reverse("officer:registry_firm", args=[firms[0].id])
    desk.post(reverse("officer:registry_look", args=[firms[0].id]), {"purpose": "visit"})
    _heavy(firms[0], 2, 1)
    desk.get(url)
    with CaptureQueriesContext(connection) as few:
        desk.get(url)
    _heavy(firms[0], 60, 3)
    with CaptureQueriesContext(connection) as many:
        page = desk.get(url).content.decode()
    assert len(many) <= len(few) <= 28, [one["sql"][:90] for one in few.captured_queries]
    assert page.count("次停电") == 30
    assert page.count("营业收入") == 1
    assert "另有 61 条" in page
    whole = desk.get(url, {"lines": "all", "facts": "all"}).content.decode()
    assert whole.count("次停电") == 62
    assert whole.count("营业收入") == 62
    before = desk.get(url, {"day": (NOW - timedelta(days=40)).date().isoformat()}).content.decode()
    assert "第40次停电" in before
    assert "第39次停电" not in before
