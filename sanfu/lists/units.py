"""Units (单位) that a list may name: their codes, and every way people write them."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sanfu.records.content import SAFE

ALIKE = 0.5  # below this a name is not worth suggesting


@dataclass(frozen=True, slots=True)
class Unit:
    """One organisation or placeholder (`@TOWN` is filled by area when an order is dispatched)."""

    code: str
    name: str
    short: str
    aliases: tuple[str, ...] = ()


class Units:
    """Finds a unit by code, name, short name or alias."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.by_code: dict[str, Unit] = {}
        self._by_word: dict[str, str] = {}
        for unit in units:
            self.by_code[unit.code] = unit
            for word in (*unit.aliases, unit.short, unit.name, unit.code):
                self._by_word[_plain(word)] = unit.code

    def resolve(self, word: str) -> str | None:
        """Code of the unit that the word names, or None."""
        return self._by_word.get(_plain(word))

    def nearest(self, word: str) -> str | None:
        """Name of the unit whose name looks most like the word, for error messages."""
        cores = {_core(known): code for known, code in reversed(self._by_word.items())}
        said = _core(_plain(word))

        def likeness(core: str) -> tuple[float, bool]:
            ratio = difflib.SequenceMatcher(None, said, core).ratio()
            return round(ratio, 3), said[:1] == core[:1]

        best = max(cores, key=likeness, default="")
        return self.by_code[cores[best]].name if best and likeness(best)[0] >= ALIKE else None

    def short(self, code: str) -> str:
        """How pages write the unit; an unknown code is shown as it is."""
        unit = self.by_code.get(code)
        return unit.short if unit else code


def _core(plain: str) -> str:
    """What tells one unit from another: 市水务局 and 水利部门 without the words that all units share."""
    core = re.sub(r"^市|委员会|管理局|局|部门|管理|监督|公司|企业|中心", "", plain)
    return core or plain


def _plain(word: str) -> str:
    return "".join(word.split()).replace("（", "(").replace("）", ")").upper()


def units_of(data: Mapping[str, Any]) -> Units:
    """Units from the organisations content (`content/organisations/*.yaml`)."""
    return Units(
        Unit(str(one["code"]), one["name"], one.get("short") or one["name"], tuple(one.get("aliases", ())))
        for one in data["organisations"]
    )


def load_units(path: Path) -> Units:
    """Read an organisations file."""
    return units_of(yaml.load(path.read_text("utf-8"), Loader=SAFE))
