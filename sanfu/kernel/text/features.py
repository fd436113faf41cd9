"""Messages as sparse vectors: letters, words and the opening, each weighted by TF-IDF (特征).

The opening is counted apart because a message says its subject first; the three blocks were the best of those
measured on public messages (see docs/matcher.md for the command).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import rjieba
from numpy.typing import NDArray
from scipy import sparse

from sanfu.kernel.text.grams import Keys, Vocabulary, gram_keys

OPENING_LETTERS = 40

Floats = NDArray[np.float64]


@lru_cache(maxsize=1 << 16)
def word_key(word: str) -> int:
    """A word as a 64-bit number, the same in every process."""
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


@lru_cache(maxsize=4)
def words(text: str) -> tuple[str, ...]:
    """Words of a prepared text, in order; the last few are kept, one message is cut for several readers."""
    # The segmenter is native code and takes only valid text: a lone surrogate is read as a replacement mark.
    return tuple(rjieba.cut(text.encode("utf-8", "replace").decode("utf-8")))


def word_keys(text: str) -> Keys:
    """Keys of the words, repeated as they occur."""
    return np.array([word_key(word) for word in words(text)], dtype=np.uint64)


def letter_keys(text: str) -> Keys:
    """Keys of all runs of one to three letters."""
    return gram_keys(text, 3)


def opening_keys(text: str) -> Keys:
    """Keys of runs of one or two letters in the opening."""
    return gram_keys(text[:OPENING_LETTERS], 2)


BLOCKS = (letter_keys, word_keys, opening_keys)


def inverse_frequency(counts: sparse.csr_matrix) -> Floats:
    """Smoothed inverse document frequency of each column."""
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    weight: Floats = np.log((1 + counts.shape[0]) / (1 + seen)) + 1
    return weight


def unit_rows(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Rows scaled to length one; an empty row stays empty."""
    squares = matrix.multiply(matrix).sum(axis=1)
    length = np.sqrt(np.asarray(squares, dtype=np.float64).ravel())
    length[length == 0] = 1
    scaled = matrix.copy()
    scaled.data = scaled.data / np.repeat(length, np.diff(scaled.indptr))
    return scaled


def weighted(counts: sparse.csr_matrix, weights: Floats) -> sparse.csr_matrix:
    """TF-IDF with dampened counts (1 + log), rows of length one."""
    damped = counts.astype(np.float64)
    damped.data = (1 + np.log(damped.data)) * weights[damped.indices]
    return unit_rows(damped)


@dataclass(frozen=True)
class Block:
    """One kind of feature: its vocabulary, its weights and its first column."""

    vocabulary: Vocabulary
    weights: Floats
    first: int


class Features:
    """Columns learned from a set of texts; labels play no part."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = tuple(blocks)

    @classmethod
    def fit(cls, texts: Sequence[str], at_least: int = 2) -> tuple["Features", sparse.csr_matrix]:
        """Features seen in at least that many texts, and the texts' own matrix."""
        blocks: list[Block] = []
        parts: list[sparse.csr_matrix] = []
        first = 0
        for keys_of in BLOCKS:
            keys = [keys_of(text) for text in texts]
            vocabulary = Vocabulary.of(keys, at_least)
            counts = vocabulary.counts(keys)
            block = Block(vocabulary, inverse_frequency(counts), first)
            blocks.append(block)
            parts.append(weighted(counts, block.weights))
            first += len(vocabulary)
        return cls(blocks), sparse.hstack(parts, format="csr")

    def matrix(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """One row a text, all blocks beside each other."""
        parts = [
            weighted(block.vocabulary.counts([keys_of(text) for text in texts]), block.weights)
            for keys_of, block in zip(BLOCKS, self.blocks, strict=True)
        ]
        return sparse.hstack(parts, format="csr")

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.blocks[-1].first + len(self.blocks[-1].vocabulary)

    def word_columns(self) -> slice:
        """The columns of the word block."""
        return slice(self.blocks[1].first, self.blocks[2].first)
