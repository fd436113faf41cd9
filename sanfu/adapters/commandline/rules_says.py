"""What the rules commands print: JSON alone on standard output, also when the input is refused."""

import json
from typing import Any

from sanfu.adapters.commandline.main import BadInput


class Refused(BadInput):
    """Input refused with details that a program can read."""

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.details = details


def emit(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def emit_refusal(refusal: BadInput) -> None:
    details = refusal.details if isinstance(refusal, Refused) else {}
    emit({"ok": False, "error": str(refusal), **details})
