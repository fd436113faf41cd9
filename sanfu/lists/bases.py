"""The register of legal bases as content, and the law's own clocks of a request item (依据登记、法定期限)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sanfu.kernel.bases import Reading, Register
from sanfu.lists.items import RequestItem
from sanfu.records.content import CONTENT, read_yaml

UNITS = {"day": "日", "workday": "个工作日"}


@cache
def register() -> Register:
    """content/bases/register.yaml, read once."""
    return Register.of(read_yaml(CONTENT / "bases" / "register.yaml")["texts"])


def readings(item: RequestItem, on: date) -> list[Reading]:
    """How every basis of a request item stands on a day."""
    return [register().read(basis.text, str(basis.mark), on) for basis in item.basis]


@dataclass(frozen=True, slots=True)
class LawClock:
    """A period in law beside the county's promise: what, from when, how long, by which text, how well known."""

    name: str
    begins: str
    limit: str
    extension: str
    basis: str
    mark: str
    note: str


@cache
def _periods() -> tuple[tuple[tuple[str, ...], LawClock], ...]:
    raw = read_yaml(CONTENT / "clocks" / "procedures.yaml")
    return tuple((tuple(one.get("requests", ())), _clock(one, raw["sources"])) for one in raw["periods"])


def _clock(one: dict[str, Any], sources: dict[str, Any]) -> LawClock:
    code, _, article = str(one["basis"]).partition(" ")
    source = sources[code]
    more = one.get("extension")
    extension = f"经批准可延长{_length(more)}" if more else ""
    return LawClock(
        one["name"], one.get("begins", ""), _length(one["rule"]), extension,
        f"{source['document']} {article}", one.get("mark", source["mark"]), one.get("note", ""),
    )  # fmt: skip


def _length(rule: dict[str, Any]) -> str:
    return f"{rule['n']}{UNITS[rule['unit']]}"


def law_clocks(code: str) -> Sequence[LawClock]:
    """The periods of content/clocks/procedures.yaml that run for a request item."""
    return [clock for codes, clock in _periods() if code in codes]
