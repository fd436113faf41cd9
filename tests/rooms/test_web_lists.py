"""Lists: what a reader filters, sorts, pages and exports is exactly what the rows say, whatever the address says."""

import csv
import io
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from sanfu.records.ids import new_id
from sanfu.records.models import Job
from sanfu.web.components.export import send
from sanfu.web.components.table import Choice, Column, Dates, Flag, Listing, Search, Table, count

JOBS = Table(
    "jobs",
    title="任务",
    default_sort="-created_at",
    columns=[
        Column("title", "标题", sort=True, link="design", link_args=()),
        Column("state", "状态", tags={"done": ("已完成", "ok")}),
        Column("done", "完成", kind="number", sort=True),
        Column("created_at", "创建", kind="datetime", sort=True),
        Column(
            "note",
            "说明",
            virtual=True,
            needs=("done", "total"),
            render=lambda r: f"{r['done']}/{r['total']}",
        ),
        Column("act", "操作", virtual=True, sticky=True, render=lambda _: "<b>查看</b>"),
    ],
    filters=[
        Search(fields=("title",)),
        Choice("state", "状态", [("done", "已完成"), ("waiting", "排队")]),
        Dates("created_at", "创建"),
    ],
)
PLAIN = Table(
    "plain",
    title="清单",
    tie="",
    columns=[Column("code", "编码", sort=True), Column("n", "数", kind="number", sort=True)],
    filters=[
        Search(fields=("code",)),
        Choice("code", "编码", [("A1", "A1"), ("B2", "B2")]),
        Flag("hot", "热"),
    ],
)


@pytest.fixture
def jobs(db: None) -> QuerySet[Job]:
    start = timezone.now().replace(hour=4, minute=0)  # noon in the county, far from midnight
    Job.objects.bulk_create(
        Job(
            id=new_id(), region="329900", kind="import", title=f"导入第{i}批<路灯>", done=i % 5, total=9,
            state="done" if i % 3 else "waiting", created_at=start - timedelta(days=i // 4),
        )
        for i in range(130)
    )  # fmt: skip
    return Job.objects.filter(region="329900")


def listing(table: Table, rows: Any, **params: str) -> Listing:
    return Listing(table, QueryDict(urlencode(params)), "/x/", rows)


def titles(shown: Listing) -> list[str]:
    return re.findall(r"导入第\d+批", str(shown.body))


@pytest.mark.parametrize("sort", ["title", "-title", "done", "-done", "created_at", "-created_at"])
def test_pages_together_hold_every_row_once(jobs: QuerySet[Job], sort: str) -> None:
    first = listing(JOBS, jobs, sort=sort)
    seen = [t for n in range(1, first.pages + 1) for t in titles(listing(JOBS, jobs, sort=sort, page=str(n)))]
    assert first.total == 130
    assert len(seen) == len(set(seen)) == 130


@pytest.mark.parametrize("sort", ["title", "-done", "created_at", "-created_at"])
@pytest.mark.parametrize("page", ["1", "3", "5", "7"])
def test_a_large_list_shows_the_rows_of_a_small_one(
    jobs: QuerySet[Job], monkeypatch: pytest.MonkeyPatch, sort: str, page: str
) -> None:
    plain = str(listing(JOBS, jobs, sort=sort, page=page).body)
    cache.clear()
    monkeypatch.setattr("sanfu.web.components.paging.FRESH_COUNT", 50)
    assert str(listing(JOBS, jobs, sort=sort, page=page).body) == plain


def test_order_follows_the_column(jobs: QuerySet[Job]) -> None:
    shown = listing(JOBS, jobs, sort="-done", per="100")
    numbers = [int(n) for n in re.findall(r'data-label="完成">(\d)<', str(shown.body))]
    assert numbers == sorted(numbers, reverse=True)


def test_filters_narrow_to_what_they_say(jobs: QuerySet[Job]) -> None:
    day = timezone.localdate(jobs.order_by("created_at").values_list("created_at", flat=True)[0])
    asked = {"state": "done", "created_at_from": str(day), "created_at_to": str(day + timedelta(days=3))}
    expected = [
        j
        for j in jobs
        if j.state == "done" and day <= timezone.localdate(j.created_at) <= day + timedelta(days=3)
    ]
    assert expected
    assert listing(JOBS, jobs, **asked).total == len(expected)
    assert listing(JOBS, jobs, q="第12批").total == 1
    assert listing(JOBS, jobs, q="没有这样的").total == 0


def test_cells_are_escaped_and_sorts_that_do_not_exist_are_ignored(jobs: QuerySet[Job]) -> None:
    shown = listing(JOBS, jobs, sort="by__password")
    body = str(shown.body)
    assert shown.sort == "-created_at"
    assert "&lt;路灯&gt;" in body
    assert "&lt;b&gt;查看" in body
    assert "<路灯>" not in body


def test_a_page_costs_two_queries(jobs: QuerySet[Job], django_assert_num_queries: Any) -> None:
    cache.clear()
    with django_assert_num_queries(2):
        shown = listing(JOBS, jobs)
        assert shown.total == 130
        assert "导入第" in str(shown.body)
        assert shown.page_links
        assert shown.total


def test_large_counts_are_exact_and_kept(jobs: QuerySet[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr("sanfu.web.components.paging.FRESH_COUNT", 100)
    assert count(jobs) == 130
    jobs.filter(done=0).delete()
    assert count(jobs) == 130  # kept for half a minute
    assert count(jobs.filter(state="done")) == jobs.filter(state="done").count()  # small: always fresh


@given(
    st.dictionaries(
        st.sampled_from(
            ["q", "sort", "page", "per", "state", "created_at_from", "created_at_to", "hide", "show"]
        ),
        st.text(max_size=12)
        | st.sampled_from(["-1", "0", "99999999999", "١", "--title", "title", "done", "2026-02-30"]),
        max_size=5,
    )
)
@budget(max_examples=150, deadline=None)
def test_no_address_breaks_a_plain_list(params: dict[str, str]) -> None:
    rows = [{"code": f"{c}{n}", "n": n if n % 3 else None, "hot": n % 2} for c in "AB" for n in range(40)]
    shown = listing(PLAIN, rows, **params)
    assert str(shown.body).count("<tr>") == min(
        shown.per_page, max(0, shown.total - (shown.page - 1) * shown.per_page)
    )
    assert shown.page_links
    assert shown.heads


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_leave_nothing_out(jobs: QuerySet[Job], day: str) -> None:
    first, last = date.fromisoformat(day) == date.min, date.fromisoformat(day) == date.max
    plain = [{"code": "A1", "n": 1, "on": timezone.localdate()}]
    dated = replace(PLAIN, filters=[Dates("on", "日期")])
    for end, keeps in (("from", first), ("to", last)):
        assert listing(JOBS, jobs, **{f"created_at_{end}": day}).total == (130 if keeps else 0)
        assert listing(dated, plain, **{f"on_{end}": day}).total == (1 if keeps else 0)


@pytest.mark.parametrize("value", ["²", "１２", "\x00", "9" * 30, "null"])
def test_no_page_number_breaks_a_database_list(jobs: QuerySet[Job], value: str) -> None:
    asked = dict.fromkeys(("page", "per", "q", "state", "created_at_from", "sort"), value)
    assert listing(JOBS, jobs, **asked).page_links


def test_missing_values_sort_without_an_error() -> None:
    rows = [{"code": "A", "n": None}, {"code": "B", "n": 2}, {"code": "C", "n": 1}]
    assert re.findall(r"编码\">(\w)", str(listing(PLAIN, rows, sort="n").body)) == ["A", "C", "B"]


def test_excel_holds_every_filtered_row_in_order(jobs: QuerySet[Job]) -> None:
    response = listing(JOBS, jobs, state="done", sort="title").export("xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response))).get_sheet_by_index(0).to_python()
    expected = list(jobs.filter(state="done").order_by("title").values_list("title", flat=True))
    assert sheet[0] == ["标题", "状态", "完成", "创建"]
    assert [row[0] for row in sheet[1:]] == expected
    assert {row[1] for row in sheet[1:]} == {"已完成"}


def test_csv_opens_in_excel_and_defuses_formulas() -> None:
    response = send("csv", "名单", ["甲", "乙"], [["=1+1", 5], ["@x", None], ["-2", True]])
    text = b"".join(response).decode("utf-8")
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text[1:]))) == [
        ["甲", "乙"],
        ["'=1+1", "5"],
        ["'@x", ""],
        ["'-2", "是"],
    ]
    assert "filename*=UTF-8''" in response.headers["Content-Disposition"]


def test_two_lists_on_one_page_keep_their_parameters_apart() -> None:
    rows = [{"code": c, "n": 1} for c in "ABC"]
    params = QueryDict("a-q=A&b-q=Z")
    assert Listing(PLAIN, params, "/x/", rows, "a-").total == 1
    other = Listing(PLAIN, params, "/x/", rows, "b-")
    assert other.total == 0
    assert other.url(q="C") == "/x/?a-q=A&b-q=C"
    assert other.carried == [("a-q", "A")]
