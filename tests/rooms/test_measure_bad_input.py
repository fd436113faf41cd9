"""Bad input to figures: clear words and nothing half done, one test a line of what people really do wrong."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document
from docx.oxml import OxmlElement

from sanfu.kernel.claims.check import check
from sanfu.kernel.claims.verdicts import Verdict
from sanfu.kernel.duties.documents import read_document
from sanfu.kernel.indicators.formula import BadFormula, parse
from sanfu.measure.actions import freezing, store
from sanfu.measure.counting import COUNTY
from sanfu.measure.kinds import row_kinds
from sanfu.measure.models import Closing, FrozenCell, FrozenRow
from sanfu.people.models import Organisation, User
from sanfu.records.actor import Conflict, Refused
from tests.histories import REGION, taken, unit, who

NOW = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)
MARCH = date(2026, 3, 1)
SHARE: dict[str, Any] = {
    "id": "x", "rows": "cases", "name": "试", "month": "due", "measure": "share", "where": ["clocked"], "hit": ["in_time"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"hit": ["sunny"]}, "sunny"),
        ({"where": {"all": ["clocked"], "any": ["rainy"]}}, "rainy"),
        ({"measure": "ratio", "of": "days", "over": "moves", "hit": None, "where": []}, "分母可能为零"),
        ({"rows": "weather"}, "weather"),
        ({"month": "someday"}, "someday"),
    ],
)
def test_a_formula_that_cannot_be_is_refused_by_name(change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadFormula, match=says):
        parse(SHARE | change, row_kinds())


def tracked() -> bytes:
    """A Word file in which 20% was crossed out and 25% was put in, both as tracked changes."""
    document, words = Document(), "受理诉求由80件增加到100件，增长"
    paragraph = document.add_paragraph(words)
    for kind, tag, text in (("del", "delText", "20%"), ("ins", "t", "25%")):
        change, run, said = (OxmlElement(f"w:{name}") for name in (kind, "r", tag))
        said.text = text
        run.append(said)
        change.append(run)
        paragraph._p.append(change)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_word_file_with_tracked_changes_is_read_as_it_would_be_accepted() -> None:
    document = read_document(tracked(), "修订.docx")
    assert "25%" in document.text
    assert "20%" not in document.text
    assert check(document.text).verdict is not Verdict.WRONG
    assert any("修订" in note for note in document.notes)


def test_a_briefing_of_three_hundred_pages_is_checked_whole() -> None:
    page = "受理诉求由80件增加到100件，增长25%。" + "各镇各部门认真办理群众诉求，确保件件有着落。" * 20 + "\n"
    report = check(page * 300)
    assert len(report.of(Verdict.OK)) >= 300
    assert not report.of(Verdict.WRONG)


@pytest.mark.django_db
@pytest.mark.usefixtures("county")
def test_the_page_says_what_is_wrong_with_a_file() -> None:
    client = Client()
    client.force_login(User.objects.get(login="wushuang"))
    for name, content in (
        ("坏.docx", b"PK\x03\x04 nothing"),
        ("照片.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00"),
        ("空.txt", b""),
    ):
        answer = client.post("/leader/book/claims/", {"text": "", "file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 422, name
        assert '<div class="text">' not in answer.content.decode()
    answer = client.post("/leader/book/claims/", {"text": "受理诉求100件。" * 20_000})
    assert answer.status_code == 422
    assert "分成几个部分" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("county")
def test_a_cut_in_the_future_and_a_second_closing_leave_nothing_half_closed() -> None:
    taken(datetime(2026, 3, 9, 2, 0, tzinfo=UTC))
    store.rebuild(region=REGION, at=NOW)
    by = who("wushuang")
    for month in (date(2026, 6, 1), date(2027, 1, 1)):
        with pytest.raises(Refused, match="不能在将来"):
            freezing.close(month, by=by, at=NOW)
    assert not Closing.objects.exists()
    first = freezing.close(MARCH, by=by, at=NOW)
    rows, cells = FrozenRow.objects.count(), FrozenCell.objects.count()
    with pytest.raises(Conflict, match=by.name):
        freezing.close(MARCH, by=who("wushuang"), at=NOW + timedelta(seconds=1))
    assert (FrozenRow.objects.count(), FrozenCell.objects.count()) == (rows, cells)
    assert [one.id for one in Closing.objects.all()] == [first.id]


@pytest.mark.django_db
@pytest.mark.usefixtures("county")
def test_a_unit_merged_after_the_cut_keeps_its_closed_month() -> None:
    """The unit's cases go to another one: the closed month still says who led then, the change stands beside it."""
    from sanfu.grassroots.tickets import actions

    ticket = taken(datetime(2026, 3, 9, 2, 0, tzinfo=UTC))
    at = datetime(2026, 3, 9, 3, 0, tzinfo=UTC)
    actions.dispatch(ticket, unit("CGJ"), reason="清单", by=who("chenfang"), at=at)
    store.rebuild(region=REGION, at=NOW)
    closing = freezing.close(MARCH, by=who("wushuang"), at=NOW)
    assert freezing.current(closing, "opened-ticket", unit("CGJ").id) == (1, 0)
    Organisation.objects.filter(pk=unit("CGJ").id).update(name="城管局（已并入）")
    ticket.case.refresh_from_db()
    ticket.case.lead = unit("SWJ")
    ticket.case.save(update_fields=["lead"])
    store.rebuild(region=REGION, at=NOW + timedelta(hours=1))
    assert freezing.current(closing, "opened-ticket", unit("CGJ").id) == (1, 0)
    assert freezing.current(closing, "opened-ticket", COUNTY) == (1, 0)
    assert freezing.verified(closing)
    assert freezing.late(closing).changed >= 1
