"""Message text made comparable, with the way back to the letters the citizen typed (文本规整).

Nothing is lost: the original is kept by whoever stores the message; what is prepared here is a shorter,
uniform reading of it, and `Prepared.offsets` says for each prepared letter where it stood.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

# A message is matched on its beginning and its end: people say what they want first or last, and a pasted
# law text of 100,000 characters must cost no more than a long letter.
HEAD_LETTERS = 2000
TAIL_LETTERS = 400

_DROPPED = re.compile(
    r"<(?:script|style)\b[^>]{0,2000}>.{0,20000}?</(?:script|style)\s{0,9}>"  # code is not speech
    r"|<!--.{0,20000}?-->"
    r"|</?[a-zA-Z][^<>]{0,2000}>"  # any tag
    r"|&(?:nbsp|ensp|emsp|thinsp|zwnj|zwj);"
    r"|[\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\x00-\x1f\x7f-\x9f]+",
    re.DOTALL,
)
_ENTITY = re.compile(r"&(amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_ENTITY_LETTERS = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}

# One Chinese mark each for what keyboards of several regions produce.
_PUNCTUATION = str.maketrans("「」『』﹁﹂﹃﹄〈〉﹑､｡﹐﹔﹕﹖﹗．‧・", "“”“”“”“”《》、、。,;:?!.··")


@dataclass(frozen=True)
class Prepared:
    """Prepared text and, for each of its letters, the index in the original."""

    text: str
    original: str = field(repr=False)
    offsets: NDArray[np.int32] = field(repr=False, compare=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Span `[start, end)` of the prepared text as a span of the original."""
        if start >= end:
            return (0, 0)
        return int(self.offsets[start]), int(self.offsets[end - 1]) + 1


@lru_cache(maxsize=16384)
def _letter(letter: str) -> str:
    """Half-width, lower-case form of one letter; kept as it is when the form is not one letter."""
    folded = normalize("NFKC", letter).lower()
    return folded if len(folded) == 1 else letter


def _bounded(text: str) -> tuple[str, int]:
    """Head and tail of a long message and where the tail was cut from (0: nothing cut)."""
    if len(text) <= HEAD_LETTERS + TAIL_LETTERS:
        return text, 0
    return text[:HEAD_LETTERS] + text[-TAIL_LETTERS:], len(text) - TAIL_LETTERS


def _entity(found: re.Match[str]) -> str:
    """The letter that an HTML entity stands for, a space when there is none."""
    name = found.group(1)
    if not name.startswith("#"):
        return _ENTITY_LETTERS[name]
    number = int(name[2:], 16) if name[1] == "x" else int(name[1:])
    return chr(number) if 32 <= number < 0x110000 and not 0xD800 <= number < 0xE000 else " "


def _pieces(text: str) -> list[tuple[str, int]]:
    """Kept stretches of the text with their start; an entity becomes one letter."""
    pieces: list[tuple[str, int]] = []
    start = 0
    for found in _DROPPED.finditer(text):
        if found.start() > start:
            pieces.append((text[start : found.start()], start))
        start = found.end()
    pieces.append((text[start:], start))
    if "&" not in text:
        return pieces
    split: list[tuple[str, int]] = []
    for piece, at in pieces:
        last = 0
        for found in _ENTITY.finditer(piece):
            split += [(piece[last : found.start()], at + last), (_entity(found), at + found.start())]
            last = found.end()
        split.append((piece[last:], at + last))
    return split


def prepare(message: str) -> Prepared:
    """Fold width, case and punctuation, drop tags and white space, bound the length.

    Cost grows with the bounded length only (a few thousand letters), whatever is pasted.
    """
    text, tail_from = _bounded(message)
    letters: list[str] = []
    offsets: list[NDArray[np.int32]] = []
    for piece, at in _pieces(text):
        if piece:
            letters.append("".join(map(_letter, piece.translate(_PUNCTUATION))))
            offsets.append(np.arange(at, at + len(piece), dtype=np.int32))
    place = np.concatenate(offsets) if offsets else np.empty(0, np.int32)
    if tail_from:
        place = np.where(place >= HEAD_LETTERS, place - HEAD_LETTERS + tail_from, place).astype(np.int32)
    return Prepared("".join(letters), message, place)


def tidy(message: str) -> str:
    """Prepared text alone."""
    return prepare(message).text
