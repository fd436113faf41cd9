"""Near-duplicates and messages about the same event (近似重复与同一事件)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sanfu.kernel.text.grams import Vocabulary, shingle_keys

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
