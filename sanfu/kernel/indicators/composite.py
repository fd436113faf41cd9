"""综合指数: several shares by weight; a unit that lacks one of them has no index, and the lack is named."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sanfu.kernel.indicators.formula import BadFormula, Formula

WHOLE = 100


@dataclass(frozen=True, slots=True)
class Composite:
    """One index: name, its shares with their weights in percent, where it comes from."""

    id: str
    name: str
    parts: tuple[tuple[Formula, Fraction], ...]
    basis: Mapping[str, Any]

    def sentence(self) -> str:
        """The index in Chinese: 0.2×响应率＋0.4×（100%－返工率）."""
        return "＋".join(
            f"{float(weight / WHOLE):g}×{one.name if one.higher_is_better else f'（100%－{one.name}）'}"
            for one, weight in self.parts
        )


@dataclass(frozen=True, slots=True)
class Index:
    """What an index comes to: value from 0 to 100, or None with the parts that are missing or too small."""

    value: Fraction | None
    missing: tuple[str, ...]


def parse(raw: Mapping[str, Any], book: Mapping[str, Formula]) -> Composite:
    """Read one index; BadFormula for unknown indicators, others than shares, and weights that make no 100."""
    name = str(raw.get("name", "？"))
    parts = []
    for key, weight in (raw.get("weights") or {}).items():
        one = book.get(str(key))
        if one is None:
            raise BadFormula(f"综合指数{name}：没有指标“{key}”。")
        if not one.is_share:
            raise BadFormula(f"综合指数{name}：{one.name}不是占比，不能按百分制合成。")
        parts.append((one, Fraction(str(weight))))
    if sum(weight for _, weight in parts) != WHOLE or any(weight <= 0 for _, weight in parts):
        raise BadFormula(f"综合指数{name}：各项权重都要大于零，合计要等于100。")
    return Composite(str(raw["id"]), name, tuple(parts), raw.get("basis") or {})


def index(one: Composite, counts: Mapping[str, tuple[int, int]]) -> Index:
    """The index of hits and rows by indicator; every part must have its smallest sample."""
    missing = tuple(part.name for part, _ in one.parts if counts.get(part.id, (0, 0))[1] < part.small_sample)
    if missing:
        return Index(None, missing)
    total = Fraction(0)
    for part, weight in one.parts:
        hits, rows = counts[part.id]
        share = Fraction(hits, rows)
        total += weight * (share if part.higher_is_better else 1 - share)
    return Index(total, ())
