"""月度研判 of a county larger than what is judged at once: every firm once, the same list, memory that does not grow."""

import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from sanfu.adapters.demo_firms import demo_code
from sanfu.adapters.demo_monitoring import readings_of
from sanfu.enterprise.monitoring import actions, queries
from sanfu.enterprise.monitoring.content import new_years
from sanfu.enterprise.monitoring.models import Reading
from sanfu.enterprise.registry.actions import register
from sanfu.enterprise.registry.models import Enterprise
from sanfu.kernel.monitoring.panel import SERIES, month_number
from sanfu.kernel.monitoring.worlds import Setting, make_world
from sanfu.records.actor import machine

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::RuntimeWarning")]
NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
LAST = month_number("2026-10")
MONTHS, TRADES = 15, 6
BY = machine(settings.REGION, "月度研判")


def grow(first: int, count: int) -> None:
    """Firms of six industries with fifteen months each."""
    made = [
        Enterprise(
            credit_code=demo_code(9000 + n),
            name=f"演示{n}厂",
            industry=f"C{30 + n % TRADES}",
            size="小型",
            demo=True,
        )
        for n in range(first, first + count)
    ]
    register(made, by=BY, at=NOW - timedelta(days=900))
    world = make_world(
        3 + first, LAST - MONTHS + 1, new_years(), Setting(firms=count, months=MONTHS, events=0.3)
    )
    Reading.objects.bulk_create(
        Reading(
            region=settings.REGION, enterprise_id=firm, month=month, source="GXJ", received_at=NOW - timedelta(days=2),
            **dict(zip(SERIES, values, strict=True)),
        )
        for firm, month, values in readings_of(world, [one.id for one in made])
    )  # fmt: skip


@pytest.mark.parametrize("most", [7, 25, 60, 1000])
def test_slices_hold_every_firm_once_and_whole_industries_where_they_fit(county: None, most: int) -> None:
    grow(0, 120)
    span = queries.span_of(settings.REGION, LAST, NOW)
    assert span == range(LAST - MONTHS + 1, LAST + 1)
    parts = queries.slices(settings.REGION, span, NOW, most)
    panels = [queries.panel(settings.REGION, LAST, NOW, part, span) for part in parts]
    firms = [firm for panel in panels if panel for firm in panel.firms]
    assert len(firms) == len(set(firms)) == 120
    assert all(panel.months == MONTHS and panel.first == span.start for panel in panels if panel)
    if most >= 20:
        assert all(len(panel.firms) <= most for panel in panels if panel)
        assert sum(len(set(panel.industries)) for panel in panels if panel) == TRADES
    assert (len(parts) == 1) == (most == 1000)


def test_the_list_of_slices_is_the_best_of_the_whole_county(county: None) -> None:
    grow(0, 120)
    run = actions.run_month(LAST, by=BY, at=NOW, most=25)
    assert run.firms == 120
    listed = list(run.alerts.order_by("-score").values_list("enterprise__industry", "score"))
    span = queries.span_of(settings.REGION, LAST, NOW)
    assert len(queries.slices(settings.REGION, span, NOW, 25)) == TRADES
    assert len(listed) >= 10
    assert len({industry for industry, _ in listed}) > 1, "not the list of the last slice alone"
    assert list(run.alerts.order_by("case__number").values_list("score", flat=True)) == [s for _, s in listed]


@pytest.mark.slow
def test_a_county_three_times_as_large_takes_no_more_memory_at_once(county: None) -> None:
    def peak(month: int, most: int) -> int:
        tracemalloc.start()
        actions.run_month(month, by=BY, at=NOW, most=most)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    grow(0, 120)
    peak(LAST - 5, 60)  # what is read once and kept
    small = peak(LAST - 3, 60)
    grow(120, 240)
    large, whole = peak(LAST - 2, 60), peak(LAST - 1, 1000)
    assert large < 1.35 * small, (small, large)
    assert whole > 1.6 * large, (large, whole)
