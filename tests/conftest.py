"""Fixtures that every test may use."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from sanfu.adapters.postgres import testing
from tests.platform import Platform

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


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


def chromium() -> str | None:
    """Path of the system's chromium, None when there is none."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's chromium; its absence is a failure, never a skip."""
    found = chromium()
    if found is None:
        pytest.fail(
            "chromium is not installed: run ./test as root, or apt-get install chromium fonts-noto-cjk"
        )
    quiet = ["--disable-quic", "--disable-background-networking", "--disable-component-update"]
    quiet += ["--disable-sync", "--no-first-run"] + (["--no-sandbox"] if os.getuid() == 0 else [])
    return {**browser_type_launch_args, "executable_path": found, "args": quiet}


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
