"""Learning classes from labelled messages without ever forgetting the list (学习).

A classifier alone is worse than the bare list until about thirty corrected messages a class. So the list is
always mixed in, with a weight that fades as corrections come: z(SVM) + z(list) · 10 / (n + 10). The SVM also
learns from the unlabelled history: messages that the list is surest of are examples too, with less weight.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC

from sanfu.kernel.text.features import Floats
from sanfu.kernel.text.listing import standard

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Settings:
    """Choices of the learner; each was validated inside training folds."""

    prior_weight: float = 10.0  # labelled messages a class that weigh as much as the list
    softness: float = 0.3  # C of the SVM
    sure_share: float = 0.7  # share of unlabelled messages, the surest first, taken as examples
    sure_weight: float = 0.3  # weight of such an example against a labelled one
    rounds: int = 2  # the surest are chosen anew by what was learned
    tolerance: float = 0.01  # where the SVM solver stops
    fewest_per_class: float = (
        3.0  # an SVM of one or two examples a class is mostly chance: trusted less still
    )
    fewest_unlabelled: int = 50  # below that the unlabelled history says nothing


@dataclass
class Linear:
    """One column of weights a class. `known` marks classes that had examples."""

    weights: Floats  # (columns, classes): rows of a sparse message are read without a copy
    bias: Floats  # (classes,)
    known: NDArray[np.bool_]

    def scores(self, matrix: sparse.csr_matrix, doubt: float = 0.0) -> Floats:
        """Shape (rows, classes). A class without examples gets the row's lowest score; with `doubt` 1, the mean:
        that a class is missing says nothing while there are few examples, and much when there are many."""
        if not self.known.any():
            return np.zeros((matrix.shape[0], len(self.bias)))
        scores = np.asarray(matrix @ self.weights) + self.bias
        seen = scores[:, self.known]
        absent = doubt * seen.mean(axis=1, keepdims=True) + (1 - doubt) * seen.min(axis=1, keepdims=True)
        return np.where(self.known, scores, absent)


def _fit(
    matrix: sparse.csr_matrix, labels: Rows, weights: Floats, classes: int, settings: Settings
) -> Linear:
    """Linear SVM, balanced; with fewer than two classes there is nothing to tell apart."""
    linear = Linear(np.zeros((matrix.shape[1], classes)), np.zeros(classes), np.zeros(classes, np.bool_))
    seen = np.unique(labels)
    if len(seen) < 2:
        return linear
    machine = LinearSVC(
        C=settings.softness, class_weight="balanced", tol=settings.tolerance, random_state=0, max_iter=2000
    )
    machine.fit(matrix, labels, sample_weight=weights)
    coefficients, bias = machine.coef_, machine.intercept_
    if len(seen) == 2:
        coefficients, bias = np.vstack([-coefficients, coefficients]), np.concatenate([-bias, bias])
    linear.weights[:, seen], linear.bias[seen], linear.known[seen] = coefficients.T, bias, True
    return linear


@dataclass
class Mixed:
    """What was learned and how much the list still weighs."""

    linear: Linear
    list_weight: float
    doubt: float = 0.0

    def scores(self, matrix: sparse.csr_matrix, prior: Floats) -> Floats:
        """`prior`: class scores from the list. Shape (rows, classes)."""
        if not self.linear.known.any():
            return standard(prior)
        return standard(self.linear.scores(matrix, self.doubt)) + self.list_weight * standard(prior)


def _surest(scores: Floats, share: float) -> NDArray[np.bool_]:
    """Rows whose best class leads the second by most."""
    ranked = np.sort(standard(scores), axis=1)
    lead = ranked[:, -1] - ranked[:, -2]
    return np.asarray(lead >= np.quantile(lead, 1 - share), dtype=np.bool_)


def learn(
    matrix: sparse.csr_matrix,
    prior: Floats,
    labelled: Rows,
    labels: Rows,
    unlabelled: Rows,
    settings: Settings,
) -> Mixed:
    """Learn from `labelled` rows with `labels` and from `unlabelled` rows through the list.

    `prior` has shape (rows of matrix, classes): class scores from the list, zeros where there is no list.
    """
    classes = prior.shape[1]
    per_class = len(labelled) / max(1, len(np.unique(labels)))
    fading = settings.prior_weight / (per_class + settings.prior_weight)
    if classes < 2 or len(unlabelled) < settings.fewest_unlabelled or not prior.any():
        linear = _fit(matrix[labelled], labels, np.ones(len(labelled)), classes, settings)
        # Without the unlabelled history the SVM starts from nothing: its weight grows as the list's fades.
        trust = min(1.0, per_class / settings.fewest_per_class)
        return Mixed(linear, fading / max((1 - fading) * trust, 1e-9), fading)
    current = standard(prior[unlabelled])
    for _ in range(settings.rounds):
        sure = _surest(current, settings.sure_share)
        rows = np.concatenate([labelled, unlabelled[sure]])
        guesses = np.concatenate([labels, current[sure].argmax(axis=1)])
        weights = np.concatenate([np.ones(len(labelled)), np.full(int(sure.sum()), settings.sure_weight)])
        mixed = Mixed(_fit(matrix[rows], guesses, weights, classes, settings), fading)
        current = mixed.scores(matrix[unlabelled], prior[unlabelled])
    return mixed


def nudge(mixed: Mixed, row: sparse.csr_matrix, prior: Floats, label: int, lead: float) -> int:
    """Move the weights along one corrected message until its class leads by `lead`; returns the steps taken.

    A passive-aggressive update: only columns of this message move, similar messages follow in proportion to
    what they share, others stay as they are. Costs microseconds; the refit in the background replaces it.
    """
    linear = mixed.linear
    square = float(row.multiply(row).sum())
    if square == 0 or len(linear.bias) < 2:
        return 0
    if not linear.known[label]:
        linear.known[label], linear.bias[label] = (
            True,
            -1.0,
        )  # what an SVM says of a class that it does not see
    for step in range(50):
        scores = mixed.scores(row, prior)[0]
        rivals = scores.copy()
        rivals[label] = -np.inf
        rival = int(rivals.argmax())
        if scores[label] >= scores[rival] + lead:
            return step
        raw = linear.scores(row, mixed.doubt)[0]
        change = (max(0.0, float(raw[rival] - raw[label])) + 0.2) / (2 * square)
        linear.weights[row.indices, label] += change * row.data
        linear.weights[row.indices, rival] -= change * row.data
    return 50


def per_label(labels: Sequence[str], known: Sequence[str]) -> Rows:
    """Label words as numbers in `known`."""
    number = {label: place for place, label in enumerate(known)}
    return np.array([number[label] for label in labels], dtype=np.int64)
