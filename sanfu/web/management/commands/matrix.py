"""Write the matrix of roles, pages, exports and rows (权限矩阵) to docs/matrix/."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sanfu.people.roles import ROLES
from sanfu.web import matrix

FOLDER = Path(__file__).resolve().parents[4] / "docs" / "matrix"
FILES = {"pages.csv": matrix.pages, "rows.csv": matrix.rows_of}


class Command(BaseCommand):
    help = "Write docs/matrix/: which role opens which page, exports which list, sees which rows (权限矩阵)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail when a file is not as it should be"
        )

    def handle(self, *args: Any, **said: Any) -> None:
        stale = []
        for name, make in FILES.items():
            text, path = matrix.text_of(make(ROLES)), FOLDER / name
            if said["check"]:
                stale += [] if path.exists() and path.read_text("utf-8") == text else [name]
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
        if stale:
            raise CommandError(f"not up to date: {', '.join(stale)}; run: sanfu manage matrix")
