"""随附照片和文件: the field of an act's form, what stands in the timeline, and the door through which files are opened.

class ContactForm(forms.Form):
    words = …
    enclosures = EnclosureField()                   # or enclosing(ContactForm): the same form with the field
kept = keep(form, by=by, at=at)                     # also when the form comes back: nobody photographs twice
with transaction.atomic():
    done = actions.contact(…)
    attach(form, kept, case=case, done=done, by=by, at=at)
lines = with_files(lines, case.pk, "officer:visit_file", may_open=True)
return serve(request, case.pk, file_id)             # in the view of that route
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast
from urllib.parse import quote

from django import forms
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from sanfu.cases.models import Case
from sanfu.records import files
from sanfu.records.actor import Actor, Refused
from sanfu.records.enclosures import (
    ACCEPTED,
    KIND,
    MOST_BYTES,
    MOST_FILES,
    Kept,
    Prepared,
    enclosed,
    enclosure,
    prepare,
)
from sanfu.records.enclosures import enclose as enclose_files
from sanfu.records.enclosures import keep as keep_file
from sanfu.records.models import StoredFile
from sanfu.records.pictures import small

FIELD = "enclosures"
SIZES = {"small": 360, "large": 1600}
_SALT = "sanfu.enclosures"
F = TypeVar("F", bound=forms.Form)


@dataclass(frozen=True)
class Sent:
    """What a form sent: new files, tokens of those already kept, and the two choices."""

    files: Sequence[Any] = ()
    tokens: Sequence[str] = ()
    with_position: bool = False
    shown: bool = False


@dataclass
class Given:
    """What the field holds after cleaning: prepared files, and files kept when the form was sent before."""

    prepared: list[Prepared] = field(default_factory=list)
    tokens: list[dict[str, Any]] = field(default_factory=list)
    shown: bool = False


class EnclosureInput(forms.ClearableFileInput):
    """Several files, a camera on a phone, and what was kept when the form came back."""

    allow_multiple_selected = True
    enclosing = True

    def __init__(self, *, public: bool = False, label: str = "") -> None:
        super().__init__()
        self.public = public
        self.kept: list[tuple[str, Kept]] = []
        self.sent = Sent()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Sent:
        """New files, tokens of kept ones, and the two ticks."""
        several = getattr(data, "getlist", lambda key: [data[key]] if key in data else [])
        given = files.getlist(name) if hasattr(files, "getlist") else (files or {}).get(name) or []
        given = given if isinstance(given, list | tuple) else [given]
        self.sent = Sent(
            [one for one in given if one],
            several(f"{name}-kept"),
            data.get(f"{name}-place") == "1",
            data.get(f"{name}-shown") == "1",
        )
        return self.sent

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Never: an empty choice is a choice."""
        return False


class EnclosureField(forms.Field):
    """Photos and files of one act. public: whether the person of the case may be shown the pictures."""

    widget: EnclosureInput

    def __init__(self, *, label: str = "照片和文件（可不附）", public: bool = False) -> None:
        super().__init__(label=label, required=False, widget=EnclosureInput(public=public))
        self.given = Given()

    def clean(self, value: Sent) -> Given:
        """Every file looked at; the good ones are held even when another is refused."""
        sent = value or Sent()
        self.given = Given(shown=sent.shown, tokens=list(filter(None, map(_read, sent.tokens))))
        if (count := len(sent.files) + len(self.given.tokens)) > MOST_FILES:
            raise forms.ValidationError(f"一次最多附{MOST_FILES}个，现在有{count}个；请挑最能说明问题的。")
        if sum(one.size for one in sent.files) > MOST_BYTES:
            raise forms.ValidationError(
                f"一次附的文件合计不能超过{MOST_BYTES // 1024 // 1024}MB；请分几次附，或压缩后再传。"
            )
        wrong = []
        for one in sent.files:
            try:
                self.given.prepared.append(prepare(one.name, one, with_position=sent.with_position))
            except Refused as refused:
                wrong.append(str(refused))
        if wrong:
            raise forms.ValidationError(wrong)
        return self.given


def enclosing(form: type[F]) -> type[F]:
    """The same form with room for photos and files; a form that has the field stays itself."""
    if FIELD in form.base_fields:
        return form
    return cast(type[F], _with_field(form))


@cache
def _with_field(form: type[forms.Form]) -> type[forms.Form]:
    return type(form.__name__, (form,), {FIELD: EnclosureField(), "__module__": form.__module__})


def _read(token: str) -> dict[str, Any] | None:
    try:
        said: dict[str, Any] = signing.loads(token, salt=_SALT, max_age=86_400)
    except signing.BadSignature:
        return None
    return said


def keep(form: forms.Form | None, *, by: Actor, at: datetime) -> list[Kept]:
    """Store the good files of a form and remember them in it, so that it can come back without losing them."""
    found = form.fields.get(FIELD) if form else None
    if not isinstance(found, EnclosureField):
        return []
    own = [
        {name: value for name, value in said.items() if name != "by"}
        for said in found.given.tokens
        if said.get("by") == str(by.id)
    ]
    kept = [Kept(**said) for said in own] + [keep_file(one, by=by, at=at) for one in found.given.prepared]
    found.given = Given(shown=found.given.shown, tokens=[{**asdict(one), "by": str(by.id)} for one in kept])
    found.widget.kept = [
        (signing.dumps(said, salt=_SALT), one) for said, one in zip(found.given.tokens, kept, strict=True)
    ]
    return kept


def attach(
    form: forms.Form | None, kept: Sequence[Kept], *, case: Case, done: Any, by: Actor, at: datetime
) -> None:
    """Tie kept files to the act that was just done (`done`: what its action returned)."""
    if form and kept:
        of = getattr(done, "event", None)
        shown = form.fields[FIELD].given.shown  # type: ignore[attr-defined]
        enclose_files(
            kept, stream=case.pk, kind=case.kind, of=of if isinstance(of, uuid.UUID) else None,
            shown=shown, by=by, at=at,
        )  # fmt: skip


def given_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """Cleaned data without the files: what an action is called with."""
    return {name: value for name, value in said.items() if name != FIELD}


def with_files(
    lines: Iterable[dict[str, Any]],
    stream: uuid.UUID,
    route: str,
    *,
    may_open: bool,
    args: Sequence[Any] = (),
) -> list[dict[str, Any]]:
    """Lines of a timeline (each with `id` and `kind` of its event) with the files that came; their own lines go.

    route: named, called with `args` (the stream without) and the file.
    """
    found = enclosed(stream)
    return [
        {**line, "files": _files(found.get(str(line["id"]), ()), stream, route, args, may_open)}
        for line in lines
        if not line["kind"].endswith(f".{KIND}")
    ]


def _files(
    kept: Iterable[Kept], stream: uuid.UUID, route: str, args: Sequence[Any], may_open: bool
) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "picture": one.is_picture,
            "url": reverse(route, args=[*(args or [stream]), one.id]) if may_open else "",
            "taken": one.taken[:16].replace(":", "-", 2),
            "place": f"{one.lon:.5f}, {one.lat:.5f}" if one.lon is not None and one.lat is not None else "",
            "shown": one.shown,
        }
        for one in kept
    ]


def shown_pictures(stream: uuid.UUID, route: str, args: Sequence[Any]) -> list[dict[str, Any]]:
    """The pictures that the person of a case is shown, without a word of when and where they were taken."""
    kept = [one for files in enclosed(stream).values() for one in files if one.shown and one.is_picture]
    return [{"name": "", "picture": True, "url": reverse(route, args=[*args, one.id])} for one in kept]


def serve(
    request: HttpRequest, stream: uuid.UUID, file_id: uuid.UUID, *, public: bool = False
) -> HttpResponse:
    """A file of a case's event: a picture in the page (`?size=`), else a download.

    public: for the person of the case: only pictures that are shown to them, always drawn anew.
    """
    found = enclosure(stream, file_id)
    size = request.GET.get("size", "large" if public else "")
    if found is None or (public and not (found[0].shown and found[0].is_picture and size in SIZES)):
        raise Http404("没有这个文件。")
    kept, stored = found
    if size in SIZES and kept.is_picture:
        response = HttpResponse(small(files.read(stored), SIZES[size]), content_type="image/jpeg")
        response.headers["Cache-Control"] = "private, max-age=3600"
        return response
    return send_file(stored)


def send_file(stored: StoredFile) -> HttpResponse:
    """A stored file as a download that a browser never opens as a page."""
    response = HttpResponse(files.read(stored), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(stored.name)}"
    return response


def picker_context(bound: Any) -> dict[str, Any]:
    """What the template of the field shows."""
    widget = bound.field.widget
    return {
        "f": bound, "public": widget.public, "kept": widget.kept, "sent": widget.sent, "accepted": ACCEPTED,
        "most": MOST_FILES, "accept": "image/*,.heic,.heif,.pdf,.doc,.docx,.xls,.xlsx,.txt",
    }  # fmt: skip
