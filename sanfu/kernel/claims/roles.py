"""What is claimed (断言): the role of each number of a sentence, and what a sentence claims without one."""

from dataclasses import dataclass
from enum import StrEnum

from sanfu.kernel.claims.numbers import Quantity


class Role(StrEnum):
    """What a number says."""

    LEVEL = "level"
    BEFORE = "before"
    AFTER = "after"
    CHANGE = "change"
    GROWTH = "growth"  # 年均增长
    RATIO = "ratio"  # 是原来的N倍
    SHARE = "share"
    COMPLETE = "complete"
    AVERAGE = "average"
    RANGE = "range"  # 3至5天


@dataclass(slots=True)
class Claim:
    """One number with its role. sign: 1 up, -1 down, 0 none; verb, of, relation: words of the sentence."""

    quantity: Quantity
    role: Role
    local: str
    sentence: str
    sign: int = 0
    verb: str = ""
    of: str = ""
    relation: str = ""
    pair: "tuple[Quantity, Quantity] | None" = None
    excess: bool = False
    behind: str = ""
    leg: tuple[int, int] = (0, 0)  # 逐年分别提高5.5、7.3: which step, of how many
    lead: str = ""  # what stands before the semicolon: parts of a sum are told there
    when: str = ""  # the words between the number before and this one: they name its month


@dataclass(frozen=True, slots=True)
class Cue:
    """A claim without a number: 翻番, 由负转正, 扭亏为盈, 位居第一, 同比提升, 持平."""

    start: int
    end: int
    kind: str
    word: str
    sentence: str
    local: str
    relation: str = ""
    sign: int = 0
    place: int = 0
    pair: "tuple[Quantity, Quantity] | None" = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with what it claims; offset is its place in the text."""

    text: str
    offset: int
    claims: tuple[Claim, ...]
    cues: tuple[Cue, ...]
