"""Fixtures that every test may use."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import hypothesis
import pytest
from django.conf import settings

from sanfu.adapters.demo import seed_people
from sanfu.adapters.postgres import testing
from sanfu.people.models import Organisation
from tests.browser import chromium, launch_arguments
from tests.platform import Platform

# In CI the same examples every time, so that a failure can be met again; at a desk new ones, to find more.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")

# Tests that make people do not wait for a slow password hash.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Every process works in its own clone of one migrated template (see the plugin)."""
    from django.db import connections

    with django_db_blocker.unblock(), testing.clone() as name:
        connection = connections["default"]
        connection.close()
        connection.settings_dict["NAME"] = name
        yield
        connection.close()
        connection.close_pool()


@pytest.fixture(scope="session")
def _seeded(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        seed_people(settings.CONTENT, region=settings.REGION, at=datetime(2024, 1, 2, tzinfo=UTC))


@pytest.fixture
def county(_seeded: None, db: None) -> None:
    """The demo county's organisations and cast. Seeded once; again after a test that emptied the tables."""
    if not Organisation.objects.exists():
        seed_people(settings.CONTENT, region=settings.REGION, at=datetime(2024, 1, 2, tzinfo=UTC))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's chromium; its absence is a failure, never a skip."""
    found = chromium()
    if found is None:
        pytest.fail(
            "chromium is not installed: run ./test as root, or apt-get install chromium fonts-noto-cjk"
        )
    return {**browser_type_launch_args, "executable_path": found, "args": launch_arguments()}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The whole platform with the demo county, as ./run serves it, on a database of its own."""
    with testing.clone("platform") as name:
        served = Platform(testing.address(name), tmp_path_factory.mktemp("platform"))
        served.start()
        yield served
        served.stop()


@pytest.fixture(scope="session")
def base_url(request: pytest.FixtureRequest) -> str | None:
    """Browser tests open addresses relative to the served platform; the others start nothing."""
    wants = any("page" in getattr(item, "fixturenames", ()) for item in request.session.items)
    return str(request.getfixturevalue("platform").address) if wants else None
