"""Texts with marks in them: what changed between two versions, and which words a suggestion rests on."""

import difflib
import re
from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

PIECE = re.compile(r"[0-9A-Za-z.%]+|\s+|.", re.S)


_HALF = re.compile(r"(?<=[\u4e00-\u9fff”」）])([,;:!?])(?=[\u4e00-\u9fff“「 ])\s?")
_FULL = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？"}


def well_set(sentence: str) -> str:
    """A Chinese sentence with full-width punctuation between its characters; numbers and code stay as they are."""
    return _HALF.sub(lambda mark: _FULL[mark.group(1)], sentence)


def difference(old: str, new: str) -> SafeString:
    """Old and new as one text with `<del>` and `<ins>`; numbers and words are never cut in two."""
    a, b = PIECE.findall(old), PIECE.findall(new)
    out: list[tuple[str, str]] = []
    for kind, i, j, k, m in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            out.append(("", "".join(a[i:j])))
            continue
        if i < j:
            out.append(("del", "".join(a[i:j])))
        if k < m:
            out.append(("ins", "".join(b[k:m])))
    return mark_safe("".join(_piece(kind, words) for kind, words in out))


def _piece(kind: str, words: str) -> SafeString:
    if not kind:
        return format_html("{}", words)
    return format_html("<{0}>{1}</{0}>", mark_safe(kind), words)


def highlighted(whole: str, spans: Iterable[tuple[int, int, str]]) -> SafeString:
    """The text with every span in a `<mark>`; of two that overlap the later start is cut to what is left."""
    parts: list[tuple[str, str, str]] = []
    at = 0
    for start, end, label in sorted(spans):
        start, end = max(start, at), min(end, len(whole))
        if start >= end:
            continue
        parts.append((whole[at:start], whole[start:end], label))
        at = end
    marked = format_html_join("", "{}<mark>{}<sup>{}</sup></mark>", parts)
    return format_html("{}{}", marked, whole[at:])
