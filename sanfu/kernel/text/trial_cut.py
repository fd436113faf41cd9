"""Measurements of a trial on one cut. Each part reads only a plan and the number of a cut, so that cuts
can be measured beside each other."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import ComplementNB

from sanfu.kernel.text.calibration import PASS_SHARE, Outside, outside_signs
from sanfu.kernel.text.features import Features, Floats, inverse_frequency, word_keys
from sanfu.kernel.text.grams import Vocabulary, gram_keys
from sanfu.kernel.text.learning import History, Mixed, Rows, learn, per_label
from sanfu.kernel.text.listing import ListItem, ListScorer, class_scores, standard
from sanfu.kernel.text.matcher import CLASS_WEIGHT_ON_ITEMS, Example, Matcher
from sanfu.kernel.text.prepare import tidy

FEW = (0, 1, 3, 10, 30, 100)
PROMISE = 0.95
BM25_NEIGHBOURS = 20
TIMED = 400  # messages
DRAWS = 5  # of corrected messages, at least, over all cuts: one draw alone may be lucky
Figures = dict[str, object]
Hits = NDArray[np.bool_]
NO_ROWS = np.array([], dtype=np.int64)


@dataclass(frozen=True)
class Message:
    """One labelled row of a history."""

    text: str
    label: str


@dataclass(frozen=True)
class Cut:
    """Rows to learn from and rows to test on."""

    train: Rows
    test: Rows


@dataclass(frozen=True)
class Plan:
    """What a trial is run on."""

    messages: Sequence[Message]
    items: Sequence[ListItem]
    cuts: Sequence[Cut]
    seed: int = 0
    quick: bool = False

    @property
    def labels(self) -> list[str]:
        """Labels of the history, sorted."""
        return sorted({message.label for message in self.messages})


def share(right: NDArray[np.bool_]) -> float:
    """Share of true values, 0 of none."""
    return round(float(right.mean()), 4) if len(right) else 0.0


@dataclass(frozen=True)
class MainPart:
    """Decisions of the whole matcher on the test rows of one cut."""

    truth: list[str]
    chosen: list[str]
    confident: list[float]  # empty while there is too little history to say
    sent: Hits  # above the lead that keeps the promise

    @property
    def right(self) -> Hits:
        """Which decisions are right."""
        return np.array([one == other for one, other in zip(self.truth, self.chosen, strict=True)], np.bool_)


def main_part(plan: Plan, number: int) -> tuple[MainPart, Matcher]:
    """Learned on the training side, decided on the test side; and the matcher that did it."""
    cut = plan.cuts[number]
    examples = [Example(plan.messages[row].text, plan.messages[row].label, "", str(row)) for row in cut.train]
    labels = sorted({example.label for example in examples})
    matcher = Matcher(plan.items, examples, labels=labels)
    chosen, leads = matcher.decide([tidy(plan.messages[row].text) for row in cut.test])
    confident = matcher.calibration.confidence(leads).tolist() if matcher.calibration else []
    truth = [plan.messages[row].label for row in cut.test]
    return MainPart(truth, chosen, confident, leads >= matcher.threshold(PROMISE)), matcher


def time_part(plan: Plan, number: int, matcher: Matcher) -> Figures:
    """Milliseconds of a full suggestion with evidence, one message at a time.

    `p50` and `p99` count processor time of the one thread that works, so that a busy machine does not spoil
    them; `wall_…` is what the clock on the wall says.
    """
    spent: list[tuple[float, float]] = []
    for row in plan.cuts[number].test[:TIMED]:
        before, wall = time.thread_time(), time.perf_counter()
        matcher.suggest(plan.messages[row].text)
        spent.append(((time.thread_time() - before) * 1000, (time.perf_counter() - wall) * 1000))
    p50, p99 = np.percentile(np.array(spent), [50, 99], axis=0).round(2).tolist()
    return {"p50": p50[0], "p99": p99[0], "wall_p50": p50[1], "wall_p99": p99[1], "messages": len(spent)}


def _scores_of_baselines(texts: list[str], labels: Rows, asked: list[str], classes: int) -> dict[str, Rows]:
    """Majority, complement naive Bayes on words, BM25 vote of the nearest neighbours on letter pairs."""
    majority = np.full(len(asked), np.bincount(labels, minlength=classes).argmax())
    word_lists = [word_keys(text) for text in texts]
    vocabulary = Vocabulary.of(word_lists, 2)
    bayes = ComplementNB().fit(vocabulary.counts(word_lists), labels)
    guessed = bayes.predict(vocabulary.counts([word_keys(text) for text in asked]))
    pairs = [gram_keys(text, 2, 2) for text in texts]
    grams = Vocabulary.of(pairs, 2)
    counts = grams.counts(pairs)
    length = np.asarray(counts.sum(axis=1), dtype=np.float64).ravel()
    weights = counts.astype(np.float64)
    norm = np.repeat(1.2 * (0.25 + 0.75 * length / max(length.mean(), 1e-9)), np.diff(counts.indptr))
    weights.data = weights.data * 2.2 / (weights.data + norm) * inverse_frequency(counts)[weights.indices]
    similar = np.asarray((grams.counts([gram_keys(text, 2, 2) for text in asked]) @ weights.T).todense())
    nearest = np.argsort(-similar, axis=1, kind="stable")[:, :BM25_NEIGHBOURS]
    votes = np.zeros((len(asked), classes))
    for row, near in enumerate(nearest):
        np.add.at(votes[row], labels[near], similar[row, near])
    return {"majority": majority, "naive_bayes": guessed, "bm25": votes.argmax(axis=1)}


def baseline_part(plan: Plan, number: int) -> dict[str, list[str]]:
    """Labels that the peers choose on the test rows of one cut."""
    cut, names = plan.cuts[number], plan.labels
    train = [tidy(plan.messages[row].text) for row in cut.train]
    test = [tidy(plan.messages[row].text) for row in cut.test]
    labels = per_label([plan.messages[row].label for row in cut.train], names)
    scores = _scores_of_baselines(train, labels, test, len(names))
    return {name: [names[place] for place in chosen] for name, chosen in scores.items()}


class Side:
    """One cut made ready: features, list scores and class scores of both sides, fitted on the training side."""

    def __init__(self, plan: Plan, cut: Cut) -> None:
        train = [tidy(plan.messages[row].text) for row in cut.train]
        test = [tidy(plan.messages[row].text) for row in cut.test]
        self.classes = sorted({item.path[0] for item in plan.items} | set(plan.labels))
        self.labels = per_label([plan.messages[row].label for row in cut.train], self.classes)
        self.truth = per_label([plan.messages[row].label for row in cut.test], self.classes)
        features, self.matrix = Features.fit(train)
        self.asked = features.matrix(test)
        self.words = features.word_columns()
        scorer = ListScorer(plan.items, train)
        self.owner = per_label([item.path[0] for item in scorer.items], self.classes)
        self.items, self.asked_items = scorer.scores(train), scorer.scores(test)
        self.prior = class_scores(self.items, self.owner, len(self.classes))
        self.asked_prior = class_scores(self.asked_items, self.owner, len(self.classes))
        self.answers = np.unique(self.labels)

    def mixed(self, rows: Rows) -> Mixed:
        """Learned with the labels of these training rows only; all others are unlabelled history."""
        rest = np.setdiff1d(np.arange(len(self.labels)), rows)
        return learn(History(self.matrix, self.prior, rows, self.labels[rows], rest))

    def alone(self, rows: Rows) -> Mixed:
        """The SVM without list and without unlabelled history."""
        return learn(History(self.matrix, self.prior * 0, rows, self.labels[rows], NO_ROWS))

    def guesses(self, scores: Floats) -> Rows:
        """Best of the classes that the history uses."""
        return np.asarray(self.answers[scores[:, self.answers].argmax(axis=1)], dtype=np.int64)


def _leaf_hits(scores: Floats, owner: Rows, truth: Rows) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Is the parent of the best leaf right; is the right parent among those of the best five?"""
    order = np.argsort(-scores, axis=1, kind="stable")
    return owner[order[:, 0]] == truth, (owner[order[:, :5]] == truth[:, np.newaxis]).any(axis=1)


@dataclass(frozen=True)
class ListPart:
    """Hits of the list alone on one cut, of rows whose label the list has."""

    hits: dict[str, Hits]
    classes: int
    off_tree: int


def list_part(side: Side) -> ListPart:
    """No label learned. `words_…`: the list's words alone; the others: with the town's unlabelled messages too."""
    on_tree = np.isin(side.truth, side.owner)
    adapted = side.mixed(NO_ROWS).scores(side.asked, side.asked_prior)
    leaves = side.asked_items + CLASS_WEIGHT_ON_ITEMS * standard(adapted)[:, side.owner]
    found: dict[str, Hits] = {}
    for mark, items, classes in (("", leaves, adapted), ("words_", side.asked_items, side.asked_prior)):
        first, fifth = _leaf_hits(items, side.owner, side.truth)
        hits = {
            "leaf_top1": first,
            "leaf_top5": fifth,
            "class_accuracy": classes.argmax(axis=1) == side.truth,
            "class_accuracy_among_history_labels": side.guesses(classes) == side.truth,
        }
        found |= {mark + name: right[on_tree] for name, right in hits.items()}
    return ListPart(found, len(np.unique(side.owner)), int((~on_tree).sum()))


def bare_part(plan: Plan, number: int) -> ListPart:
    """The list-only figures of a plan by themselves."""
    return list_part(Side(plan, plan.cuts[number]))


def _drawn(side: Side, count: int, generator: np.random.Generator) -> Rows:
    """`count` training rows of each label, fewer where there are not so many."""
    if not count:
        return NO_ROWS
    rows = [generator.permutation(np.flatnonzero(side.labels == label))[:count] for label in side.answers]
    return np.sort(np.concatenate(rows)).astype(np.int64)


@dataclass(frozen=True)
class FewHits:
    """Hits after some corrected messages a class; `alone`: of the SVM without the list."""

    mixed: Hits
    alone: Hits
    list_weight: float


def few_part(side: Side, number: int, seed: int, draws: int) -> dict[int, list[FewHits]]:
    """For each number of corrected messages a class, the hits of each draw."""
    found: dict[int, list[FewHits]] = {}
    for count in FEW:
        for draw in range(draws if count else 1):
            rows = _drawn(side, count, np.random.default_rng([seed, number, draw]))
            mixed = side.mixed(rows)
            right = side.guesses(mixed.scores(side.asked, side.asked_prior)) == side.truth
            alone = np.array([], np.bool_)
            if count:
                alone = side.guesses(side.alone(rows).linear.scores(side.asked)) == side.truth
            found.setdefault(count, []).append(FewHits(right, alone, mixed.list_weight))
    return found


@dataclass(frozen=True)
class Hidden:
    """One class of the history taken off the list: what was learned without it."""

    side: Side
    label: int
    rows: Rows  # training rows learned from; the other listed ones set the threshold
    mixed: Mixed

    def signs(self, asked: bool, named: bool) -> Floats:
        """Signs of being outside; `named`: the hidden class's own items stand among the decoys."""
        side = self.side
        held = np.setdiff1d(np.flatnonzero(side.labels != self.label), self.rows)
        matrix = side.asked if asked else side.matrix[held]
        items = side.asked_items if asked else side.items[held]
        prior = side.asked_prior if asked else side.prior[held]
        kept = np.setdiff1d(side.answers, [self.label])
        near = (matrix[:, side.words] @ side.matrix[self.rows][:, side.words].T).toarray()
        leaves = np.flatnonzero((side.owner != self.label) | named)
        classes = np.flatnonzero((np.arange(len(side.classes)) != self.label) | named)
        return outside_signs(
            self.mixed.linear.scores(matrix)[:, kept],
            (items[:, leaves], np.isin(side.owner[leaves], kept)),
            (prior[:, classes], np.isin(classes, kept)),
            near,
        )

    def figures(self, named: bool) -> "Row":
        """AUROC; flagged while 95% of listed test messages pass; flagged and passed at the learned threshold."""
        edge = Outside.of(self.signs(False, named))
        scores = edge.scores(self.signs(True, named))
        listed = self.side.truth != self.label
        flagged = scores < edge.threshold
        return (
            float(roc_auc_score(listed, scores)),
            float((scores[~listed] < np.quantile(scores[listed], 1 - PASS_SHARE)).mean()),
            float(flagged[~listed].mean()),
            float((~flagged[listed]).mean()),
        )


def _hidden_in_turn(side: Side, seed: int) -> list[Hidden]:
    """Every class of the history hidden once; a fifth of the training rows is kept for the threshold."""
    order = np.random.default_rng(seed).permutation(len(side.labels))
    learned_from = np.sort(order[: int(0.8 * len(order))])
    found: list[Hidden] = []
    for label in side.answers:
        rows = learned_from[side.labels[learned_from] != label]
        hidden = side.truth == label
        if len(np.unique(side.labels[rows])) > 1 and hidden.any() and not hidden.all():
            found.append(Hidden(side, int(label), rows, side.alone(rows)))
    return found


Row = tuple[float, float, float, float]


def outside_part(side: Side, seed: int) -> dict[bool, list[Row]]:
    """Each class of the history hidden in turn; key: do items of the hidden class stand among the decoys?"""
    hidden = _hidden_in_turn(side, seed)
    return {named: [one.figures(named) for one in hidden] for named in (True, False)}


@dataclass(frozen=True)
class SidePart:
    """What needs the features of a cut and not the whole matcher."""

    listed: ListPart
    few: dict[int, list[FewHits]]
    outside: dict[bool, list[Row]]


def side_part(plan: Plan, number: int) -> SidePart:
    """List only, corrections and the edge of the list on one cut."""
    side = Side(plan, plan.cuts[number])
    few = few_part(side, number, plan.seed, 1 if plan.quick else max(2, DRAWS // len(plan.cuts)))
    return SidePart(list_part(side), few, outside_part(side, plan.seed))
