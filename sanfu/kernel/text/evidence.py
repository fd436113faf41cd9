"""Which words of a message speak for a suggestion, as spans of the message as it was typed (依据)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sanfu.kernel.text.features import Floats, words
from sanfu.kernel.text.grams import Keys, code_points
from sanfu.kernel.text.prepare import Prepared

SPANS_SHOWN = 5
_FEWEST_LETTERS = 2
_HOT_SHARE = 0.35  # a letter is part of a span when it has at least this share of the hottest letter's weight
Starts = NDArray[np.int64]

_MARKS = set("，。、；：？！“”‘’（）《》【】…—·,.;:?!()[]<>\"'-_/|~ ")


@dataclass(frozen=True)
class Evidence:
    """A stretch of the message that speaks for a suggestion; `start`, `end` count in the original."""

    words: str
    start: int
    end: int
    weight: float


def _heat(points: Keys, keys: Keys, weights: Floats) -> Floats:
    """Weight of each letter: summed over its grams; a gram's weight is shared by its letters."""
    heat = np.zeros(len(points))
    grams = points
    for size in range(1, 4):
        if size > 1:
            grams = (grams[:-1] << np.uint64(21)) | points[size - 1 :]
        if not len(grams):
            break
        place = np.minimum(np.searchsorted(keys, grams), len(keys) - 1)
        weight = np.where(keys[place] == grams, weights[place], 0.0) / size
        for step in range(size):
            heat[step : step + len(grams)] += weight
    return heat


def _runs(hot: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Start and end of each run of true letters."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], hot.astype(np.int8), [0]])))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def word_starts(text: str) -> Starts:
    """Where each word of a prepared text starts; cut once a message, used for every suggestion."""
    lengths = np.array([len(word) for word in words(text)], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]) if len(lengths) else np.zeros(1, np.int64)
    return np.asarray(starts[starts < max(1, len(text))], dtype=np.int64)


def _whole_words(starts: Starts, hot: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A word of which at least half is hot is hot as a whole, any other is not: nobody reads half a word."""
    lengths = np.diff(np.append(starts, len(hot)))
    hot_letters = np.add.reduceat(hot.astype(np.int64), starts)
    return np.repeat(hot_letters * 2 >= lengths, lengths)


def speaking_spans(prepared: Prepared, starts: Starts, keys: Keys, weights: Floats) -> tuple[Evidence, ...]:
    """The hottest stretches, strongest first, each wording once.

    `starts`: word starts of the prepared text; `keys` sorted, `weights` beside them.
    """
    if not prepared.text or not len(keys):
        return ()
    heat = _heat(code_points(prepared.text), keys, weights)
    heat[[letter in _MARKS for letter in prepared.text]] = 0.0
    if heat.max() <= 0:
        return ()
    found: dict[str, Evidence] = {}
    for start, end in _runs(_whole_words(starts, heat >= _HOT_SHARE * heat.max())):
        wording, weight = prepared.text[start:end], float(heat[start:end].sum())
        if end - start >= _FEWEST_LETTERS and (wording not in found or found[wording].weight < weight):
            found[wording] = Evidence(wording, *prepared.span(start, end), round(weight, 4))
    ranked = sorted(found.values(), key=lambda evidence: (-evidence.weight, evidence.start))
    return tuple(ranked[:SPANS_SHOWN])
