"""Generated calls of every API operation with the key of every role: none may end in a server error or an unsaid status.

    .venv/bin/python -m tests.fuzz_api [--calls 10000] [--minutes 8] [--seed 20261130]

schemathesis makes the calls from the description that the platform itself gives (`/api/1/openapi.json`): data that fits it and
data that does not. A database of its own is made, filled with people and orders, and dropped. The exit code is 1 on any 5xx
and on any status that the description does not name; a key of nobody and an ended key are two roles more. When the minutes are over, or it is asked to end (SIGTERM, Ctrl-C), it says
what it had made until then.
"""

import argparse
import json
import logging
import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import cycle
from typing import Any

from tests.fuzz import in_own_database
from tests.limits import Over, TimeLimit

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
NOBODY = {"nobody": "", "unknown key": "sanfu_wrong"}
ALWAYS = {400, 401, 403, 405, 406, 415}  # answers of HTTP itself, before an operation is reached


def keys() -> dict[str, str]:
    """A key of every account of the cast, and of who has none."""
    from django.conf import settings

    from sanfu.people.actions import issue_key
    from sanfu.people.models import User
    from sanfu.records.actor import machine

    by, found = machine(settings.REGION), dict(NOBODY)
    for user in User.objects.filter(region=settings.REGION).order_by("login"):
        said = {"user": user, "label": "试", "starts": date(2026, 1, 1), "by": by, "at": AT}
        found[user.login] = issue_key(**said, ends=None)
    found["ended"] = issue_key(**said, ends=date(2026, 2, 1))
    return found


def allowed(operation: Any) -> set[int]:
    """Statuses that the description names for an operation, and those of HTTP itself."""
    return {int(one) for one in operation.definition.raw["responses"] if one.isdigit()} | ALWAYS


@dataclass
class Tried:
    """What was called so far: how often each status came, which keys called, and what went wrong."""

    answers: Counter[int] = field(default_factory=Counter)
    pairs: set[tuple[str, str]] = field(default_factory=set)  # operation, key
    operations: set[str] = field(default_factory=set)
    wrong: set[tuple[str, str]] = field(default_factory=set)

    def note(self, operation: Any, login: str, case: Any, status: int, said: set[int]) -> None:
        """Count an answer; a server error or an unsaid status is printed once an operation and key."""
        self.answers[status] += 1
        self.operations.add(operation.label)
        self.pairs.add((operation.label, login))
        fault = f"{login}: {status}" if status >= 500 else f"{login}: {status} is not among {sorted(said)}"
        if (status >= 500 or status not in said) and (operation.label, fault) not in self.wrong:
            self.wrong.add((operation.label, fault))
            told = {"operation": operation.label, "fault": fault, "call": case.as_curl_command()}
            print(json.dumps(told, ensure_ascii=False), flush=True)


def call(
    operation: Any, held: dict[str, str], each: int, seed: int, negative: bool, tried: Tried, limit: TimeLimit
) -> None:
    """Make `each` calls of one operation with every key: the keys take turns over one stream of generated calls.

    Raises:
        Over: the time is over.
    """
    import hypothesis
    from schemathesis import GenerationMode

    said, turns = allowed(operation), cycle(held.items())

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=each * len(held), deadline=None, database=None,
        suppress_health_check=list(hypothesis.HealthCheck), phases=[hypothesis.Phase.generate],
    )  # fmt: skip
    @hypothesis.given(
        operation.as_strategy(
            generation_mode=GenerationMode.NEGATIVE if negative else GenerationMode.POSITIVE
        )
    )
    def one(case: Any) -> None:
        if limit.over():
            raise Over
        login, key = next(turns)
        case.headers = {**(case.headers or {}), **({"X-Sanfu-Key": key} if key else {})}
        tried.note(operation, login, case, case.call().status_code, said)

    one()


def run(calls: int, seed: int, minutes: float) -> int:
    """Call everything on the database of `DATABASE_URL`; returns how many operations went wrong."""
    import schemathesis
    from django.conf import settings
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    logging.getLogger("django.request").setLevel(
        logging.ERROR
    )  # a line for each refusal would hide the faults
    call_command("seed_demo")
    schema = schemathesis.openapi.from_wsgi("/api/1/openapi.json", get_wsgi_application())
    operations = [found.ok() for found in schema.get_all_operations()]
    held, tried, limit = keys(), Tried(), TimeLimit(minutes).or_terminated()
    each = max(1, -(-calls // (len(operations) * len(held) * 2)))
    ended = "all made"
    try:
        for negative in (False, True):
            for operation in operations:
                call(operation, held, each, seed, negative, tried, limit)
    except KeyboardInterrupt:
        ended = f"stopped after {limit.minutes():.1f} minutes"
    print(
        f"seed {seed}: {sum(tried.answers.values())} calls ({ended}) of {len(tried.operations)} of {len(operations)} "
        f"operations as {len({login for _, login in tried.pairs})} of {len(held)} keys ({len(tried.pairs)} pairs): "
        + ", ".join(f"{count} × {status}" for status, count in sorted(tried.answers.items()))
        + f"; {len(tried.wrong)} wrong"
    )
    return len(tried.wrong)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz_api", description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=0, help="end after so many; 0: when all are made")
    parser.add_argument("--seed", type=int, default=20261130)
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    return 1 if in_own_database(lambda: run(arguments.calls, arguments.seed, arguments.minutes)) else 0


if __name__ == "__main__":
    sys.exit(main())
