"""Uploads are hostile: what is kept is what it says it is."""

import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from sanfu.records import files
from sanfu.records.actor import Refused, machine
from sanfu.records.models import StoredFile

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
