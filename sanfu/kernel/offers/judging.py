"""One clause → forbidden, review or ok, with every finding's place, rule, basis, rewrite and reviewer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sanfu.kernel.flow import Labelled
from sanfu.kernel.offers.learning import Learned
from sanfu.kernel.offers.rulebook import Lint, Rulebook

SENTENCE = re.compile(r"[^。；;！!？?\n]+")
PART = re.compile(r"[^，,：:]+")


class Answer(Labelled):
    """What the lint says; a person decides."""

    FORBIDDEN = "forbidden", "不得承诺", "danger"
    REVIEW = "review", "须人工审", "warn"
    OK = "ok", "未见问题", "ok"


@dataclass(frozen=True)
class Finding:
    """One rule that a clause breaks, at `start`–`end` of the clause's text."""

    lint: Lint
    start: int
    end: int
    text: str
    like: str = ""  # the worked clause that it resembles, where no rule's wording was met
    likely: float = 1.0


@dataclass(frozen=True)
class Doubt:
    """A wording that a person must look at."""

    id: str
    problem: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Judged:
    """The answer on one clause. `notes` say what lifted or softened a finding."""

    answer: Answer
    findings: tuple[Finding, ...]
    doubts: tuple[Doubt, ...]
    notes: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """The leading rule, empty when the clause is not forbidden."""
        return self.findings[0].lint.id if self.answer is Answer.FORBIDDEN else ""


LIKELY = 0.60  # share from which a clause without a rule's wording is held to be forbidden
DOUBTFUL = 0.40  # and from which a person looks
SHORTEST = 9  # letters of a clause that says anything; headings are shorter


def judge(text: str, book: Rulebook, learned: Learned | None = None) -> Judged:
    """Hold one clause against all rules, then, where none speaks, against the worked clauses."""
    findings: list[Finding] = []
    doubts: list[Doubt] = []
    notes: list[str] = []
    for sentence in SENTENCE.finditer(text):
        found = list(_broken(sentence.group(), sentence.start(), book, notes))
        findings += found
        if not found:
            doubts += _doubtful(sentence.group(), sentence.start(), book)
    if findings and book.exception.search(text):
        softened = _exception(text, book, notes)
        if softened:
            return Judged(Answer.REVIEW, tuple(findings), tuple(doubts), tuple(notes))
    weighty = len(text) >= SHORTEST and book.charged.search(text) and not innocent(text, book)
    if not findings and learned is not None and weighty:
        near = learned.like(text)
        lint = next((one for one in book.lints if one.id == near.rule), None)
        if lint is not None and near.forbidden >= LIKELY and not _open_to_a_class(text, near.rule, book):
            findings.append(Finding(lint, 0, len(text), text, near.like.text, round(near.forbidden, 2)))
        elif near.forbidden >= DOUBTFUL and not doubts:
            doubts.append(Doubt("近似", f"与样例条款“{near.like.text}”相近", 0, len(text), text))
    answer = Answer.FORBIDDEN if findings else Answer.REVIEW if doubts else Answer.OK
    return Judged(answer, tuple(findings), tuple(doubts), tuple(dict.fromkeys(notes)))


def _open_to_a_class(text: str, rule: str, book: Rulebook) -> bool:
    """Whether likeness alone speaks against an award to a class of firms: then a person looks, nothing is forbidden."""
    return rule in {"L1", "L2"} and book.open_class.search(text) is not None


def innocent(text: str, book: Rulebook) -> bool:
    """Whether the whole clause is open to all, set by law, undone, or forbids what it names."""
    if book.innocent.search(text) or book.dissolved.search(text) or book.lawful.search(text):
        return True
    return any(
        lint_guard.search(text) for lint in book.lints for lint_guard in lint.unless if lint.id != "L2"
    )


def _exception(text: str, book: Rulebook, notes: list[str]) -> bool:
    """Whether the clause states both conditions of an exception; what is missing is noted."""
    milder, ends = bool(book.milder.search(text)), bool(book.end_date.search(text))
    if milder and ends:
        notes.append("援引例外并写明没有影响更小的替代方案和期限，由审查机构核实")
        return True
    missing = [] if milder else ["没有对公平竞争影响更小的替代方案"]
    missing += [] if ends else ["实施期限"]
    notes.append(f"援引例外，但没有写明{'、'.join(missing)}，不成立")
    return False


def _broken(sentence: str, offset: int, book: Rulebook, notes: list[str]) -> Iterator[Finding]:
    dissolved = book.dissolved.search(sentence)
    for lint in book.lints:
        match = _match(lint, sentence, book)
        if match is None:
            continue
        if any(guard.search(sentence) for guard in lint.unless):
            continue
        if dissolved:
            notes.append("提到的条款已说明删除或废止")
            continue
        yield Finding(lint, offset + match.start(), offset + match.end(), match.group())
        return  # one leading rule a sentence; the list of rules is ordered from special to general


def _match(lint: Lint, sentence: str, book: Rulebook) -> re.Match[str] | None:
    for pattern in lint.kept:
        match = pattern.search(sentence)
        if match is not None:
            return match
    for pattern in lint.patterns:
        for match in pattern.finditer(sentence):
            if not negated(sentence, match.start(), match.end(), book):
                return match
    return None


def negated(sentence: str, start: int, end: int, book: Rulebook) -> bool:
    """Whether the end of a match stands under a prohibition: in its own part, or carried on from an earlier part."""
    parts = list(PART.finditer(sentence))
    place = next((k for k, part in enumerate(parts) if part.start() <= end - 1 < part.end()), None)
    if place is None:
        return False
    while True:
        part = parts[place]
        stop = min(end, part.end())
        if book.negator.search(sentence, part.start(), stop):
            return True
        if place and book.carried_on.search(part.group().strip()):
            place -= 1
            continue
        return bool(
            re.match(
                r"\s*(?:的)?(?:一律|均|都|概)?(?:不得|不予|严禁|禁止|不允许|无效|不执行)",
                sentence[end : end + 8],
            )
        )


def _doubtful(sentence: str, offset: int, book: Rulebook) -> list[Doubt]:
    out: list[Doubt] = []
    if book.lawful.search(sentence):
        return out
    for vague in book.vague:
        match = vague.pattern.search(sentence)
        if match is not None and not negated(sentence, match.start(), match.end(), book):
            out.append(
                Doubt(vague.id, vague.problem, offset + match.start(), offset + match.end(), match.group())
            )
    return out
