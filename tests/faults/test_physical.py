"""Physical backups: what is refused in words, which programs are called, and one whole and one incremental on the wheel's server."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from sanfu.adapters.operations import OperationFailed, dumping, physical

ADDRESS = "postgresql://sanfu@db.example/sanfu"


class Server:
    """Stands for a connection to a server of a major version with one setting."""

    def __init__(self, major: int, summaries: str) -> None:
        self.info = type("Info", (), {"server_version": major * 10_000})()
        self.summaries = summaries

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def execute(self, *_: object) -> "Server":
        return self

    def fetchone(self) -> tuple[str]:
        return (self.summaries,)


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Programs that write down how they were called, for a server of a version."""

    def prepare(major: int, summaries: str = "on") -> Path:
        monkeypatch.setattr(physical.psycopg, "connect", lambda _: Server(major, summaries))
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(dumping, "find", lambda _: None)
        monkeypatch.setattr(dumping, "system_binaries", tuple)
        monkeypatch.setattr(dumping, "wheel_binaries", tuple)
        for name in ("pg_basebackup", "pg_verifybackup"):
            (tmp_path / name).write_text(
                f'#!/bin/sh\necho "$(/usr/bin/basename "$0") $*" >> "{tmp_path}/calls"\n'
            )
            (tmp_path / name).chmod(0o755)
        return tmp_path / "calls"

    return prepare


def earlier(tmp_path: Path) -> Path:
    folder = tmp_path / "sunday"
    folder.mkdir()
    (folder / physical.MANIFEST).write_text("{}")
    return folder


def test_an_older_server_refuses_increments_in_words(stand_in: Any, tmp_path: Path) -> None:
    calls = stand_in(15)
    with pytest.raises(OperationFailed, match="PostgreSQL 15; incremental physical backups begin with 17"):
        physical.make(tmp_path / "monday", address=ADDRESS, since=earlier(tmp_path))
    assert not calls.exists()


def test_a_server_without_summaries_says_how_to_have_them(stand_in: Any, tmp_path: Path) -> None:
    calls = stand_in(17, "off")
    with pytest.raises(OperationFailed, match="summarize_wal = on"):
        physical.make(tmp_path / "monday", address=ADDRESS, since=earlier(tmp_path))
    assert not calls.exists()


def test_a_folder_in_use_and_a_folder_without_manifest_are_refused(stand_in: Any, tmp_path: Path) -> None:
    calls, sunday = stand_in(17), earlier(tmp_path)
    with pytest.raises(OperationFailed, match="not empty"):
        physical.make(sunday, address=ADDRESS)
    (tmp_path / "empty").mkdir()
    with pytest.raises(OperationFailed, match="holds no backup_manifest"):
        physical.make(tmp_path / "monday", address=ADDRESS, since=tmp_path / "empty")
    assert not calls.exists()


def test_the_programs_are_called_with_the_manifest_of_the_earlier_one(stand_in: Any, tmp_path: Path) -> None:
    calls, sunday, monday = stand_in(17), earlier(tmp_path), tmp_path / "monday"
    physical.make(monday, address=ADDRESS, since=sunday)
    made, verified = calls.read_text().splitlines()
    assert made.startswith(f"pg_basebackup --pgdata={monday} --checkpoint=fast --wal-method=stream ")
    assert f"--incremental={sunday}/backup_manifest" in made
    assert "host=db.example" in made
    assert verified == f"pg_verifybackup --no-parse-wal {monday}"


def test_an_old_server_has_whole_ones(stand_in: Any, tmp_path: Path) -> None:
    calls = stand_in(15)
    physical.make(tmp_path / "whole", address=ADDRESS)
    assert "--incremental" not in calls.read_text()


@pytest.mark.parametrize(
    "words", [["--since", "a"], ["--physical", "a", "-o", "b"], ["--physical", "a", "--rehearse"]]
)
def test_options_that_do_not_go_together_are_said(words: list[str]) -> None:
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "sanfu.adapters.commandline.main", "backup", *words],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "--physical" in done.stderr
