"""Learning classes from labelled messages without ever forgetting the list (学习).

A classifier alone is worse than the bare list until about thirty corrected messages a class. So the list is
always mixed in: z(SVM) + w · z(list). How much the list weighs is not set by hand: each corrected message is
scored by models that did not learn from it, and w is the posterior mean over those scores, around a prior that
stands in while there are few corrections. The SVM also learns from the unlabelled history: messages that the list is
surest of are examples too, with less weight.
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

    prior_weight: float = 10.0  # labelled messages a class that weigh as much as the list, by themselves
    prior_spread: float = (
        0.7  # of the logarithm of the list's weight before any evidence: about a factor of two
    )
    folds: int = 5  # of corrected messages, for the evidence on the list's weight
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


def _pseudo(current: Floats, unlabelled: Rows, settings: Settings) -> tuple[Rows, Rows, Floats]:
    """Unlabelled rows that are surest, the classes they are taken for, and their weights as examples."""
    sure = _surest(current, settings.sure_share)
    rows = unlabelled[sure]
    return rows, current[sure].argmax(axis=1), np.full(len(rows), settings.sure_weight)


def spread_folds(labels: Rows, folds: int) -> Rows:
    """Fold of each row, every class spread evenly, always the same."""
    fold = np.zeros(len(labels), np.int64)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        fold[rows] = (np.arange(len(rows)) + label) % folds
    return fold


@dataclass(frozen=True)
class History:
    """What is learned from: `labelled` rows of `matrix` with `labels`, and `unlabelled` rows read through the list.

    `prior` has shape (rows of matrix, classes): class scores from the list, zeros where there is no list.
    """

    matrix: sparse.csr_matrix
    prior: Floats
    labelled: Rows
    labels: Rows
    unlabelled: Rows
    settings: Settings = Settings()

    @property
    def adapts(self) -> bool:
        """Whether there is enough unlabelled history, and a list to read it through."""
        enough = len(self.unlabelled) >= self.settings.fewest_unlabelled
        return self.prior.shape[1] > 1 and enough and bool(self.prior.any())

    @property
    def per_class(self) -> float:
        """Labelled messages a class."""
        return len(self.labelled) / max(1, len(np.unique(self.labels)))

    @property
    def doubt(self) -> float:
        """How little it says that a class has no example (`Linear.scores`); nothing to doubt where the list fills in."""
        return (
            0.0 if self.adapts else self.settings.prior_weight / (self.per_class + self.settings.prior_weight)
        )

    def expected_weight(self) -> float:
        """The list's weight before any evidence: as much as an SVM that the list itself has taught; an SVM that
        starts from nothing counts by its examples."""
        if self.adapts:
            return 1.0
        trust = min(1.0, self.per_class / self.settings.fewest_per_class)
        return self.settings.prior_weight / max(self.per_class * trust, 1e-9)

    def fit(self, places: Rows, pseudo: tuple[Rows, Rows, Floats] | None) -> Linear:
        """SVM of the labelled rows at these places and of the pseudo-labelled ones."""
        rows, labels, weights = self.labelled[places], self.labels[places], np.ones(len(places))
        if pseudo:
            rows = np.concatenate([rows, pseudo[0]])
            labels = np.concatenate([labels, pseudo[1]])
            weights = np.concatenate([weights, pseudo[2]])
        return _fit(self.matrix[rows], labels, weights, self.prior.shape[1], self.settings)

    def held_out(self, fold: Rows) -> tuple[Floats, NDArray[np.bool_]]:
        """SVM scores of each labelled row from a model that learned from the other folds; and which rows have one."""
        unlabelled = self.unlabelled
        pseudo = _pseudo(standard(self.prior[unlabelled]), unlabelled, self.settings) if self.adapts else None
        scores = np.zeros((len(self.labelled), self.prior.shape[1]))
        found = np.zeros(len(self.labelled), np.bool_)
        for number in np.unique(fold):
            linear = self.fit(np.flatnonzero(fold != number), pseudo)
            if linear.known.any():
                held = fold == number
                scores[held] = linear.scores(self.matrix[self.labelled[held]], self.doubt)
                found[held] = True
        return scores, found


WEIGHTS = 2.0 ** np.arange(-8, 6.5, 0.5)
SHARPNESS = 2.0 ** np.arange(-2, 4, 0.5)


def list_weight(scores: Floats, prior: Floats, labels: Rows, expected: float, spread: float) -> float:
    """How much the list weighs against the SVM: the posterior mean of its logarithm.

    `scores`: of labelled messages by models that did not learn from them; `prior`: the list's scores of the same
    messages; both of shape (messages, classes). The likelihood is a softmax over the classes that people have used,
    as sharp as fits best. Without messages the answer is `expected`.
    """
    used = np.unique(labels)
    if len(used) < 2:
        return expected
    right = np.searchsorted(used, labels)
    own, listed = standard(scores), standard(prior)
    grid = np.append(WEIGHTS, expected)
    told = np.array([_log_likelihood((own + weight * listed)[:, used], right) for weight in grid])
    told -= 0.5 * ((np.log(grid) - np.log(expected)) / spread) ** 2
    belief = np.exp(told - told.max())
    return float(np.exp((belief * np.log(grid)).sum() / belief.sum()))


def _log_likelihood(scores: Floats, right: Rows) -> float:
    """Of the right classes under a softmax, at the sharpness that fits best."""
    lead = scores - scores.max(axis=1, keepdims=True)
    chosen = lead[np.arange(len(right)), right]
    return max(
        float((sharp * chosen - np.log(np.exp(sharp * lead).sum(axis=1))).sum()) for sharp in SHARPNESS
    )


def learn(history: History, weight: float | None = None) -> Mixed:
    """Learn from a history; `weight` of the list when it is known already, otherwise from the evidence."""
    if weight is None:
        weight = weight_by_evidence(history)
    places = np.arange(len(history.labelled))
    if not history.adapts:
        return Mixed(history.fit(places, None), weight, history.doubt)
    seen = history.unlabelled
    current = standard(history.prior[seen])
    for _ in range(history.settings.rounds):
        mixed = Mixed(history.fit(places, _pseudo(current, seen, history.settings)), weight)
        current = mixed.scores(history.matrix[seen], history.prior[seen])
    return mixed


def weight_by_evidence(history: History) -> float:
    """The list's weight, judged on labelled messages that were held out in turn."""
    expected = history.expected_weight()
    if not history.prior.any() or len(np.unique(history.labels)) < 2:
        return expected
    scores, found = history.held_out(spread_folds(history.labels, history.settings.folds))
    rows = history.labelled[found]
    return list_weight(
        scores[found], history.prior[rows], history.labels[found], expected, history.settings.prior_spread
    )


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
