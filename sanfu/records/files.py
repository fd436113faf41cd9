"""Stored files (文件): looked at before they are kept, named by their hash, never executed or trusted by name."""

import hashlib
import logging
import os
import secrets
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import connection, transaction
from django.db.models import ProtectedError

from sanfu.kernel.opening import Unopened, decoded
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Refused
from sanfu.records.models import StoredFile
from sanfu.records.references import unreferred
from sanfu.records.sealed import GONE, seal

# What a file really is, by its first bytes. Text is what decodes and holds no NUL.
log = logging.getLogger(__name__)
_MAGIC = (
    (b"%PDF-", "application/pdf", {".pdf"}),
    (b"\x89PNG\r\n\x1a\n", "image/png", {".png"}),
    (b"\xff\xd8\xff", "image/jpeg", {".jpg", ".jpeg"}),
    (b"\xd0\xcf\x11\xe0", "application/x-ole", {".doc", ".xls"}),
)
_OFFICE = {
    "word/": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", {".docx"}),
    "xl/": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", {".xlsx"}),
}
_EXECUTABLE = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa")
_TEXT = {".txt", ".csv", ".yaml", ".yml", ".md", ".psv", ".json", ".jsonl", ".geojson"}
_SHAPEFILE = {".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qpj", ".qix", ".fix", ".xml"}
ALLOWED = "PDF、Word、Excel、PNG、JPEG、CSV、TXT"
MOST_UNPACKED = 200 * 1024 * 1024


def sniff(name: str, head: bytes, whole: bytes) -> str:
    """Media type by content; Refused when it is executable, unknown, or not what its name says."""
    ending = Path(name).suffix.lower()
    if head.startswith(_EXECUTABLE):
        raise Refused(f"“{name}”含可执行内容，不能上传；请上传{ALLOWED}文件。")
    for magic, media, endings in _MAGIC:
        if head.startswith(magic):
            return _named(name, ending, media, endings)
    if head.startswith(b"PK\x03\x04"):
        return _office(name, ending, whole)
    if ending in _TEXT and _is_text(whole):
        return "text/plain"
    raise Refused(f"“{name}”的内容不是{ending or '已知'}格式，可能改过扩展名；请上传{ALLOWED}文件。")


def _named(name: str, ending: str, media: str, endings: set[str]) -> str:
    if ending not in endings:
        raise Refused(f"“{name}”的内容是{media}，与扩展名{ending}不符；请改回正确的扩展名后再传。")
    return media


def _office(name: str, ending: str, whole: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(whole)) as packed:
            parts = packed.infolist()
    except zipfile.BadZipFile as broken:
        raise Refused(f"“{name}”已损坏，打不开；请重新导出后再传。") from broken
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Refused(f"“{name}”解开后超过{MOST_UNPACKED // 1024 // 1024}MB,不能接收；请拆分后再传。")
    names = [part.filename for part in parts]
    if any(one.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) for one in names):
        raise Refused(f"“{name}”带宏或程序，不能上传；请另存为不含宏的文件。")
    if _is_shapefile([part.filename for part in parts if not part.is_dir()]):
        return _named(name, ending, "application/x-shapefile", {".zip"})
    for folder, (media, endings) in _OFFICE.items():
        if any(one.startswith(folder) for one in names):
            return _named(name, ending, media, endings)
    raise Refused(f"“{name}”是压缩包，不能直接上传；请解压后逐个上传。")


def _is_shapefile(names: list[str]) -> bool:
    """Whether a zip holds one shapefile and nothing else: surveyors hand out parcels this way."""
    endings = {Path(one).suffix.lower() for one in names}
    return {".shp", ".shx", ".dbf"} <= endings and endings <= _SHAPEFILE


def _is_text(whole: bytes) -> bool:
    if b"\x00" in whole:
        return False
    try:
        decoded(whole)
    except Unopened:
        return False
    return True


def checked(name: str, content: BinaryIO) -> tuple[str, bytes, str]:
    """Name without folders, bytes and media type of an upload, or Refused with the reason."""
    limit = settings.UPLOAD_LIMIT
    whole = content.read(limit + 1)
    safe = Path(name.replace("\\", "/")).name[:200] or "未命名"
    if len(whole) > limit:
        raise Refused(f"“{safe}”超过{limit // 1024 // 1024}MB;请压缩图片或拆分后再传。")
    if not whole:
        raise Refused(f"“{safe}”是空文件。")
    return safe, whole, sniff(safe, whole[:16], whole)


@transaction.atomic
def store(*, name: str, content: BinaryIO, by: Actor, at: datetime) -> StoredFile:
    """Keep a file as it came, or refuse it with the reason; the same bytes are kept once on disk."""
    safe, whole, media = checked(name, content)
    digest = hashlib.sha256(whole).hexdigest()
    path = path_of(by.region, digest)
    with connection.cursor() as cursor:  # until this file is in its table nobody takes the same bytes away
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [digest])
    if not path.exists():
        try:
            _write(path, whole)
        except OSError as failure:
            log.exception("a file of %d bytes was not stored", len(whole))
            raise Refused(
                f"服务器的存储空间不足或不可写，“{safe}”没有保存；请稍后重试，或告诉系统管理员。"
            ) from failure
    stored = StoredFile.objects.create(
        region=by.region, name=safe, media_type=media, size=len(whole), sha256=digest, by=by.id, at=at
    )
    data = seal({"name": safe, "sha256": digest}, ("name",), subject=stored.id, region=by.region)
    append(stream=stored.id, kind="records.file_stored", by=by, at=at, data=data)
    return stored


def reap(*, region: str, by: Actor, at: datetime) -> int:
    """Remove files that nothing refers to since `FILES_KEPT_DAYS`, each with an event; returns how many."""
    files = unreferred(region=region, before=at - timedelta(days=settings.FILES_KEPT_DAYS))
    return sum(_reaped(one, by, at) for one in files)


def _reaped(stored: StoredFile, by: Actor, at: datetime) -> bool:
    """Take one row away, and its bytes unless another row has the same; False when something refers to it after all."""
    with _alone_with(stored.sha256):
        try:
            with transaction.atomic():
                StoredFile.objects.filter(pk=stored.pk).delete()
                data = {"sha256": stored.sha256, "size": stored.size}
                append(stream=stored.pk, kind="records.file_reaped", by=by, at=at, data=data)
        except ProtectedError:
            return False
        _unlink(stored)
    return True


def erase(stored: StoredFile) -> None:
    """Take the name of a file away, and with the commit its bytes, unless a file that is not erased has the same."""
    StoredFile.objects.filter(pk=stored.pk).update(name=GONE)

    def take_bytes() -> None:
        with _alone_with(stored.sha256):
            _unlink(stored)

    transaction.on_commit(take_bytes)


@contextmanager
def _alone_with(digest: str) -> Iterator[None]:
    """Nobody stores, reaps or erases these bytes meanwhile; the lock is the one that `store` takes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [digest])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [digest])


def _unlink(stored: StoredFile) -> None:
    """Remove the bytes from the disk when every row that has them was erased."""
    twins = StoredFile.objects.filter(region=stored.region, sha256=stored.sha256).exclude(name=GONE)
    if not twins.exists():
        path_of(stored.region, stored.sha256).unlink(missing_ok=True)


def _write(path: Path, whole: bytes) -> None:
    """Put bytes in their place, readable by this account alone, so that a power cut leaves all of them or nothing."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(f".{secrets.token_hex(8)}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(whole)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new name too
        finally:
            os.close(folder)
    finally:
        part.unlink(missing_ok=True)


def path_of(region: str, digest: str) -> Path:
    """Where the bytes of a hash lie."""
    return Path(settings.MEDIA_ROOT) / region / digest[:2] / digest


def read(stored: StoredFile) -> bytes:
    """The bytes as they came."""
    return path_of(stored.region, stored.sha256).read_bytes()
