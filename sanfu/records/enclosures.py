"""随附文件 (enclosures): photos and files that come with an act, kept with its event and hashed into the log.

    given = prepare("IMG_0412.HEIC", content)                       # looked at, a picture drawn anew
    kept = keep(given, by=by, at=at)
    enclose([kept], stream=case.pk, kind="ticket", of=stepped.event, by=by, at=at)
    enclosed(case.pk)                                               # event id → what came with it

The files stand in an event of their own ("ticket.enclosed") that follows the act in the same transaction and names it.
"""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from sanfu.records.actions import append
from sanfu.records.actor import Actor, Refused
from sanfu.records.files import checked, store
from sanfu.records.models import Event, StoredFile
from sanfu.records.pictures import cleaned, is_picture

KIND = "enclosed"
MOST_FILES = 9
MOST_BYTES = 60 * 1024 * 1024  # of one act
_PAPERS = {".pdf", ".doc", ".docx", ".xls", ".xlsx", ".txt"}
_LIVELY = (b"/JavaScript", b"/Launch", b"/RichMedia")
ACCEPTED = "照片（JPEG、PNG、HEIC）、PDF、Word、Excel、TXT"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was looked at and may be kept. sent: SHA-256 of what came, before a picture was drawn anew."""

    name: str
    content: bytes
    sent: str
    taken: str = ""
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as an event names it. sha256: of the bytes kept; sent: of the bytes that came; lon, lat: by choice only."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    sent: str
    taken: str = ""
    lon: float | None = None
    lat: float | None = None
    shown: bool = False

    @property
    def is_picture(self) -> bool:
        """Whether it can stand in a page as a picture."""
        return self.media_type in ("image/jpeg", "image/png")


def prepare(name: str, content: BinaryIO, *, with_position: bool = False) -> Prepared:
    """Look at one file: a picture is drawn anew without its position unless that is wanted; papers stay as they came.

    Raises:
        Refused: empty, too large, of another kind than its name says, a program, a paper with scripts, or broken.
    """
    limit = settings.UPLOAD_LIMIT
    whole = content.read(limit + 1)
    name = Path(name.replace("\\", "/")).name[:180] or "未命名"
    if len(whole) > limit:
        raise Refused(f"“{name}”超过{limit // 1024 // 1024}MB；请压缩或拆分后再传。")
    sent = hashlib.sha256(whole).hexdigest()
    if is_picture(name, whole[:16]):
        made = cleaned(name, whole, with_position=with_position)
        return Prepared(
            Path(name).stem + made.ending, made.content, sent, made.taken, lon=made.lon, lat=made.lat
        )
    name, whole, _ = checked(name, BytesIO(whole))
    if Path(name).suffix.lower() not in _PAPERS:
        raise Refused(f"“{name}”不能随附；这里可以附{ACCEPTED}。")
    if whole.startswith(b"%PDF-") and any(mark in whole for mark in _LIVELY):
        raise Refused(f"“{name}”带脚本或可启动内容；请打印成普通PDF后再传。")
    return Prepared(name, whole, sent)


def keep(given: Prepared, *, by: Actor, at: datetime) -> Kept:
    """Store a prepared file."""
    stored = store(name=given.name, content=BytesIO(given.content), by=by, at=at)
    return Kept(
        str(stored.id), stored.name, stored.media_type, stored.size, stored.sha256, given.sent,
        given.taken, given.lon, given.lat,
    )  # fmt: skip


def enclose(
    files: Sequence[Kept], *, stream: uuid.UUID, kind: str, of: uuid.UUID | None = None, shown: bool = False,
    by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Tie files to an act: one event that names the act's event (the newest of the stream without `of`).

    shown: whether the person the case is about sees the pictures too; kind: code of the case kind.
    """
    if not files:
        return
    if of is None:
        of = Event.objects.filter(stream=stream).order_by("-seq").values_list("id", flat=True).first()
    data = {"of": str(of), "shown": shown, "files": [_said(one) for one in files]}
    append(stream=stream, kind=f"{kind}.{KIND}", by=by, at=at, data=data)


def _said(one: Kept) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if value not in (None, "") and name != "shown"}


def enclosed(stream: uuid.UUID) -> dict[str, list[Kept]]:
    """Event id → the files that came with it, of one stream."""
    found: dict[str, list[Kept]] = defaultdict(list)
    rows = Event.objects.filter(stream=stream, kind__endswith=f".{KIND}").order_by("seq")
    for data in rows.values_list("data", flat=True):
        found[data["of"]] += [Kept(**one, shown=data["shown"]) for one in data["files"]]
    return dict(found)


def enclosure(stream: uuid.UUID, file_id: uuid.UUID) -> tuple[Kept, StoredFile] | None:
    """One file that an event of the stream names, or None."""
    for files in enclosed(stream).values():
        for one in files:
            if one.id == str(file_id):
                stored = StoredFile.objects.filter(pk=file_id).first()
                return (one, stored) if stored else None
    return None
