"""The cast of the demo county (演示人员) as its files say it; needs no database."""

from pathlib import Path
from typing import Any

from sanfu.records.content import read_rows


def read_cast(content: Path) -> list[dict[str, Any]]:
    """The cast; a row with a login and roles only, in a later file, gives somebody more roles."""
    found: dict[str, dict[str, Any]] = {}
    for row in read_rows(content / "people" / "demo.yaml", "cast"):
        known = found.setdefault(row["login"], {**row, "roles": []})
        known["roles"] = [*known["roles"], *row["roles"]]
    return list(found.values())
