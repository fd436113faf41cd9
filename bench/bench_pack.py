"""Meeting pack of 300 projects: query, frozen pack, Word file and page; every figure of the Word file held to the query."""

import argparse
import io
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.database import own_database
from bench.report import Row, publish

NOW = datetime(2026, 3, 20, 2, tzinfo=UTC)
BAR_S = 10.0


def spent(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What the work gave, its seconds by the wall and of this process."""
    wall, own = time.perf_counter(), time.process_time()
    answer = work()
    return answer, time.perf_counter() - wall, time.process_time() - own


def register(projects: int) -> Any:
    """An officer with so many projects brought in by the real sheet, two of three running, a fifth blocked."""
    from django.conf import settings

    from sanfu.adapters.demo import seed_people
    from sanfu.adapters.demo_projects import sheet
    from sanfu.adapters.demo_scenes import cast
    from sanfu.projects.pipeline import actions
    from sanfu.projects.pipeline.models import Project
    from sanfu.records.moments import day_of

    seed_people(settings.CONTENT, region=settings.REGION, at=NOW)
    officer, today = cast("gaoda", day_of(NOW)), day_of(NOW)
    text = sheet(today, finished=projects // 3, running=projects - projects // 3)
    actions.bring(name="项目.csv", content=io.BytesIO(text.encode()), by=officer, at=NOW - timedelta(days=40))
    rows = list(Project.objects.order_by("number"))
    for n, row in enumerate(rows[::5]):
        since = today - timedelta(days=5 + n % 50)
        actions.block(row, what="演示阻滞", owner=f"演示单位{n % 9}", since=since, by=officer, at=NOW)
    return officer


def measured(officer: Any) -> tuple[list[Row], list[str]]:
    """The rows of the table, and what the Word file says otherwise than the query."""
    from django.test import Client
    from django.urls import reverse

    from sanfu.people.models import User
    from sanfu.projects.pipeline import actions, queries
    from sanfu.projects.pipeline.papers import word_of
    from sanfu.records.moments import day_of
    from tests.packs import differs

    live, *query = spent(lambda: queries.pack_of(officer, "2026-03", day_of(NOW)))
    pack, *frozen = spent(lambda: actions.freeze(month="2026-03", by=officer, at=NOW))
    content, *word = spent(lambda: word_of(pack.body, pack.edition))
    reader = Client()
    reader.force_login(User.objects.get(login="gaoda"))
    reader.get(reverse("officer:packs"))  # a served platform has its pages loaded
    page, *served = spent(lambda: reader.get(reverse("officer:pack", args=[pack.pk])))
    assert page.status_code == 200
    told = (
        ("query of the month", query),
        ("frozen with the meeting", frozen),
        ("Word file", word),
        ("page", served),
    )
    rows: list[Row] = [{"what": what, "wall_s": wall, "cpu_s": own} for what, (wall, own) in told]
    whole = frozen[0] + word[0] + served[0]
    rows.append(
        {
            "what": "one click to page and Word",
            "wall_s": whole,
            "cpu_s": frozen[1] + word[1] + served[1],
            "bar_s": BAR_S,
        }
    )
    said = f"{live['projects']} projects, {len(live['attention'])} red or amber, {len(live['blockers'])} blockers, {len(content):,} bytes of Word"
    return rows, [said, *differs(content, live)]


def main(words: list[str]) -> int:
    """Print and keep the table; 1 when a figure of the Word file is not the query's."""
    parser = argparse.ArgumentParser(prog="./test --bench pack")
    parser.add_argument("--projects", type=int, default=300)
    args = parser.parse_args(words)
    with own_database("bench-pack", SANFU_DEMO="0"):
        rows, (said, *wrong) = measured(register(args.projects))
    opened = (
        "is on this machine: tests/rooms/test_meeting_pack.py opens the file with it"
        if shutil.which("soffice")
        else "is not on this machine"
    )
    notes = [
        said,
        f"figures of the Word file, read with python-docx, that differ from the query: {len(wrong)}",
        f"LibreOffice {opened}",
        "cpu_s: processor seconds of this process without the database server",
    ]
    publish(
        "pack",
        "Meeting pack of 300 projects",
        rows,
        label="what",
        value="wall_s",
        notes=notes,
        raw={"differs": wrong},
    )
    return bool(wrong)
