"""Generated calls of every API operation with the key of every role: none may end in a server error or an unsaid status.

    .venv/bin/python -m tests.fuzz_api [--calls 10000] [--seed 20261130]

schemathesis makes the calls from the description that the platform itself gives (`/api/1/openapi.json`): data that fits it and
data that does not. A database of its own is made, filled with people and orders, and dropped. The exit code is 1 on any 5xx
and on any status that the description does not name; a key of nobody and an ended key are two roles more.
"""

import argparse
import json
import os
import sys
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

from tests.fuzz import in_own_database

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


def call(operation: Any, login: str, key: str, count: int, seed: int, negative: bool) -> Counter[int]:
    """Make so many calls of one operation with one key; returns how often each status came.

    Raises:
        AssertionError: a server error or an unsaid status, with the call.
    """
    import hypothesis
    from schemathesis import GenerationMode

    answers: Counter[int] = Counter()
    said = allowed(operation)

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )  # fmt: skip
    @hypothesis.given(
        operation.as_strategy(
            generation_mode=GenerationMode.NEGATIVE if negative else GenerationMode.POSITIVE
        )
    )
    def one(case: Any) -> None:
        case.headers = {**(case.headers or {}), **({"X-Sanfu-Key": key} if key else {})}
        status = case.call().status_code
        answers[status] += 1
        assert status < 500, f"{login}: {status} of {case.as_curl_command()}"
        assert status in said, f"{login}: {status} is not among {sorted(said)}: {case.as_curl_command()}"

    one()
    return answers


def run(calls: int, seed: int) -> int:
    """Call everything on the database of `DATABASE_URL`; returns how many operations went wrong."""
    import schemathesis
    from django.conf import settings
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("seed_demo")
    schema = schemathesis.openapi.from_wsgi("/api/1/openapi.json", get_wsgi_application())
    operations = [found.ok() for found in schema.get_all_operations()]
    held, answers, wrong = keys(), Counter[int](), 0
    each = max(1, calls // (len(operations) * len(held) * 2))
    for operation in operations:
        for place, (login, key) in enumerate(held.items()):
            for negative in (False, True):
                try:
                    answers += call(operation, login, key, each, seed + place, negative)
                except AssertionError as fault:
                    wrong += 1
                    print(
                        json.dumps({"operation": operation.label, "fault": str(fault)}, ensure_ascii=False),
                        flush=True,
                    )
    print(
        f"seed {seed}: {sum(answers.values())} calls of {len(operations)} operations as {len(held)} keys: "
        + ", ".join(f"{count} × {status}" for status, count in sorted(answers.items()))
    )
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz_api", description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20261130)
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    return 1 if in_own_database(lambda: run(arguments.calls, arguments.seed)) else 0


if __name__ == "__main__":
    sys.exit(main())
