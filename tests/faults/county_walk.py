"""What one county does in a process of its own, for `test_counties.py`: `make` leaves something, `probe` looks for others'.

python -m tests.faults.county_walk make | probe FILE     (with the environment of a county)

Both counties have the same demo content, so their names prove nothing: each puts a mark of its own, made by chance, into
whatever it leaves, and no answer of the other may hold it.
"""

import io
import itertools
import json
import re
import sys
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import django

LOGINS = ("chenfang", "linadmin", "zhengju", "yinsi")
BUSY = LOGINS[:2]
EXPORT = re.compile(r"""href=["']([^"'#]*\bexport=[^"'#]*)""")
SLOT = re.compile(r"<(?:(\w+):)?(\w+)>")
NEVER = re.compile(r"^/(logout|static|password)")
TRIES = 15  # failed sign-ins, more than are free
FORMS = 3  # of the quota of public forms, which the test sets to this number


def make(spend: bool) -> dict[str, Any]:
    """People, an order with a file, a session, a key, a job; what a neighbour would need to see them.

    spend: lock an account by failed sign-ins and use up the quota of public forms.
    """
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

    now, by, mark = timezone.now(), machine(settings.REGION), f"mark{uuid.uuid4().hex}"
    seed_people(Path(settings.CONTENT), region=settings.REGION, at=now)
    stored = files.store(name=f"{mark}.txt", content=io.BytesIO(mark.encode()), by=by, at=now)
    said = actions.Submission(
        body=f"路灯不亮 {mark}", kind=RequestType.HELP, channel=Channel.HOTLINE, key=uuid.uuid4().hex,
        name=mark[:40], phone="13800000000", files=(stored.pk,),
    )  # fmt: skip
    ticket = actions.submit(said, by=by, at=now)
    job = jobs.create(kind="records.verify", title=mark, total=0, params={}, by=by, at=now)
    host = settings.ALLOWED_HOSTS[0]
    client = Client(HTTP_HOST=host)
    assert enters(client, "chenfang", "chenfang@demo") == 302, "the first sign-in here"
    if spend:
        for _ in range(TRIES):
            enters(Client(HTTP_HOST=host), "sunwei", "wrong")
        assert enters(Client(HTTP_HOST=host), "sunwei", "sunwei@demo") == 429, "guessed at too often here"
        answers = [asks(Client(HTTP_HOST=host), mark) for _ in range(FORMS + 1)]
        assert answers == [302] * FORMS + [429], f"the quota of this county: {answers}"
    return {
        "spent": spend,
        "mark": mark,
        "host": host,
        "number": ticket.case.number,
        "code": ticket.follow_code,
        "order": str(ticket.pk),
        "file": str(stored.pk),
        "job": str(job.pk),
        "account": str(User.objects.get(login="zhaomin").pk),
        "sha256": stored.sha256,
        "session": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "key": issue_key(
            user=User.objects.get(login="zhaomin"),
            label="试",
            starts=date(2020, 1, 1),
            ends=None,
            by=by,
            at=now,
        ),
        "region": settings.REGION,
    }


def enters(client: Any, login: str, password: str) -> int:
    """Sign in by the form; the status of the answer."""
    return int(client.post("/login/", {"login": login, "password": password}).status_code)


def asks(client: Any, mark: str) -> int:
    """Send the public form; the status of the answer."""
    return int(
        client.post(
            "/ask/", {"body": f"井盖破损 {mark}", "kind": "求助", "_once": uuid.uuid4().hex}
        ).status_code
    )


class Probe:
    """One county that looks for another: every line of `crossings` is something that it could see or that hindered it."""

    def __init__(self, other: dict[str, Any]) -> None:
        from django.conf import settings

        self.other, self.settings, self.crossings = other, settings, list[str]()
        self.host, self.asked = settings.ALLOWED_HOSTS[0], 0

    def expect(self, fine: bool, what: str) -> None:
        self.crossings.extend([] if fine else [what])

    def client(self, **more: Any) -> Any:
        from django.test import Client

        return Client(**{"HTTP_HOST": self.host, "raise_request_exception": False, **more})

    def read(self, client: Any, path: str, method: str = "get") -> str:
        """The text of an answer; a server error or the other's mark in it is a crossing."""
        answer = getattr(client, method)(path)
        self.asked += 1
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        self.expect(self.other["mark"].encode() not in body, f"{method} {path}: the other county's mark")
        self.expect(
            answer.status_code < 500 or answer.status_code == 503, f"{method} {path}: {answer.status_code}"
        )
        return body.decode("utf-8", "replace")

    def doors(self) -> None:
        """Session, host, code, key, locks and quota of the other county mean nothing here."""
        stranger = self.client()
        stranger.cookies[self.settings.SESSION_COOKIE_NAME] = self.other["session"]
        self.expect(
            stranger.get("/home/").status_code == 302, "a session of the other county is signed in here"
        )
        elsewhere = self.client(HTTP_HOST=self.other["host"]).get("/")
        self.expect(elsewhere.status_code == 400, "the host of the other county is answered here")
        self.read(self.client(), f"/progress/{self.other['number']}/{self.other['code']}/")
        if self.other["spent"]:
            entered = enters(self.client(), "sunwei", "sunwei@demo")
            self.expect(entered == 302, "failed sign-ins of the other county lock here")
            self.expect(asks(self.client(), "") == 302, "the quota of the other county is spent here")

    def interface(self) -> None:
        """The other county's key opens no operation of the API."""
        paths = self.client().get("/api/1/openapi.json").json()["paths"]
        for path, methods in paths.items():
            asked = SLOT.sub(self.other["number"], path.replace("{", "<").replace("}", ">"))
            for method in methods:
                answer = self.client().generic(
                    method.upper(),
                    asked,
                    "{}",
                    "application/json",
                    headers={"X-Sanfu-Key": self.other["key"]},
                )
                self.expect(answer.status_code == 401, f"a key of the other county opens {method} {path}")

    def stores(self) -> None:
        """Neither files nor rows, jobs, events and chains of the other county lie here."""
        from django.db import connection

        from sanfu.records.queries import verify_chains

        media = Path(self.settings.MEDIA_ROOT)
        self.expect(not any(media.rglob(f"*{self.other['sha256']}*")), "bytes of a file crossed")
        own = self.settings.REGION
        asked = {
            "a row of a file": ("SELECT count(*) FROM records_file WHERE id = %s", self.other["file"]),
            "a job": (
                "SELECT count(*) FROM procrastinate_jobs WHERE args ->> 'job_id' = %s",
                self.other["job"],
            ),
            "a sign-in": (
                "SELECT count(*) FROM django_session WHERE session_key = %s",
                self.other["session"],
            ),
            "an event": ("SELECT count(*) FROM records_event WHERE region <> %s", own),
            "a counter": ("SELECT count(*) FROM records_limit WHERE region <> %s", own),
            "a schema beyond ours": ("SELECT cardinality(current_schemas(false)) - 1 + (%s = '')::int", own),
        }
        with connection.cursor() as cursor:
            for what, (query, value) in asked.items():
                cursor.execute(query, [value])
                self.expect(cursor.fetchone() == (0,), f"{what} of the other county lies here")
        self.expect(verify_chains(region=own)[1] == [], "a chain of this county does not hold")
        self.expect(
            verify_chains(region=self.other["region"])[0] == 0, "events of the other are verified here"
        )

    def pages(self) -> None:
        """Every route with the other's ids as four roles; as two of them acts, pages without ids and their exports too."""
        from django.urls import get_resolver

        from sanfu.people.models import User

        ids = itertools.cycle([self.other[name] for name in ("order", "file", "job", "account")])
        paths = [path for path in sorted(set(routes(get_resolver()))) if not NEVER.match(path)]
        for login in LOGINS:
            client, exports = self.client(), set[str]()
            client.force_login(User.objects.get(login=login))
            for path in paths:
                theirs = "<" in path
                if not theirs and login not in BUSY:
                    continue
                asked = SLOT.sub(lambda slot: next(ids) if slot[1] == "uuid" else self.slot(slot[2]), path)
                said = self.read(client, asked)
                if theirs and login in BUSY:
                    self.read(client, asked, "post")
                exports |= {
                    asked.partition("?")[0] + one if one[0] == "?" else one for one in EXPORT.findall(said)
                }
            for one in sorted(exports):
                self.read(client, one.replace("&amp;", "&"))

    def slot(self, name: str) -> str:
        return self.other["code"] if name in {"code", "token"} else self.other["number"]

    def run(self) -> dict[str, Any]:
        self.doors()
        self.interface()
        self.pages()
        self.stores()
        return {"crossings": self.crossings, "asked": self.asked}


def routes(resolver: Any, prefix: str = "/") -> Iterator[str]:
    """Every address of the route table, with its slots."""
    from django.urls import URLResolver

    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern).lstrip("^").rstrip("$")
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        else:
            yield path


if __name__ == "__main__":
    django.setup()
    done = (
        make("spend" in sys.argv)
        if sys.argv[1] == "make"
        else Probe(json.loads(Path(sys.argv[2]).read_text())).run()
    )
    print("\n" + json.dumps(done, ensure_ascii=False))
