"""Bulletin and weekly report: every number is checked before a bulletin goes out; the official layout; told once a week."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.shared import Pt
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from pypdf import PdfReader

from sanfu.cases.models import Case
from sanfu.cases.queries import visible
from sanfu.grassroots.tickets.queries import PARTS
from sanfu.kernel.claims.verdicts import Verdict
from sanfu.measure import bulletin, weekly
from sanfu.measure.actions import bulletins, store
from sanfu.measure.models import Bulletin
from sanfu.people.messages.models import Message
from sanfu.records import pdf
from sanfu.records.actor import NotAllowed, Refused, machine
from sanfu.records.word import Official
from tests.histories import MONDAY, two_months
from tests.rooms.test_bulk import signed_in
from tests.rooms.test_tickets import REGION, who

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
NOW = MONDAY + timedelta(days=60)
MARCH = date(2026, 3, 1)


@pytest.fixture
def lived() -> None:
    """Forty days of orders, counted."""
    two_months()
    store.rebuild(region=REGION, at=NOW)


@pytest.mark.usefixtures("lived")
def test_the_bulletin_passes_its_own_check_with_a_number_in_it() -> None:
    draft = bulletin.compose(who("zhengju"), MARCH)
    checked = bulletin.examine(draft.text, draft.facts)
    assert checked.wrong == ()
    assert checked.open == ()
    assert len(checked.report.of(Verdict.OK)) >= 3, draft.text
    row = bulletins.issue(MARCH, draft.text, looked=False, by=who("zhengju"), at=NOW)
    assert row.frozen is False
    answer = signed_in("zhengju").get(f"/leader/bulletins/{row.pk}/word/")
    said = [p.text for p in docx.Document(BytesIO(answer.content)).paragraphs]
    assert set(draft.paragraphs) <= set(said)


def _pages(content: bytes) -> list[str]:
    """The words of each page of a PDF without the spaces and zero bytes that a reader puts between signs."""
    pages = PdfReader(BytesIO(content)).pages
    return ["".join(page.extract_text().replace("\0", "").split()) for page in pages]


def _text_of(content: bytes) -> str:
    return "".join(_pages(content))


@pytest.mark.usefixtures("lived")
def test_both_reports_come_as_pdf_with_the_words_of_the_word_file(settings: Any) -> None:
    settings.RED_HEAD = "三服务工作简报"
    client, monday = signed_in("zhengju"), (MONDAY + timedelta(days=14)).date()
    said = _text_of(client.get("/leader/weekly/pdf/", {"week": str(monday)}).content)
    found = weekly.report(who("zhengju"), monday, NOW)
    line = next(one for one in found.lines if one.label == "诉求工单")
    assert f"诉求工单{line.opened}{line.opened_before}{line.closed}" in said
    assert all("".join(sentence.split()) in said for sentence in found.sentences)
    draft = bulletin.compose(who("zhengju"), MARCH)
    row = bulletins.issue(MARCH, draft.text, looked=False, by=who("zhengju"), at=NOW)
    said = _text_of(client.get(f"/leader/bulletins/{row.pk}/pdf/").content)
    assert "三服务工作简报" in said
    assert all("".join(paragraph.split()) in said for paragraph in draft.paragraphs)


def test_a_long_paper_goes_on_over_the_page_and_repeats_its_heads() -> None:
    made = pdf.Printed("长文")
    for n in range(40):
        made.paragraph(f"第{n:02}段" + "按时办结率为12.5%，" * 8)
    made.table(("编号", "事项"), [(f"SQ{n:04}", "路灯不亮，晚上看不见路" * 4) for n in range(60)])
    made.sign("云澄市", "2026年3月1日")
    pages = _pages(made.content())
    assert len(pages) > 8
    assert all(f"第{n:02}段" in "".join(pages) for n in range(40))
    assert all("编号事项" in page for page in pages if "SQ00" in page)
    assert all(page.endswith(f"—{n}—") for n, page in enumerate(pages, 1))
    lines = int((297 - 37 - pdf.FOOT) / pdf.LINE)
    assert max(page.count("12.5%") for page in pages) <= 3 * lines, "no line runs over the foot"


def test_without_a_chinese_font_the_page_says_what_to_do(settings: Any, monkeypatch: Any) -> None:
    client = signed_in("zhengju")
    monkeypatch.setattr(pdf, "FOLDERS", ())
    answer = client.get("/leader/weekly/pdf/")
    assert answer.status_code == 400
    assert "可以下载 Word" in answer.content.decode()
    settings.PDF_FONT = "/nowhere/kai.ttf"
    assert "/nowhere/kai.ttf" in client.get("/leader/weekly/pdf/").content.decode()


@pytest.mark.usefixtures("lived")
def test_a_figure_that_was_made_better_is_refused_with_its_sentence() -> None:
    draft = bulletin.compose(who("zhengju"), MARCH)
    fact = next(f for f in draft.facts if f["period"] == "2026-03" and f.get("denominator"))
    true = f"{100 * fact['numerator'] / fact['denominator']:.1f}%"
    raised = draft.text.replace(
        f"{fact['name']}为{true}", f"{fact['name']}为{'99.9' if true != '99.9%' else '12.3'}%", 1
    )
    assert raised != draft.text
    with pytest.raises(Refused) as told:
        bulletins.issue(MARCH, raised, looked=True, by=who("zhengju"), at=NOW)
    assert fact["name"] in str(told.value)
    answer = signed_in("zhengju").post("/leader/bulletins/", {"month": "2026-03", "text": raised})
    assert answer.status_code == 422
    assert "没有签发" in answer.content.decode()
    assert not Bulletin.objects.exists()


@pytest.mark.usefixtures("lived")
def test_only_who_may_issue_issues_and_never_an_empty_text() -> None:
    with pytest.raises(NotAllowed):
        bulletins.issue(MARCH, "3月没有新情况。", looked=True, by=who("chenfang"), at=NOW)
    for text in ("", " \n ", "好" * 30_000):
        with pytest.raises(Refused):
            bulletins.issue(MARCH, text, looked=True, by=who("zhengju"), at=NOW)


@pytest.mark.usefixtures("lived")
def test_the_week_counts_what_a_plain_loop_counts() -> None:
    actor, monday = who("zhengju"), (MONDAY + timedelta(days=14)).date()
    found = weekly.report(actor, monday, NOW)
    line = next(one for one in found.lines if one.label == "诉求工单")
    begin = MONDAY.replace(hour=0) + timedelta(days=14) - timedelta(hours=8)
    rows = list(visible(actor, "ticket", PARTS))
    assert line.opened == sum(begin <= c.opened_at < begin + timedelta(days=7) for c in rows)
    assert line.closed == sum(
        bool(c.closed_at) and begin <= c.closed_at < begin + timedelta(days=7) for c in rows
    )
    assert line.open == sum(
        c.opened_at < found.at and not (c.closed_at and c.closed_at < found.at) for c in rows
    )
    assert sum(n for _, n in found.holders) == sum(
        1 for c in Case.objects.filter(closed_at=None, due_at__lt=found.at)
    )
    answer = signed_in("zhengju").get("/leader/weekly/word/", {"week": str(monday)})
    table = docx.Document(BytesIO(answer.content)).tables[0]
    assert [c.text for c in table.rows[1].cells][:2] == ["诉求工单", str(line.opened)]


def test_a_subscriber_hears_once_a_week() -> None:
    client = signed_in("zhengju")
    for wanted in ("1", "1"):
        client.post("/leader/weekly/subscribe/", {"wanted": wanted})
    by = machine(REGION)
    at = MONDAY + timedelta(days=21)
    assert [bulletins.tell_weekly(region=REGION, by=by, at=at + timedelta(hours=n)) for n in (0, 1, 5)] == [
        1,
        0,
        0,
    ]
    assert bulletins.tell_weekly(region=REGION, by=by, at=at + timedelta(days=7)) == 1
    assert Message.objects.filter(kind="notice").count() == 2
    path = Message.objects.order_by("at").first().path  # type: ignore[union-attr]
    assert path == f"/leader/weekly/?week={(at - timedelta(days=7)).date()}"
    client.post("/leader/weekly/subscribe/", {"wanted": "0"})
    assert bulletins.tell_weekly(region=REGION, by=by, at=at + timedelta(days=14)) == 0


@pytest.mark.parametrize("week", ["x", "9999-12-31", "0001-01-01", "2026-02-30"])
def test_odd_weeks_are_refused_or_shown(week: str) -> None:
    assert signed_in("zhengju").get("/leader/weekly/", {"week": week}).status_code in (200, 404)


@budget(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=6))
def test_the_official_layout_holds_any_text_in_its_margins(lines: list[str]) -> None:
    made = Official("某月简报", head="云澄市工作简报", number="〔2026〕1号")
    for line in lines:
        made.paragraph(line)
    made.sign("云澄市", "2026年4月1日")
    page: Any = docx.Document(BytesIO(made.content()))
    section = page.sections[0]
    assert [
        round(m.mm)
        for m in (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    ] == [37, 35, 28, 26]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    text = page.paragraphs[-3 - len(lines) :][: len(lines)]
    assert all(p.paragraph_format.first_line_indent == Pt(32) for p in text)
    assert all(run.font.name == "仿宋_GB2312" and run.font.size == Pt(16) for p in text for run in p.runs)


def test_a_text_is_held_against_the_figures_that_it_names_and_no_others() -> None:
    names = ("诉求工单受理量", "诉求工单按时办结率", "联办分支按时办结率", "返工率")
    facts = [
        {"name": name, "period": period} for name in names for period in ("2026-11", "2026-10", "2026-01")
    ]

    def named(text: str) -> set[tuple[str, str]]:
        return {(fact["name"], fact["period"]) for fact in bulletin.mentioned(text, facts)}

    november = {("诉求工单受理量", "2026-11"), ("诉求工单按时办结率", "2026-11")}
    assert named("2026年11月，全市受理诉求工单72件，按时办结率99%。") == november
    assert named("11 月诉求工单受理量72件；返工情况好转，诉求工单按时办结率见附件。") == november
    assert named("受理诉求工单72件。") == set(), "no month is named"
    assert named("11月受理诉求30件。联办工单按时办结率99%。") == set(), (
        "parts of a name in two sentences are no name"
    )
    assert named("1月返工率3%。") == {("返工率", "2026-01")}
