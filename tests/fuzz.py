"""Hostile requests against every address and every form, as every role: none may end in a server error.

    .venv/bin/python -m tests.fuzz [--requests 10000] [--seed 20261130] [--only N]

A database of its own is made, filled with the demo county and dropped. Addresses and forms are found as a person finds
them, by following links; every address of the route table is asked too. The same seed gives the same requests on the same
pages; a request that ends in 5xx is printed with its number, and the exit code is 1.
"""

import argparse
import html
import json
import os
import random
import re
import sys
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SEED = 20261130
LINK = re.compile(r"""\b(?:href|hx-get|hx-post|formaction)=["'](/[^"'#]*)""")
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.S | re.I)
FIELD = re.compile(r"<(input|textarea|select|button)\b([^>]*)>", re.I)
ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*["']([^"']*)["']""")
SLOT = re.compile(r"<(?:(\w+):)?\w+>")
# Leaving, and changes of the people who walk here, would end the walk for everybody. Two probes speak of the place (no
# worker runs here, so 503 is their true answer) and take no input; tests/rooms/test_probes.py has them.
NEVER = re.compile(
    r"^/(logout|password|static|health|ready)/|/manage/people/[0-9a-f-]{36}/|/manage/people/units/[0-9a-f-]{36}"
)
MOST_PAGES = 60  # followed as one role
HOSTILE = (
    "", " ", "\x00", "a\x00b", "\x0b\x0c", "\u202e反", "\ufeff", "😀" * 50, "长" * 5000, "0", "-1", "2147483648",
    "99999999999999999999", "9" * 400, "1e9", "NaN", "Infinity", "٣", "²", "½", "①", "1.5", "1,5", "+7", "0x10",
    "not-a-uuid", "00000000-0000-0000-0000-000000000000", "2026-99-99", "0000-00-00", "99999-01-01", "2026-02-30",
    "10000-Q1", "0-Q1", "2026-Q9", "²-Q1", "2026-13", "0000-01", "9999-12", "'; DROP TABLE people_user; --",
    "<script>alert(1)</script>", "{{7*7}}", "%s%n", "%", "%%", "../../etc/passwd", "=1+1", "[", "{", "[" * 2000,
    "{\"a\":1}", "null", "true", "a: b: c", "- - -", "&x *x", "!!python/object:os.system {}", "/", "\\", "\r\nX: y",
    "k" * 81, "~", "*", "(", ")", "?", "a,b", "ſ", "İ", "ß", "\ud7ff", "\U0010ffff", "--", "__all__", "on", "1",
)  # fmt: skip
FILES = (
    ("空.csv", b""), ("宽.csv", b"," * 20_000), ("坏.xlsx", b"PK\x03\x04broken"), ("日.yaml", b"a: 2026-99-99\n"),
    ("深.yaml", b"[" * 3000), ("零.csv", b"a\x00b\n"), ("字.txt", "各镇落实。".encode("gb18030")), ("半.txt", b"\xff\xfe\xfa"),
    ("图.png", b"\x89PNG\r\n\x1a\n"), ("炸.docx", b"PK\x05\x06" + b"\x00" * 18), ("档.pdf", b"%PDF-1.4\n%%EOF"),
    ("引.csv", b'"a\nb,c\n'), ("列.csv", "内容,类型\n,看不懂\n".encode()), ("n" * 300 + ".csv", b"a\n1\n"),
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """A form of a page: where it goes, and its fields with what stands in them."""

    action: str
    method: str
    fields: tuple[tuple[str, str, str], ...]  # name, type, value


@dataclass
class Walk:
    """One role: its client, the addresses and the forms it found."""

    login: str
    client: Any
    addresses: list[str] = field(default_factory=list)
    forms: list[Found] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # pages that answered with a server error while walking


def forms_of(page: str, address: str) -> Iterator[Found]:
    """The forms of a page."""
    for head, body in FORM.findall(page):
        said = dict(ATTRIBUTE.findall(head))
        fields = []
        for kind, more in FIELD.findall(body):
            one = dict(ATTRIBUTE.findall(more))
            if one.get("name"):
                fields.append(
                    (one["name"], one.get("type", kind.lower()), html.unescape(one.get("value", "")))
                )
        action = html.unescape(said.get("action") or said.get("hx-post") or "") or address
        yield Found(action, said.get("method", "post" if "hx-post" in said else "get").lower(), tuple(fields))


def walk(login: str, client: Any, starts: list[str], chance: random.Random) -> Walk:
    """Follow links as one role, at most `MOST_PAGES` pages, breadth first."""
    found, queue, seen = Walk(login, client), list(starts), set(starts)
    forms: dict[tuple[str, tuple[str, ...]], Found] = {}
    while queue and len(found.addresses) < MOST_PAGES:
        address = queue.pop(0)
        if NEVER.search(address):
            continue
        answer = client.get(address)
        found.addresses.append(address)
        if answer.status_code >= 500:
            found.broken.append(address)
        if (
            answer.status_code >= 400
            or answer.streaming
            or "html" not in answer.headers.get("Content-Type", "")
        ):
            continue
        page = answer.content.decode()
        for form in forms_of(page, address):
            shape = re.sub(r"[0-9a-f-]{36}", "ID", urlsplit(form.action).path)
            forms.setdefault((shape, tuple(name for name, _, _ in form.fields)), form)
        links = [html.unescape(link) for link in LINK.findall(page)]
        chance.shuffle(links)
        fresh = [link for link in dict.fromkeys(links) if link not in seen]
        seen |= set(fresh)
        queue += fresh
    found.forms = [form for form in forms.values() if not NEVER.search(form.action)]
    return found


def routes(resolver: Any = None, prefix: str = "/") -> Iterator[str]:
    """Every address of the route table, with its slots."""
    from django.urls import URLResolver, get_resolver

    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern).lstrip("^")
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        elif not NEVER.search(path):
            yield path.rstrip("$")


class Fuzzer:
    """Makes one request after the other from a seed."""

    def __init__(self, walks: list[Walk], seed: int) -> None:
        self.walks, self.paths, self.seed = walks, sorted(set(routes())), seed
        self.ids = sorted({i for w in walks for a in w.addresses for i in re.findall(r"[0-9a-f-]{36}", a)})

    def ask(self, number: int) -> tuple[int, str]:
        """Send the request of a number; its status, and what it was in one line."""
        chance = random.Random(f"{self.seed}/{number}")
        walk = self.walks[number % len(self.walks)]
        form = chance.random() < 0.6 and walk.forms
        method, address, data = self._form(walk, chance) if form else self._address(walk, chance)
        try:
            answer = getattr(walk.client, method)(address, data)
        except (ValueError, UnicodeError) as impossible:  # what no HTTP client could send
            return 0, f"{walk.login} {method} {address[:80]!r}: {impossible}"
        if answer.streaming:
            b"".join(answer.streaming_content)
        if answer.status_code == 302 and "/login/" in answer.headers.get("Location", "") and walk.login:
            enter(walk.client, walk.login)
        return answer.status_code, f"{walk.login or 'nobody'} {method} {address[:200]!r} {str(data)[:600]}"

    def _form(self, walk: Walk, chance: random.Random) -> tuple[str, str, dict[str, Any]]:
        form = chance.choice(walk.forms)
        data: dict[str, Any] = {}
        twisted = {name for name, _, _ in form.fields if chance.random() < 0.35}
        for name, kind, value in form.fields:
            if kind == "file":
                data[name] = upload(chance)
            elif name in twisted and name != "csrfmiddlewaretoken":
                data[name] = chance.choice(HOSTILE)
            else:
                data[name] = value or chance.choice(("", "演示说明文字，请核对", "1"))
        if "_once" in data and "_once" not in twisted:
            data["_once"] = uuid.UUID(int=chance.getrandbits(128)).hex
        method = "post" if form.method == "post" else "get"
        if method == "get":
            data = {name: value for name, value in data.items() if isinstance(value, str)}
        return method, form.action, data

    def _address(self, walk: Walk, chance: random.Random) -> tuple[str, str, dict[str, Any]]:
        if chance.random() < 0.5:
            path = SLOT.sub(lambda slot: self._slot(slot[1] or "str", chance), chance.choice(self.paths))
        else:
            path = urlsplit(chance.choice(walk.addresses)).path
        known = (
            "q",
            "page",
            "sort",
            "export",
            "state",
            "from",
            "to",
            "month",
            "quarter",
            "list",
            "columns",
            "unit",
            "post",
        )
        asked = {chance.choice(known): chance.choice(HOSTILE) for _ in range(chance.randrange(3))}
        return ("post" if chance.random() < 0.15 else "get"), path, asked

    def _slot(self, kind: str, chance: random.Random) -> str:
        if kind == "uuid":
            return chance.choice(self.ids) if self.ids and chance.random() < 0.8 else str(uuid.UUID(int=0))
        hostile = chance.choice(
            [one for one in HOSTILE if one.strip() and "/" not in one and "\n" not in one]
        )
        return hostile if kind == "str" else re.sub(r"[^\w-]", "", hostile, flags=re.A) or "x"


def upload(chance: random.Random) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    name, content = chance.choice(FILES)
    return SimpleUploadedFile(name, content)


def enter(client: Any, login: str) -> None:
    from sanfu.people.models import User

    client.force_login(User.objects.get(login=login))


def run(requests: int, seed: int, only: int | None) -> int:
    """Fuzz the database of `DATABASE_URL`; returns how many requests ended in a server error."""
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from sanfu.people.queries import demo_accounts

    settings.PUBLIC_FORMS = 10**9  # the quota would keep most requests from the pages
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("seed_demo")
    walks = []
    for login in ["", *(one["login"] for one in demo_accounts(settings.REGION))]:
        client = Client(raise_request_exception=False)
        if login:
            enter(client, login)
        walks.append(
            walk(login, client, ["/home/" if login else "/", "/ask/", "/progress/"], random.Random(seed))
        )
    fuzzer, answers, faults = Fuzzer(walks, seed), Counter[int](), []
    for number in range(requests) if only is None else [only]:
        status, what = fuzzer.ask(number)
        answers[status] += 1
        if status >= 500 or only is not None:
            faults.append({"number": number, "status": status, "request": what})
            print(json.dumps(faults[-1], ensure_ascii=False), flush=True)
    forms = len({f.action for w in walks for f in w.forms})
    for one in walks:
        for address in one.broken:
            print(json.dumps({"walked": address, "login": one.login}, ensure_ascii=False), flush=True)
    print(
        f"seed {seed}: {sum(answers.values())} requests as {len(walks)} roles, {len(fuzzer.paths)} routes, {forms} forms: "
        + ", ".join(f"{count} × {status or 'unsendable'}" for status, count in sorted(answers.items()))
    )
    walked = sum(len(one.broken) for one in walks)
    return walked + sum(count for status, count in answers.items() if status >= 500)


def in_own_database(work: Callable[[], int]) -> int:
    """Do work with Django set up on a migrated, empty database that is dropped afterwards."""
    from sanfu.adapters.postgres import testing
    from sanfu.adapters.postgres.cluster import Cluster
    from sanfu.adapters.postgres.places import state_folder

    if not os.environ.get("DATABASE_URL"):
        state = state_folder(Path(__file__).resolve().parents[1]) / "postgres-tests"
        os.environ[testing.OWN_SERVER] = str(state)
        os.environ["DATABASE_URL"] = Cluster(state.resolve()).url
    with testing.clone("fuzz") as name:
        os.environ["DATABASE_URL"] = testing.address(name)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django

        django.setup()
        from django.db import connection

        try:
            return work()
        finally:
            connection.close()
            connection.close_pool()
            os.environ["DATABASE_URL"] = testing.address("postgres")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", type=int, help="send the request of one number again")
    arguments = parser.parse_args()
    return 1 if in_own_database(lambda: run(arguments.requests, arguments.seed, arguments.only)) else 0


if __name__ == "__main__":
    sys.exit(main())
