"""Near-duplicates and messages about the same event (近似重复与同一事件)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from sanfu.kernel.text.grams import Keys, Vocabulary, gram_keys, shingle_keys
from sanfu.kernel.text.mentions import find_places

EventVector = dict[int, float]  # gram → weight, length one

SHINGLE_LETTERS = 6
CONTAINED = 0.5


def containment(one: str, other: str) -> float:
    """Share of the shorter text's shingles that the other holds too; without any: 1 if equal."""
    first, second = shingle_keys(one, SHINGLE_LETTERS), shingle_keys(other, SHINGLE_LETTERS)
    fewer = min(len(first), len(second))
    return len(np.intersect1d(first, second)) / fewer if fewer else float(bool(one) and one == other)


def near_pairs(texts: Sequence[str], at_least: float = CONTAINED) -> NDArray[np.int64]:
    """Pairs (i, j), i < j, of prepared texts that contain each other to that degree. Shape (pairs, 2)."""
    shingles = [shingle_keys(text, SHINGLE_LETTERS) for text in texts]
    sizes = np.array([max(1, len(keys)) for keys in shingles])
    counts = Vocabulary.of(shingles, 2).counts(shingles)
    shared = (counts @ counts.T).tocoo()
    fewer = np.minimum(sizes[shared.row], sizes[shared.col])
    keep = (shared.row < shared.col) & (shared.data >= at_least * fewer)
    pairs = np.stack([shared.row[keep], shared.col[keep]], axis=1).astype(np.int64)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def near_groups(texts: Sequence[str], at_least: float = CONTAINED) -> NDArray[np.int64]:
    """Group number of each text: texts joined by near-duplicate pairs, equal short texts too."""
    parent = list(range(len(texts)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for one, other in near_pairs(texts, at_least):
        parent[root(int(other))] = root(int(one))
    first: dict[str, int] = {}
    for place, text in enumerate(texts):
        parent[root(place)] = root(first.setdefault(text, place))
    return np.array([root(place) for place in range(len(texts))], dtype=np.int64)


OPENING_LETTERS = 200  # the title and the first sentences name the event; what follows is everybody's own
EVENT_THRESHOLD = 0.50
PLACE_WEIGHT = 3.0  # two complaints about noise are one event only in the same place


class EventSpace:
    """Messages as vectors in which the same event lies close: rare grams of the opening, places above all."""

    def __init__(self, texts: Sequence[str]) -> None:
        """`texts`: prepared messages of the town; they say which grams are rare."""
        keys = [self._keys(text) for text in texts]
        self._vocabulary = Vocabulary.of(keys)
        seen = self._vocabulary.counts(keys)
        self._weights = (
            np.log((1 + seen.shape[0]) / (1 + np.bincount(seen.indices, minlength=seen.shape[1]))) + 1
        )
        self._unseen = float(np.log(1 + seen.shape[0]) + 1)

    @staticmethod
    def _keys(text: str) -> Keys:
        return gram_keys(text[:OPENING_LETTERS], 3, 2)

    def vector(self, text: str) -> EventVector:
        """A new gram, a new estate's name perhaps, counts as the rarest."""
        keys, times = np.unique(self._keys(text), return_counts=True)
        weights = np.full(len(keys), self._unseen)
        if len(self._vocabulary):
            place = np.minimum(np.searchsorted(self._vocabulary.keys, keys), len(self._vocabulary) - 1)
            known = self._vocabulary.keys[place] == keys
            weights[known] = self._weights[place[known]]
        hints = find_places(text[:OPENING_LETTERS])
        if hints:
            named = np.concatenate([gram_keys(hint.words, 3, 2) for hint in hints])
            weights = np.where(np.isin(keys, named), weights * PLACE_WEIGHT, weights)
        values = (1 + np.log(times)) * weights
        length = float(np.linalg.norm(values)) or 1.0
        return dict(zip(keys.tolist(), (values / length).tolist(), strict=True))


def likeness(one: EventVector, other: EventVector) -> float:
    """Cosine of two vectors of length one."""
    if len(one) > len(other):
        one, other = other, one
    return sum(value * other.get(key, 0.0) for key, value in one.items())


def group_events(texts: Sequence[str], threshold: float = EVENT_THRESHOLD) -> NDArray[np.int64]:
    """Average-link clusters of a closed set of messages: the event number of each (offline).

    Memory grows with the square of the number of messages: for a month's messages, not for a decade's.
    """
    if len(texts) < 2:
        return np.zeros(len(texts), dtype=np.int64)
    space = EventSpace(texts)
    vectors = [space.vector(text) for text in texts]
    keys = np.unique(np.concatenate([np.array(sorted(vector), dtype=np.uint64) for vector in vectors]))
    columns = [np.searchsorted(keys, np.array(sorted(vector), dtype=np.uint64)) for vector in vectors]
    values = [np.array([vector[key] for key in sorted(vector)]) for vector in vectors]
    ends = np.concatenate([[0], np.cumsum([len(part) for part in columns])])
    matrix = sparse.csr_matrix(
        (np.concatenate(values), np.concatenate(columns), ends), shape=(len(texts), len(keys))
    )
    distance = 1.0 - (matrix @ matrix.T).toarray()
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(np.maximum(distance, 0.0), checks=False), method="average")
    return np.asarray(fcluster(tree, 1.0 - threshold, criterion="distance"), dtype=np.int64) - 1


class EventStream:
    """Messages as they come, each joined to the event that it is most like or made a new one (online).

    An event is the mean of its messages. One pass; an index from gram to events keeps the cost of a message
    independent of how many events there are that share nothing with it.
    """

    def __init__(self, space: EventSpace, threshold: float = EVENT_THRESHOLD) -> None:
        self._space = space
        self._threshold = threshold
        self._sums: list[EventVector] = []
        self._squares: list[float] = []
        self._holders: dict[int, set[int]] = {}
        self.sizes: list[int] = []

    def _most_like(self, vector: EventVector) -> tuple[int, float]:
        shared: dict[int, float] = {}
        for key, value in vector.items():
            for event in self._holders.get(key, ()):
                shared[event] = shared.get(event, 0.0) + value * self._sums[event][key]
        best, most = -1, 0.0
        for event, product in sorted(shared.items()):
            near = product / (self._squares[event] ** 0.5 or 1.0)
            if near > most:
                best, most = event, near
        return best, most

    def candidates(self, text: str) -> tuple[int, float]:
        """Most similar event and the likeness, without joining; (−1, 0) when nothing is shared."""
        return self._most_like(self._space.vector(text))

    def add(self, text: str) -> int:
        """Event number of a new message."""
        vector = self._space.vector(text)
        event, near = self._most_like(vector)
        if event < 0 or near < self._threshold:
            event = len(self._sums)
            self._sums.append({})
            self._squares.append(0.0)
            self.sizes.append(0)
        self._join(event, vector)
        return event

    def _join(self, event: int, vector: EventVector) -> None:
        sums = self._sums[event]
        self._squares[event] += sum(value * (value + 2 * sums.get(key, 0.0)) for key, value in vector.items())
        for key, value in vector.items():
            sums[key] = sums.get(key, 0.0) + value
            self._holders.setdefault(key, set()).add(event)
        self.sizes[event] += 1
