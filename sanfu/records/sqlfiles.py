"""SQL files of the rooms: each function, view and trigger of the database has one current text, in `<room>/sql/`.

A migration says `SqlFile("cases", "cases_move")` after the change of columns that the new text needs. When a text
changes later, the file is changed and a new migration names it again; a function that takes other arguments is dropped
there first. `tests/rooms/test_sql_files.py` compares the files with what the database holds.
"""

from pathlib import Path

from django.apps import apps
from django.db.migrations.operations import RunSQL

SANFU = Path(__file__).parents[1]


class SqlFile(RunSQL):
    """Run the current text of one SQL file of a room; nothing is undone, because what it replaced is in no file."""

    def __init__(self, room: str, name: str) -> None:
        super().__init__(text_of(room, name), RunSQL.noop)
        self.room, self.name = room, name

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        return "SqlFile", [self.room, self.name], {}

    def describe(self) -> str:
        return f"Run sql/{self.name}.sql of {self.room}"


def text_of(room: str, name: str) -> str:
    """The current text of a file; room is an app label, name the file without its ending."""
    return (Path(apps.get_app_config(room).path) / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def all_files() -> list[Path]:
    """Every SQL file of every room."""
    return sorted(SANFU.glob("**/sql/*.sql"))
