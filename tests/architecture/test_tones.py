"""A status carries its label and tone where it is defined (`Labelled`): no page keeps a table of colours beside it."""

import ast
from pathlib import Path

import pytest

from sanfu.kernel.flow import TONES

SANFU = Path(__file__).parents[2] / "sanfu"


def tables_of_colours(source: str) -> list[int]:
    """Lines of dict literals of which two or more values are a tone, or a tuple with one."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Dict) and not _keyed_by_bool(node) and sum(map(_is_tone, node.values)) >= 2:
            found.append(node.lineno)
    return found


def _keyed_by_bool(node: ast.Dict) -> bool:
    """Yes and no are no status."""
    return all(isinstance(key, ast.Constant) and isinstance(key.value, bool) for key in node.keys)


def _is_tone(value: ast.expr) -> bool:
    if isinstance(value, ast.Tuple):
        return any(_is_tone(one) for one in value.elts)
    return isinstance(value, ast.Constant) and value.value in TONES


@pytest.mark.parametrize("path", sorted(SANFU.rglob("*.py")), ids=lambda path: str(path.relative_to(SANFU)))
def test_no_table_of_colours(path: Path) -> None:
    lines = tables_of_colours(path.read_text(encoding="utf-8"))
    assert lines == [], "give the status its tone: class State(Labelled): OPEN = 'open', '待办', 'warn'"


def test_the_law_sees_a_table_and_lets_yes_and_no_be() -> None:
    assert tables_of_colours("T = {A: 'warn', B: ('超期', 'danger')}") == [1]
    assert tables_of_colours("T = {True: ('是', 'ok'), False: ('否', 'muted')}") == []
