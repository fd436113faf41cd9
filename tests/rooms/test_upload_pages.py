"""Uploads that are checked before they are kept, through their pages: result, sheet to mend, keeping once and only once."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from sanfu.enterprise.monitoring.models import SeriesUpload
from sanfu.enterprise.registry.models import Enterprise, Fact, FactImport
from sanfu.enterprise.research.models import Offer, OfferUpload
from sanfu.people.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("firms")]
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def sheet(*rows: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("gb18030")


def codes() -> list[str]:
    return list(Enterprise.objects.order_by("credit_code").values_list("credit_code", flat=True)[:2])


def facts() -> bytes:
    first, second = codes()
    return sheet(["信用代码", "2025.研发费用（万元）"], [first, "１2"], [second, "许多"])


def series() -> bytes:
    first, second = codes()
    return sheet(["统一社会信用代码", "月份", "用电量"], [first, "2026-09", "1000"], [second, "2026-13", "1"])


def offers() -> bytes:
    return sheet(
        ["名称", "单位", "说明"],
        ["演示检测平台", "演示大学", "材料检测和失效分析"],
        ["", "演示大学", "没有名称"],
    )


# where the file goes, the result's route, who, the file, rows of uploads, what was kept, words of the problem
UPLOADS = [
    ("officer:benefit_upload", "officer:benefit_import", "jiangyu", facts, FactImport, "许多"),
    ("officer:monitor_upload", "officer:monitor_import", "jiangyu", series, SeriesUpload, "2026-13"),
    ("officer:research_upload", "officer:research_import", "luoqi", offers, OfferUpload, "没有名称|名称"),
]


@pytest.mark.parametrize(
    ("send", "result", "login", "file", "model", "wrong"),
    UPLOADS,
    ids=[row[0].rpartition(":")[2] for row in UPLOADS],
)
def test_good_rows_are_kept_once_and_bad_ones_are_told(
    send: str, result: str, login: str, file: Any, model: Any, wrong: str
) -> None:
    client = Client()
    client.force_login(User.objects.get(login=login))
    form = client.get(reverse(send)).context["form"]
    given: dict[str, Any] = {"file": SimpleUploadedFile("表.csv", file())}
    if "source" in form.fields:
        given["source"] = form.fields["source"].choices[0][0]
    if "observed_on" in form.fields:
        given["observed_on"] = "2026-11-20"
    sent = client.post(reverse(send), given)
    made = model.objects.get()
    assert sent.status_code == 302, sent.context["form"].errors
    assert (made.total, len(made.good), len({one["line"] for one in made.errors})) == (2, 1, 1)
    page = client.get(reverse(result, args=[made.pk])).content.decode()
    assert "只把 1 个好行" in page
    sheets = b"".join(client.get(reverse(f"{result}_errors", args=[made.pk])))
    (head, row) = CalamineWorkbook.from_filelike(io.BytesIO(sheets)).get_sheet_by_index(0).to_python()
    assert (head[0], int(float(row[0]))) == ("行号", 3)
    before = Fact.objects.count(), Offer.objects.count()
    for keep, state in (("1", "kept"), ("1", "kept"), ("0", "kept")):  # who comes second changes nothing
        answer = client.post(reverse(f"{result}_decide", args=[made.pk]), {"keep": keep}, follow=True)
        assert answer.status_code == 200
        made.refresh_from_db()
        assert (made.state, made.kept) == (state, 1)
    after = Fact.objects.count(), Offer.objects.count()
    assert sum(after) - sum(before) == (0 if model is SeriesUpload else 1)


def test_another_room_or_county_has_no_such_upload() -> None:
    client = Client()
    client.force_login(User.objects.get(login="jiangyu"))
    for _, result, *_ in UPLOADS[:2]:
        assert client.get(reverse(result, args=["00000000-0000-0000-0000-000000000000"])).status_code == 404
    client.force_login(User.objects.get(login="hetao"))
    for _, result, *_ in UPLOADS:
        assert client.get(reverse(result, args=["00000000-0000-0000-0000-000000000000"])).status_code == 403
