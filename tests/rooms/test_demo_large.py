"""The large county (演示): the same law at every scale, planted events that show, and a broken-off run that goes on."""

import csv
import io
from datetime import UTC, datetime
from math import gcd
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from sanfu.adapters import demo_large
from sanfu.adapters.demo_firms import FIRST, SECOND
from sanfu.adapters.demo_large import _cut, events_of, grow, made
from sanfu.adapters.demo_large_law import INVOICES, LIMIT, PLACES, STEP, block_of, name_of
from sanfu.enterprise.liaison.models import LiaisonOfficer, Pair
from sanfu.enterprise.monitoring.content import new_years
from sanfu.enterprise.monitoring.models import Mark, Reading
from sanfu.enterprise.registry.models import Enterprise, Fact
from sanfu.enterprise.research.models import Need, Offer
from sanfu.kernel.codes.credit import CreditCode
from sanfu.kernel.monitoring.panel import month_number
from sanfu.records.actor import Refused

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
LAST, SIZE = month_number("2026-10"), 40


def test_a_block_is_the_same_every_time_and_another_block_is_another() -> None:
    first, again, other = (block_of(n, LAST, new_years(), SIZE) for n in (3, 3, 4))
    assert first.firms == again.firms
    assert first.world.events == again.world.events
    assert np.array_equal(first.world.panel.values, again.world.panel.values, equal_nan=True)
    assert not {one.code for one in first.firms} & {one.code for one in other.firms}
    assert not np.allclose(first.world.panel.values, other.world.panel.values, equal_nan=True)


def test_names_and_codes_are_invented_and_none_stands_twice() -> None:
    whole = len(PLACES) * (len(FIRST) * len(SECOND)) ** 2
    assert whole > 1_000_000
    assert gcd(STEP, whole) == 1
    names = {name_of(number, "") for number in (*range(3_000), *range(997_000, 1_000_000))}
    assert len(names) == 6_000
    block = block_of(499, LAST, new_years(), SIZE)
    assert all("(演示)" in one.name and CreditCode.parse(one.code).area == "329900" for one in block.firms)


def test_one_in_five_is_above_scale_and_its_year_says_so() -> None:
    block = block_of(0, LAST, new_years(), SIZE)
    assert sum(one.above for one in block.firms) == SIZE // 5
    for place, one in enumerate(block.firms):
        year = float(np.nanmedian(block.world.panel.values[place, -12:, INVOICES])) * 12
        assert (year >= LIMIT) == one.above == (one.size in {"大型", "中型"})
        assert one.revenue == pytest.approx(year, abs=0.01)


def test_blocks_share_the_season_of_an_industry() -> None:
    """December invoices against November, firms of one industry: the middle moves alike in two blocks."""
    moves: list[list[float]] = []
    for number in (1, 2):
        panel = block_of(number, LAST, new_years(), 1_600).world.panel
        place = month_number("2025-05") - panel.first
        ratio = np.log(panel.values[:, place + 1, 0] / panel.values[:, place, 0])
        names = np.array(panel.industries)
        moves.append([float(np.nanmedian(ratio[names == one])) for one in sorted(set(panel.industries))])
    assert np.corrcoef(*moves)[0, 1] > 0.8


def test_a_planted_event_shows_in_the_series_of_its_firm() -> None:
    block = block_of(0, LAST, new_years(), 1_000)
    panel, codes = block.world.panel, {one.code: place for place, one in enumerate(block.firms)}
    falls = []
    for code, month, months, kind in events_of(block):
        begin = month_number(month) - panel.first
        assert 0 < begin < panel.months
        assert months > 0
        assert kind in {"stop", "move", "wage", "cash"}
        if begin <= panel.months - 6:
            series = panel.values[codes[code], :, INVOICES]
            falls.append(np.nanmedian(series[begin + 3 :]) / np.nanmedian(series[begin - 12 : begin]))
    assert len(falls) > 30
    assert np.median(falls) < 0.75
    some = _cut(block, 100, 200)
    assert some.firms == block.firms[100:200]
    assert set(events_of(some)) == {one for one in events_of(block) if 100 <= codes[one[0]] < 200}


@pytest.mark.django_db
def test_the_county_grows_by_blocks_and_goes_on_where_it_was(
    county: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_large, "NEEDS_ONE_IN", 20)
    told = io.StringIO()
    assert [one.firms for one in grow(50, region=settings.REGION, at=NOW, size=SIZE)] == [40, 50]
    assert [one.firms for one in grow(90, region=settings.REGION, at=NOW, size=SIZE, told=told)] == [80, 90]
    assert not list(grow(90, region=settings.REGION, at=NOW, size=SIZE)), "it stands already"
    assert made(settings.REGION) == 90 == Enterprise.objects.filter(demo=True).count()
    drawn = [one for n in range(3) for one in block_of(n, LAST, new_years(), SIZE).firms][:90]
    rows = Enterprise.objects.order_by("credit_code").values_list("credit_code", "name", "size", "industry")
    assert list(rows) == [(one.code, one.name, one.size, one.industry) for one in drawn]
    assert Reading.objects.count() == 90 * 36
    assert Mark.objects.exists()
    assert set(Reading.objects.values_list("month", flat=True)) == set(range(LAST - 35, LAST + 1))
    assert Pair.objects.count() == 90 == Pair.objects.values("enterprise").distinct().count()
    assert Fact.objects.filter(indicator="规上企业", number=1).count() == 18
    assert Need.objects.count() == 6
    assert Offer.objects.exists()
    officer = LiaisonOfficer.objects.select_related("user").first()
    assert officer
    assert officer.user.demo
    assert not officer.user.has_usable_password()
    listed = {row["firm"] for row in csv.DictReader(io.StringIO(told.getvalue().removeprefix("\ufeff")))}
    assert listed <= {one.code for one in drawn[50:]}
    assert listed


@pytest.mark.django_db
def test_the_command_says_what_it_made_and_refuses_more_than_a_million(
    county: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="1,000,000"):
        call_command("grow_demo", scale=1_000_001)
    with pytest.raises(Refused):
        next(grow(0, region=settings.REGION, at=NOW))
    call_command("grow_demo", scale=3, events=tmp_path / "events.csv")
    said = capsys.readouterr().out
    assert "3 enterprises" in said
    assert "MB" in said
    call_command("grow_demo", scale=3)
    assert "that large already" in capsys.readouterr().out
