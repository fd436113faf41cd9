"""Trial of the matcher on a town's own history: the figures a town reads before it trusts it (试评).

Every figure is of messages that the model did not learn from; near-duplicates never stand on both sides of a
cut; choices and thresholds come from the training side alone.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.naive_bayes import ComplementNB

from sanfu.kernel.text.calibration import PASS_SHARE, Outside, calibration_error, outside_signs
from sanfu.kernel.text.features import Features, Floats, inverse_frequency, word_keys
from sanfu.kernel.text.grams import Vocabulary, gram_keys
from sanfu.kernel.text.learning import Mixed, Rows, Settings, learn, per_label
from sanfu.kernel.text.listing import ListItem, ListScorer, class_scores, standard
from sanfu.kernel.text.matcher import CLASS_WEIGHT_ON_ITEMS, Example, Matcher, fold_numbers
from sanfu.kernel.text.near import near_groups, near_pairs
from sanfu.kernel.text.prepare import tidy

FEW = (0, 1, 3, 10, 30, 100)
PROMISE = 0.95
BM25_NEIGHBOURS = 20
Tell = Callable[[str], None]
Figures = dict[str, object]
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


def fold_cuts(messages: Sequence[Message], folds: int, seed: int) -> tuple[list[Cut], int]:
    """Folds without near-duplicates across a cut, and the number of near-duplicate groups of two or more."""
    groups = near_groups([tidy(message.text) for message in messages])
    labels = sorted({message.label for message in messages})
    numbers = fold_numbers(groups, per_label([message.label for message in messages], labels), folds, seed)
    cuts = [Cut(np.flatnonzero(numbers != fold), np.flatnonzero(numbers == fold)) for fold in range(folds)]
    return cuts, int((np.unique(groups, return_counts=True)[1] > 1).sum())


def held_out_cut(history: Sequence[Message], test: Sequence[Message]) -> tuple[Cut, int]:
    """Cut of `history + test`; history rows that nearly repeat a test row are dropped and counted."""
    texts = [tidy(message.text) for message in (*history, *test)]
    dropped = np.zeros(len(history), np.bool_)
    for one, other in near_pairs(texts):
        if one < len(history) <= other:
            dropped[one] = True
    asked = {text for text in texts[len(history) :] if text}
    for place, text in enumerate(texts[: len(history)]):
        dropped[place] |= text in asked
    return Cut(np.flatnonzero(~dropped), np.arange(len(history), len(texts))), int(dropped.sum())


def _main_cut(
    plan: Plan, cut: Cut
) -> tuple[Matcher, Floats, NDArray[np.bool_], list[str], NDArray[np.bool_]]:
    """The whole matcher on one cut: leads, right or wrong, chosen labels, sent above the kept promise."""
    examples = [Example(plan.messages[row].text, plan.messages[row].label, "", str(row)) for row in cut.train]
    labels = sorted({example.label for example in examples})
    matcher = Matcher(plan.items, examples, labels=labels)
    chosen, leads = matcher.decide([tidy(plan.messages[row].text) for row in cut.test])
    right = np.array([plan.messages[row].label == label for row, label in zip(cut.test, chosen, strict=True)])
    return matcher, leads, right, chosen, leads >= matcher.threshold(PROMISE)


def main_figures(plan: Plan, tell: Tell) -> tuple[Figures, Matcher]:
    """Accuracy, F1, calibration and coverage at the kept promise; and the matcher of the last cut."""
    truth: list[str] = []
    guessed: list[str] = []
    confident: list[float] = []
    parts: list[tuple[NDArray[np.bool_], NDArray[np.bool_]]] = []
    for number, cut in enumerate(plan.cuts, 1):
        matcher, leads, right, chosen, sent = _main_cut(plan, cut)
        truth += [plan.messages[row].label for row in cut.test]
        guessed += chosen
        if matcher.calibration:
            confident += matcher.calibration.confidence(leads).tolist()
        parts.append((right, sent))
        tell(f"main figures: cut {number} of {len(plan.cuts)}")
    right = np.concatenate([part[0] for part in parts])
    sent = np.concatenate([part[1] for part in parts])
    names = sorted(set(truth))
    per_class = f1_score(truth, guessed, labels=names, average=None, zero_division=0)
    error = calibration_error(np.array(confident), right) if len(confident) == len(right) else None
    return {
        "accuracy": share(right),
        "macro_f1": round(float(np.mean(per_class)), 4),
        "f1_by_class": {name: round(float(value), 4) for name, value in zip(names, per_class, strict=True)},
        "coverage_at_95": share(sent),
        "precision_kept": share(right[sent]) if sent.any() else None,
        "promise": {"promised": PROMISE, "sent": int(sent.sum()), "sent_right": int(right[sent].sum())},
        "ece": round(error, 4) if error is not None else None,
    }, matcher


def time_figures(plan: Plan, matcher: Matcher, cut: Cut, most: int = 400) -> Figures:
    """Milliseconds of a full suggestion with evidence, one message at a time.

    `p50` and `p99` count processor time of the one thread that works, so that a busy machine does not spoil
    them; `wall_…` is what the clock on the wall says.
    """
    spent: list[tuple[float, float]] = []
    for row in cut.test[:most]:
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


def baseline_figures(plan: Plan, tell: Tell) -> Figures:
    """The peers in the same table on the same cuts."""
    labels = per_label([message.label for message in plan.messages], plan.labels)
    texts = [tidy(message.text) for message in plan.messages]
    guesses: dict[str, list[Rows]] = {}
    for cut in plan.cuts:
        train = [texts[row] for row in cut.train]
        test = [texts[row] for row in cut.test]
        for name, chosen in _scores_of_baselines(train, labels[cut.train], test, len(plan.labels)).items():
            guesses.setdefault(name, []).append(chosen)
    tell("baselines done")
    truth = np.concatenate([labels[cut.test] for cut in plan.cuts])
    table: Figures = {}
    for name, parts in guesses.items():
        chosen = np.concatenate(parts)
        f1 = f1_score(truth, chosen, average="macro", zero_division=0)
        table[name] = {"accuracy": share(chosen == truth), "macro_f1": round(float(f1), 4)}
    return table


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
        return learn(self.matrix, self.prior, rows, self.labels[rows], rest, Settings())

    def alone(self, rows: Rows) -> Mixed:
        """The SVM without list and without unlabelled history."""
        return learn(self.matrix, self.prior * 0, rows, self.labels[rows], NO_ROWS, Settings())

    def guesses(self, scores: Floats) -> Rows:
        """Best of the classes that the history uses."""
        return np.asarray(self.answers[scores[:, self.answers].argmax(axis=1)], dtype=np.int64)


def _leaf_hits(scores: Floats, owner: Rows, truth: Rows) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Is the parent of the best leaf right; is the right parent among those of the best five?"""
    order = np.argsort(-scores, axis=1, kind="stable")
    return owner[order[:, 0]] == truth, (owner[order[:, :5]] == truth[:, np.newaxis]).any(axis=1)


def list_figures(sides: Sequence[Side]) -> Figures:
    """No label learned. `words_…`: the list's words alone; the others: with the town's unlabelled messages too."""
    found: dict[str, list[NDArray[np.bool_]]] = {}
    off_tree = 0
    for side in sides:
        on_tree = np.isin(side.truth, side.owner)
        off_tree += int((~on_tree).sum())
        adapted = side.mixed(NO_ROWS).scores(side.asked, side.asked_prior)
        leaves = side.asked_items + CLASS_WEIGHT_ON_ITEMS * standard(adapted)[:, side.owner]
        for mark, items, classes in (("", leaves, adapted), ("words_", side.asked_items, side.asked_prior)):
            first, fifth = _leaf_hits(items, side.owner, side.truth)
            hits = {
                "leaf_top1": first,
                "leaf_top5": fifth,
                "class_accuracy": classes.argmax(axis=1) == side.truth,
                "class_accuracy_among_history_labels": side.guesses(classes) == side.truth,
            }
            for name, right in hits.items():
                found.setdefault(mark + name, []).append(right[on_tree])
    table: Figures = {name: share(np.concatenate(parts)) for name, parts in found.items()}
    return table | {"classes_of_the_tree": len(np.unique(sides[0].owner)), "rows_off_the_tree": off_tree}


def _drawn(side: Side, count: int, generator: np.random.Generator) -> Rows:
    """`count` training rows of each label, fewer where there are not so many."""
    if not count:
        return NO_ROWS
    rows = [generator.permutation(np.flatnonzero(side.labels == label))[:count] for label in side.answers]
    return np.sort(np.concatenate(rows)).astype(np.int64)


def few_figures(sides: Sequence[Side], seed: int, draws: int, tell: Tell) -> Figures:
    """Accuracy after n corrected messages a class; beside it the SVM alone, the reason why the list stays."""
    curve: Figures = {}
    for count in FEW:
        mixed: list[NDArray[np.bool_]] = []
        alone: list[NDArray[np.bool_]] = []
        for number, side in enumerate(sides):
            for draw in range(draws if count else 1):
                rows = _drawn(side, count, np.random.default_rng([seed, number, draw]))
                mixed.append(
                    side.guesses(side.mixed(rows).scores(side.asked, side.asked_prior)) == side.truth
                )
                if count:
                    alone.append(side.guesses(side.alone(rows).linear.scores(side.asked)) == side.truth)
        curve[str(count)] = {
            "accuracy": share(np.concatenate(mixed)),
            "svm_alone": share(np.concatenate(alone)) if alone else None,
        }
        tell(f"few-shot: {count} a class")
    return curve


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

    def figures(self, named: bool) -> tuple[float, float, float, float]:
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


def outside_figures(sides: Sequence[Side], seed: int, tell: Tell) -> Figures:
    """Each class of the history hidden in turn: is a message of it flagged while listed ones pass?"""
    names = ("auroc", "flagged_at_95_pass", "flagged_at_own_threshold", "passed_at_own_threshold")
    rows: dict[bool, list[tuple[float, float, float, float]]] = {True: [], False: []}
    for number, side in enumerate(sides):
        for hidden in _hidden_in_turn(side, seed):
            for named in (True, False):
                rows[named].append(hidden.figures(named))
        tell(f"out of list: cut {number + 1} of {len(sides)}")
    tables: dict[bool, Figures] = {
        named: dict(zip(names, np.mean(found, axis=0).round(4).tolist(), strict=True)) if found else {}
        for named, found in rows.items()
    }
    return tables[True] | {"decoys_without_the_hidden_class": tables[False]}


def list_only(plan: Plan) -> Figures:
    """The list-only figures of a plan by themselves."""
    return list_figures([Side(plan, cut) for cut in (plan.cuts[:1] if plan.quick else plan.cuts)])


def evaluate(plan: Plan, tell: Tell) -> dict[str, Any]:
    """All figures; `tell` hears about progress."""
    figures, matcher = main_figures(plan, tell)
    sides = [Side(plan, cut) for cut in (plan.cuts[:1] if plan.quick else plan.cuts)]
    tell("features ready")
    return {
        **figures,
        "baselines": baseline_figures(plan, tell),
        "list_only": list_figures(sides),
        "few_shot": few_figures(sides, plan.seed, 1 if plan.quick else 2, tell),
        "out_of_list": outside_figures(sides, plan.seed, tell),
        "ms_per_message": time_figures(plan, matcher, plan.cuts[-1]),
    }
