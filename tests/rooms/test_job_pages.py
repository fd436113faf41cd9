"""后台任务 and 留痕校验 as the administrator meets them: who may, whose rows, stop, try again, what waits."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from procrastinate.contrib.django.models import ProcrastinateJob

from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records import jobs, queries, verification
from sanfu.records.actions import DELIVER_AT_MOST, append, deliver_outbox
from sanfu.records.actor import Actor, Refused, machine
from sanfu.records.models import Event, Job, Outbox
from sanfu.records.saying import said_of_kept
from sanfu.records.states import JobState
from sanfu.web.todos import Todo, todos_of
from tests.rooms.test_records import tamper
from tests.rooms.test_verification import streams

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
KIND = "tickets.batch"
OTHER = "329901"


def new(kind: str = KIND, total: int = 100, region: str = "", title: str = "七月来信.xlsx") -> Job:
    by = machine(region or settings.REGION, "陈芳")
    return jobs.create(kind=kind, title=title, total=total, params={}, by=by, at=timezone.now())


def failed(error: Exception, **given: Any) -> Job:
    def piece(begin: int, end: int) -> dict[str, Any]:
        if begin >= 50:
            raise error
        return {
            "taken": end - begin,
            "errors": [{"line": 7, "why": "渠道“李梅”认不出；可填：热线。", "shown": "李梅说"}],
        }

    job = new(**given)
    assert jobs.run(job.id, piece, size=50, clock=timezone.now) is JobState.FAILED
    job.refresh_from_db()
    return job


def _forget(job: Job) -> None:
    """Take a job out of the queue."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE args->>'job_id' = %s", [str(job.pk)])


def silent(job: Job, minutes: int = 5, **changes: Any) -> Job:
    """A job whose worker has given no sign for a while, and which the queue no longer holds."""
    _forget(job)
    long_ago = timezone.now() - timedelta(minutes=minutes)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, done=40, beat_at=long_ago, **changes)
    job.refresh_from_db()
    return job


def at_desk(login: str = "linadmin") -> Client:
    client = Client()
    client.force_login(User.objects.get(login=login))
    return client


def admin() -> Actor:
    return actor_of(User.objects.get(login="linadmin"), on=timezone.localdate())


def waiting() -> dict[str, Todo]:
    reverse("home")  # the rooms' pages are known once the addresses are
    return {todo.label: todo for todo in todos_of(admin(), timezone.now()) if todo.count}


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("login", ["chenfang", "zhengju", "wangqiang", "xuheng"])
def test_nobody_else_opens_or_changes_anything(login: str) -> None:
    job, desk = failed(ValueError("x")), at_desk(login)
    for name, args in (("jobs", []), ("job", [job.pk]), ("undelivered", []), ("verifications", [])):
        assert desk.get(reverse(f"manage:{name}", args=args)).status_code == 403
    for name, args in (
        ("job_stop", [job.pk]),
        ("job_again", [job.pk]),
        ("job_looked_at", [job.pk]),
        ("verify", []),
    ):
        assert desk.post(reverse(f"manage:{name}", args=args)).status_code == 403
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert not Job.objects.filter(kind=verification.KIND).exists()


def test_only_the_own_county_is_seen() -> None:
    mine, theirs = failed(ValueError("x")), failed(ValueError("x"), region=OTHER, title="别市.xlsx")
    desk = at_desk()
    listed = text_of(desk, reverse("manage:jobs"))
    assert str(mine.pk) in listed
    assert str(theirs.pk) not in listed
    assert desk.get(reverse("manage:job", args=[theirs.pk])).status_code == 404
    assert desk.post(reverse("manage:job_again", args=[theirs.pk])).status_code == 404
    assert waiting()["失败的后台任务"].count == 1
    with pytest.raises(Refused):
        jobs.retry(theirs.pk, by=admin(), at=timezone.now())


def test_the_list_says_what_who_how_far_and_filters() -> None:
    failed(OperationalError("server closed the connection"))
    new("match.refit", 1, title="匹配器重学")
    desk = at_desk()
    only = text_of(desk, reverse("manage:jobs") + "?state=failed&kind=tickets.batch")
    assert "七月来信.xlsx" in only
    assert "50 / 100" in only
    assert "陈芳" in only
    assert "数据库暂时连不上" in only
    assert "匹配器重学</a>" not in only
    sheet = b"".join(desk.get(reverse("manage:jobs") + "?export=csv&sort=spent").streaming_content).decode()
    assert "批量导入诉求" in sheet
    assert "50/100" in sheet


def test_no_page_shows_personal_data_of_a_row_or_of_an_error() -> None:
    job = failed(ValueError("Key (phone)=(13812345678) 李梅"), title="李梅13812345678.xlsx")
    for kind in ("", "?export=csv"):
        response = at_desk().get(reverse("manage:jobs") + kind)
        said = (b"".join(response.streaming_content) if response.streaming else response.content).decode()
        assert "13812345678" not in said
    opened = text_of(at_desk(), reverse("manage:job", args=[job.pk]))
    assert "13812345678" not in opened
    assert "渠道“…”认不出；可填：热线。" in opened  # line and reason, not the cell
    assert "李梅说" not in opened
    assert "程序出错（ValueError）" in opened


def test_a_failed_job_waits_until_somebody_has_looked_at_it() -> None:
    job, desk = failed(ValueError("x")), at_desk()
    todo = waiting()["失败的后台任务"]
    assert todo.target == reverse("manage:job", args=[job.pk])
    desk.post(reverse("manage:job_looked_at", args=[job.pk]))
    desk.post(reverse("manage:job_looked_at", args=[job.pk]))
    assert "失败的后台任务" not in waiting()
    assert Event.objects.filter(stream=job.pk, kind=queries.LOOKED_AT).count() == 1
    jobs.retry(job.pk, by=admin(), at=timezone.now())
    jobs.run(job.pk, lambda a, b: 1 / 0, size=50, clock=timezone.now)  # type: ignore[arg-type, return-value]
    assert waiting()["失败的后台任务"].count == 1  # it failed anew


def test_a_failed_job_is_tried_again_from_where_it_stopped() -> None:
    job, desk = failed(ValueError("x")), at_desk()
    queued = ProcrastinateJob.objects.filter(args__job_id=str(job.pk)).count()
    assert "重试" in text_of(desk, reverse("manage:job", args=[job.pk]))
    desk.post(reverse("manage:job_again", args=[job.pk]))
    job.refresh_from_db()
    assert (job.state, job.done, job.message) == (JobState.WAITING, 50, "")
    assert ProcrastinateJob.objects.filter(args__job_id=str(job.pk)).count() == queued + 1
    done: list[int] = []
    jobs.run(job.pk, lambda a, b: done.extend(range(a, b)) or {}, size=50, clock=timezone.now)
    assert done == list(range(50, 100))
    with pytest.raises(Refused, match="已经办完"):
        jobs.retry(job.pk, by=admin(), at=timezone.now())


@pytest.mark.parametrize(
    ("kind", "params", "said"),
    [
        ("records.verify", {}, "重新发起一次"),
        ("gone.kind", {}, "已经没有这种任务"),
        (KIND, {"died_at": [50, 3]}, "连续中断"),
    ],
)
def test_a_job_that_cannot_be_tried_again_says_why(kind: str, params: dict[str, Any], said: str) -> None:
    job, desk = failed(ValueError("x"), kind=kind), at_desk()
    Job.objects.filter(pk=job.pk).update(params=params)
    assert said in text_of(desk, reverse("manage:job", args=[job.pk]))
    assert said in desk.post(reverse("manage:job_again", args=[job.pk]), follow=True).content.decode()
    job.refresh_from_db()
    assert job.state == JobState.FAILED


def test_a_waiting_job_is_stopped_at_once_and_a_worker_leaves_it_alone() -> None:
    job, desk = new(), at_desk()
    desk.post(reverse("manage:job_stop", args=[job.pk]), headers={"HX-Request": "true"})
    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.CANCELLED, 0)
    state = jobs.run(job.pk, lambda a, b: pytest.fail("worked on"), size=50, clock=timezone.now)
    assert state is JobState.CANCELLED


def test_a_running_job_is_asked_to_stop_after_its_piece() -> None:
    job, desk = new(), at_desk()
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, done=50, beat_at=timezone.now())
    answer = desk.post(
        reverse("manage:job_stop", args=[job.pk]), headers={"HX-Request": "true"}
    ).content.decode()
    assert "已请停止" in answer
    job.refresh_from_db()
    assert (job.state, job.cancel_asked) == (JobState.RUNNING, True)


def test_a_job_whose_worker_died_is_shown_as_such_and_can_be_ended_or_tried_again() -> None:
    first, second, desk = silent(new()), silent(new()), at_desk()
    listed = text_of(desk, reverse("manage:jobs") + "?state=stalled")
    assert str(first.pk) in listed
    assert "后台进程没有声息" in listed
    assert waiting()["中断的后台任务"].count == 2
    assert "后台进程中断" in text_of(desk, reverse("manage:job", args=[first.pk]))
    desk.post(reverse("manage:job_stop", args=[first.pk]))
    desk.post(reverse("manage:job_again", args=[second.pk]))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.done) == (JobState.CANCELLED, JobState.WAITING, 40)
    assert "中断的后台任务" not in waiting()


def test_a_job_in_the_queue_waits_and_one_the_queue_has_lost_is_stalled() -> None:
    held, lost = new(), new()
    now = timezone.now() + timedelta(minutes=5)
    _forget(lost)
    assert list(queries.stalled(settings.REGION, now).values_list("pk", flat=True)) == [lost.pk]
    assert held.state == JobState.WAITING


def test_the_bar_reloads_the_page_when_the_job_has_ended() -> None:
    job, desk = new(), at_desk()
    url = reverse("manage:job_progress", args=[job.pk])
    assert "HX-Refresh" not in desk.get(url).headers
    jobs.run(job.pk, lambda a, b: {}, size=50, clock=timezone.now)
    assert desk.get(url).headers["HX-Refresh"] == "true"


def test_an_event_that_was_not_delivered_waits_and_is_handed_over_again() -> None:
    desk = at_desk()
    wires = {"test.happened": ["tests.rooms.test_records.fail"]}
    with override_settings(SANFU_EVENT_HANDLERS=wires):
        for region in (settings.REGION, OTHER):
            with transaction.atomic():
                append(stream=uuid.uuid4(), kind="test.happened", by=machine(region), at=timezone.now())
        for _ in range(DELIVER_AT_MOST):
            deliver_outbox()
        listed = text_of(desk, waiting()["未送达的事件"].url)
    assert "程序出错（ValueError）" in listed
    assert "listener is down" not in listed
    assert "停止自动重试" in listed
    assert waiting()["未送达的事件"].count == 1
    desk.post(reverse("manage:deliver_again"))
    assert "未送达的事件" not in waiting()
    with override_settings(SANFU_EVENT_HANDLERS={}):
        assert deliver_outbox() == 1
    assert list(Outbox.objects.values_list("event__region", flat=True)) == [OTHER]
    assert "没有未送达的事件" in desk.post(reverse("manage:deliver_again"), follow=True).content.decode()


def test_a_kept_exception_becomes_a_sentence() -> None:
    assert said_of_kept("OperationalError('…13812345678')") == "数据库暂时连不上或太忙，过几分钟可以重试。"
    assert said_of_kept("KeyError('李梅')").startswith("程序出错（KeyError）")


def test_a_run_is_begun_read_and_taken_outside() -> None:
    victim = streams(4, region=settings.REGION)[2]
    tamper("""UPDATE records_event SET data = '{"n": 9}' WHERE stream = %s AND seq = 2""", victim)
    desk = at_desk()
    assert "还没有校验过" in text_of(desk, reverse("manage:verifications"))
    page = desk.post(reverse("manage:verify")).headers["Location"]
    job = Job.objects.get(kind=verification.KIND)
    later = (timezone.now() + timedelta(minutes=2)).isoformat()
    Job.objects.filter(pk=job.pk).update(params={**job.params, "until": later})
    assert desk.get(page + "digest.txt").status_code == 404
    jobs.run(job.pk, lambda a, b: verification.piece(job, a, b), size=2, clock=timezone.now)
    job.refresh_from_db()
    opened = text_of(desk, page)
    for said in ("留痕被改动过", str(victim), "内容与哈希不符", "test.happened", job.params["digest"]):
        assert said in opened
    assert waiting()["留痕校验发现问题"].target == page
    told = desk.get(page + "digest.txt")
    assert job.params["digest"] in told.content.decode()
    assert "attachment" in told.headers["Content-Disposition"]


def test_a_moment_that_has_not_come_is_refused() -> None:
    tomorrow = timezone.localtime() + timedelta(days=1)
    answer = at_desk().post(reverse("manage:verify"), {"until": f"{tomorrow:%Y-%m-%dT%H:%M}"})
    assert answer.status_code == 422
    assert "还没有到" in answer.content.decode()
    assert not Job.objects.filter(kind=verification.KIND).exists()


def test_the_digest_ends_at_the_moment_asked_for_or_at_the_last_settled_minute() -> None:
    desk, now = at_desk(), timezone.now()
    desk.post(reverse("manage:verify"), {"until": "2026-03-02T00:00"})
    first = Job.objects.get(kind=verification.KIND)
    assert parse_datetime(first.params["until"]) == datetime(2026, 3, 1, 16, tzinfo=UTC)  # China's midnight
    jobs.ask_to_stop(first.pk, by=admin(), at=now)
    desk.post(reverse("manage:verify"))
    until = parse_datetime(Job.objects.exclude(pk=first.pk).get(kind=verification.KIND).params["until"])
    assert until is not None
    assert until.second == 0
    assert timedelta(seconds=25) < now - until < timedelta(seconds=95)


def test_a_run_before_the_first_settled_event_says_so_instead_of_a_digest() -> None:
    job = verification.plan(by=admin(), at=timezone.now(), until=datetime(2020, 1, 1, tzinfo=UTC))
    jobs.run(job.pk, lambda a, b: verification.piece(job, a, b), size=99, clock=timezone.now)
    assert "截至时刻还没有留痕" in text_of(at_desk(), reverse("manage:verification", args=[job.pk]))
    assert at_desk().get(reverse("manage:verification_digest", args=[job.pk])).status_code == 404


def test_how_long_a_job_took_is_counted_from_when_it_was_written() -> None:
    long_ago = datetime(2025, 1, 1, tzinfo=UTC)  # a demo enters history as of then
    job = jobs.create(kind=KIND, title="x", total=1, params={}, by=machine(settings.REGION), at=long_ago)
    jobs.run(job.pk, lambda a, b: {}, size=1, clock=timezone.now)
    assert queries.job_of(settings.REGION, job.pk, timezone.now()).spent < timedelta(minutes=1)
