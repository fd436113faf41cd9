"""The cockpit of a town and of a counter: their own cases and no more; /open/ and the closed months as they are read."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from sanfu.kernel.indicators.formula import Measure
from sanfu.measure import opendata, publishing, reading
from sanfu.measure.actions import freezing, store
from sanfu.measure.book import formulas
from sanfu.measure.counting import COUNTY
from sanfu.measure.models import Checked
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records.models import Event
from tests.histories import REGION, taken, two_months, who
from tests.rooms.test_cockpit_pages import at_desk

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("county", "seeding", "lived")]
NOW = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)
MARCH = date(2026, 3, 1)


@pytest.fixture(scope="module")
def lived(seeding: Any, _people: None) -> None:
    with seeding():
        two_months(days=12)
        store.rebuild(region=REGION, at=NOW)


@pytest.mark.parametrize(
    "login", ["qianjin", "hetao", "sunwei", "guqin", "songci", "zhaomin", "tangbu", "xiangjin"]
)
def test_towns_departments_and_counters_have_their_own_cockpit(login: str) -> None:
    client = at_desk(login)
    page = client.get("/leader/book/?month=2026-03").content.decode()
    assert "只统计您的岗位看得到的办件" in page
    assert "起草简报" not in page
    assert client.get("/leader/book/indicators/?month=2026-03").status_code == 200
    for closed in ("claims/", "months/", "gaming/", "topics/", "recalls/"):
        assert client.get(f"/leader/book/{closed}").status_code == 403, closed


def test_a_counter_sees_its_own_day_first() -> None:
    booked = at_desk("guqin").get("/leader/book/?month=2026-03").content.decode()
    assert "我的窗口" in booked
    assert "今天已到，排队中 <b>0</b>家" in booked
    asked = at_desk("songci").get("/leader/book/?month=2026-03").content.decode()
    assert "还没有评价的办件 <b>" in asked
    assert "今天已到，排队中" not in asked
    assert "我的窗口" not in at_desk("qianjin").get("/leader/book/?month=2026-03").content.decode()


def test_what_a_town_counts_is_what_it_opens_and_less_than_the_county() -> None:
    one, town, county = formulas()["opened-ticket"], _actor("qianjin"), _actor("wushuang")
    own = sum(c.rows for c in reading.cells(town, [one], [MARCH], totals=True))
    whole = sum(c.rows for c in reading.cells(county, [one], [MARCH], totals=True))
    assert own < whole
    assert own == len(reading.opened(town, one, MARCH, COUNTY))
    page = at_desk("qianjin").get("/leader/book/indicators/opened-ticket/?month=2026-03").content.decode()
    assert "您可见的合计" in page
    assert (
        "全市：<a"
        in at_desk("wushuang").get("/leader/book/indicators/opened-ticket/?month=2026-03").content.decode()
    )


def _actor(login: str) -> Any:
    return actor_of(User.objects.get(login=login), on=NOW.date())


def test_a_closed_month_is_checked_on_demand_and_the_page_only_reads_what_came_of_it(
    django_assert_max_num_queries: Any,
) -> None:
    closing = freezing.close(MARCH, by=who("wushuang"), at=NOW)
    assert Checked.objects.get(closing=closing).sound
    client = at_desk("wushuang")
    taken(datetime(2026, 3, 9, 2, 0, tzinfo=UTC))
    store.rebuild(region=REGION, at=NOW)
    with django_assert_max_num_queries(60) as asked:
        page = client.get("/leader/book/months/").content.decode()
    assert "核对一致" in page
    assert not [one for one in asked.captured_queries if "sha256" in one["sql"] or "FULL JOIN" in one["sql"]]
    assert client.post("/leader/book/months/check/", {"month": "2026-03"}).status_code == 302
    row = Checked.objects.get(closing=closing)
    assert (row.sound, row.added, row.gone) == (True, 1, 0)
    assert Event.objects.filter(stream=closing.id, kind="measure.month_checked").count() == 1
    assert at_desk("zhengju").post("/leader/book/months/check/", {"month": "2026-03"}).status_code == 403
    assert client.post("/leader/book/months/check/", {"month": "2026-02"}).status_code == 404
    assert freezing.check_all(region=REGION, by=who("wushuang"), at=NOW) == 1


def test_open_figures_begin_with_what_can_be_published() -> None:
    closing = freezing.close(MARCH, by=who("wushuang"), at=NOW)
    hidden = [r["name"] for r in opendata.rows(closing) if r["unit"] == "全市" and r["hidden"]]
    page = Client().get("/open/").content.decode()
    table, _, rest = page.partition("</tbody>")
    assert hidden
    assert "件数过少" not in table
    assert f"另有{len(hidden)}项件数过少" in rest


def test_what_rises_by_time_alone_is_not_set_against_an_older_month() -> None:
    ripe = {one.id.partition("-")[0] for one in formulas().values() if one.ripens}
    assert "closing" in ripe
    assert not ripe & {"on_time", "quick", "paused"}
    assert all(one.measure is Measure.SHARE for one in formulas().values() if one.ripens)


def test_open_figures_are_static_files_that_need_no_database(tmp_path: Path) -> None:
    assert publishing.publish(REGION, tmp_path / "none")[-1] == "index.html"
    closing = freezing.close(MARCH, by=who("wushuang"), at=NOW)
    names = publishing.publish(REGION, tmp_path)
    assert sorted(names) == sorted(path.name for path in tmp_path.iterdir() if path.is_file())
    assert (tmp_path / "2026-03.csv").read_bytes().decode() == opendata.csv(closing)
    page = (tmp_path / "2026-03.html").read_text()
    hidden = [row["name"] for row in opendata.rows(closing) if row["unit"] == "全市" and row["hidden"]]
    assert closing.digest in page
    assert hidden
    assert not [name for name in hidden if f">{name}<" in page]
    assert '<a href="2026-03.html">' in (tmp_path / "index.html").read_text()
