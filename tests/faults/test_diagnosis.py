"""The doctor (诊断) says what is wrong in words, without a database, and never prints a secret."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sanfu.adapters.commandline.main import main
from sanfu.adapters.operations import diagnosis
from sanfu.adapters.operations.diagnosis import BAD, GOOD, WARN, Place

NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
SECRET = "x" * 31
PRODUCTION = {"SANFU_MODE": "production", "SANFU_SECRET": SECRET + "y", "SANFU_HOSTS": "sanfu.example.gov.cn"}


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, GOOD),
        ({"SANFU_MODE": "produktion"}, BAD),
        ({"SANFU_SECRET": SECRET}, BAD),
        ({"SANFU_SECRET": ""}, BAD),
        ({"SANFU_HOSTS": "a.example,*"}, BAD),
        ({"SANFU_DEBUG": "1"}, BAD),
        ({"SANFU_MODE": "demo", "SANFU_SECRET": ""}, GOOD),
    ],
)
def test_what_production_refuses_is_said_before(change: dict[str, str], state: str) -> None:
    found = diagnosis.settings(Place(PRODUCTION | change, NOW))
    assert found.state == state
    assert bool(found.advice) == (state == BAD)
    assert SECRET not in found.says


@pytest.mark.parametrize(
    ("noted", "state"),
    [
        ({}, WARN),
        ({"made_at": NOW - timedelta(days=3)}, WARN),
        ({"made_at": NOW - timedelta(hours=9)}, WARN),
        ({"made_at": NOW - timedelta(hours=9), "rehearsed_at": NOW - timedelta(days=40)}, WARN),
        ({"made_at": NOW - timedelta(hours=9), "rehearsed_at": NOW - timedelta(days=4)}, GOOD),
    ],
)
def test_an_old_backup_or_one_never_rehearsed_is_named(
    tmp_path: Path, noted: dict[str, datetime], state: str
) -> None:
    (tmp_path / "backup.json").write_text(json.dumps({key: at.isoformat() for key, at in noted.items()}))
    found = diagnosis.backup(Place({"SANFU_FILES": str(tmp_path / "files")}, NOW))
    assert found.state == state
    if not noted:
        assert (
            diagnosis.backup(Place({**PRODUCTION, "SANFU_FILES": str(tmp_path / "files")}, NOW)).state == BAD
        )


def test_a_database_that_nobody_serves_is_bad_and_asks_nothing(tmp_path: Path) -> None:
    found = diagnosis.database_address(Place({"DATABASE_URL": f"postgresql:///sanfu?host={tmp_path}"}, NOW))
    assert found.state == BAD
    (tmp_path / ".s.PGSQL.5432").touch()
    assert (
        diagnosis.database_address(Place({"DATABASE_URL": f"postgresql:///sanfu?host={tmp_path}"}, NOW)).state
        == GOOD
    )
    assert diagnosis.database_address(Place({"SANFU_MODE": "production"}, NOW)).state == BAD


def test_a_check_that_breaks_is_a_finding_and_stops_no_other(tmp_path: Path) -> None:
    found = diagnosis.diagnose(Place({}, NOW, checkout=tmp_path))
    assert len(found) == len(diagnosis.CHECKS)
    assert next(one for one in found if one.what == "packages").state == BAD


def test_the_command_prints_json_and_its_exit_code_tells(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql:///sanfu?host={tmp_path}")
    assert main(["doctor", "--json"]) == 1
    found = {one["what"]: one["state"] for one in json.loads(capsys.readouterr().out)}
    assert found["database"] == BAD
    assert found["python"] == GOOD


def test_production_with_decisions_of_the_invented_county_is_told_which(tmp_path: Path) -> None:
    (tmp_path / "benefits").mkdir()
    (tmp_path / "benefits" / "yc.md").write_text("地域: 云澄市\n", "utf-8")
    (tmp_path / "own.yaml").write_text("地区: 江湾县\n", "utf-8")
    said = PRODUCTION | {"SANFU_CONTENT": str(tmp_path)}
    found = diagnosis.content(Place(said, NOW))
    assert found.state == WARN
    assert "benefits/yc.md" in found.says
    assert "own.yaml" not in found.says
    assert diagnosis.content(Place(said | {"SANFU_MODE": "demo"}, NOW)).state == GOOD
    (tmp_path / "benefits" / "yc.md").unlink()
    assert diagnosis.content(Place(said, NOW)).state == GOOD
