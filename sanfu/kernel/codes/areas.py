"""行政区划代码: GB/T 2260 (province, city, county: 6 digits), GB/T 10114 (town: 9), village (12, statistical)."""

from dataclasses import dataclass
from typing import Self

from sanfu.kernel.codes.credit import BadCode, tidy
from sanfu.kernel.flow import Labelled

# The first two digits of every province, by region of the country.
PROVINCES = frozenset(
    {
        *("11", "12", "13", "14", "15"),
        *("21", "22", "23"),
        *("31", "32", "33", "34", "35", "36", "37"),
        *("41", "42", "43", "44", "45", "46"),
        *("50", "51", "52", "53", "54"),
        *("61", "62", "63", "64", "65"),
        *("71", "81", "82"),
    }
)


class AreaLevel(Labelled):
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    TOWN = "town", "乡级"
    VILLAGE = "village", "村级"


@dataclass(frozen=True, slots=True, order=True)
class AreaCode:
    """An area code in its shortest full form: 6, 9 or 12 digits."""

    text: str

    @classmethod
    def parse(cls, raw: str) -> Self:
        text = tidy(raw)
        if not text.isdigit() or len(text) not in (6, 9, 12):
            raise BadCode(f"行政区划代码应为6位（县）、9位（镇）或12位（村）数字，收到“{raw}”。")
        if text[:2] not in PROVINCES:
            raise BadCode(f"行政区划代码“{raw}”前两位{text[:2]}不是省级代码。")
        if len(text) == 12 and text.endswith("000"):
            text = text[:9]
        if len(text) == 9 and text.endswith("000"):
            text = text[:6]
        if len(text) > 6 and text[4:6] == "00" and text[2:4] == "00":
            raise BadCode(f"行政区划代码“{raw}”有镇村两段却没有县级段。")
        return cls(text)

    @property
    def level(self) -> AreaLevel:
        if len(self.text) == 12:
            return AreaLevel.VILLAGE
        if len(self.text) == 9:
            return AreaLevel.TOWN
        if self.text.endswith("0000"):
            return AreaLevel.PROVINCE
        return AreaLevel.CITY if self.text.endswith("00") else AreaLevel.COUNTY

    @property
    def parent(self) -> "AreaCode | None":
        """One level up; None above a province."""
        if len(self.text) > 6:
            return AreaCode(self.text[:-3])
        if self.level is AreaLevel.COUNTY:
            return AreaCode(self.text[:4] + "00")
        return AreaCode(self.text[:2] + "0000") if self.level is AreaLevel.CITY else None

    def contains(self, other: "AreaCode") -> bool:
        """Is `other` this area or inside it?"""
        stem = self.text
        if self.level is AreaLevel.PROVINCE:
            stem = self.text[:2]
        elif self.level is AreaLevel.CITY:
            stem = self.text[:4]
        return other.text.startswith(stem)

    def __str__(self) -> str:
        return self.text
