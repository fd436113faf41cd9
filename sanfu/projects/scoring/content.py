"""Reads the content of 亩均评价: what columns mean, and the schemes."""

from functools import cache
from pathlib import Path

from sanfu.kernel.land.scoring.headings import Headings, read_headings
from sanfu.kernel.land.scoring.reading import read_scheme
from sanfu.kernel.land.scoring.schemes import Scheme
from sanfu.records.content import CONTENT, read_yaml

LAND = CONTENT / "land"


@cache
def headings(folder: Path = LAND) -> Headings:
    """What the columns of a firms' sheet mean."""
    return read_headings(read_yaml(folder / "indicators.yaml"))


@cache
def schemes(folder: Path = LAND) -> dict[str, Scheme]:
    """The shipped schemes by id, whether complete or drafts without bases."""
    found = [read_scheme(read_yaml(p), headings(folder)) for p in sorted((folder / "schemes").glob("*.yaml"))]
    return {scheme.id: scheme for scheme in found}


@cache
def raw_scheme(id: str, folder: Path = LAND) -> dict[str, object]:
    """A shipped scheme as its file has it: what a run freezes. KeyError for one that is not shipped."""
    if id not in schemes(folder):
        raise KeyError(id)
    return dict(next(r for r in (read_yaml(p) for p in (folder / "schemes").glob("*.yaml")) if r["id"] == id))


def unit_of(name: str, folder: Path = LAND) -> str:
    """Unit in which a fact or an indicator is computed with, from the definitions; "" where they name none."""
    definitions = headings(folder).definitions
    if name in definitions:
        return str(definitions[name].get("单位", ""))
    for one in definitions.values():
        above, slash, below = str(one.get("单位", "")).partition("/")
        for part, unit in (("分子", above), ("分母", below)):
            if slash and one.get(part) == name:
                return unit
    return ""
