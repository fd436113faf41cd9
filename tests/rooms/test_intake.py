"""Batch intake: the file is read once, a report keeps no telephone, refused rows can be mended and sent again."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from sanfu.grassroots.tickets import actions, batch, guidance
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import Channel, RequestType
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records import files, jobs
from sanfu.records.actor import machine
from sanfu.records.models import Job, StoredFile
from sanfu.records.states import JobState
from sanfu.web.access import forget_submissions
from sanfu.web.models import Submission

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
PHONE = "13812345678"


@pytest.fixture
def done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A file of 41 rows, two of them refused, worked through."""
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)
    reads: list[str] = []
    read = files.read

    def counted(stored: StoredFile) -> bytes:
        reads.append(stored.name)
        return read(stored)

    monkeypatch.setattr(files, "read", counted)
    lines = ["内容,类型,姓名,电话,属地"]
    for n in range(1, 42):
        kind = "看不懂" if n in (7, 30) else "求助"
        lines.append(f"第{n}盏路灯不亮，请打{PHONE}找我,{kind},王某,{PHONE},")
    by = actor_of(User.objects.get(login="chenfang"), on=date(2026, 3, 2))
    stored = files.store(name="诉求.csv", content=BytesIO("\n".join(lines).encode()), by=by, at=AT)
    job = batch.plan(stored, by=by, at=AT)
    reads.clear()
    state = jobs.run(job.id, lambda a, b: batch.piece(job, a, b), size=9, clock=lambda: AT)
    assert state is JobState.DONE
    assert len(reads) == 1, "five pieces, one reading"
    job.refresh_from_db()
    return job


def test_the_report_of_a_batch_keeps_no_telephone(done: Job) -> None:
    assert (done.result["taken"], len(done.result["errors"])) == (39, 2)
    assert PHONE not in str(done.result)
    assert "路灯不亮" in done.result["errors"][0]["shown"]
    client = Client()
    client.force_login(User.objects.get(login="chenfang"))
    page = client.get(f"/desk/tickets/batch/{done.id}/").content.decode()
    assert "第7盏路灯" in page
    assert PHONE not in page


def test_the_bar_of_an_ended_import_brings_its_result_and_stopping_answers_with_the_bar(done: Job) -> None:
    client = Client()
    client.force_login(User.objects.get(login="chenfang"))
    polled = client.get(f"/desk/tickets/batch/{done.id}/progress/")
    assert (polled.headers.get("HX-Refresh"), b"<html" in polled.content) == ("true", False)
    running = Job.objects.get(pk=done.id)
    Job.objects.filter(pk=done.id).update(state=JobState.RUNNING)
    stopped = client.post(f"/desk/tickets/batch/{done.id}/stop/", headers={"HX-Request": "true"})
    assert stopped.status_code == 200
    assert 'class="job' in stopped.content.decode()
    running.refresh_from_db()
    assert running.cancel_asked
    assert client.post(f"/desk/tickets/batch/{done.id}/stop/").status_code == 302


def test_the_error_sheet_is_the_file_as_it_was_sent(done: Job) -> None:
    client = Client()
    client.force_login(User.objects.get(login="chenfang"))
    sheet = client.get(f"/desk/tickets/batch/{done.id}/errors.csv").getvalue().decode("utf-8-sig")
    assert sheet.count(PHONE) == 4, "two rows, the telephone in the text and in its column"
    assert "看不懂" in sheet
    client.force_login(User.objects.get(login="sunwei"))
    assert client.get(f"/desk/tickets/batch/{done.id}/errors.csv").status_code == 403


def test_vectors_of_recent_messages_are_made_once_until_one_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    real = guidance.EventSpace

    class Counted(real):  # type: ignore[valid-type, misc]
        def __init__(self, texts: Any) -> None:
            made.append(len(texts))
            super().__init__(texts)

    monkeypatch.setattr(guidance, "EventSpace", Counted)
    guidance._placed.cache_clear()

    def come(body: str, key: str) -> Ticket:
        said = actions.Submission(body=body, kind=RequestType.HELP, channel=Channel.WEB, key=key)
        return actions.submit(said, by=machine("329900"), at=AT)

    first = come("青年路12号路灯整夜不亮，没有人来修", "a")
    now = AT + timedelta(hours=1)
    for typed in ("青年路12号路灯不", "青年路12号路灯不亮", "青年路12号路灯整夜不亮，没人修"):
        found = guidance.repeats(typed, region="329900", area=None, at=now)
    assert [one.number for one in found] == [first.case.number]
    assert made == [1], "three keys pressed, one space"
    come("河水发臭，请环保来看", "b")
    guidance.repeats("青年路12号路灯不亮", region="329900", area=None, at=now)
    assert made == [1, 2]


def test_old_keys_of_sent_forms_are_forgotten_and_young_ones_kept() -> None:
    for days in (1, 29, 31, 400):
        Submission.objects.create(key=str(days), path="/x/", person="p", at=AT - timedelta(days=days))
    assert forget_submissions(AT - timedelta(days=settings.SUBMISSION_DAYS)) == 2
    assert set(Submission.objects.values_list("key", flat=True)) == {"1", "29"}
