"""`sanfu new room` writes a room that passes every check: one is made in a copy of the house and held to its contract."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sanfu.adapters.commandline.main import BAD_INPUT, main
from sanfu.adapters.commandline.new import FILES

ROOT = Path(__file__).resolve().parents[2]
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("importlinter.cli", "lint-imports"),
    ("sanfu.adapters.commandline.main", "manage", "makemigrations", "--check", "--dry-run"),
    ("sanfu.adapters.commandline.main", "manage", "matrix"),
    ("pytest", "-q", "-x", "tests/rooms/test_samples.py", "tests/architecture/test_rooms.py",
     "tests/architecture/test_routes.py", "tests/architecture/test_matrix.py", "tests/architecture/test_moments.py"),
    ("pytest", "-q", "-x", "tests/rooms/test_room_contract.py", "-k", "sample"),
)  # fmt: skip


def copy_of_the_house(into: Path) -> None:
    """The tracked files, and the state folder of this checkout, so that no second database server is made."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        source, target = ROOT / name, into / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    (into / ".state").symlink_to(ROOT / ".state")


@pytest.mark.slow
def test_a_new_room_passes_every_check(tmp_path: Path) -> None:
    copy_of_the_house(tmp_path)
    words = ["new", "room", "enterprise/samples", "--label", "样例", "--into", str(tmp_path)]
    assert main(words) == 0
    assert len(FILES) <= 12
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    for module, *arguments in CHECKS:
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{module} {arguments}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"


@pytest.mark.parametrize(
    ("place", "more", "says"),
    [
        ("nowhere/samples", (), "no domain"),
        ("enterprise/benefits", (), "there is a room"),
        ("enterprise/tickets", (), "there is a room"),
        ("enterprise/Samples", (), "lower-case"),
        ("enterprise/samples", ("--kind", "ticket"), "has kind ticket"),
        ("enterprise/samples", ("--number", "SQ"), "SQ"),
        ("enterprise/samples_of_everything", (), "at most"),
    ],
)
def test_what_another_room_has_is_refused_and_nothing_is_written(
    place: str, more: tuple[str, ...], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "room", place, "--label", "样例", "--into", str(tmp_path), *more]) == BAD_INPUT
    assert says in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
