"""What a monitor asks: alive, ready, healthy, metrics; and logs that carry nothing personal."""

import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from sanfu.people.models import User
from sanfu.records import health
from sanfu.records.logs import AllowList
from sanfu.web import metrics

pytestmark = pytest.mark.django_db
NOWHERE = {"host": "203.0.113.1", "dbname": "none"}
PERSON = ("13800001234", "张演示", "320981199001011234", "人民路18号")


@pytest.fixture
def warm(monkeypatch: pytest.MonkeyPatch) -> health.Warmth:
    """A process that has built its matcher."""
    made = health.Warmth()
    made.begin(lambda: None)
    monkeypatch.setattr(health, "warmth", made)
    return made


def series(text: str) -> list[tuple[str, dict[str, str], float]]:
    return [
        (s.name, s.labels, s.value) for family in text_string_to_metric_families(text) for s in family.samples
    ]


def test_live_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "get_connection_params", lambda: NOWHERE)
    assert Client().get("/live/").status_code == 200


def test_ready_when_warm_and_the_database_answers(warm: health.Warmth) -> None:
    answer = Client().get("/ready/")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "why": []})


def test_not_ready_without_the_database(warm: health.Warmth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "get_connection_params", lambda: NOWHERE)
    answer = Client().get("/ready/")
    assert answer.status_code == 503
    assert answer.json()["why"] == ["the database does not answer"]


def test_a_process_that_could_not_warm_up_is_not_ready_and_tries_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cold, tries = health.Warmth(), []

    def work() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise DatabaseError("not yet")

    with pytest.raises(DatabaseError):
        cold.begin(work)
    monkeypatch.setattr(health, "warmth", cold)
    assert Client().get("/ready/").status_code == 503
    for _ in range(100):
        if cold.warm:
            break
        health.threading.Event().wait(0.05)
    assert Client().get("/ready/").status_code == 200


def test_not_ready_while_migrations_are_missing(warm: health.Warmth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "migrated", lambda: False)
    assert "migrations" in Client().get("/ready/").json()["why"][0]


@pytest.mark.parametrize(
    ("database", "workers", "status"), [(True, True, 200), (True, False, 503), (False, False, 503)]
)
def test_health_wants_database_and_workers(
    database: bool, workers: bool, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sanfu.web import probes

    monkeypatch.setattr(probes, "look", lambda: health.Seen(database, workers))
    answer = Client().get("/health/")
    assert answer.status_code == status
    assert (answer.json()["database"], answer.json()["workers"]) == (database, workers)


def test_metrics_are_few_and_their_labels_bounded(county: None) -> None:
    client = Client()
    for path in ("/", "/ask/", "/login/", "/api/1/tickets/x", "/desk/", "/firm/", "/leader/", "/manage/", "/live/",
                 *(f"/{n}/unheard-of/" for n in range(40))):  # fmt: skip
        client.get(path)
    client.post("/login/", {"login": "tangbu", "password": "wrong"})
    found = series(client.get("/metrics/").content.decode())
    assert len(found) <= 200
    assert {labels["audience"] for _, labels, _ in found if "audience" in labels} <= set(metrics.AUDIENCES)
    names = {name for name, *_ in found}
    assert names >= {
        "sanfu_outbox_waiting",
        "sanfu_workers_alive",
        "sanfu_disk_free_bytes",
        "sanfu_requests_total",
    }
    told = "".join(value for _, labels, _ in found for value in labels.values())
    assert "unheard" not in told
    assert any(name == "sanfu_sign_ins_total" and labels == {"ended": "failed"} for name, labels, _ in found)


def test_every_series_together_stays_below_two_hundred() -> None:
    """The most there can be: every audience with every class of answer."""
    for audience in metrics.AUDIENCES:
        for status in (200, 302, 404, 429, 500, 503):
            metrics.REQUESTS.labels(audience, metrics.answer_of(status))
        metrics.SECONDS.labels(audience)
    for ended in (*metrics.SIGN_IN_ENDS.values(), "refused"):
        metrics.SIGN_INS.labels(ended)
    assert len(series(Client().get("/metrics/").content.decode())) <= 200


def test_metrics_say_that_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(metrics.vitals, "of_database", away)
    found = {name: value for name, _, value in series(Client().get("/metrics/").content.decode())}
    assert found["sanfu_database_answers"] == 0
    assert "sanfu_disk_free_bytes" in found


def test_metrics_are_for_this_machine_or_the_token(settings: Any) -> None:
    ask = Client().get
    assert ask("/metrics/", REMOTE_ADDR="198.51.100.7").status_code == 403
    assert ask("/metrics/", headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 403
    settings.PRODUCTION = True
    assert ask("/metrics/").status_code == 403, "behind a proxy everybody comes from this machine"
    settings.METRICS_TOKEN = "t" * 32
    assert ask("/metrics/").status_code == 403
    assert ask("/metrics/", headers={"Authorization": "Bearer wrong"}).status_code == 403
    answer = ask("/metrics/", REMOTE_ADDR="198.51.100.7", headers={"Authorization": f"Bearer {'t' * 32}"})
    assert answer.status_code == 200


def logged(work: Any, logger: str = "sanfu.test") -> list[dict[str, Any]]:
    """The lines that the production formatter writes while `work` logs."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(AllowList())
    log = logging.getLogger(logger)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        work(log)
    finally:
        log.removeHandler(handler)
        log.setLevel(logging.NOTSET)
    for one in PERSON:
        assert one not in stream.getvalue()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_no_personal_text_passes_the_allow_list() -> None:
    phone, name, number, place = PERSON

    def work(log: logging.Logger) -> None:
        log.warning("order %s of %s waits", 17, name)
        log.error("sent to %(phone)s", {"phone": phone})
        log.warning(
            "known", extra={"phone": phone, "name_of": name, "route": f"desk {place}", "account": number}
        )
        log.warning({"phone": phone})
        try:
            raise ValueError(f"{name} {phone}")
        except ValueError:
            log.exception("a piece of %s failed", place)

    lines = logged(work)
    assert lines[0]["message"] == "order 17 of … waits"
    assert "route" not in lines[2]
    assert lines[4]["exception"] == ["builtins.ValueError"]
    assert lines[4]["frames"][0].startswith("tests/rooms/test_probes.py:")


def test_a_refusal_of_the_database_is_told_by_its_code(county: None) -> None:
    """PostgreSQL quotes the row in the message: DETAIL: Key (login)=(…) already exists."""

    def work(log: logging.Logger) -> None:
        from django.db import transaction

        try:
            with transaction.atomic():
                User.objects.create(region="329900", login="p13800001234", name="张演示")
                User.objects.create(region="329900", login="p13800001234", name="张演示")
        except IntegrityError:
            log.exception("not kept")

    line = logged(work)[0]
    assert line["sqlstate"] == "23505"
    assert line["constraint"]


def test_libraries_are_not_quoted() -> None:
    said = logged(lambda log: log.warning(f"posted to {PERSON[0]}"), "some_library.client")
    assert said[0]["message"] == ""
    assert said[0]["logger"] == "some_library.client"


def test_the_access_line_names_route_and_account_only(county: None) -> None:
    client = Client()
    user = User.objects.get(login="chenfang")
    client.force_login(user)
    lines = logged(lambda _: client.get("/desk/tickets/", {"q": PERSON[0]}), "sanfu.access")
    assert lines[0]["route"] == "officer:ticket_list"
    assert (lines[0]["status"], lines[0]["account"]) == (200, str(user.pk))


def test_a_missing_folder_is_measured_at_its_parent(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from sanfu.records.vitals import of_place

    found = {
        one.name: one.figure for one in of_place(tmp_path / "not" / "there", datetime(2026, 3, 2, tzinfo=UTC))
    }
    assert found["sanfu_disk_free_bytes"] > 0
    assert found["sanfu_backup_seconds"] == -1


def test_every_desk_page_says_that_a_restored_system_is_held(
    county: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sanfu.web import context

    client = Client()
    client.force_login(User.objects.get(login="linadmin"))
    assert "发件被扣留" not in client.get("/manage/people/").content.decode()
    monkeypatch.setattr(context, "is_held", lambda: True)
    assert "发件被扣留" in client.get("/manage/people/").content.decode()
    client.force_login(User.objects.get(login="sunwei"))
    assert "发件被扣留" not in client.get("/desk/tickets/").content.decode(), (
        "only whoever can see to it is told"
    )
