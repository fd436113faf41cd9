"""One place makes a day, a year or a time in China of a moment; everywhere else the spellings that go wrong fail."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanfu.grassroots.duties.rules import quarter_of
from sanfu.kernel.clocks import as_day
from sanfu.records.moments import begin_of, day_of, said, wall, year_of
from tests.architecture.test_house import SOURCES, name_of, text_of

# The kernel knows neither settings nor Django: its clocks have the same function in this one file.
MAKERS = {"sanfu/records/moments.py", "sanfu/kernel/clocks/fold.py"}
CALLS = {"date", "localdate", "localtime", "astimezone"}
MOMENT = re.compile(r"^(at|now|when|moment|begun|until|since|due|.+_at)$")
TIME_OF_DAY = re.compile(r"%-?[HMSIpTRX]")


def last_name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def format_of(node: ast.FormattedValue) -> str:
    spec = node.format_spec
    parts = spec.values if isinstance(spec, ast.JoinedStr) else []
    return "".join(str(one.value) for one in parts if isinstance(one, ast.Constant))


def wrong_spellings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            name = last_name(node.func)
            if name in CALLS and not (name == "date" and (node.args or isinstance(node.func, ast.Name))):
                yield node.lineno, f"{name}()"
            if name == "strftime" and last_name(getattr(node.func, "value", node)) != "time":
                yield node.lineno, "strftime()"
        elif isinstance(node, ast.Attribute) and node.attr in {"year", "month", "day"}:
            if MOMENT.match(last_name(node.value)):
                yield node.lineno, f"{last_name(node.value)}.{node.attr}"
        elif isinstance(node, ast.FormattedValue):
            form, of_moment = format_of(node), MOMENT.match(last_name(node.value))
            if TIME_OF_DAY.search(form) or (of_moment and "%" in form):
                yield node.lineno, f":{form}"


@pytest.mark.parametrize("path", [p for p in SOURCES if name_of(p) not in MAKERS], ids=name_of)
def test_a_moment_becomes_a_day_in_one_place(path: Path) -> None:
    found = [f"{name_of(path)}:{line} {what}" for line, what in wrong_spellings(ast.parse(text_of(path)))]
    assert found == [], "use day_of, year_of, said of sanfu/records/moments.py"


@pytest.mark.parametrize(
    "source",
    [
        "at.date()",
        "at.year",
        "row.opened_at.month",
        "localdate(at)",
        "timezone.localtime(now)",
        "at.astimezone(CHINA)",
        "f'{at:%Y}'",
        "f'{row.recorded_at:%H:%M}'",
        "f'{last:%H:%M}'",
        "value.strftime('%Y')",
    ],
)
def test_the_law_sees_every_wrong_spelling(source: str) -> None:
    assert list(wrong_spellings(ast.parse(source)))


@pytest.mark.parametrize("source", ["date(2026, 1, 1)", "day.year", "f'{day:%Y-%m-%d}'", "day_of(at)"])
def test_the_law_lets_days_be(source: str) -> None:
    assert not list(wrong_spellings(ast.parse(source)))


CHINA_AHEAD = timedelta(hours=8)  # since 1991 without summer time
TURNS = st.sampled_from(
    [
        date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1), date(2027, 1, 1),
        date(2028, 2, 29), date(2028, 3, 1), date(2026, 12, 1), date(2026, 6, 15),
    ]
)  # fmt: skip


@st.composite
def near_midnight(draw: st.DrawFn) -> tuple[datetime, datetime]:
    """A moment within nine hours of a midnight in China at which day, month, quarter or year turns: (UTC, naive)."""
    begin = datetime.combine(draw(TURNS), datetime.min.time())
    naive = begin + timedelta(microseconds=draw(st.integers(-9 * 3600 * 10**6, 9 * 3600 * 10**6)))
    return (naive - CHINA_AHEAD).replace(tzinfo=UTC), naive


@given(near_midnight())
def test_days_years_and_times_are_those_of_china(moments: tuple[datetime, datetime]) -> None:
    at, naive = moments
    assert wall(at).replace(tzinfo=None) == naive
    assert day_of(at) == naive.date() == as_day(at)
    assert year_of(at) == naive.year
    assert begin_of(day_of(at)) <= at < begin_of(day_of(at) + timedelta(days=1))
    assert said(at) == naive.strftime("%Y-%m-%d %H:%M")
    assert quarter_of(day_of(at)) == f"{naive.year}-Q{(naive.month + 2) // 3}"


def test_new_years_night_belongs_to_the_new_year() -> None:
    assert year_of(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == 2027
    assert year_of(datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)) == 2026


def test_a_day_stays_a_day_and_a_moment_says_its_zone() -> None:
    assert day_of(date(2026, 3, 1)) == date(2026, 3, 1)
    with pytest.raises(ValueError, match="zone"):
        day_of(datetime(2026, 3, 1))
