"""Headings (表头): which indicator, fact, date or flag a column of a sheet means, and in which unit.

Names are compared without brackets, blanks and case; the unit in a bracket converts the figure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sanfu.kernel.land.areas import MU
from sanfu.kernel.land.quantities import AREA_UNITS, MONEY_UNITS, unit_in

_BRACKETS = re.compile(r"[（(\[【].*?[）)\]】]")
# what a figure is multiplied with to stand in the unit of the definitions (万元, 亩, 万千瓦时, 吨标煤, 比例)
_OTHER_UNITS = {
    "万千瓦时": Decimal(1), "万kwh": Decimal(1), "万度": Decimal(1), "千瓦时": Decimal("0.0001"), "kwh": Decimal("0.0001"), "度": Decimal("0.0001"),
    "%": Decimal("0.01"), "％": Decimal("0.01"), "万吨标煤": Decimal(10_000), "万吨": Decimal(10_000), "千克": Decimal("0.001"), "公斤": Decimal("0.001"),
    "万人": Decimal(10_000),
}  # fmt: skip


def squeeze(text: str) -> str:
    """A heading without brackets, blanks, underscores and case."""
    return re.sub(r"[\s_·，,：:]", "", _BRACKETS.sub("", text)).lower()


@dataclass(frozen=True, slots=True)
class Headings:
    """Known names by squeezed spelling; `definitions` as the content has them."""

    definitions: Mapping[str, Mapping[str, Any]]
    indicators: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    days: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)

    def indicator(self, heading: str) -> str | None:
        """The indicator meant: by its full spelling, else without what stands in brackets."""
        plain = re.sub(r"[\s_]", "", heading).lower().replace("(", "（").replace(")", "）")
        return self.indicators.get(plain) or self.indicators.get(squeeze(heading))

    def fact(self, heading: str) -> str | None:
        """The fact meant, also under a name that ends in a unit such as land_mu."""
        plain = squeeze(heading)
        bare = re.sub(r"(万元|wan|yuan|mu|亩)$", "", plain)
        return self.facts.get(plain) or self.facts.get(bare)


def read_headings(raw: Mapping[str, Any]) -> Headings:
    """The headings of `content/land/indicators.yaml`."""
    definitions = {str(name): row for name, row in raw["指标"].items()}
    indicators = {}
    for name, row in definitions.items():
        for word in (name, *row.get("别名", ())):
            plain = re.sub(r"[\s_]", "", str(word)).lower()
            indicators[plain] = name
            indicators.setdefault(squeeze(str(word)), name)
    return Headings(
        definitions, indicators, _names(raw["事实别名"]), _names(raw["日期别名"]), _names(raw["否决别名"])
    )


def _names(raw: Mapping[str, Any]) -> dict[str, str]:
    return {squeeze(str(word)): str(name) for name, words in raw.items() for word in (name, *words)}


def unit_factor(heading: str) -> tuple[Decimal, str]:
    """What a figure under this heading is multiplied with, and the unit named when it is another one."""
    bracket = re.findall(r"[（(\[【]\s*(.*?)\s*[）)\]】]", heading)
    inner = bracket[-1].lower() if bracket else ""
    if inner in _OTHER_UNITS:
        return _OTHER_UNITS[inner], inner
    for units, scale in ((MONEY_UNITS, 1), (AREA_UNITS, MU)):
        unit = unit_in(heading, units) if inner or heading.lower().endswith(("_mu", "_wan", "_yuan")) else ""
        if unit:
            factor = units[unit] / scale
            return Decimal(factor.numerator) / Decimal(factor.denominator), "" if factor == 1 else unit
    return Decimal(1), ""
