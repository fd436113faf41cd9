"""The demo county (演示): every desk has something to do from the first page on, whoever stops the worker."""

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from sanfu.adapters import demo_county, demo_history
from sanfu.adapters.demo_duties import seed_duties
from sanfu.adapters.demo_firms import seed_batch, seed_firms
from sanfu.adapters.demo_lists import seed_lists
from sanfu.adapters.demo_orders import OPEN_NOW
from sanfu.cases.models import Case
from sanfu.cases.queries import replay
from sanfu.grassroots.tickets.models import Ticket
from sanfu.measure import queries
from sanfu.measure.queries import Cell
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records import jobs
from sanfu.records.models import Event
from sanfu.records.queries import verify_chains
from sanfu.records.states import JobState
from sanfu.web import context
from sanfu.web.context import being_made
from sanfu.web.todos import todos_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("county")]
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CONTENT = Path(settings.CONTENT)
# who must find what on the first page
DESKS = {
    "chenfang": ("待派单", "退单待派", "待会商裁定", "待回访"),
    "zhaomin": ("待回访",),
    "sunwei": ("待签收", "办理中"),
    "zhouli": ("待审核答复",),
    "qianjin": ("待签收", "办理中", "待签收的履职任务"),
    "hetao": ("办理中", "待签收的履职任务"),
    "wushuang": ("超期工单",),
    "xuheng": ("清单版本待审核", "履职清单待审核"),
    "jiangyu": ("起草中的政策版本", "兑付批次待初核", "公示名单有异议待处理", "政策申报待审核"),
    "luoqi": ("政策版本待复核", "兑付批次待审定"),
    "fangzheng": ("兑付批次待拨付",),
    "songci": ("联审联验待结论", "目录草稿待发布", "有超期分支的联办申请"),
    "tangbu": ("待受理的联办分支", "待决定的联办分支", "超期的联办分支", "待出预审意见"),
    "hanbang": ("填报中的联办申请", "部门要求补正"),
    "wangqiang": ("填报中的联办申请", "部门要求补正", "联办完成待评价"),
    "shenbian": ("待裁定的异议", "待审的职责准入", "待采纳的裁定规则"),
    "dongmi": ("已预检待下发的文稿",),
}


def test_the_history_covers_two_years_in_order_and_is_the_same_every_time() -> None:
    moments = demo_history._moments(NOW, 600)
    assert len(moments) == 600
    assert moments == demo_history._moments.__wrapped__(NOW, 600)
    for year in {one.at.year for one in moments}:
        days = [one.at for one in moments if one.at.year == year]
        assert days == sorted(days), "numbers are drawn in order of receipt"
    assert all(NOW - 2 * demo_history.YEAR - timedelta(days=1) < one.at < NOW for one in moments)
    assert all(one.since == (one.at > NOW - demo_history.YEAR - timedelta(days=1)) for one in moments)
    first = moments[:60]
    assert {one.since for one in first} == {True, False}, "a half-made history has its baseline already"


def _home(login: str) -> str:
    client = Client()
    client.force_login(User.objects.get(login=login))
    return client.get("/home/", follow=True).content.decode()


def test_every_desk_of_the_cast_has_something_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_county, "ORDERS", 8)
    monkeypatch.setattr(context, "_whole", set())
    assert context.DEMO_HISTORY == demo_county.KIND
    seed_lists(CONTENT)
    seed_duties(CONTENT, now=NOW)
    seed_firms(region=settings.REGION, at=NOW)
    seed_batch(region=settings.REGION, at=NOW)
    began = time.thread_time()
    assert demo_county.seed_today(region=settings.REGION, now=NOW) == len(OPEN_NOW)
    assert time.thread_time() - began < 15, "the first page waits for this"
    assert demo_county.seed_today(region=settings.REGION, now=NOW) == 0, "twice changes nothing"
    [job] = jobs.newest(settings.REGION, demo_county.KIND)
    assert Ticket.objects.count() == len(OPEN_NOW)
    reverse("home")
    for login, expected in DESKS.items():
        actor = actor_of(User.objects.get(login=login), on=NOW.date())
        found = {todo.label for todo in todos_of(actor, NOW) if todo.count}
        assert found >= set(expected), (login, set(expected) - found, found)
    assert being_made() == job, "a page says that the rest is coming"
    page = _home("zhengju")
    assert "演示数据正在生成：往期工单 0 / 8 件" in page
    state = jobs.run(job.id, lambda a, b: demo_county.piece(job, a, b), size=3, clock=lambda: NOW)
    job.refresh_from_db()
    assert (state, job.message) == (JobState.DONE, "")
    assert Ticket.objects.count() == len(OPEN_NOW) + 8
    assert being_made() is None
    assert "演示数据正在生成" not in _home("zhengju")
    assert verify_chains(region=settings.REGION)[1] == []


def test_the_figures_tell_the_story_of_their_events() -> None:
    """Answers come faster and people are more content than a year before; the log replays to the rows."""
    made = demo_history.seed_history(CONTENT, region=settings.REGION, now=NOW, begin=0, end=70, total=70)
    assert (made, Ticket.objects.count()) == (70, 70)
    leader = actor_of(User.objects.get(login="zhengju"), on=NOW.date())
    spans = [(date(2026, 1, 1), date(2026, 11, 1)), (date(2024, 12, 1), date(2025, 10, 1))]
    since, before = queries.figures_of(leader, spans, now=NOW)
    hours = Cell("mean_response_hours")
    assert before[hours].denominator > 15
    assert since[hours].value < before[hours].value / 2
    for name in ("response_rate", "satisfaction_rate", "on_time_rate"):
        assert since[Cell(name)].value > before[Cell(name)].value, name
    assert verify_chains(region=settings.REGION)[1] == []
    for case in Case.objects.all():
        events = Event.objects.filter(stream=case.id).order_by("seq")
        assert replay(events) == (case.state, case.version)
