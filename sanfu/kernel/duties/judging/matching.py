"""Retrieval over the list text (选事项): character n-grams and list terms, for many demands in one product.

A score is the larger part of two transparent readings of the same question: TF-IDF cosine over the
character 1–3-grams that carry the topic, and how much of an item's own terms the text contains.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import rjieba
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from sanfu.kernel.duties.items import DutyItem, DutyList, ListType
from sanfu.kernel.duties.judging.lexicon import Lexicon
from sanfu.kernel.duties.judging.phrasings import Phrasings

Floats = NDArray[np.float64]
CHINESE = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]+")
OFFICE = re.compile(
    r"(?:市|县|区|苏州市张家港|办公室|管理局|委员会|局|委|部|大队|支队|办|中心|按现行分工|（.*?）|\(.*?\))"
)
TERM_WEIGHT = 0.55  # of the list's own terms, while nobody has said how its matters are put
TERM_WEIGHT_TAUGHT = 0.1  # and once known phrasings carry the search
DEPARTMENT_LIFT = 0.30
OTHER_DEPARTMENT = 0.15  # an item that another department leads is less likely meant
NAME_WEIGHT = 3  # how often a name counts in the text of an item without known phrasings
KNOWN_POWER = 0.5  # a text mostly in words the list does not have is probably about something else


@dataclass(frozen=True)
class Words:
    """Matching words with their place on both sides: [start, end) in the text and in a field of the item."""

    text: str
    start: int
    end: int
    field: str
    item_start: int
    item_end: int


@dataclass(frozen=True)
class Candidate:
    """One item with its score and the parts of the score."""

    item: DutyItem
    score: float
    cosine: float
    terms: float
    department: bool


def topic_grams(text: str) -> list[str]:
    """Character 1–3-grams inside runs of letters, without one or two digits: 12月 has nothing to do with 12345热线."""
    grams: list[str] = []
    for run in CHINESE.findall(text):
        for size in (1, 2, 3):
            grams += [run[i : i + size] for i in range(len(run) - size + 1)]
    return [gram for gram in grams if len(gram) == 3 or not gram.isdigit()]


def department_core(name: str) -> str:
    """What distinguishes a department: 市交通运输局 → 交通运输, 市住建局（市政公用） → 住建."""
    return OFFICE.sub("", name).strip()


def same_department(issuer: str, names: str, aliases: dict[str, str]) -> bool:
    """Whether the issuer is among the item's departments; two shared characters in order are enough."""
    core = department_core(aliases.get(issuer, issuer))
    if len(core) < 2:
        return False
    for name in re.split(r"[、，,；;/ ]", names):
        other = department_core(name)
        if not other:
            continue
        if core in other or other in core or core[:2] == other[:2] or _in_order(core, other):
            return True
    return False


def _in_order(short: str, long: str) -> bool:
    """住建 ⊂ 住房城乡建设: the shorter's characters in order inside the longer."""
    if len(short) > len(long):
        short, long = long, short
    if len(short) < 2:
        return False
    at = 0
    for char in long:
        if at < len(short) and char == short[at]:
            at += 1
    return at == len(short)


class ListIndex:
    """A duty list ready for searching. Building costs milliseconds; querying is one sparse product."""

    def __init__(
        self,
        duty_list: DutyList,
        lexicon: Lexicon,
        aliases: dict[str, str] | None = None,
        phrasings: Phrasings | None = None,
    ) -> None:
        if not len(duty_list):
            raise ValueError("清单没有事项：无法比对；请先导入至少一条事项")
        self.items = duty_list.items
        self.lexicon = lexicon
        self.aliases = aliases or {}
        self.phrasings = phrasings or {}
        texts = [self._item_text(item) for item in self.items]
        self.vectorizer = TfidfVectorizer(analyzer=topic_grams, sublinear_tf=True, min_df=1)
        self.matrix = self.vectorizer.fit_transform(texts)
        self.rarest = float(self.vectorizer.idf_.max())
        self.idf = dict(zip(self.vectorizer.get_feature_names_out(), self.vectorizer.idf_, strict=True))
        self.terms = [self._terms(item) for item in self.items]
        self.term_idf = self._term_weights()
        self.vocabulary = sorted(self.term_idf)
        self._place = {term: i for i, term in enumerate(self.vocabulary)}
        self._term_pattern_parts = self._by_first()
        self.item_terms = self._term_matrix()
        self.has_department = np.array(
            [bool(department_core(item.department_names)[:1].strip("各相有")) for item in self.items]
        )
        self._department_cache: dict[str, NDArray[np.bool_]] = {}
        self.is_type = {kind: np.array([item.list_type is kind for item in self.items]) for kind in ListType}

    def _item_text(self, item: DutyItem) -> str:
        head = f"{self.topic(item.name)} {' '.join(item.keywords)} "
        said = " ".join(self.phrasings.get(item.code, ()))
        return head * (1 if self.phrasings else NAME_WEIGHT) + self.topic(
            f"{item.superior_duty} {item.town_duty} {item.method} {said}"
        )

    def topic(self, text: str) -> str:
        """The text with generic words blanked: what it is about, without who must do what."""
        return self.lexicon.blank(text)

    def _terms(self, item: DutyItem) -> dict[str, float]:
        """The item's own terms: keywords count fully, words of the name a little less."""
        terms = {word: 1.0 for word in item.keywords if len(word) >= 2}
        for run in CHINESE.findall(self.topic(item.name)):
            for word in rjieba.cut(run):
                if len(word) >= 2 and word not in terms:
                    terms[word] = 0.8
        return terms

    def _term_weights(self) -> dict[str, float]:
        counts: dict[str, int] = {}
        for terms in self.terms:
            for term in terms:
                counts[term] = counts.get(term, 0) + 1
        size = len(self.items)
        return {term: float(np.log(1 + size / count)) for term, count in counts.items()}

    def _by_first(self) -> dict[str, list[str]]:
        first: dict[str, list[str]] = {}
        for term in self.vocabulary:
            first.setdefault(term[:2], []).append(term)
        return first

    def _term_matrix(self) -> sparse.csr_matrix:
        rows, columns, values = [], [], []
        for row, terms in enumerate(self.terms):
            for term, weight in terms.items():
                rows.append(row)
                columns.append(self._place[term])
                values.append(weight * self.term_idf[term])
        return sparse.csr_matrix((values, (rows, columns)), shape=(len(self.items), len(self.vocabulary)))

    def _found_terms(self, text: str) -> list[int]:
        found: set[int] = set()
        for i in range(len(text) - 1):
            for term in self._term_pattern_parts.get(text[i : i + 2], ()):
                if text.startswith(term, i):
                    found.add(self._place[term])
        return sorted(found)

    def known(self, topic: str) -> float:
        """Share of a text's topic that the list has words for, 0..1, by weight of its distinct 2-grams."""
        pairs = {run[i : i + 2] for run in CHINESE.findall(topic) for i in range(len(run) - 1)}
        if not pairs:
            return 0.0
        weights = [(pair in self.idf, self.idf.get(pair, self.rarest)) for pair in pairs]
        return float(sum(weight for seen, weight in weights if seen) / sum(weight for _, weight in weights))

    def expand(self, text: str) -> str:
        """The text followed by the list's words for what it says colloquially."""
        added = [adds for pattern, adds in self.lexicon.synonyms if pattern.search(text)]
        return f"{text} {' '.join(added)}" if added else text

    def scores(self, texts: Sequence[str], issuers: Sequence[str]) -> tuple[Floats, Floats, Floats]:
        """(score, cosine, terms), each of shape (texts, items), for texts from the named issuers."""
        expanded = [self.expand(text) for text in texts]
        topics = [self.topic(text) for text in expanded]
        cosine = np.asarray((self.vectorizer.transform(topics) @ self.matrix.T).todense())
        known = np.array([self.known(topic) for topic in topics]) ** KNOWN_POWER
        rows, columns = [], []
        for row, text in enumerate(expanded):
            hits = self._found_terms(text)
            rows += [row] * len(hits)
            columns += hits
        found = sparse.csr_matrix(
            (np.ones(len(rows)), (rows, columns)), shape=(len(texts), len(self.vocabulary))
        )
        overlap = np.asarray((found @ self.item_terms.T).todense())
        terms = np.tanh(overlap / 6.0)
        lift = np.stack([self._lift(name) for name in issuers])
        weight = TERM_WEIGHT_TAUGHT if self.phrasings else TERM_WEIGHT
        score = (cosine + weight * terms) / (1 + weight) * lift * known[:, None]
        return score, cosine, terms

    def _lift(self, issuer: str) -> Floats:
        """Factor of each item for an issuer: up when it leads the item, down when another department does."""
        own = self.led_by(issuer)
        other = self.has_department & ~own if own.any() else np.zeros_like(own)
        return 1 + DEPARTMENT_LIFT * own.astype(float) - OTHER_DEPARTMENT * other.astype(float)

    def led_by(self, issuer: str) -> NDArray[np.bool_]:
        """Which items an issuer leads, shape (items,)."""
        if issuer not in self._department_cache:
            self._department_cache[issuer] = np.array(
                [same_department(issuer, item.department_names, self.aliases) for item in self.items]
            )
        return self._department_cache[issuer]

    def candidates(self, row: tuple[Floats, Floats, Floats], issuer: str, top: int = 5) -> list[Candidate]:
        """The best items of one row of `scores`, best first."""
        order = np.argsort(-row[0], kind="stable")[:top]
        return [self.candidate(int(place), row, issuer) for place in order]

    def candidate(self, place: int, row: tuple[Floats, Floats, Floats], issuer: str) -> Candidate:
        """The item at `place` with its parts of the score."""
        score, cosine, terms = row
        own = bool(self.led_by(issuer)[place])
        return Candidate(
            self.items[place], float(score[place]), float(cosine[place]), float(terms[place]), own
        )


def matching_words(text: str, item: DutyItem, lexicon: Lexicon, limit: int = 6) -> tuple[Words, ...]:
    """Longest runs of at least two characters that stand both in the text and in the item, with places."""
    blank = lexicon.blank(text, "\0")
    found: list[Words] = []
    for field, body in item.fields().items():
        i = 0
        while i < len(text) - 1:
            size = _run(blank, i, body)
            if size >= 2 and not text[i : i + size].isdigit():  # the 12 of 12月 is not the 12 of 12345
                at = body.find(text[i : i + size])
                found.append(Words(text[i : i + size], i, i + size, field, at, at + size))
            i += max(size, 1)
    found.sort(key=lambda words: (-(words.end - words.start), words.start))
    chosen: list[Words] = []
    for words in found:
        if len(chosen) == limit:
            break
        if not any(words.start < other.end and other.start < words.end for other in chosen):
            chosen.append(words)
    return tuple(sorted(chosen, key=lambda words: words.start))


def topic_words(item: DutyItem, lexicon: Lexicon) -> frozenset[str]:
    """2-grams that say what the item is about: its name and keywords without verbs, forms and generic words."""
    body = f"{item.name} {' '.join(item.keywords)}"
    body = lexicon.blank(body)
    for pattern in (lexicon.verbs, *(pattern for _, _, pattern in lexicon.form)):
        body = pattern.sub(" ", body)
    pairs = (run[i : i + 2] for run in CHINESE.findall(body) for i in range(len(run) - 1))
    return frozenset(pair for pair in pairs if not pair.isascii())


def _run(text: str, start: int, body: str) -> int:
    """Length of the longest run at `start` of `text` that occurs in `body`."""
    size = 0
    while (
        start + size < len(text)
        and CHINESE.match(text[start + size])
        and text[start : start + size + 1] in body
    ):
        size += 1
    return size


def synonym_words(text: str, item: DutyItem, lexicon: Lexicon) -> tuple[Words, ...]:
    """Evidence where text and item say the same in different words: 流浪犬 ↔ 养犬."""
    found: list[Words] = []
    for pattern, adds in lexicon.synonyms:
        hit = pattern.search(text)
        if not hit:
            continue
        for word in adds.split():
            for field, body in item.fields().items():
                at = body.find(word)
                if at >= 0:
                    found.append(Words(hit.group(), hit.start(), hit.end(), field, at, at + len(word)))
                    break
            else:
                continue
            break
    return tuple(found)
