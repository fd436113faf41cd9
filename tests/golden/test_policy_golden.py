"""Every policy and standard has golden cases beside it; all hold, and no document has an open finding."""

from datetime import date
from pathlib import Path

import pytest

from sanfu.adapters.commandline.rulebase import document_files, golden_of, load_library, read_yaml
from sanfu.kernel.rules.checks import check_document
from sanfu.kernel.rules.examples.golden import run_golden
from sanfu.kernel.rules.language.problems import NOTICE
from sanfu.kernel.rules.reading.library import Library

CONTENT = Path(__file__).parents[2] / "content"
FILES = document_files(CONTENT)


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(CONTENT)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_golden_cases_hold(file: Path, library: Library) -> None:
    results = run_golden(read_yaml(golden_of(file)), library)
    assert results
    assert [(r.name, r.differences) for r in results if not r.ok] == []


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_no_shipped_document_has_an_open_finding(file: Path, library: Library) -> None:
    document = next(d for d in library.documents if d.name == str(file.relative_to(CONTENT)))
    red_lines = read_yaml(CONTENT / "standards" / "fair-competition.yaml")
    problems = check_document(document, library, date(2026, 11, 1), red_lines)
    assert [p for p in problems if p.severity != NOTICE] == []
    assert document.number
    assert document.mark
    assert document.address or document.mark == "演示"


def test_a_wrong_golden_case_is_told_apart(library: Library) -> None:
    spec = {
        "例": [
            {
                "条款": "tx-2",
                "日": "2026-06-01",
                "事实": {
                    "信息服务业企业": "是",
                    "上年.营业收入": "12000万元",
                    "历史最高.营业收入": "2500万元",
                },
                "应为": {"金额": "201万元"},
            }
        ]
    }
    (result,) = run_golden(spec, library)
    assert not result.ok
    assert "201万元" in result.differences[0]
