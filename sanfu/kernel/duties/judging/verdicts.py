"""The nine verdicts (判定), what a judgement holds, and the verdict of a document from those of its demands."""

from collections.abc import Sequence
from dataclasses import dataclass

from sanfu.kernel.duties.items import DutyItem
from sanfu.kernel.duties.judging.matching import Candidate, Words
from sanfu.kernel.flow import Labelled


class Verdict(Labelled):
    """The nine answers; `label` is what people read."""

    PASS_BASIC = "PASS_BASIC", "主责", "ok"
    PASS_COOP = "PASS_COOP", "协办", "ok"
    SHIFT = "SHIFT", "主责转嫁", "danger"
    RECALLED = "RECALLED", "已收回", "danger"
    OUT = "OUT", "清单外", "danger"
    FORM = "FORM", "形式加码", "danger"
    EMERG = "EMERG", "应急豁免", "info"
    HUMAN = "HUMAN", "须人工", "warn"
    MIXED = "MIXED", "混合", "warn"


PASSING = frozenset({Verdict.PASS_BASIC, Verdict.PASS_COOP, Verdict.EMERG})
BLOCKING = frozenset({Verdict.SHIFT, Verdict.RECALLED, Verdict.OUT, Verdict.FORM})


@dataclass(frozen=True)
class Mark:
    """Words of the text that a rule used, with place [start, end) and what they mean."""

    text: str
    start: int
    end: int
    role: str


@dataclass(frozen=True)
class Decision:
    """What a rule said: verdict, its own code, the item it rests on, raw strength 0..1 and the words."""

    verdict: Verdict
    rule: str
    candidate: Candidate | None
    strength: float
    marks: tuple[Mark, ...] = ()
    reason: str = ""
    ask: str = ""


@dataclass(frozen=True)
class Judgement:
    """A decision with its evidence on both sides and its calibrated confidence."""

    verdict: Verdict
    rule: str
    item: DutyItem | None
    confidence: float
    marks: tuple[Mark, ...]
    words: tuple[Words, ...]
    reason: str
    rewrite: str
    candidates: tuple[Candidate, ...]
    suggested: Verdict  # what the rule said before doubt turned it into 须人工
    ask: str = ""
    precedents: tuple[str, ...] = ()
    sentence: str = ""  # what may stand in the text instead of the demand


def whole(verdicts: Sequence[tuple[Verdict, float]]) -> Verdict:
    """The verdict of a document from its demands: 混合 when part may go and part may not."""
    kinds = {verdict for verdict, _ in verdicts}
    if len(kinds) == 1:
        return kinds.pop()
    passing, blocking = kinds & PASSING, kinds & (BLOCKING | {Verdict.MIXED})
    if (passing and blocking) or Verdict.MIXED in kinds:
        return Verdict.MIXED
    doubtful = sum(verdict is Verdict.HUMAN for verdict, _ in verdicts)
    if doubtful * 2 >= len(verdicts):
        return Verdict.HUMAN
    if Verdict.EMERG in kinds:
        return Verdict.EMERG
    weight: dict[Verdict, float] = {}
    for verdict, confidence in verdicts:
        if verdict is not Verdict.HUMAN:
            weight[verdict] = weight.get(verdict, 0.0) + confidence
    return max(weight, key=lambda verdict: (weight[verdict], verdict.value))
