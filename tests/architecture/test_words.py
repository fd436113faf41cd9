"""The interface is written as Chinese is: full-width marks between Chinese characters."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HALF = re.compile(r"[一-鿿”》）」][,;:?!][一-鿿“《（「]")
PAGES = sorted((ROOT / "sanfu" / "web" / "templates").rglob("*.html"))
POLICIES = sorted(path for path in (ROOT / "content").rglob("*.md") if path.name != "README.md")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_uses_full_width_marks(path: Path) -> None:
    assert HALF.findall(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.name)
def test_a_clause_uses_full_width_marks(path: Path) -> None:
    """Outside of the rule blocks, whose language has its own marks."""
    text = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert HALF.findall(text) == []
