"""Which words of a message speak for a suggestion, as spans of the message as it was typed (依据)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sanfu.kernel.text.features import Floats, words
from sanfu.kernel.text.grams import Keys, code_points
from sanfu.kernel.text.prepare import Prepared

SPANS_SHOWN = 5
_FEWEST_LETTERS = 2
_HOT_SHARE = 0.35  # a letter is part of a span when it has at least this share of the hottest letter's weight
_STRIPPED = "，。、；：？！“”‘’（）《》【】…—·,.;:?!()[]<>\"'-_/|~ "
_MARKS = frozenset(_STRIPPED)

Weigh = Callable[[NDArray[np.intp]], Floats]


@dataclass(frozen=True)
class Evidence:
    """A stretch of the message that speaks for a suggestion; `start`, `end` count in the original."""

    words: str
    start: int
    end: int
    weight: float


def _runs(hot: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Start and end of each run of true letters."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], hot.astype(np.int8), [0]])))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


class Reader:
    """One message made ready to be marked: its grams, words and punctuation are found once."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        points = code_points(prepared.text)
        self._grams = [points]
        while len(self._grams) < 3 and len(self._grams[-1]) > 1:
            self._grams.append((self._grams[-1][:-1] << np.uint64(21)) | points[len(self._grams) :])
        self._marks = np.array([letter in _MARKS for letter in prepared.text], dtype=np.bool_)
        lengths = np.array([len(word) for word in words(prepared.text)], dtype=np.int64)
        starts = np.cumsum(lengths) - lengths
        self._starts = starts[starts < len(prepared.text)]

    def _heat(self, keys: Keys, weigh: Weigh) -> Floats:
        """Weight of each letter: summed over its grams; a gram's weight is shared by its letters."""
        heat = np.zeros(len(self.prepared.text))
        for size, grams in enumerate(self._grams, 1):
            place = np.minimum(np.searchsorted(keys, grams), len(keys) - 1)
            known = np.flatnonzero(keys[place] == grams)
            weight = weigh(place[known]) / size
            for step in range(size):
                heat[known + step] += weight
        heat[self._marks] = 0.0
        return heat

    def _whole_words(self, hot: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Mark whole words: a word is hot when at least half of its characters are; nobody reads half a word."""
        lengths = np.diff(np.append(self._starts, len(hot)))
        hot_letters = np.add.reduceat(hot.astype(np.int64), self._starts)
        return np.repeat(hot_letters * 2 >= lengths, lengths)

    def spans(self, keys: Keys, weigh: Weigh) -> tuple[Evidence, ...]:
        """The hottest stretches, strongest first, each wording once.

        `keys`: sorted grams; `weigh` gives the weights of the keys at some places.
        """
        if not self.prepared.text or not len(keys):
            return ()
        heat = self._heat(keys, weigh)
        if heat.max() <= 0:
            return ()
        found: dict[str, Evidence] = {}
        for start, end in _runs(self._whole_words(heat >= _HOT_SHARE * heat.max())):
            wording, weight = self.prepared.text[start:end].strip(_STRIPPED), float(heat[start:end].sum())
            if len(wording) >= _FEWEST_LETTERS and (wording not in found or found[wording].weight < weight):
                first = self.prepared.text.index(wording, start)
                span = self.prepared.span(first, first + len(wording))
                found[wording] = Evidence(wording, *span, round(weight, 4))
        ranked = sorted(found.values(), key=lambda evidence: (-evidence.weight, evidence.start))
        return tuple(ranked[:SPANS_SHOWN])
