"""A fact of a figure is filled by what people do: some action of the room writes it, and some page calls that action.

A figure over a column that only the demo county fills is right in every demonstration and empty in every county.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model

from sanfu.kernel.indicators.rowkind import RowKind
from sanfu.measure.kinds import row_kinds

ROOT = Path(__file__).parents[2]
SANFU = ROOT / "sanfu"
TABLE = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)\s+(?:AS\s+)?(\w+)")
COLUMN = re.compile(r"\b(\w+)\.(\w+)\b")
SHARED = ("sanfu.cases", "sanfu.people", "sanfu.records")  # what every move fills
MODELS = {model._meta.db_table: model for model in apps.get_models()}


def columns_of(kind: RowKind) -> list[tuple[type[Model], str]]:
    """Tables and columns that the SQL text of a kind of rows reads."""
    tables = {alias: table for table, alias in TABLE.findall(kind.sql)}
    read = {(tables.get(alias, ""), column) for alias, column in COLUMN.findall(kind.sql)}
    return sorted(((MODELS[table], column) for table, column in read if table in MODELS), key=str)


FACTS = [(kind, model, column) for kind in row_kinds().values() for model, column in columns_of(kind)]


def room_of(model: type[Model]) -> Path:
    """The folder of the room that owns a table."""
    return ROOT / Path(*model.__module__.split(".")[:-1])


@cache
def written_in(folder: Path) -> dict[str, set[str]]:
    """Name of a column → modules of the room's actions that write it: a keyword, an attribute set, a key of a row."""
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*.py")):
        if "migrations" in path.parts or path.name in {"models.py", "figures.py", "queries.py"}:
            continue
        for name in _set_names(ast.parse(path.read_text("utf-8"))):
            found.setdefault(name, set()).add(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return found


def _set_names(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg:
            names.add(node.arg)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.attr)
        elif isinstance(node, ast.Dict):
            names |= {
                key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)
            }
    return names


@cache
def called_by_people() -> str:
    """What pages, jobs and imports say; the demo county is none of them."""
    pages = [*(SANFU / "web").rglob("*.py"), *(SANFU / "adapters").glob("tasks.py"), *SANFU.rglob("room.py")]
    return "\n".join(path.read_text("utf-8") for path in pages)


def test_facts_are_found() -> None:
    kinds = {kind.code for kind, _, _ in FACTS}
    assert {"orders", "ratings", "claims", "duty_tasks", "branches"} <= kinds
    assert len(FACTS) > 40


@pytest.mark.parametrize(("kind", "model", "column"), FACTS, ids=lambda one: getattr(one, "code", str(one)))
def test_a_fact_is_written_by_an_action_that_some_page_calls(
    kind: RowKind, model: type[Model], column: str
) -> None:
    if model.__module__.startswith(SHARED) or column in {"id", "region"}:
        return
    field = next(one for one in model._meta.get_fields() if getattr(one, "column", None) == column)
    folder = room_of(model)
    writers = written_in(folder).get(field.name, set()) | written_in(folder).get(column, set())
    assert writers, f"{kind.label}: nothing but the demo county fills {model.__name__}.{column}"
    package = ".".join(folder.relative_to(ROOT).parts)
    assert re.search(rf"{re.escape(package)}(\.actions)?\b", called_by_people()), package
