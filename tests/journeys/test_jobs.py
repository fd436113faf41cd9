"""后台任务 and 留痕校验 in the browser: the administrator gets from the to-do line to the fault and to the digest."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.records import jobs, verification
from sanfu.records.actions import append
from sanfu.records.actor import machine
from sanfu.records.ids import new_id
from sanfu.records.models import Job
from sanfu.records.states import JobState

pytestmark = pytest.mark.browser


def _rows(begin: int, end: int) -> dict[str, Any]:
    if begin >= 100:
        raise OSError("disk full")
    return {"taken": end - begin - 1, "errors": [{"line": begin + 3, "why": "渠道“甲”认不出；可填：热线。"}]}


@pytest.fixture
def busy(town: None) -> Job:
    """A failed, a finished, a dead and a running job; the running one is returned."""
    by, now = machine(settings.REGION, "陈芳"), timezone.now()
    made = [
        jobs.create(
            kind="tickets.batch", title=title, total=total, params={}, by=by, at=now - timedelta(minutes=9)
        )
        for title, total in (
            ("七月来信.xlsx", 400),
            ("六月来信.xlsx", 90),
            ("五月来信.xlsx", 300),
            ("八月来信.xlsx", 900),
        )
    ]
    for job in made[:2]:
        jobs.run(job.pk, _rows, size=50, clock=timezone.now)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE args->>'job_id' = %s", [str(made[2].pk)])
    long_ago = now - timedelta(minutes=5)
    Job.objects.filter(pk=made[2].pk).update(state=JobState.RUNNING, done=150, beat_at=long_ago)
    Job.objects.filter(pk=made[3].pk).update(
        state=JobState.RUNNING, done=350, beat_at=now + timedelta(minutes=5)
    )
    return made[3]


def test_the_administrator_finds_what_is_stuck_and_gets_it_going(
    busy: Job,
    visit: Callable[..., Any],
    shot: Callable[..., Path],
    serious_faults: Callable[..., list[str]],
) -> None:
    desk, phone = visit("linadmin"), visit("linadmin", phone=True)
    desk.goto_path("/home/")
    shot(desk, "jobs-todos", full=True)
    desk.locator("a.tile", has_text="失败的后台任务").click()
    expect(desk.locator("main")).to_contain_text("文件读写失败")
    for page, where in ((desk, "desk"), (phone, "phone")):
        if page is phone:
            page.goto_path(desk.url.removeprefix(desk.server))
        assert serious_faults(page) == []
        shot(page, f"jobs-failed-{where}", full=True)
    desk.get_by_role("button", name="重试").click()
    expect(desk.locator(".job")).to_contain_text("排队中")
    for page, where in ((desk, "desk"), (phone, "phone")):
        page.goto_path("/manage/jobs/")
        expect(page.locator("main")).to_contain_text("没有后台进程在运行")
        assert serious_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        shot(page, f"jobs-list-{where}", full=True)
    desk.reload()  # the accessibility check leaves empty style attributes behind, which a swap may not copy
    desk.locator("select[name=state]").select_option("stalled")
    expect(desk.locator("tbody tr")).to_have_count(1)
    desk.get_by_role("link", name="五月来信.xlsx").click()
    expect(desk.locator("main")).to_contain_text("后台进程中断")
    shot(desk, "jobs-stalled", full=True)
    desk.goto_path(f"/manage/jobs/{busy.pk}/")
    shot(desk, "jobs-running", full=True)
    desk.get_by_role("button", name="停止").click()
    expect(desk.locator(".job")).to_contain_text("已请停止")
    Job.objects.filter(pk=busy.pk).update(state=JobState.CANCELLED, ended_at=timezone.now())
    expect(desk.locator("main")).to_contain_text("停止前办好的都保留")  # it polls: nobody reloads
    desk.goto_path("/manage/jobs/events/")
    shot(desk, "jobs-events", full=True)


def test_tampering_is_found_and_the_digest_taken_outside(
    busy: Job,
    visit: Callable[..., Any],
    shot: Callable[..., Path],
    serious_faults: Callable[..., list[str]],
) -> None:
    victim, by = new_id(), machine(settings.REGION, "陈芳")
    with transaction.atomic():
        for n in range(3):
            append(stream=victim, kind="ticket.reply", by=by, at=timezone.now(), data={"n": n})
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE records_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE records_event SET data = '{}' WHERE stream = %s AND seq = 2", [victim])
        cursor.execute("ALTER TABLE records_event ENABLE TRIGGER USER")
    desk, phone = visit("linadmin"), visit("linadmin", phone=True)
    desk.goto_path("/manage/records/")
    shot(desk, "records-empty", full=True)
    phone.goto_path("/manage/records/")
    assert serious_faults(phone) == []
    shot(phone, "records-empty-phone", full=True)
    desk.get_by_role("button", name="开始校验").click()
    expect(desk.locator(".job")).to_contain_text("排队中")
    shot(desk, "records-waiting", full=True)
    run = Job.objects.get(kind=verification.KIND)
    later = timezone.now() + timedelta(minutes=2)
    Job.objects.filter(pk=run.pk).update(params={**run.params, "until": later.isoformat()})
    jobs.run(run.pk, lambda a, b: verification.piece(run, a, b), size=2, clock=timezone.now)
    expect(desk.locator("main")).to_contain_text("留痕被改动过")
    expect(desk.locator("main")).to_contain_text(str(victim))
    for page, where in ((desk, "desk"), (phone, "phone")):
        page.goto_path(f"/manage/records/{run.pk}/")
        assert serious_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        shot(page, f"records-run-{where}", full=True)
        page.goto_path("/manage/records/")
        shot(page, f"records-list-{where}", full=True)
    desk.goto_path(f"/manage/records/{run.pk}/")
    with desk.expect_download() as taken:
        desk.get_by_role("link", name="下载摘要").click()
    run.refresh_from_db()
    assert run.params["digest"] in Path(taken.value.path()).read_text("utf-8")
