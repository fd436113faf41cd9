"""`./test` itself: a step that failed side by side may pass alone, is said so, and nothing else is forgiven."""

import sys

import pytest

from tests import __main__ as the_run


def words(code: int) -> list[str]:
    return [sys.executable, "-c", f"raise SystemExit({code})"]


@pytest.mark.parametrize(
    ("first", "again", "came"),
    [
        (0, None, "passed"),
        (1, None, "FAILED"),
        (1, 0, "ALONE"),
        (1, 1, "FAILED"),
        (1, 5, "FAILED"),
        (0, 1, "passed"),
    ],
)
def test_what_a_step_comes_to(first: int, again: int | None, came: str) -> None:
    assert (
        the_run.run(the_run.Step("x", words(first), again=tuple(words(again)) if again is not None else ()))[
            0
        ]
        == came
    )


def test_only_browser_tests_get_a_second_try_and_only_what_failed() -> None:
    again = {step.name: step.again for step in the_run.test_steps() if step.again}
    assert set(again) == {"browser tests"}
    assert "--last-failed" in again["browser tests"]
    assert "-n" not in again["browser tests"]
