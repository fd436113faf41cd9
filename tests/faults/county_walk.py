"""What one county does in a process of its own, for `test_counties.py`: `make` leaves something, `probe` looks for others'.

python -m tests.faults.county_walk make | probe FILE     (with the environment of a county)
"""

import io
import json
import sys
import uuid
from datetime import date
from pathlib import Path
from typing import Any

import django


def make() -> dict[str, Any]:
    """People, an order with a file, a session, a key, failed sign-ins, a job; what a neighbour would need to see them."""
    from django.conf import settings
    from django.test import Client
    from django.utils import timezone

    from sanfu.adapters.demo import seed_people
    from sanfu.grassroots.tickets import actions
    from sanfu.grassroots.tickets.states import Channel, RequestType
    from sanfu.people.actions import issue_key
    from sanfu.people.models import User
    from sanfu.records import files, jobs
    from sanfu.records.actor import machine

    now, by = timezone.now(), machine(settings.REGION)
    seed_people(Path(settings.CONTENT), region=settings.REGION, at=now)
    stored = files.store(
        name=f"{settings.COUNTY_NAME}.txt", content=io.BytesIO(settings.COUNTY_NAME.encode()), by=by, at=now
    )
    said = actions.Submission(
        body=f"{settings.COUNTY_NAME}的路灯不亮", kind=RequestType.HELP, channel=Channel.HOTLINE, key=uuid.uuid4().hex,
        name=f"{settings.COUNTY_NAME}某人", phone="13800000000", files=(stored.pk,),
    )  # fmt: skip
    ticket = actions.submit(said, by=by, at=now)
    job = jobs.create(kind="records.verify", title=settings.COUNTY_NAME, total=0, params={}, by=by, at=now)
    client = Client(HTTP_HOST=settings.ALLOWED_HOSTS[0])
    client.post("/login/", {"login": "chenfang", "password": "chenfang@demo"})
    for _ in range(9):  # locks the account for strangers in this county
        Client(HTTP_HOST=settings.ALLOWED_HOSTS[0]).post("/login/", {"login": "sunwei", "password": "wrong"})
    user = User.objects.get(login="zhaomin")
    return {
        "county": settings.COUNTY_NAME,
        "host": settings.ALLOWED_HOSTS[0],
        "order": str(ticket.pk),
        "number": ticket.case.number,
        "code": ticket.follow_code,
        "file": str(stored.pk),
        "sha256": stored.sha256,
        "job": str(job.pk),
        "session": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "account": str(user.pk),
        "key": issue_key(user=user, label="试", starts=date(2020, 1, 1), ends=None, by=by, at=now),
        "region": settings.REGION,
    }


def probe(other: dict[str, Any]) -> list[str]:
    """What this county can see of another one: every line is a crossing."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.urls import URLPattern, URLResolver, get_resolver

    from sanfu.people.models import User
    from sanfu.records.models import StoredFile
    from sanfu.records.queries import verify_chains

    crossings: list[str] = []
    host = settings.ALLOWED_HOSTS[0]

    def expect(fine: bool, what: str) -> None:
        crossings.extend([] if fine else [what])

    stranger = Client(HTTP_HOST=host)
    stranger.cookies[settings.SESSION_COOKIE_NAME] = other["session"]
    expect(stranger.get("/home/").status_code == 302, "a session of the other county is signed in here")
    expect(
        Client(HTTP_HOST=other["host"]).get("/").status_code == 400,
        "the host of the other county is answered here",
    )
    answer = Client(HTTP_HOST=host).get(f"/progress/{other['number']}/{other['code']}/")
    expect(other["county"] not in answer.content.decode(), "the progress page shows the other county's order")
    asked = Client(HTTP_HOST=host).get(
        f"/api/1/tickets/{other['number']}", headers={"X-Sanfu-Key": other["key"]}
    )
    expect(asked.status_code == 401, "an API key of the other county opens here")
    entered = Client(HTTP_HOST=host).post("/login/", {"login": "sunwei", "password": "sunwei@demo"})
    expect(entered.status_code == 302, "failed sign-ins of the other county lock here")
    expect(not StoredFile.objects.filter(pk=other["file"]).exists(), "a row of a file crossed")
    expect(not any(Path(settings.MEDIA_ROOT).rglob(other["sha256"])), "bytes of a file crossed")
    ids = {"order": other["order"], "file": other["file"], "job": other["job"], "account": other["account"]}

    def routes(resolver: Any, prefix: str = "/") -> Any:
        for entry in resolver.url_patterns:
            path = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from routes(entry, path)
            elif isinstance(entry, URLPattern):
                yield path

    client = Client(HTTP_HOST=host, raise_request_exception=False)
    for login in ("chenfang", "linadmin", "zhengju", "yinsi"):
        client.force_login(User.objects.get(login=login))
        for path in sorted(set(routes(get_resolver()))):
            if (path.count("<uuid:") == 0 and "<" in path) or path.startswith(("/logout", "/static")):
                continue
            for name, one in ids.items() if "<uuid:" in path else [("", "")]:
                asked_path = path
                while "<uuid:" in asked_path:
                    head, _, tail = asked_path.partition("<uuid:")
                    asked_path = head + one + tail.partition(">")[2]
                if "<" in asked_path:
                    continue
                answer = client.get(asked_path)
                body = b"".join(answer.streaming_content) if answer.streaming else answer.content
                if other["county"].encode() in body or (
                    answer.status_code >= 500 and answer.status_code != 503
                ):
                    crossings.append(f"{login} {asked_path} {name}: {answer.status_code}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE args ->> 'job_id' = %s", [other["job"]])
        expect(cursor.fetchone()[0] == 0, "a job of the other county waits for the worker here")
        cursor.execute("SELECT DISTINCT region FROM records_event")
        expect(
            {row[0] for row in cursor.fetchall()} == {settings.REGION}, "events of another region lie here"
        )
        cursor.execute("SELECT current_schemas(false)")
        expect(len(cursor.fetchone()[0]) == 1, "more than one schema is in sight")
    expect(verify_chains(region=settings.REGION)[1] == [], "a chain of this county does not hold")
    expect(verify_chains(region=other["region"])[0] == 0, "events of the other county are verified here")
    return crossings


if __name__ == "__main__":
    django.setup()
    done = make() if sys.argv[1] == "make" else probe(json.loads(Path(sys.argv[2]).read_text()))
    print("\n" + json.dumps(done, ensure_ascii=False))
