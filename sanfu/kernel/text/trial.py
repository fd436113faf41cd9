"""Trial of the matcher on a town's own history: the figures a town reads before it trusts it (试评).

Every figure is of messages that the model did not learn from; near-duplicates never stand on both sides of a
cut; choices and thresholds come from the training side alone.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.naive_bayes import ComplementNB

from sanfu.kernel.text.calibration import Outside, calibration_error, kept_threshold, lead
from sanfu.kernel.text.features import Features, Floats, inverse_frequency, word_keys
from sanfu.kernel.text.grams import Vocabulary, gram_keys
from sanfu.kernel.text.learning import Rows, learn, per_label
from sanfu.kernel.text.listing import ListItem, ListScorer, class_scores, standard
from sanfu.kernel.text.matcher import Example, Matcher, fold_numbers
from sanfu.kernel.text.near import near_groups, near_pairs
from sanfu.kernel.text.prepare import tidy

FEW = (0, 1, 3, 10, 30, 100)
PROMISE = 0.95
BM25_NEIGHBOURS = 20
Tell = Callable[[str], None]
Figures = dict[str, object]


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


def main_figures(plan: Plan, tell: Tell) -> tuple[Figures, list[Matcher]]:
    """Accuracy, F1, calibration, coverage at the kept promise and time a message."""
    truth: list[str] = []
    guessed: list[str] = []
    confident: list[float] = []
    parts: list[tuple[NDArray[np.bool_], NDArray[np.bool_]]] = []
    matchers: list[Matcher] = []
    for number, cut in enumerate(plan.cuts, 1):
        matcher, leads, right, chosen, sent = _main_cut(plan, cut)
        truth += [plan.messages[row].label for row in cut.test]
        guessed += chosen
        if matcher.calibration:
            confident += matcher.calibration.confidence(leads).tolist()
        parts.append((right, sent))
        matchers.append(matcher)
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
    }, matchers


def time_figures(plan: Plan, matcher: Matcher, cut: Cut, most: int = 400) -> Figures:
    """Milliseconds of a full suggestion with evidence, one message at a time."""
    spent: list[float] = []
    for row in cut.test[:most]:
        before = time.perf_counter()
        matcher.suggest(plan.messages[row].text)
        spent.append((time.perf_counter() - before) * 1000)
    p50, p99 = np.percentile(spent, [50, 99]) if spent else (0.0, 0.0)
    return {"p50": round(float(p50), 2), "p99": round(float(p99), 2), "messages": len(spent)}


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
