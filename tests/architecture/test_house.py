"""Laws of the house that a linter cannot see: who writes, who reads the clock, where foreign keys point."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(p for p in (ROOT / "sanfu").rglob("*.py") if "migrations" not in p.parts)
LAYERS = (
    "kernel",
    "records",
    "people",
    "lists",
    "match",
    "cases",
    "enterprise projects grassroots",
    "measure",
    "web adapters",
)
RANK = {room: rank for rank, layer in enumerate(LAYERS) for room in layer.split()}
WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "update_or_create",
    "get_or_create",
}
# Besides actions: the log's own files, jobs and outbox; the double-submit key; demo seeds run through actions.
WRITERS = re.compile(r"(/actions(\.py|/)|records/(files|jobs)\.py$|web/access\.py$)")
MANAGERS = {"objects", "assignments", "extensions", "callbacks", "clocks", "_default_manager"}


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def nodes(path: Path) -> list[ast.Attribute | ast.Call]:
    """Attributes and calls of a file, which is parsed once for all laws."""
    return [node for node in ast.walk(ast.parse(text_of(path))) if isinstance(node, ast.Attribute | ast.Call)]


def chain(node: ast.AST) -> set[str]:
    """Attribute names along a call chain: Model.objects.filter(...).update → {objects, filter, update}."""
    names: set[str] = set()
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
            node = node.value
        else:
            node = node.func
    return names


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_write_of_a_row_is_an_action() -> None:
    found = [
        f"{name_of(path)}:{call.lineno}"
        for path in SOURCES
        if not WRITERS.search(name_of(path))
        for call in nodes(path)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in WRITES
        and chain(call.func) & MANAGERS
    ]
    assert found == [], "rows are written in some actions.py only"


def test_pages_ask_queries_and_never_the_tables() -> None:
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in SOURCES
        if "/web/" in name_of(path) and not name_of(path).endswith("web/access.py")
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and node.attr == "objects"
    ]
    assert found == [], "a page asks some queries.py, so that row scope cannot be forgotten"


def test_only_pages_and_commands_read_the_clock() -> None:
    reading = re.compile(r"\b(timezone|datetime|date|time)\.(now|today|localdate|localtime|time)\(\)")
    found = [
        f"{name_of(path)}:{number}"
        for path in SOURCES
        if path.relative_to(ROOT).parts[1] not in {"web", "adapters"}
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if reading.search(line)
    ]
    assert found == [], "the day is an argument"


def room_of(model: type) -> str:
    return model.__module__.split(".")[1]


def test_foreign_keys_point_down() -> None:
    found = []
    for model in apps.get_models():
        if not model.__module__.startswith("sanfu."):
            continue
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if target is None or field.auto_created or not target.__module__.startswith("sanfu."):
                continue
            here, there = room_of(model), room_of(target)
            if RANK[there] > RANK[here] or (RANK[there] == RANK[here] and there != here):
                found.append(f"{model.__name__}.{field.name} → {target.__name__}")
    assert found == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(text_of(path).splitlines()) <= 400


def test_most_functions_and_files_are_short() -> None:
    """Nine of ten functions have at most 20 lines, nine of ten files at most 230 that are not blank."""
    functions = sorted(
        (node.end_lineno or 0) - node.lineno + 1
        for path in SOURCES
        for node in ast.walk(ast.parse(text_of(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    files = sorted(sum(map(bool, map(str.strip, text_of(path).splitlines()))) for path in SOURCES)
    assert _ninth_tenth(functions) <= 20
    assert _ninth_tenth(files) <= 230
    assert functions[-1] <= 72


def _ninth_tenth(sizes: list[int]) -> int:
    return sizes[int(len(sizes) * 0.9)]


def test_the_first_line_of_a_docstring_is_read_at_one_glance() -> None:
    """At most 25 words: what the thing is or returns."""
    long = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(text_of(path))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                first = (ast.get_docstring(node) or "").partition("\n")[0]
                if len(first.split()) > 25:
                    long.append(f"{path.relative_to(ROOT)}: {first}")
    assert long == []


def test_the_glossary_names_what_exists() -> None:
    words_of_code = {word for path in SOURCES for word in re.findall(r"\w+", text_of(path))}
    rows = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| `([^`]+)` \|$", (ROOT / "GLOSSARY.md").read_text("utf-8"), re.M
    )
    assert len(rows) > 20
    missing = [f"{chinese} → {code}" for chinese, _, code in rows if code.split(".")[-1] not in words_of_code]
    assert missing == []
    pairs = {(chinese.strip(), english.strip()) for chinese, english, _ in rows}
    for column in (0, 1):
        words = [pair[column] for pair in pairs]
        assert sorted({w for w in words if words.count(w) > 1}) == [], "one Chinese word, one English name"


def test_no_room_of_odds_and_ends() -> None:
    banned = {"utils", "helpers", "common", "services", "managers", "misc"}
    assert [name_of(path) for path in SOURCES if path.stem in banned or path.parent.name in banned] == []


def test_paths_that_documents_name_exist() -> None:
    pages = [ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    named = [
        (page.name, path)
        for page in pages
        for path in re.findall(
            r"`((?:sanfu|content|tests|config|bench|docs)/[\w/.-]+)`", page.read_text("utf-8")
        )
    ]
    assert len(named) > 10
    assert [f"{page}: {path}" for page, path in named if not (ROOT / path).exists()] == []
