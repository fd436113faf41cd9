"""A file of published cases checked: what comes out, and whether it is what each case says of itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sanfu.measure.published.checked import Checked, Result, as_said, expected
from sanfu.measure.published.ratios import one_figure
from sanfu.measure.published.reading import BadCase
from sanfu.measure.published.scores import scored, unit_totals


@dataclass(frozen=True, slots=True)
class CaseReport:
    """One case of a file: its figures and whether they come out as the case says."""

    place: str
    figures: tuple[Checked, ...]
    as_said: bool


def check_cases(raw: Any) -> list[CaseReport]:
    """Check every case of a document; BadCase when it holds none."""
    found = [_report(one) for one in _cases(raw)]
    if not found:
        raise BadCase("文件里没有案例：每个案例应是一个对象，写明 place、metric 和公布的数。")
    return found


def _cases(raw: Any) -> Iterator[Mapping[str, Any]]:
    """Every object that tells a place or a metric, however deep the lists are."""
    if isinstance(raw, list):
        for one in raw:
            yield from _cases(one)
    elif isinstance(raw, Mapping):
        if "place" in raw or "metric" in raw:
            yield raw
        else:
            for one in raw.values():
                if isinstance(one, list | Mapping):
                    yield from _cases(one)


def _report(raw: Mapping[str, Any]) -> CaseReport:
    said = expected(raw)
    if raw.get("rows") or raw.get("totals"):
        rows, totals = scored(raw), unit_totals(raw)
        explained = [one for one in totals if one.result is not Result.UNEXPLAINED]
        held = as_said(said, rows or explained) and all(
            one.result is Result.REPRODUCED or one.difference for one in explained
        )
        return CaseReport(str(raw.get("place", "")), (*rows, *totals), held)
    figures = one_figure(raw)
    return CaseReport(
        str(raw.get("place", "")), tuple(figures), as_said(said, figures) and _gap_as_said(raw, figures)
    )


def _gap_as_said(raw: Mapping[str, Any], figures: list[Checked]) -> bool:
    """Where a case names the gap of its total, ours must have that size."""
    said = next((raw[key] for key in ("difference", "gap", "差额") if key in raw), None)
    if said is None or not figures or figures[0].difference is None:
        return True
    try:
        return abs(abs(Fraction(str(said))) - abs(figures[0].difference)) <= Fraction(1, 100)
    except ValueError:
        return True
