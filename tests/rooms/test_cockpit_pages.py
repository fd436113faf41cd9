"""Pages of the cockpit: they open for whoever may, figures lead to as many rows, a month is closed through the form."""

import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from sanfu.measure.actions import freezing, store
from sanfu.measure.models import Closing, Correction, Display
from sanfu.people.models import User
from sanfu.records.moments import day_of
from sanfu.web.leader.book import show
from tests.histories import REGION, taken, two_months, who

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("county", "seeding", "months")]
NOW = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)
MARCH = date(2026, 3, 1)


@pytest.fixture(scope="module")
def months(seeding: Any, _people: None) -> None:
    with seeding():
        two_months(days=20)
        store.rebuild(region=REGION, at=NOW)


def at_desk(login: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(login=login))
    return client


@pytest.mark.parametrize("login", ["zhengju", "wushuang", "chenfang", "zhouli"])
def test_every_page_opens_for_leader_counter_and_department(login: str) -> None:
    client = at_desk(login)
    for path in (
        "",
        "indicators/?month=2026-03",
        "indicators/satisfaction/?month=2026-03",
        "months/",
        "claims/",
        "composites/",
        "composites/three_rates/?month=2026-03",
    ):
        assert client.get(f"/leader/book/{path}").status_code == 200, path
    listed = client.get("/leader/book/indicators/on_time-ticket/?month=2026-03").content.decode()
    assert "稳健值" in listed
    assert client.get("/leader/book/indicators/none/").status_code == 404
    assert client.get("/leader/book/indicators/?month=yesterday").status_code == 404


def test_who_may_not_see_figures_sees_none() -> None:
    assert at_desk("limei").get("/leader/book/").status_code in (403, 404)
    assert Client().get("/leader/book/").status_code == 302


def test_a_figure_opens_to_as_many_rows() -> None:
    client = at_desk("zhengju")
    page = client.get("/leader/book/indicators/opened-ticket/?month=2026-03").content.decode()
    said = re.search(r'全市：<a class="figure" href="([^"]+)">(\d+)件', page)
    assert said is not None
    rows = client.get(said.group(1).replace("&amp;", "&")).content.decode()
    assert f"共 {said.group(2)} 件" in re.sub(r"<[^>]+>", "", rows)


def test_a_composite_shows_its_shares_and_names_what_is_missing() -> None:
    page = at_desk("zhengju").get("/leader/book/composites/three_rates/?month=2026-03").content.decode()
    assert "0.2×响应率＋0.4×解决率＋0.4×满意率" in page
    assert "样本不足" in page or "<b>" in page
    assert "/leader/book/indicators/response/rows/" in page
    assert at_desk("zhengju").get("/leader/book/composites/none/").status_code == 404


def test_a_running_month_is_not_set_against_a_whole_one() -> None:
    month = f"{day_of(timezone.now()):%Y-%m}"
    page = at_desk("zhengju").get(f"/leader/book/?month={month}").content.decode()
    assert "还没有过完" in page
    assert "还没有过完" not in at_desk("zhengju").get("/leader/book/?month=2026-04").content.decode()


def test_the_first_days_of_a_month_show_the_one_before() -> None:
    assert show.recent_month(QueryDict(""), date(2026, 12, 1)) == date(2026, 11, 1)
    assert show.recent_month(QueryDict(""), date(2027, 1, 7)) == date(2026, 12, 1)
    assert show.recent_month(QueryDict(""), date(2026, 12, 8)) == date(2026, 12, 1)
    assert show.recent_month(QueryDict("month=2026-12"), date(2026, 12, 1)) == date(2026, 12, 1)


def test_a_month_is_closed_and_corrected_by_two_persons_through_the_forms() -> None:
    counter, leader = at_desk("wushuang"), at_desk("zhengju")
    assert leader.post("/leader/book/months/close/", {"month": "2026-03"}).status_code == 403
    counter.post("/leader/book/months/close/", {"month": "2026-03"})
    closing = Closing.objects.get(month=MARCH)
    assert "已封账" in counter.get("/leader/book/months/").content.decode()
    taken(datetime(2026, 3, 9, 2, 0, tzinfo=UTC))
    store.rebuild(region=REGION, at=NOW)
    asked = counter.post(
        "/leader/book/months/correct/opened-ticket/?month=2026-03",
        {"reason": "late", "note": "3月9日来电漏登"},
    )
    assert asked.status_code == 302
    row = Correction.objects.get(closing=closing)
    counter.post(f"/leader/book/months/corrections/{row.id}/", {"approve": "1"})
    assert Correction.objects.get(id=row.id).approved is None
    leader.post(f"/leader/book/months/corrections/{row.id}/", {"approve": "1"})
    assert Correction.objects.get(id=row.id).approved
    assert "<s>" in leader.get("/leader/book/months/").content.decode()
    asked_of = "/leader/book/months/?month=2026-03&indicator=opened-ticket&on="
    before = day_of(closing.closed_at) - timedelta(days=2)
    assert "那天还没有封账" in leader.get(f"{asked_of}{before}").content.decode()
    now = leader.get(f"{asked_of}{day_of(timezone.now()) + timedelta(days=1)}").content.decode()
    assert f"公布的是{row.new_rows}件" in now
    assert freezing.current(closing, "opened-ticket", on=closing.closed_at) == (row.old_rows, row.old_hits)
    assert leader.get(f"{asked_of}31日").status_code == 200
    assert "封账数" in leader.get("/leader/book/indicators/?month=2026-03").content.decode()


def test_a_briefing_is_checked_pasted_and_uploaded() -> None:
    client = at_desk("zhengju")
    text = "群众满意度由70%提升至90%，提升20%。"
    page = client.post("/leader/book/claims/", {"text": text}).content.decode()
    assert "提升20个百分点" in page
    assert "未核" in page
    sent = SimpleUploadedFile("简报.txt", text.encode("gb18030"))
    assert "20个百分点" in client.post("/leader/book/claims/", {"file": sent}).content.decode()
    for bad in (
        {"text": " "},
        {"text": "9" * 70_000},
        {"file": SimpleUploadedFile("x.docx", b"PK\x03\x04junk")},
    ):
        assert client.post("/leader/book/claims/", bad).status_code == 422


def test_a_briefing_is_checked_against_closed_months() -> None:
    closing = freezing.close(MARCH, by=who("wushuang"), at=NOW)
    count = closing.frozen_cells.get(
        indicator="opened-ticket", unit="00000000-0000-0000-0000-000000000001"
    ).rows
    client = at_desk("zhengju")
    right = client.post(
        "/leader/book/claims/", {"text": f"2026年3月诉求工单受理量{count}件。"}
    ).content.decode()
    assert "与依据一致" in right
    wrong = client.post(
        "/leader/book/claims/", {"text": f"2026年3月诉求工单受理量{count + 5}件。"}
    ).content.decode()
    assert f"{count}件" in wrong
    assert "有误" in wrong


def test_a_wall_shows_by_token_until_it_is_taken_back() -> None:
    counter = at_desk("wushuang")
    page = counter.post("/leader/book/displays/", {"name": "指挥中心大厅"}).content.decode()
    found = re.search(r"/leader/book/wall/[0-9a-f-]+/[\w-]+/", page)
    assert found is not None
    screen = Client()
    first = screen.get(found.group())
    assert first.status_code == 200
    assert "SQ2026" not in first.content.decode()
    again = screen.get(found.group(), headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    row = Display.objects.get()
    assert row.secret_hash not in found.group()
    assert screen.get(found.group()[:-3] + "xx/").status_code == 404
    counter.post(f"/leader/book/displays/{row.id}/end/")
    assert screen.get(found.group()).status_code == 404


def test_the_public_sees_closed_months_only_and_no_small_number() -> None:
    anybody = Client()
    assert "还没有公布" in anybody.get("/open/").content.decode()
    freezing.close(MARCH, by=who("wushuang"), at=NOW)
    page = anybody.get("/open/")
    assert page.status_code == 200
    assert "诉求工单受理量" in page.content.decode()
    lines = anybody.get("/open/2026-03/figures.csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) > 10
    table = pq.read_table(io.BytesIO(anybody.get("/open/2026-03/figures.parquet").content))
    assert table.num_rows == len(lines) - 1
    for row in table.to_pylist():
        assert row["hidden"] == (row["denominator"] is None)
        assert not 0 < (row["denominator"] or 0) < 5
    for path in ("/open/2026-04/", "/open/march/", "/open/2026-03/figures.xlsx"):
        assert anybody.get(path).status_code == 404
