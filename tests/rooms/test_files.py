"""Uploads are hostile: what is kept is what it says it is."""

import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from sanfu.enterprise.visits.models import Operation
from sanfu.lists.models import ListImport
from sanfu.records import files, references
from sanfu.records.actions import append
from sanfu.records.actor import Refused, machine
from sanfu.records.enclosures import Kept, enclose
from sanfu.records.ids import new_id
from sanfu.records.models import Event, Job, StoredFile
from sanfu.records.queries import verify_chains

AT = datetime(2026, 3, 2, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj\n"


def packed(*names: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for name in names:
            pack.writestr(name, "x")
    return out.getvalue()


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def keep(name: str, content: bytes) -> StoredFile:
    return files.store(name=name, content=BytesIO(content), by=machine("329900"), at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("清单.pdf", PDF),
        ("表.xlsx", packed("xl/workbook.xml")),
        ("说明.txt", "说明".encode("gbk")),
        ("../../a.pdf", PDF),
    ],
)
def test_honest_files_are_kept_as_they_came(name: str, content: bytes) -> None:
    stored = keep(name, content)
    assert files.read(stored) == content
    assert "/" not in stored.name


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("发票.pdf", b"MZ\x90\x00", "可执行"),
        ("照片.png", PDF, "不符"),
        ("照片.pdf", b"\x89PNG\r\n\x1a\n", "不符"),
        ("说明.txt", b"a\x00b", "改过扩展名"),
        ("表.xlsx", packed("xl/vbaProject.bin"), "宏"),
        ("包.zip", packed("a.txt"), "压缩包"),
        ("坏.docx", b"PK\x03\x04broken", "损坏"),
        ("空.pdf", b"", "空文件"),
        ("脚本.txt", b"#!/bin/sh\nrm -rf /", "可执行"),
    ],
)
def test_dishonest_files_are_refused_and_nothing_is_kept(name: str, content: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says):
        keep(name, content)
    assert StoredFile.objects.count() == 0


@pytest.mark.django_db
def test_too_large_a_file_is_refused(settings: Settings) -> None:
    settings.UPLOAD_LIMIT = 1024
    with pytest.raises(Refused, match="超过"):
        keep("大.pdf", PDF + b"x" * 2000)


LATER = AT + timedelta(days=31)


def _old(name: str, text: str) -> StoredFile:
    return keep(name, PDF + text.encode())


@pytest.mark.django_db
def test_only_what_nothing_refers_to_is_removed_and_only_after_its_days() -> None:
    by = machine("329900", "无主文件清理")
    with_row, in_event, in_job, as_column, lost = (_old(f"{n}.pdf", str(n)) for n in range(5))
    twin = _old("同样内容.pdf", "0")  # nothing refers to it, but its bytes are another's too
    fresh = files.store(name="新.pdf", content=BytesIO(PDF + b"new"), by=by, at=LATER - timedelta(days=29))
    ListImport.objects.create(
        region="329900",
        kind="requests",
        file=with_row,
        rows=0,
        items=0,
        errors=0,
        warnings=0,
        report=[],
        at=AT,
    )
    stream = new_id()
    kept = Kept(str(in_event.id), in_event.name, in_event.media_type, in_event.size, in_event.sha256, "")
    append(stream=stream, kind="ticket.contact", by=by, at=AT, data={})
    enclose([kept], stream=stream, kind="ticket", by=by, at=AT)
    Job.objects.create(region="329900", kind="x", title="x", params={"file": str(in_job.id)}, created_at=AT)
    Operation.objects.create(
        id=new_id(), region="329900", kind="x", record=as_column.id, digest="", body={}, by_name="x", at=AT
    )
    assert files.reap(region="329900", by=by, at=AT + timedelta(days=29)) == 0
    assert files.reap(region="329900", by=by, at=LATER) == 2
    left = set(StoredFile.objects.values_list("id", flat=True))
    assert left == {with_row.id, in_event.id, in_job.id, as_column.id, fresh.id}
    assert twin.sha256 == with_row.sha256
    assert files.read(with_row).startswith(PDF)
    assert not files.path_of("329900", lost.sha256).exists()
    gone = Event.objects.filter(kind="records.file_reaped").values_list("stream", flat=True)
    assert set(gone) == {lost.id, twin.id}
    assert verify_chains(region="329900", stream=lost.id)[1] == []


def test_every_room_with_files_is_looked_at() -> None:
    tables = {model._meta.db_table for model, _ in references._foreign_keys()}
    assert {"tickets_attachment", "scenes_material", "visits_photo", "lists_import", "land_import"} <= tables
