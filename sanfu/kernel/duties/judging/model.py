"""The verdict model (判定模型): how far to believe rules, list and form, learned from labelled demands.

A linear model over named features and character n-grams. Its probabilities are calibrated on answers that it
gave to demands of items it had not seen (leave-item-out), so that a confidence means what it says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from sanfu.kernel.duties.judging.verdicts import Verdict

Floats = NDArray[np.float64]
STRENGTH = 4.0  # inverse regularisation: chosen by the folds over items, see docs/duties_evaluation.md
NAMED = 0.5  # weight of the named features beside the n-grams
TEMPERATURES = tuple(float(x) for x in np.geomspace(0.5, 3.0, 26))


@dataclass(frozen=True)
class Sample:
    """One labelled demand: text, named features, verdict, and the group that leaves the folds together."""

    text: str
    named: Mapping[str, float]
    verdict: Verdict
    group: str


class _Fitted:
    """Vectorisers and linear model fitted on some samples."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self.named = DictVectorizer()
        self.grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2)
        named = self.named.fit_transform([dict(one.named) for one in samples])
        grams = self.grams.fit_transform([one.text for one in samples])
        self.linear = LogisticRegression(C=STRENGTH, max_iter=400, class_weight="balanced")
        self.linear.fit(sparse.hstack([named * NAMED, grams]).tocsr(), [one.verdict.value for one in samples])

    def logits(self, texts: Sequence[str], named: Sequence[Mapping[str, float]]) -> Floats:
        """Scores before the softmax, shape (demands, all verdicts); −30 for a verdict never seen."""
        rows = sparse.hstack(
            [self.named.transform([dict(one) for one in named]) * NAMED, self.grams.transform(texts)]
        ).tocsr()
        raw = self.linear.decision_function(rows)
        full = np.full((len(texts), len(Verdict)), -30.0)
        for column, name in enumerate(self.linear.classes_):
            full[:, list(Verdict).index(Verdict(name))] = raw[:, column]
        return full


def softmax(logits: Floats) -> Floats:
    """Probabilities that add up to 1 in each row."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    result: Floats = shifted / shifted.sum(axis=1, keepdims=True)
    return result


class VerdictModel:
    """Fitted on labelled demands; `probabilities` gives calibrated chances of the nine verdicts."""

    def __init__(self, samples: Sequence[Sample], folds: int = 5) -> None:
        held = out_of_fold(samples, folds)
        truth = np.array([list(Verdict).index(one.verdict) for one in samples])
        self.temperature = _temperature(held, truth)
        self.fitted = _Fitted(samples)

    def probabilities(self, texts: Sequence[str], named: Sequence[Mapping[str, float]]) -> Floats:
        """Shape (demands, verdicts), columns in the order of `Verdict`."""
        return softmax(self.fitted.logits(texts, named) / self.temperature)


def folds_by_group(groups: Sequence[str], folds: int) -> NDArray[np.int64]:
    """A fold for each sample; samples of one group (one list item) are always together."""
    order: dict[str, int] = {}
    for group in groups:
        order.setdefault(group, len(order))
    mixed = np.random.default_rng(7).permutation(len(order)) % folds
    return np.array([int(mixed[order[group]]) for group in groups], dtype=np.int64)


def out_of_fold(samples: Sequence[Sample], folds: int) -> Floats:
    """Logits of each sample by a model that has seen no demand of its group."""
    fold = folds_by_group([one.group for one in samples], folds)
    held = np.zeros((len(samples), len(Verdict)))
    for number in range(folds):
        inside = np.flatnonzero(fold == number)
        if not len(inside):
            continue
        fitted = _Fitted([one for one, place in zip(samples, fold, strict=True) if place != number])
        own = [samples[int(i)] for i in inside]
        held[inside] = fitted.logits([one.text for one in own], [one.named for one in own])
    return held


def _temperature(logits: Floats, truth: NDArray[np.int64]) -> float:
    """The temperature under which the held-out answers are most likely."""
    rows = np.arange(len(truth))
    losses = [-np.log(softmax(logits / t)[rows, truth] + 1e-12).mean() for t in TEMPERATURES]
    return TEMPERATURES[int(np.argmin(losses))]
