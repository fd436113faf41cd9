"""The dependency audit tells a clean answer, a finding and no answer apart."""

import json
from pathlib import Path

import pytest

from tests import audit
from tests.platform import ROOT


def test_no_answer_is_never_a_clean_answer() -> None:
    for out, err in (("", "error: x\n  cause: dns error\n"), ("<html>", "proxy"), ("", "")):
        found = audit.verdict(69, 2, out, err)
        assert found.unasked
        assert "NOT ASKED" in found.said("requirements.lock")
        assert "no advisory" not in found.said("requirements.lock")


def test_a_finding_is_printed_and_a_clean_answer_says_how_many_were_asked() -> None:
    told = json.dumps({"vulnerabilities": [{"id": "GHSA-demo"}]})
    assert "GHSA-demo" in audit.verdict(69, 1, told, "").said("a.lock")
    assert audit.verdict(69, 0, told, "").said("a.lock") == "a.lock: 69 packages asked for; no advisory"


def test_every_locked_package_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit.bootstrap, "UV", tmp_path / "uv")  # nothing is asked in a test
    for lock in audit.LOCKS:
        lines = (ROOT / lock).read_text("utf-8").splitlines()
        pinned = [line for line in lines if line and not line.startswith((" ", "#", "-"))]
        assert audit.ask(ROOT / lock).packages == len(pinned)
