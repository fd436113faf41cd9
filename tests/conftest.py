"""Fixtures that every test may use."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from sanfu.adapters.demo import seed_people
from sanfu.adapters.demo_firms import seed_firms
from sanfu.adapters.postgres import testing
from sanfu.enterprise.benefits import policies
from sanfu.enterprise.registry import queries as registry
from sanfu.grassroots.duties import versions
from sanfu.match import learned
from sanfu.people.models import Organisation
from sanfu.web import whoami
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


def _put_people() -> None:
    """The demo county's organisations and cast, unless they stand already."""
    if not Organisation.objects.exists():
        seed_people(settings.CONTENT, region=settings.REGION, at=datetime(2024, 1, 2, tzinfo=UTC))


@pytest.fixture(scope="module")
def _people(django_db_setup: None, django_db_blocker: Any) -> None:
    """The people of the county outside of any transaction: once, and once more for the module that follows
    one whose tests emptied the tables (those with transaction=True do), not anew for each of its tests."""
    with django_db_blocker.unblock():
        _put_people()


@pytest.fixture
def county(_people: None, db: None) -> None:
    """The demo county's organisations and cast, also after a test of the same module that emptied the tables."""
    _put_people()


Seeding = Callable[[], AbstractContextManager[Any]]


@pytest.fixture(scope="module")
def seeding(request: pytest.FixtureRequest, _people: None, django_db_blocker: Any) -> Iterator[Seeding]:
    """Rows that every test of a module begins with are written once, not once for every test.

    One transaction stands around the whole module and is rolled back at its end. What a module-scoped fixture
    writes `with seeding():` all tests find; what a test writes is undone with its own transaction, which is a
    savepoint inside this one. The database's now() is the moment the module began.
    """
    for item in request.session.items:
        marker = item.get_closest_marker("django_db")
        if item.path != request.path or marker is None:
            continue
        if marker.kwargs.get("transaction"):
            pytest.fail(f"{item.nodeid} commits (transaction=True): it cannot share a transaction, move it")
        if "seeding" not in getattr(item, "fixturenames", ()):
            pytest.fail(
                f"{item.nodeid} would find the shared rows or not, by the order of tests: let it use them"
            )
    whole = transaction.atomic()
    with django_db_blocker.unblock():
        whole.__enter__()
    yield django_db_blocker.unblock
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        whole.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def _nothing_kept(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where tests share rows they share their keys too: what this process keeps by such keys is forgotten."""
    yield
    if "seeding" in request.fixturenames:
        cache.clear()
        whoami.forget()
        learned.forget()
        versions._checkers.clear()
        registry._population.cache_clear()
        policies._titles_at.cache_clear()


@pytest.fixture(scope="module")
def _firms(seeding: Seeding) -> None:
    with seeding():
        seed_firms(region=settings.REGION, at=datetime(2026, 6, 1, 1, 0, tzinfo=UTC))


@pytest.fixture
def firms(_firms: None, county: None, settings: Any, tmp_path: Any) -> None:
    """The county with its 400 demo firms and their facts, recorded on Monday 2026-06-01 09:00 in China."""
    settings.MEDIA_ROOT = tmp_path


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
