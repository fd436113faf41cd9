"""指标册: every formula of content/indicators/rooms, read and checked once, by id."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from django.conf import settings

from sanfu.kernel.indicators.composite import Composite
from sanfu.kernel.indicators.composite import parse as parse_composite
from sanfu.kernel.indicators.formula import BadFormula, Formula, parse
from sanfu.measure.kinds import kinds_of_cases, row_kinds
from sanfu.records.content import read_yaml


@cache
def formulas() -> dict[str, Formula]:
    """Every indicator by id; BadFormula names the file and the indicator that cannot be used."""
    found: dict[str, Formula] = {}
    for path in sorted((settings.CONTENT / "indicators" / "rooms").glob("*.yaml")):
        for raw in _spelled_out(read_yaml(path)):
            one = parse(raw, row_kinds())
            if one.id in found:
                raise BadFormula(f"{path.name}：指标编号“{one.id}”重复。")
            found[one.id] = one
    return found


def _spelled_out(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The indicators of a file; one that says `each` stands for one of every kind of case named."""
    shared = {key: raw[key] for key in ("rows", "room", "basis") if key in raw}
    every = kinds_of_cases()
    for one in raw["indicators"]:
        if "each" not in one:
            yield shared | one
            continue
        chosen = list(every) if one["each"] == "all" else [code for code in one["each"] if code in every]
        for code in chosen:
            yield shared | {k: v for k, v in one.items() if k != "each"} | {
                "id": f"{one['id']}-{code}", "name": f"{every[code]}{one['name']}", "only": [code],
                "only_words": every[code], "room": every[code],
            }  # fmt: skip


def get(name: str) -> Formula | None:
    """The indicator of an id, or None."""
    return formulas().get(name)


@cache
def composites() -> dict[str, Composite]:
    """Every index of content/indicators/composites.yaml by id."""
    raw = read_yaml(settings.CONTENT / "indicators" / "composites.yaml")
    return {one.id: one for one in (parse_composite(row, formulas()) for row in raw["composites"])}
