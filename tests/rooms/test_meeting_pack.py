"""The meeting pack as its readers get it: every figure of the Word file is the query's, and a reader opens it."""

import io
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from sanfu.adapters import demo_projects, demo_resources
from sanfu.adapters.demo_scenes import cast
from sanfu.people.models import User
from sanfu.projects.pipeline import actions, queries
from sanfu.projects.pipeline.papers import word_of
from sanfu.records.moments import day_of
from tests.packs import differs

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 20, 2, tzinfo=UTC)


@pytest.fixture
def pack(county):
    """A month with red projects, blockers, gaps, moved dates and a decision of the month before."""
    officer = cast("gaoda", day_of(NOW))
    demo_projects.projects(NOW)
    demo_resources.resources(NOW)
    demo_projects.meeting(NOW)
    return actions.freeze(month="2026-03", by=officer, at=NOW)


def test_every_figure_of_the_word_file_is_the_one_of_the_query(pack) -> None:
    officer = cast("gaoda", day_of(NOW))
    live = queries.pack_of(officer, "2026-03", day_of(NOW))
    assert all(live[name] for name in ("attention", "blockers", "changes", "gaps", "decisions"))
    content = word_of(pack.body, pack.edition)
    assert differs(content, live) == []
    red = live["attention"][0]
    assert differs(content, {**live, "attention": [{**red, "lost": 12345}, *live["attention"][1:]]}) != []
    assert differs(content, {**live, "blockers": live["blockers"][1:]}) != []


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
def test_libreoffice_opens_it(pack, tmp_path: Path) -> None:
    (tmp_path / "pack.docx").write_bytes(word_of(pack.body))
    words = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), "pack.docx"]
    subprocess.run(words, cwd=tmp_path, check=True, timeout=120)
    assert (tmp_path / "pack.pdf").stat().st_size > 5_000


def test_the_sheet_of_the_demo_grows_with_its_counts() -> None:
    lines = demo_projects.sheet(day_of(NOW), finished=3, running=2).splitlines()
    assert len(lines) == 6
    assert io.StringIO(lines[0]).read().count(",") == lines[-1].count(",")
    assert (day_of(NOW) - timedelta(days=500)).isoformat() in lines[-1]


def test_a_long_list_goes_over_several_screens(pack) -> None:
    reader = Client()
    reader.force_login(User.objects.get(login="gaoda"))
    red = pack.body["attention"][0]
    many = [{**red, "name": f"演示{n}号项目", "light": "red"} for n in range(20)]
    pack.body = {**pack.body, "attention": many}
    pack.save(update_fields=["body"])
    shown = reader.get(reverse("officer:pack_slides", args=[pack.pk])).content.decode()
    assert [f"红黄灯项目（{n}/3）" in shown for n in (1, 2, 3)] == [True] * 3
    assert all(one["name"] in shown for one in many)
