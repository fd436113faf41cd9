"""Wording of changes (倍数表述): from a before and an after the sentences that are true.

What a written text gets wrong is the business of `sanfu.kernel.claims`: there is one check of wording.

“Increased by n times” (增长 n 倍) and “n times the old” (是原来的 n 倍) differ by one; when the old value is only
known to be below a bound (不足), every ratio is “more than”.
"""

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
