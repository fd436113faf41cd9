"""How well a message fits each item of a list, from the words of the list alone (清单评分).

Three readings are added after each is made comparable (mean 0, spread 1 over the items): TF-IDF cosine of
runs of one to three letters, BM25 of runs of one and two, and LSA (latent themes) learned from the town's own
messages without any label. A new town that has a list and no history is served by this module alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from sanfu.kernel.text.features import Floats, inverse_frequency, weighted
from sanfu.kernel.text.grams import Keys, Vocabulary, gram_keys
from sanfu.kernel.text.prepare import tidy

THEMES = 100
FEWEST_TEXTS_FOR_THEMES = 50
BEST_ITEMS_OF_A_CLASS = 3
_BM25_SATURATION, _BM25_LENGTH = 1.2, 0.5


@dataclass(frozen=True)
class ListItem:
    """A leaf of a list; `path` names its classes from the top; `own` false: a decoy, not this town's."""

    code: str
    path: tuple[str, ...]
    name: str
    phrasings: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    own: bool = True

    def words(self) -> str:
        """All words of the item; its own name twice, because it tells the item from its siblings."""
        return tidy("。".join((*self.path, self.name, self.name, *self.phrasings, *self.keywords)))


def standard(scores: Floats) -> Floats:
    """Each row with mean 0 and spread 1."""
    if not scores.shape[1]:
        return scores
    centred: Floats = (scores - scores.mean(axis=1, keepdims=True)) / (
        scores.std(axis=1, keepdims=True) + 1e-9
    )
    return centred


def _bm25(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """BM25 weights of the items' grams."""
    if not counts.shape[0]:
        return counts
    length = np.asarray(counts.sum(axis=1), dtype=np.float64).ravel()
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log(1 + (counts.shape[0] - seen + 0.5) / (seen + 0.5))
    norm = _BM25_SATURATION * (1 - _BM25_LENGTH + _BM25_LENGTH * length / max(length.mean(), 1e-9))
    cells = counts.tocoo()
    times = cells.data.astype(np.float64)
    value = times * (_BM25_SATURATION + 1) / (times + norm[cells.row]) * rarity[cells.col]
    return sparse.csr_matrix((value, (cells.row, cells.col)), shape=counts.shape)


def _unit(vectors: Floats) -> Floats:
    unit: Floats = vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)
    return unit


class _Themes:
    """LSA: items and messages as mixtures of themes found in the messages."""

    def __init__(self, texts: Sequence[str], items: Sequence[str]) -> None:
        keys = [gram_keys(text, 2) for text in texts]
        self.vocabulary = Vocabulary.of(keys, 3)
        counts = self.vocabulary.counts(keys)
        self.weights = inverse_frequency(counts)
        matrix = weighted(counts, self.weights)
        themes = min(THEMES, len(texts) // 4, len(self.vocabulary) - 1)
        self.axes: Floats = np.ascontiguousarray(randomized_svd(matrix, themes, random_state=0)[2].T)
        self.items = self._place(items)

    def _place(self, texts: Sequence[str]) -> Floats:
        counts = self.vocabulary.counts([gram_keys(text, 2) for text in texts])
        return _unit(np.asarray(weighted(counts, self.weights) @ self.axes))

    def scores(self, texts: Sequence[str]) -> Floats:
        return self._place(texts) @ self.items.T


class ListScorer:
    """Scores of messages against the items of one list; the order in which items are given plays no part."""

    def __init__(self, items: Sequence[ListItem], texts: Sequence[str]) -> None:
        """`texts`: prepared messages of the town, unlabelled; they weigh the grams and make the themes."""
        self.items = sorted(items, key=lambda item: (item.path, item.name, item.code, item.phrasings))
        documents = [item.words() for item in self.items]
        long_keys = [gram_keys(text, 3) for text in documents]
        self._long = Vocabulary.of(long_keys)
        long_counts = self._long.counts(long_keys)
        # A handful of messages says nothing about how common a gram is; it would only blur the list.
        enough = texts if len(texts) >= FEWEST_TEXTS_FOR_THEMES else ()
        seen = self._long.counts([gram_keys(text, 3) for text in enough])
        self._weights = inverse_frequency(sparse.vstack([long_counts, seen], format="csr"))
        self._items_long = weighted(long_counts, self._weights)
        self._cosine = self._items_long.T.tocsr()
        short_keys = [gram_keys(text, 2) for text in documents]
        self._short = Vocabulary.of(short_keys)
        self._bm25 = _bm25(self._short.counts(short_keys)).T.tocsr()
        self._themes = _Themes(texts, documents) if len(texts) >= FEWEST_TEXTS_FOR_THEMES else None

    def scores(self, texts: Sequence[str]) -> Floats:
        """Shape (texts, items): mean 0 and spread 1 in each row."""
        counts = self._long.counts([gram_keys(text, 3) for text in texts])
        total = standard((weighted(counts, self._weights) @ self._cosine).toarray())
        asked = self._short.counts([gram_keys(text, 2) for text in texts]).astype(np.float64)
        asked.data = 1 + np.log(asked.data)
        total = total + standard((asked @ self._bm25).toarray())
        if self._themes:
            total = total + standard(self._themes.scores(texts))
        return standard(total)

    def item_weights(self, place: int) -> tuple[Keys, Callable[[NDArray[np.intp]], Floats]]:
        """Grams of one item and how much each speaks for it."""
        row = slice(self._items_long.indptr[place], self._items_long.indptr[place + 1])
        order = np.argsort(self._items_long.indices[row])
        columns = self._items_long.indices[row][order]
        weights = self._items_long.data[row][order] * self._weights[columns]
        return self._long.keys[columns], lambda places: weights[places]


def class_scores(scores: Floats, owner: NDArray[np.int64], classes: int) -> Floats:
    """Class score = sum of its three best items; `owner` is each item's class number, −1 for none.

    A class with fewer than three items is filled up with 0, the mean of the row. Shape (texts, classes).
    """
    result = np.zeros((len(scores), classes))
    for number in range(classes):
        own = scores[:, owner == number]
        best = np.sort(own, axis=1)[:, -BEST_ITEMS_OF_A_CLASS:]
        result[:, number] = best.sum(axis=1)
    return result
