"""Content of parks: what capacity is counted in, schemes of evaluation."""

from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from sanfu.kernel.parks.scheme import ParkScheme, read_scheme
from sanfu.records.content import CONTENT, read_yaml

PARKS = CONTENT / "parks"


@cache
def kinds(folder: Path = PARKS) -> dict[str, str]:
    """Kinds of carrying capacity with their unit, in the order in which they are shown."""
    return {row["kind"]: row["unit"] for row in read_yaml(folder / "capacity.yaml")["要素"]}


@cache
def full_at(folder: Path = PARKS) -> Fraction:
    """Share, 0–1, from which a stock is shown as scarce."""
    return Fraction(str(read_yaml(folder / "capacity.yaml")["紧张线"]["value"])) / 100


@cache
def raw_schemes(folder: Path = PARKS) -> dict[str, dict[str, Any]]:
    """The shipped schemes as their files have them, by id."""
    read = [read_yaml(path) for path in sorted((folder / "schemes").glob("*.yaml"))]
    return {raw["id"]: raw for raw in read}


@cache
def schemes(folder: Path = PARKS) -> dict[str, ParkScheme]:
    """The shipped schemes by id."""
    return {id: read_scheme(raw) for id, raw in raw_schemes(folder).items()}
