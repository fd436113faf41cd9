"""Structured logs (结构化日志) by an allow-list: a line carries only what this file names, so nothing personal leaks.

Left out on purpose: arguments that are texts, messages of exceptions (a database quotes the row in them), local variables,
addresses with their queries. What stays finds the place in the code: logger, constant message, exception type, frames,
SQLSTATE and constraint. Libraries put values into their messages, so of them only the named loggers are quoted.
"""

import json
import logging
import re
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import UUID

FIELDS = {
    "route": re.compile(r"[\w:.-]{0,80}", re.A),
    "method": re.compile(r"[A-Z]{1,7}|other"),
    "status": re.compile(r"[1-5]\d\d"),
    "status_code": re.compile(r"[1-5]\d\d"),
    "milliseconds": re.compile(r"\d{1,9}"),
    "reference": re.compile(r"[0-9a-f]{0,8}"),
    "account": re.compile(r"[0-9a-f-]{36}|"),
    "job": re.compile(r"[0-9a-f-]{36}|\d{1,12}"),
    "task": re.compile(r"[a-z_.]{1,60}"),
}
# Their messages are constants with arguments; all other libraries are told by name, level and exception alone.
QUOTED = ("sanfu", "django.request", "django.security", "django.server")
CHECKOUT = Path(__file__).resolve().parents[2]
PLAIN = (int, float, bool, UUID, type(None))


class AllowList(logging.Formatter):
    """Formats a record as one line of JSON with nothing but allowed fields."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            "where": f"{_short(record.pathname)}:{record.lineno}",
        }
        for name, form in FIELDS.items():
            said = getattr(record, name, None)
            if said is not None and form.fullmatch(str(said)):
                line[name] = said if isinstance(said, int) else str(said)
        if record.exc_info and record.exc_info[0] is not None:
            line |= _failure(record.exc_info[1], record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    """The constant text of a message, with numbers and ids put in and everything else left out."""
    if record.name.partition(".")[0] not in QUOTED and not record.name.startswith(QUOTED):
        return ""
    if not isinstance(record.msg, str):
        return type(record.msg).__name__
    given = record.args or ()
    if isinstance(given, Mapping):
        return record.msg
    try:
        return re.sub(r"%[rdif]", "%s", record.msg) % tuple(
            one if isinstance(one, PLAIN) else "…" for one in given
        )
    except (TypeError, ValueError):
        return record.msg


def _failure(error: BaseException | None, trace: TracebackType | None) -> dict[str, Any]:
    """Type, frames and, of a database's refusal, its code and constraint; never the message."""
    said: dict[str, Any] = {
        "exception": [f"{type(one).__module__}.{type(one).__qualname__}" for one in _causes(error)],
        "frames": [f"{_short(one.filename)}:{one.lineno} {one.name}" for one in traceback.extract_tb(trace)][
            -20:
        ],
    }
    for one in _causes(error):
        diagnosis = getattr(one, "diag", None)
        if diagnosis is not None:
            said |= {"sqlstate": diagnosis.sqlstate, "constraint": diagnosis.constraint_name}
    return said


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _short(path: str) -> str:
    here = Path(path)
    return str(here.relative_to(CHECKOUT)) if here.is_relative_to(CHECKOUT) else here.name
