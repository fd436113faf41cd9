"""Messages of the log are constants with arguments: only so can the allow-list tell text from data."""

import ast

from tests.platform import ROOT

LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


def test_messages_of_the_log_are_constants() -> None:
    wrong = []
    for path in (ROOT / "sanfu").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            of = node.func.value
            if (
                node.func.attr in LEVELS
                and isinstance(of, ast.Name)
                and of.id in {"log", "logger", "logging"}
            ):
                first = node.args[0] if node.args else None
                if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []
