"""The matcher: a list, a town's corrected history, and a message give suggestions with evidence (匹配)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sanfu.kernel.text.calibration import Calibration, Outside, lead, outside_signs
from sanfu.kernel.text.evidence import Evidence, Reader, Weigh
from sanfu.kernel.text.features import Features, Floats
from sanfu.kernel.text.grams import Keys
from sanfu.kernel.text.learning import History, Mixed, Rows, Settings, learn, list_weight, nudge, per_label
from sanfu.kernel.text.listing import ListItem, ListScorer, class_scores, standard
from sanfu.kernel.text.near import near_groups
from sanfu.kernel.text.prepare import prepare, tidy

CALIBRATION_FOLDS = 5
FEWEST_TO_CALIBRATE = 60  # fewer decided messages give no honest confidence
CLASS_WEIGHT_ON_ITEMS = 0.5  # what the class says of its items, against what the item's own words say
SAME_CASE_WEIGHT = 8.0  # at least so much a past message of the very same words adds to its item
CORRECTED_LEAD = 1.5
MEMORY = 5000
SIMILAR_SHOWN = 3
FEWEST_SIMILARITY = 0.15


@dataclass(frozen=True)
class Example:
    """A past message with the class people gave it; `item`: code of the item they chose, if any."""

    text: str
    label: str
    item: str = ""
    reference: str = ""


@dataclass(frozen=True)
class SimilarCase:
    """A past message that speaks for a suggestion."""

    reference: str
    label: str
    item: str
    similarity: float


@dataclass(frozen=True)
class ItemSuggestion:
    """A list item with what speaks for it."""

    item: ListItem
    score: float
    evidence: tuple[Evidence, ...]
    similar: tuple[SimilarCase, ...]


@dataclass(frozen=True)
class Suggestion:
    """Answer for one message. `confidence` and `outside` are None while too little history is known."""

    label: str
    confidence: float | None
    lead: float
    classes: tuple[tuple[str, float], ...]
    items: tuple[ItemSuggestion, ...]
    evidence: tuple[Evidence, ...]
    similar: tuple[SimilarCase, ...]
    outside: bool | None
    outside_score: float | None
    decoy: ListItem | None = None  # what is not the town's and fits better than everything that is


@dataclass
class Readings:
    """Scores of some texts: class scores, item scores, list class scores and signs of being outside."""

    classes: Floats
    items: Floats
    prior: Floats
    signs: Floats


def letters_of(text: str) -> str:
    """What is left of a prepared text without its punctuation."""
    return "".join(filter(str.isalnum, text))


class Memory:
    """Past messages that can be shown and that pull their item up; the latest `MEMORY` are kept."""

    def __init__(
        self, vectors: sparse.csr_matrix, examples: Sequence[Example], columns: dict[str, int]
    ) -> None:
        """`vectors`: word block, rows of length one; `columns`: place of each item code in the list."""
        self.vectors = vectors[-MEMORY:]
        self.examples = list(examples[-MEMORY:])
        self._letters = [letters_of(tidy(example.text)) for example in self.examples]
        self._columns = columns
        self._places = self._placed(self.examples)

    def _placed(self, examples: Sequence[Example]) -> Rows:
        return np.array([self._columns.get(example.item, -1) for example in examples], dtype=np.int64)

    def add(self, vector: sparse.csr_matrix, example: Example) -> None:
        """Remember one more."""
        self.vectors = sparse.vstack([self.vectors, vector], format="csr")[-MEMORY:]
        self.examples = [*self.examples, example][-MEMORY:]
        self._letters = [*self._letters, letters_of(tidy(example.text))][-MEMORY:]
        self._places = np.append(self._places, self._placed([example]))[-MEMORY:]

    def similarity(self, vector: sparse.csr_matrix, text: str) -> Floats:
        """Cosine of the words with each past message; 1 for the very same letters, also where no word is known."""
        similarity: Floats = np.asarray(self.vectors @ vector.toarray()[0], dtype=np.float64)
        letters = letters_of(text)
        similarity[[place for place, held in enumerate(self._letters) if held == letters]] = 1.0
        return similarity

    def pull(self, similarity: Floats, ranked: Floats) -> Floats:
        """What its most similar past message adds to each item's score.

        A message of the very same words lifts its item above the best of the others, however well that one
        fits; the less alike, the less of that way.
        """
        alike = np.zeros(len(ranked))
        with_item = self._places >= 0
        np.maximum.at(alike, self._places[with_item], similarity[with_item] ** 2)
        own = np.isfinite(ranked)
        pulled = np.zeros(len(ranked))
        if own.any():
            to_the_top = ranked[own].max() - ranked[own] + CORRECTED_LEAD
            pulled[own] = alike[own] * np.maximum(SAME_CASE_WEIGHT, to_the_top)
        return pulled

    def similar(self, similarity: Floats, *, label: str = "", item: str = "") -> tuple[SimilarCase, ...]:
        """Most similar past messages of that class or item, nearest first."""
        near = np.flatnonzero(similarity >= FEWEST_SIMILARITY)
        order = near[np.argsort(-similarity[near], kind="stable")]
        found: list[SimilarCase] = []
        for place in order:
            example = self.examples[place]
            if (example.item == item) if item else (example.label == label):
                near_by = round(float(similarity[place]), 4)
                found.append(SimilarCase(example.reference, example.label, example.item, near_by))
            if len(found) == SIMILAR_SHOWN:
                break
        return tuple(found)


class Matcher:
    """Built from a list and a history, then asked and corrected; same input, same answers."""

    def __init__(
        self,
        items: Sequence[ListItem],
        examples: Sequence[Example] = (),
        unlabelled: Sequence[str] = (),
        settings: Settings | None = None,
        labels: Sequence[str] | None = None,
    ) -> None:
        """`labels` limits what may be answered; without it, the classes of own items and of the history."""
        self.settings = settings or Settings()
        texts = [tidy(example.text) for example in examples]
        self._texts = texts + [tidy(text) for text in unlabelled]
        self.scorer = ListScorer(items, self._texts)
        self.labels = sorted({item.path[0] for item in items} | {example.label for example in examples})
        self.features, matrix = Features.fit([*self._texts, *(item.words() for item in self.scorer.items)])
        self._answerable = self._answers(items, examples, labels)
        number = {label: place for place, label in enumerate(self.labels)}
        self._owner = np.array([number[item.path[0]] for item in self.scorer.items], dtype=np.int64)
        self._own_items = np.array([item.own for item in self.scorer.items], dtype=np.bool_)
        self._matrix = matrix[: len(self._texts)]
        self._item_scores = self.scorer.scores(self._texts)
        self._prior = class_scores(self._item_scores, self._owner, len(self.labels))
        self._given = per_label([example.label for example in examples], self.labels)
        columns = {item.code: place for place, item in enumerate(self.scorer.items)}
        words = self._matrix[: len(examples), self.features.word_columns()]
        self.memory = Memory(words, examples, columns)
        self._words = words
        self._learn_all()

    def _answers(
        self, items: Sequence[ListItem], examples: Sequence[Example], labels: Sequence[str] | None
    ) -> NDArray[np.bool_]:
        """Classes that may be answered: the town's own, never one that has only decoys."""
        own = {item.path[0] for item in items if item.own} | {example.label for example in examples}
        allowed = own if labels is None else set(labels)
        return np.array([label in allowed for label in self.labels], dtype=np.bool_)

    def _learn_all(self) -> None:
        given = np.arange(len(self._given), dtype=np.int64)
        rest = np.arange(len(self._given), len(self._texts), dtype=np.int64)
        history = History(self._matrix, self._prior, given, self._given, rest, self.settings)
        self.calibration: Calibration | None = None
        self.outside: Outside | None = None
        if len(given) < FEWEST_TO_CALIBRATE:
            self.mixed = learn(history)
        else:
            self.mixed = self._calibrate(history)

    def _calibrate(self, history: History) -> Mixed:
        """Each past message is decided by a model that learned from the other folds; the same held-out scores say
        how much the list weighs, what a lead is worth and where the edge of the list is."""
        given = history.labelled
        fold = fold_numbers(near_groups(self._texts[: len(given)]), self._given, CALIBRATION_FOLDS, seed=0)
        raw, found = history.held_out(fold)
        held = given[found]
        weight = list_weight(
            raw[found],
            self._prior[held],
            self._given[held],
            history.expected_weight(),
            self.settings.prior_spread,
        )
        if len(held):
            scores = (standard(raw) + weight * standard(self._prior[: len(given)]))[:, self._answerable]
            chosen = np.flatnonzero(self._answerable)[scores.argmax(axis=1)]
            self.calibration = Calibration.of(lead(scores)[held], (chosen == self._given)[held])
            self.outside = Outside.of(self._held_signs(raw, fold, found))
        return learn(history, weight)

    def _held_signs(self, raw: Floats, fold: Rows, found: NDArray[np.bool_]) -> Floats:
        """Signs of being outside of each past message, from models and neighbours of the other folds."""
        signs: list[Floats] = []
        for number in np.unique(fold):
            rows = np.flatnonzero((fold == number) & found)
            near = np.asarray((self._words[rows] @ self._words[fold != number].T).todense(), dtype=np.float64)
            items = (self._item_scores[rows], self._own_items)
            classes = (self._prior[rows], self._answerable)
            signs.append(outside_signs(raw[rows][:, self._answerable], items, classes, near))
        return np.concatenate(signs)

    def _read(
        self,
        mixed: Mixed,
        matrix: sparse.csr_matrix,
        items: Floats,
        prior: Floats,
        near: Floats,
    ) -> Readings:
        """Everything that the answer and its doubts are made of; `near`: similarity to each past message."""
        classes = mixed.scores(matrix, prior)
        raw = mixed.linear.scores(matrix)
        answerable = self._answerable
        signs = outside_signs(raw[:, answerable], (items, self._own_items), (prior, answerable), near)
        return Readings(classes, items, prior, signs)

    def read(self, texts: Sequence[str]) -> Readings:
        """Scores of prepared texts; shape (texts, …)."""
        matrix = self.features.matrix(texts)
        words = matrix[:, self.features.word_columns()]
        near = np.asarray((words @ self.memory.vectors.T).todense(), dtype=np.float64)
        return self._read_prepared(texts, matrix, near)

    def _read_prepared(self, texts: Sequence[str], matrix: sparse.csr_matrix, near: Floats) -> Readings:
        items = self.scorer.scores(texts)
        prior = class_scores(items, self._owner, len(self.labels))
        return self._read(self.mixed, matrix, items, prior, near)

    def decide(self, texts: Sequence[str]) -> tuple[list[str], Floats]:
        """Best label and its lead for each prepared text."""
        scores = self.read(texts).classes[:, self._answerable]
        names = [label for label, own in zip(self.labels, self._answerable, strict=True) if own]
        return [names[place] for place in scores.argmax(axis=1)], lead(scores)

    def rank_items(self, reading: Readings) -> Floats:
        """Score of each own item by its words and its class; a decoy gets −∞. Shape (texts, items)."""
        scores = reading.items.copy()
        if len(self.labels) > 1:
            scores += CLASS_WEIGHT_ON_ITEMS * standard(reading.classes)[:, self._owner]
        scores[:, ~self._own_items] = -np.inf
        return scores

    def suggest(self, message: str, top: int = 3) -> Suggestion:
        """Best class, best items, confidence, evidence with spans in the message as it was typed."""
        prepared = prepare(message)
        if not prepared.text:
            return NOTHING
        matrix = self.features.matrix([prepared.text])
        similarity = self.memory.similarity(matrix[:, self.features.word_columns()], prepared.text)
        reading = self._read_prepared([prepared.text], matrix, similarity[np.newaxis])
        scores = np.where(self._answerable, reading.classes[0], -np.inf)
        order = np.argsort(-scores, kind="stable")
        best = int(order[0])
        gap = lead(reading.classes[:, self._answerable])
        outside_score = float(self.outside.scores(reading.signs)[0]) if self.outside else None
        reader = Reader(prepared)
        return Suggestion(
            label=self.labels[best],
            confidence=float(self.calibration.confidence(gap)[0]) if self.calibration else None,
            lead=float(gap[0]),
            classes=tuple((self.labels[place], float(scores[place])) for place in order[:top]),
            items=self._best_items(reader, reading, similarity, top),
            evidence=reader.spans(*self._class_weights(best)),
            similar=self.memory.similar(similarity, label=self.labels[best]),
            outside=outside_score < self.outside.threshold
            if self.outside and outside_score is not None
            else None,
            outside_score=outside_score,
            decoy=self._better_decoy(reading),
        )

    def _better_decoy(self, reading: Readings) -> ListItem | None:
        """The best decoy, when it outscores every own item."""
        own = self._own_items
        if own.all() or not own.any():
            return None
        best = int(np.where(own, -np.inf, reading.items[0]).argmax())
        outscores = reading.items[0, best] > reading.items[0, own].max()
        return self.scorer.items[best] if outscores else None

    def _class_weights(self, label: int) -> tuple[Keys, Weigh]:
        """Letter grams and how much each speaks for a class."""
        block = self.features.blocks[0]
        weights = self.mixed.linear.weights
        return block.vocabulary.keys, lambda places: weights[places, label] * block.weights[places]

    def _best_items(
        self, reader: Reader, reading: Readings, similarity: Floats, top: int
    ) -> tuple[ItemSuggestion, ...]:
        ranked = self.rank_items(reading)[0]
        ranked = ranked + self.memory.pull(similarity, ranked)
        found: list[ItemSuggestion] = []
        for place in np.argsort(-ranked, kind="stable")[:top]:
            if np.isfinite(ranked[place]):
                item = self.scorer.items[place]
                evidence = reader.spans(*self.scorer.item_weights(int(place)))
                similar = self.memory.similar(similarity, item=item.code)
                found.append(ItemSuggestion(item, float(ranked[place]), evidence, similar))
        return tuple(found)

    def correct(self, example: Example) -> int:
        """Learn one corrected message at once; the number of small steps that it took.

        Afterwards the same message is answered with the corrected class and item, similar ones move there.
        The weights are refitted later by building a new matcher from the whole history.
        """
        if example.label not in self.labels:
            raise KeyError(
                f"class {example.label!r} is not on the list: add it there, then rebuild the matcher"
            )
        text = tidy(example.text)
        matrix = self.features.matrix([text])
        prior = class_scores(self.scorer.scores([text]), self._owner, len(self.labels))
        label = self.labels.index(example.label)
        self._answerable[label] = True
        self.memory.add(matrix[:, self.features.word_columns()], example)
        return nudge(self.mixed, matrix, prior, label, CORRECTED_LEAD)

    def threshold(self, promise: float) -> float:
        """Smallest lead that keeps the promised precision; infinity while the history cannot support it."""
        return self.calibration.threshold(promise) if self.calibration else float("inf")


NOTHING = Suggestion("", None, 0.0, (), (), (), (), None, None)  # an empty message is asked back, not guessed


def fold_numbers(groups: Rows, labels: Rows, folds: int, seed: int) -> Rows:
    """Fold of each row: groups never cut, classes spread evenly, the same for the same seed."""
    generator = np.random.default_rng(seed)
    names, first = np.unique(groups, return_index=True)
    order = generator.permutation(len(names))
    dealt: dict[int, int] = {}
    fold_of: dict[int, int] = {}
    for place in order:
        label = int(labels[first[place]])
        turn = dealt.get(label, int(generator.integers(folds)))
        fold_of[int(names[place])] = turn % folds
        dealt[label] = turn + 1
    return np.array([fold_of[int(group)] for group in groups], dtype=np.int64)
