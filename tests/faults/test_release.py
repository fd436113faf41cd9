"""A restore refuses what it would half understand: another release, state, county or newer server, each in words."""

from typing import Any

import pytest

from sanfu.adapters.operations import OperationFailed, release
from sanfu.adapters.operations.archive import FORMAT, Manifest


def manifest(**other: Any) -> Manifest:
    """One of this checkout, but for what is said."""
    said: dict[str, Any] = {
        "format": FORMAT,
        "version": release.version(),
        "made_at": "2026-03-02T01:00:00+00:00",
        "region": "329900",
        "server": 16,
        "tool": "pg_dump 16",
        "migrations": release.migrations(),
        "rows": {},
        "streams": 0,
        "chains": "",
    }
    return Manifest(**{**said, **other})


def test_an_archive_of_this_release_fits() -> None:
    release.check_fits(manifest(), region="329900", server=16)
    release.check_fits(manifest(server=15), region="329900", server=18)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"version": "99.0"}, "made by release 99.0"),
        ({"version": "0.0.1"}, "restore it with that release, then upgrade"),
        (
            {"migrations": [*release.migrations(), "cases.9999_of_tomorrow"]},
            "1 migrations of the archive are unknown here",
        ),
        ({"migrations": release.migrations()[1:]}, "not in the archive"),
        ({"region": "110000"}, "SANFU_REGION=110000"),
        ({"server": 17}, "PostgreSQL 17"),
    ],
)
def test_anything_else_is_refused_with_what_to_do(other: dict[str, Any], words: str) -> None:
    with pytest.raises(OperationFailed, match=words):
        release.check_fits(manifest(**other), region="329900", server=16)
