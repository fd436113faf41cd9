"""Wording of changes (倍数表述): from a before and an after the sentences that are true, and what a text gets wrong.

“Increased by n times” (增长 n 倍) and “n times the old” (是原来的 n 倍) differ by one; when the old value is only
known to be below a bound (不足), every ratio is “more than”.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from sanfu.kernel.land.areas import shown

EQUAL, BELOW, ABOVE = "等于", "不足", "超过"


@dataclass(frozen=True, slots=True)
class Change:
    """A figure before and after; `before_bound` says whether the old value is exact, below or above."""

    before: Fraction
    after: Fraction
    before_bound: str = EQUAL
    after_bound: str = EQUAL

    @property
    def ratio(self) -> Fraction:
        return self.after / self.before

    @property
    def bound(self) -> str:
        """超过 when the ratio is only known to be larger, 不足 when smaller, empty when exact, 不明 when open."""
        up = self.before_bound == BELOW or self.after_bound == ABOVE
        down = self.before_bound == ABOVE or self.after_bound == BELOW
        if up and down:
            return "不明"
        return ABOVE if up else BELOW if down else ""

    def sentences(self) -> dict[str, str]:
        """True sentences: 是原来的…倍, 增加了…倍, 增长…%. ValueError when nothing can be said."""
        if self.before <= 0 or self.bound == "不明":
            raise ValueError("原值不是正数，或两头都只有界限，不能说倍数")
        edge = self.bound
        if self.ratio < 1:
            return {"percent": f"下降{edge_down(edge)}{_plain((1 - self.ratio) * 100, 1)}%"}
        return {
            "times": f"{edge}原来的 {_plain(self.ratio, 2)} 倍"
            if edge
            else f"是原来的 {_plain(self.ratio, 2)} 倍",
            "increase": f"增加{edge or '了'} {_plain(self.ratio - 1, 2)} 倍",
            "percent": f"增长{edge} {_plain((self.ratio - 1) * 100, 1)}%".replace("  ", " "),
        }


def edge_down(edge: str) -> str:
    """For a fall the bound turns: a larger ratio is a smaller fall."""
    return {ABOVE: "不足 ", BELOW: "超过 "}.get(edge, " ")


def _plain(value: Fraction, digits: int) -> str:
    """Rounded towards zero for a bound to stay true, zeros at the end cut."""
    scaled = int(value * 10**digits)
    text = shown(Fraction(scaled, 10**digits), digits)
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class Finding:
    """A span of a text: what it claims, whether it holds (None: cannot be told), and what to write."""

    start: int
    end: int
    said: str
    holds: bool | None
    instead: str


_UNIT = r"(?:万元/亩|万元|亿元|万|亿|%|个百分点|亩|公顷|人|家|户|天|日)?"
_MOVE = re.compile(
    rf"(?:由|从)?(?:原来的|原先的|的)?(?P<bound>不足|不到|超过|超|约)?\s*(?P<before>\d+(?:\.\d+)?)\s*{_UNIT}(?:/亩)?"
    rf"(?:\s*(?:提升|提高|增长|增加|上升|跃升|升|涨)?(?:到|至|为)|→|->)\s*(?:了)?"
    rf"(?P<edge>超过|超|不足|近)?\s*(?P<after>\d+(?:\.\d+)?)\s*{_UNIT}"
)
_CLAIM = re.compile(
    r"(?P<kind>是原来的|为原来的|达原来的|提升到原来的|相当于原来的|提升了?|提高了?|增长了?|增加了?|翻了?|降低了?|下降了?|减少了?)"
    r"\s*(?P<edge>超过|超|逾|近|约)?\s*(?P<n>\d+(?:\.\d+)?|[一两二三四五六])\s*(?P<unit>倍|%|％|番)(?P<more>多|以上)?"
)
_DIGITS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6}


def check(text: str) -> list[Finding]:
    """Claims of multiples that follow a before-and-after in the same text, each held against it."""
    moves = list(_MOVE.finditer(text))
    found = []
    for claim in _CLAIM.finditer(text):
        before = [m for m in moves if m.end() <= claim.start()]
        found.append(_judge(claim, before[-1] if before else None))
    return found


def change_in(text: str) -> list[Change]:
    """The before-and-after pairs that a text states."""
    return [_change(m) for m in _MOVE.finditer(text)]


def _change(move: re.Match[str]) -> Change:
    bound = {"不足": BELOW, "不到": BELOW, "超过": ABOVE, "超": ABOVE}.get(move["bound"] or "", EQUAL)
    edge = {"超过": ABOVE, "超": ABOVE, "不足": BELOW, "近": BELOW}.get(move["edge"] or "", EQUAL)
    return Change(Fraction(move["before"]), Fraction(move["after"]), bound, edge)


def _judge(claim: re.Match[str], move: re.Match[str] | None) -> Finding:
    kind, number = claim["kind"], claim["n"]
    size = Fraction(_DIGITS[number]) if number in _DIGITS else Fraction(number)
    where = (claim.start(), claim.end(), claim[0])
    if kind.startswith(("降低", "下降", "减少")) and claim["unit"] == "倍":
        return Finding(*where, False, "“降低几倍”没有意义，请写下降百分之几")
    if move is None:
        return Finding(*where, None, "没有写原值和现值，无从核对")
    change = _change(move)
    if change.before <= 0 or change.bound == "不明":
        return Finding(*where, None, "原值或现值只有界限，倍数无从核对")
    ratio = _claimed_ratio(kind, claim["unit"], size)
    open_up = bool(claim["edge"] in ("超过", "超", "逾") or claim["more"])
    true = change.sentences()
    instead = "；".join(true.values())
    if change.bound == ABOVE:  # the true ratio lies above: only a claim of “more than” up to it is proved
        holds = open_up and ratio <= change.ratio
    else:
        close = abs(ratio - change.ratio) <= Fraction(1, 200) * change.ratio or _plain_equal(
            ratio, change.ratio
        )
        holds = (ratio <= change.ratio) if open_up else close
    return Finding(*where, holds, "" if holds else instead)


def _claimed_ratio(kind: str, unit: str, size: Fraction) -> Fraction:
    if unit == "番":
        return Fraction(2) ** int(size)
    if unit in "%％":
        return (1 - size / 100) if kind.startswith(("降低", "下降", "减少")) else 1 + size / 100
    if "原来的" in kind or kind.startswith("翻"):
        return size
    return 1 + size


def _plain_equal(one: Fraction, other: Fraction) -> bool:
    return round(one, 1) == round(other, 1)
