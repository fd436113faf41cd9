"""先例: ruled demands remembered; the nearest vote, with more weight the nearer and the more they are.

The memory mixes by n/(n+k): few rulings move little, many move much, none leaves the list alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from sanfu.kernel.duties.judging.verdicts import Verdict

NEIGHBOURS = 5
PRIOR = 1.0  # one exact precedent weighs as much as the list's own reading


@dataclass(frozen=True)
class Precedent:
    """A ruling that may be cited: its number, the text it ruled on, the issuer and the answer."""

    number: str
    text: str
    issuer: str
    verdict: Verdict
    code: str = ""
    note: str = ""


@dataclass(frozen=True)
class Vote:
    """What the nearest precedents say: a verdict, its share of the vote, the similarity, and which."""

    verdict: Verdict
    weight: float
    similarity: float
    numbers: tuple[str, ...]


class PrecedentMemory:
    """Nearest ruled precedents by character 1–3-gram cosine of text with issuer."""

    def __init__(self, precedents: Sequence[Precedent], least: float) -> None:
        self.precedents = tuple(precedents)
        self.least = least
        self.vectorizer: TfidfVectorizer | None = None
        if self.precedents:
            self.vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
            self.matrix = self.vectorizer.fit_transform([item.text for item in self.precedents])

    def similarities(self, texts: Sequence[str]) -> sparse.csr_matrix | None:
        """Shape (texts, precedents); None when nothing is remembered."""
        if self.vectorizer is None:
            return None
        return sparse.csr_matrix(self.vectorizer.transform(texts) @ self.matrix.T)

    def vote(self, row: NDArray[np.float64], without: str = "") -> Vote | None:
        """The vote of the neighbours that are near enough, without one whose text equals `without`."""
        order = [int(i) for i in np.argsort(-row)[: NEIGHBOURS + 1] if row[i] >= self.least]
        near = [i for i in order if not without or self.precedents[i].text != without][:NEIGHBOURS]
        if not near:
            return None
        weights: dict[Verdict, float] = {}
        for i in near:
            verdict = self.precedents[i].verdict
            weights[verdict] = weights.get(verdict, 0.0) + float(row[i]) ** 2
        best = max(weights, key=lambda verdict: (weights[verdict], verdict.value))
        total = sum(weights.values())
        cited = tuple(self.precedents[i].number for i in near if self.precedents[i].verdict is best)
        return Vote(
            best, weights[best] / (total + PRIOR * (1 - float(row[near[0]]))), float(row[near[0]]), cited
        )
