"""动态监测 in the county's database: readings and corrections, the monthly run, findings that teach, the queue."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction

from sanfu.adapters.demo_firms import demo_code
from sanfu.adapters.demo_monitoring import marks_of, readings_of
from sanfu.enterprise.monitoring import actions, queries
from sanfu.enterprise.monitoring.content import new_years
from sanfu.enterprise.monitoring.models import Alert, QualityIssue, Reading, Run
from sanfu.enterprise.monitoring.states import AlertState, IssueState
from sanfu.enterprise.registry.actions import register
from sanfu.enterprise.registry.models import Enterprise
from sanfu.kernel.monitoring.panel import month_number
from sanfu.kernel.monitoring.worlds import Setting, make_world
from sanfu.people.models import Organisation
from sanfu.records import files
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::RuntimeWarning")]
NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
LAST = month_number("2026-10")
FIRMS = 60


@pytest.fixture
def officer(county: None) -> Actor:
    unit = Organisation.objects.get(region=settings.REGION, code="GXJ")
    held = ["monitoring.see", "monitoring.see_all", "monitoring.verify", "monitoring.data", "monitoring.run"]
    return Actor(
        id=None, name="监测员", region=settings.REGION, organisation=unit.id, units=frozenset({unit.id}),
        permissions=frozenset(held),
    )  # fmt: skip


@pytest.fixture
def firms(officer: Actor) -> list[Enterprise]:
    made = [
        Enterprise(
            credit_code=demo_code(9000 + n),
            name=f"演示{n}厂",
            industry=f"C{30 + n % 3}",
            size="小型",
            demo=True,
        )
        for n in range(FIRMS)
    ]
    register(made, by=officer, at=NOW - timedelta(days=900))
    return made


@pytest.fixture
def series(firms: list[Enterprise], officer: Actor) -> Any:
    world = make_world(3, LAST - 35, new_years(), Setting(firms=FIRMS, industries=3, events=0.3))
    ids = [firm.id for firm in firms]
    actions.add_readings(readings_of(world, ids), source="GXJ", by=officer, at=NOW - timedelta(days=2))
    actions.add_marks(marks_of(world, ids), source="GXJ", by=officer, at=NOW - timedelta(days=2))
    return world


def test_a_correction_stands_beside_what_it_corrects(
    series: Any, firms: list[Enterprise], officer: Actor
) -> None:
    before = queries.panel(officer.region, LAST, NOW)
    actions.add_readings(
        [(firms[0].id, LAST, [777.0, None, None, None])],
        source="GXJ",
        by=officer,
        at=NOW + timedelta(hours=1),
    )
    assert Reading.objects.filter(enterprise=firms[0], month=LAST).count() == 2
    after = queries.panel(officer.region, LAST, NOW + timedelta(hours=2))
    as_known = queries.panel(officer.region, LAST, NOW)
    assert before is not None
    assert after is not None
    assert as_known is not None
    at = after.firms.index(str(firms[0].id))
    assert after.values[at, -1, 0] == 777.0
    assert after.values[at, -1, 1:] == pytest.approx(before.values[at, -1, 1:], nan_ok=True)
    assert as_known.values == pytest.approx(before.values, nan_ok=True), "what was known on a day stays known"


def test_a_reading_is_never_overwritten(series: Any) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Reading.objects.filter(month=LAST).update(power=1.0)


def test_the_run_lists_no_more_than_the_officers_can_verify_and_explains_each(
    series: Any, officer: Actor
) -> None:
    actions.set_workload(2, by=officer, at=NOW)
    run = actions.run_month(LAST, by=officer, at=NOW)
    alerts = list(run.alerts.select_related("case"))
    assert 8 <= len(alerts) <= 9  # two a week
    for alert in alerts:
        assert alert.base + sum(part["points"] for part in alert.parts) == pytest.approx(
            alert.score, abs=1e-9
        )
        assert alert.case.state == AlertState.OPEN
        assert alert.case.lead.code == "GXJ"
        assert len(alert.curves["power"]) == 36
    told = Event.objects.filter(kind="monitoring.alerted")
    assert told.count() == len(alerts)
    assert {"enterprise", "code", "case", "why", "month"} <= set(told[0].data)


def test_a_month_is_judged_once(series: Any, officer: Actor) -> None:
    job = actions.ask_for_month(LAST, by=officer, at=NOW)
    first = actions.month_piece(job, 0, 1)
    again = actions.month_piece(job, 0, 1)
    assert first["alerts"] == Alert.objects.count() > 0
    assert again["alerts"] == 0
    assert Run.objects.count() == 1
    with pytest.raises(Refused, match="已经研判过"):
        actions.ask_for_month(LAST, by=officer, at=NOW)


def test_an_open_or_true_alert_is_not_raised_again(
    series: Any, firms: list[Enterprise], officer: Actor
) -> None:
    first = actions.run_month(LAST - 1, by=officer, at=NOW)
    kept = first.alerts.order_by("-score").first()
    assert kept is not None
    actions.confirm(kept, said="停了一条线", by=officer, at=NOW)
    second = actions.run_month(LAST, by=officer, at=NOW + timedelta(hours=1))
    assert (
        set(second.alerts.values_list("enterprise_id")) & set(first.alerts.values_list("enterprise_id"))
        == set()
    )
    with pytest.raises(Refused, match="核查情况"):
        actions.settle(kept, said=" ", by=officer, at=NOW)


def test_findings_teach_once_there_are_enough(
    series: Any, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sanfu.enterprise.monitoring.content import decided

    run = actions.run_month(LAST - 1, by=officer, at=NOW)
    for n, alert in enumerate(run.alerts.order_by("id")):
        (actions.confirm if n % 3 == 0 else actions.reject)(alert, said="核查过了", by=officer, at=NOW)
    assert len(queries.labelled(officer.region)) == run.alerts.count()
    monkeypatch.setitem(decided(), "labels_needed", 5)
    learnt = actions.run_month(LAST, by=officer, at=NOW + timedelta(hours=1))
    assert learnt.labels == run.alerts.count()
    assert learnt.weights != run.weights
    assert learnt.weights["bias"] == run.weights["bias"]


def test_a_unit_error_waits_in_the_queue_and_counts_once_somebody_vouches(
    series: Any, firms: list[Enterprise], officer: Actor
) -> None:
    calm = int(np.argmin(np.nanstd(np.log(series.panel.values[:, 20:, :3]), axis=1).sum(axis=1)))
    power = float(np.nanmedian(series.panel.values[calm, -6:, 0]))
    rest = [float(np.nanmedian(series.panel.values[calm, -6:, s])) for s in (1, 2, 3)]
    actions.add_readings(
        [(firms[calm].id, LAST - 1, [power * 1000, *rest])],
        source="GXJ",
        by=officer,
        at=NOW - timedelta(hours=1),
    )
    actions.run_month(LAST - 1, by=officer, at=NOW)
    issue = QualityIssue.objects.get(enterprise=firms[calm], month=LAST - 1, series="power")
    assert issue.kind == "unit"
    assert issue.instead == pytest.approx(power, rel=0.01)
    actions.settle_issue(issue, right=True, by=officer, at=NOW)
    assert QualityIssue.objects.get(pk=issue.pk).state == IssueState.TRUE
    with pytest.raises(Conflict):
        actions.settle_issue(issue, right=False, by=officer, at=NOW)
    panel = queries.panel(officer.region, LAST, NOW)
    assert panel is not None
    at = panel.firms.index(str(firms[calm].id))
    assert queries.trusted(panel, officer.region)[at, -2, 0]


MESSY = (
    "统一社会信用代码,企业名称,月份,用电量（千瓦时）,开票额（万元）,备注\n"
    '{a},x,2026年10月,"12,345",9.5,\n{a},x,2026-10,1,1,again\n{b},y,2026/9,abc,1,\n坏代码,z,2026-10,1,1,\n{b},y,2027-01,1,1,\n{b},y,202609,,7,\n'
)


def test_a_messy_file_is_checked_row_by_row_and_taken_in_once(
    firms: list[Enterprise], officer: Actor, tmp_path: Any, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    text = MESSY.format(a=firms[0].credit_code, b=firms[1].credit_code)
    stored = files.store(name="9月.csv", content=ContentFile(text.encode()), by=officer, at=NOW)
    made = actions.check_upload(stored, source="GXJ", by=officer, at=NOW)
    assert (made.total, len(made.good)) == (6, 2)
    assert sorted(error["line"] for error in made.errors) == [3, 4, 5, 6]
    assert Reading.objects.count() == 0
    assert actions.decide_upload(made, keep=True, by=officer, at=NOW) == 2
    reading = Reading.objects.get(enterprise=firms[0])
    assert (reading.month, reading.power, reading.invoices, reading.tax) == (LAST, 12345.0, 9.5, None)
    with pytest.raises(Conflict):
        actions.decide_upload(made, keep=True, by=officer, at=NOW)


def test_who_may_not_is_told_so(firms: list[Enterprise], officer: Actor) -> None:
    reader = Actor(id=None, name="读者", region=officer.region, permissions=frozenset({"monitoring.see"}))
    with pytest.raises(NotAllowed):
        actions.set_workload(3, by=reader, at=NOW)
    with pytest.raises(NotAllowed):
        actions.ask_for_month(LAST, by=reader, at=NOW)
    with pytest.raises(Refused, match="没有数据"):
        actions.run_month(LAST, by=officer, at=NOW)
    with pytest.raises(Refused, match="核查量"):
        actions.set_workload(0, by=officer, at=NOW)
    assert queries.newest_month(officer.region, NOW) is None
