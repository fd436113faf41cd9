"""The leader's pages: every figure opens to as many rows as it counts, files hold what the page shows."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import timezone

from sanfu.people.models import User
from sanfu.web.leader.figures.period import Period
from tests.histories import two_months

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("county")]
FIGURE = re.compile(r'<a class="figure" href="([^"]+)" title="([^"]+)">([^<]+)</a>')


@pytest.fixture
def history(county: None, monkeypatch: pytest.MonkeyPatch) -> None:
    two_months(days=24)
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 6, 30, 4, 0, tzinfo=UTC))


def as_(login: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(login=login))
    return client


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    return response.content.decode()


@pytest.mark.usefixtures("history")
def test_every_figure_shown_opens_to_as_many_rows() -> None:
    client = as_("zhengju")
    pages = ["/leader/figures/", "/leader/figures/on_time_rate/", "/leader/figures/prompt_signing_rate/"]
    seen: dict[str, tuple[str, str]] = {}
    for page in pages:
        found = FIGURE.findall(text_of(client, page + "?from=2026-02&to=2026-05"))
        assert len(found) > 5, page
        seen |= {href.replace("&amp;", "&"): (title, shown) for href, title, shown in found}
    for href, (title, shown) in seen.items():
        listed = text_of(client, href)
        total = int(re.search(r"共 <b>([\d,]+)</b>", listed)[1].replace(",", ""))
        count = re.search(r"(\d+)(?:件)?$", title)
        assert total == int(count[1]), (href, title)
        if "÷" in title:
            hits, whole = map(int, title.split(" ÷ "))
            assert shown == f"{round(hits / whole * 1000 + 1e-9) / 10:.1f}%"
            listed_hits = text_of(client, href + "&part=hit").replace(",", "")
            assert int(re.search(r"共 <b>(\d+)</b>", listed_hits)[1]) == hits


@pytest.mark.usefixtures("history")
def test_the_formula_is_on_the_page_and_the_file_holds_the_same_figures() -> None:
    client = as_("zhengju")
    url = "/leader/figures/on_time_rate/?from=2026-03&to=2026-04"
    page = text_of(client, url)
    assert "按时办结率 ＝ 按时办结 ÷ 应办结" in page
    assert "按应办结（到期）月份" in page
    assert "上年同期" in page
    response = client.get(url + "&export=csv")
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    lines = raw.decode("utf-8-sig").splitlines()
    assert "2026年3月" in lines[0]
    shown = [text for _, _, text in FIGURE.findall(page)]
    assert lines[1].split(",")[1] in shown
    assert unquote(response["Content-Disposition"])


@pytest.mark.usefixtures("history")
def test_last_year_is_beside_this_year() -> None:
    page = text_of(as_("zhengju"), "/leader/figures/?from=2027-03&to=2027-04")
    assert "/leader/figures/on_time_rate/rows/?from=2026-03&amp;to=2026-04" in page


def test_who_may_see_figures() -> None:
    assert as_("sunwei").get("/leader/figures/").status_code == 403
    assert as_("zhouli").get("/leader/figures/").status_code == 200
    assert Client().get("/leader/figures/").status_code == 302
    assert as_("zhengju").get("/leader/figures/wall/").headers["Location"] == "/leader/book/wall/"


@pytest.mark.parametrize(
    "path",
    ["nothing/", "on_time_rate/rows/?unit=1", "on_time_rate/rows/?from=2026-01&to=2026-02&month=2026-05"],
)
def test_wrong_addresses_are_not_found(path: str) -> None:
    assert as_("zhengju").get(f"/leader/figures/{path}").status_code == 404


def test_odd_periods_are_put_right() -> None:
    from django.http import QueryDict

    def read(query: str) -> Any:
        return Period.read(QueryDict(query), datetime(2026, 1, 15).date())

    assert read("").words == "2025年8月至2026年1月"
    assert read("from=2026-05&to=2026-02").words == "2026年2月至2026年5月"
    assert read("from=x&to=2026-13").words == "2025年8月至2026年1月"
    assert len(read("from=2001-01&to=2026-02").months) == 24
    assert read("from=2026-01&to=2026-03").a_year_before.words == "2025年1月至2025年3月"


@pytest.mark.usefixtures("history")
def test_the_difficulty_adjustment_opens_to_its_classes_and_their_orders() -> None:
    client, span = as_("zhengju"), "from=2026-02&to=2026-05"
    page = text_of(client, f"/leader/figures/on_time_rate/?{span}")
    found = re.search(
        r'class="figure fair" href="([^"]+)" title="未达(\d+)件，应有([\d.]+)件">([\d.]+%)<', page
    )
    assert found, "the adjusted figure is beside the raw one"
    href, bad, due, share = found.groups()
    classes = text_of(client, href.replace("&amp;", "&"))
    assert f"100% － {bad} ÷ {due} × " in classes
    assert f"<b>{share}</b>" in classes
    rows = re.findall(r'<a class="figure" href="([^"]+)">(\d+)</a>', classes)
    assert sum(int(count) for _, count in rows[1::2]) == int(bad)
    for link, count in rows:
        listed = text_of(client, link.replace("&amp;", "&"))
        total = int(re.search(r"共 <b>([\d,]+)</b>", listed)[1]) if count != "0" else 0
        assert total == int(count), link


@pytest.mark.usefixtures("history")
def test_who_sees_one_unit_only_gets_no_adjustment_against_the_county() -> None:
    page = text_of(as_("zhouli"), "/leader/figures/on_time_rate/?from=2026-02&to=2026-05")
    assert "难度调整后" not in page
    unit = User.objects.get(login="zhouli").organisation_id
    assert as_("zhouli").get(f"/leader/figures/on_time_rate/kinds/?unit={unit}").status_code == 404
    assert as_("zhengju").get("/leader/figures/mean_hops/kinds/?unit={unit}").status_code == 404
    assert as_("zhengju").get("/leader/figures/on_time_rate/kinds/").status_code == 404


@pytest.mark.usefixtures("history")
def test_the_first_look_names_only_what_is_more_than_chance() -> None:
    """Two units, 20 orders: too few to accuse anybody, and no year before to compare with."""
    page = text_of(as_("zhengju"), "/leader/figures/?from=2026-02&to=2026-05")
    assert "没有单位明显差于全市或差于自己的上年同期" in page
    assert "变差0项" in page
    assert "上年同期没有数据" in page
