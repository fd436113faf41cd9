"""The way in, before any package is there: what is installed when, and what a newcomer is told."""

import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap

ROOT = Path(__file__).resolve().parents[2]


class Machine:
    """A checkout in a temporary folder whose installs are written down instead of done."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.done: list[str] = []
        for lock in {name for names in bootstrap.LOCKS.values() for name in names}:
            (folder / lock).write_text(f"# {lock}\n")
        self.at(folder, patch)
        patch.setattr(bootstrap, "make_environment", self.make_environment)
        patch.setattr(bootstrap, "put_checkout_on_the_path", lambda: None)
        patch.setattr(bootstrap, "install", self.done.append)
        patch.setattr(bootstrap, "works", lambda python: python.exists())

    def at(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        patch.setattr(bootstrap, "ROOT", folder)
        patch.setattr(bootstrap, "VENV", folder / ".venv")
        patch.setattr(bootstrap, "PYTHON", folder / ".venv" / "bin" / "python")
        patch.setattr(bootstrap, "STAMP", folder / ".venv" / "sanfu-stamp")

    def make_environment(self) -> None:
        self.done.append("venv")
        (self.folder / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
        bootstrap.PYTHON.touch()

    def prepare(self, purpose: str) -> list[str]:
        self.done.clear()
        bootstrap.prepare(purpose)
        return list(self.done)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    (tmp_path / "checkout").mkdir()
    return Machine(tmp_path / "checkout", monkeypatch)


def test_only_what_is_missing_is_installed(machine: Machine) -> None:
    assert machine.prepare("run") == ["venv", "requirements.lock"]
    assert machine.prepare("run") == []
    assert machine.prepare("test") == ["requirements-test.lock"]
    assert machine.prepare("run") == [], "the tests' packages do not make ./run start over"
    assert machine.prepare("test") == []


def test_a_changed_lock_is_installed_once(machine: Machine) -> None:
    machine.prepare("test")
    (machine.folder / "requirements.lock").write_text("# another version\n")
    assert machine.prepare("run") == ["requirements.lock"]
    assert machine.prepare("test") == []


def test_a_moved_checkout_gets_a_new_environment(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.prepare("run")
    moved = machine.folder.with_name("moved")
    machine.folder.rename(moved)
    machine.at(moved, monkeypatch)
    assert machine.prepare("run") == ["venv", "requirements.lock"]


def test_an_interrupted_install_is_not_stamped(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(lock: str) -> None:
        raise KeyboardInterrupt(lock)

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            bootstrap.prepare("run")
    assert "requirements.lock" in machine.prepare("run")


def test_not_root_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.os, "getuid", lambda: 1000)
    with pytest.raises(SystemExit) as stopped:
        bootstrap.install_system_packages(["chromium", "fonts-noto-cjk"], "the browser tests need them")
    assert stopped.value.code == 1
    assert "Please install chromium fonts-noto-cjk" in capsys.readouterr().err


def test_pips_mirror_is_passed_on_to_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    def pip(words: list[object], **_: object) -> subprocess.CompletedProcess[str]:
        assert words[1:] == ["-m", "pip", "config", "get", "global.index-url"]
        return subprocess.CompletedProcess(words, 0, "https://configured.example/simple\n")

    monkeypatch.setattr(bootstrap.subprocess, "run", pip)
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    assert bootstrap.with_pips_index()["UV_DEFAULT_INDEX"] == "https://configured.example/simple"
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    assert bootstrap.with_pips_index()["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uv.example/simple")
    assert bootstrap.with_pips_index()["UV_DEFAULT_INDEX"] == "https://uv.example/simple"


@pytest.mark.parametrize("script", ["run", "test"])
def test_an_old_python_is_refused_with_a_way_out(script: str, tmp_path: Path) -> None:
    for program in ("sh", "dirname", "basename"):
        (tmp_path / program).symlink_to(f"/usr/bin/{program}")
    (tmp_path / "python3").write_text("#!/bin/sh\nexit 1\n")  # as Python 3.10 answers the version question
    (tmp_path / "python3").chmod(0o755)
    done = subprocess.run(
        [ROOT / script], env={"PATH": str(tmp_path)}, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "apt-get install python3" in done.stderr


def test_the_way_in_needs_nothing_but_the_standard_library() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import bootstrap; print('ok')"
    words = [sys.executable, "-I", "-S", "-c", code, str(ROOT)]
    assert subprocess.run(words, capture_output=True, text=True).stdout == "ok\n"
