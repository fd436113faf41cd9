"""Which release (版本) this checkout is: its number and its migrations, and whether an archive fits it."""

import tomllib
from pathlib import Path

from sanfu.adapters.operations import OperationFailed
from sanfu.adapters.operations.archive import Manifest

CHECKOUT = Path(__file__).resolve().parents[3]


def version() -> str:
    """The number in `pyproject.toml`."""
    return str(tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def migrations() -> list[str]:
    """Migrations that this checkout knows, as "app.name"; Django must be set up, no database is asked."""
    from django.db.migrations.loader import MigrationLoader

    return sorted(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations)


def replaced() -> set[str]:
    """Migrations that one of this checkout stands for; a database names them beside it, although no file is left."""
    from django.db.migrations.loader import MigrationLoader

    known = MigrationLoader(None).disk_migrations.values()
    return {f"{app}.{name}" for migration in known for app, name in migration.replaces}


def check_fits(manifest: Manifest, *, region: str, server: int) -> None:
    """Refuse an archive of another release, county or newer database server.

    Raises:
        OperationFailed: what differs and what to do.
    """
    if manifest.region != region:
        raise OperationFailed(
            f"the archive is of county {manifest.region}, this place is set up for {region}: "
            f"set SANFU_REGION={manifest.region} if that is the county to bring back"
        )
    if manifest.version != version():
        raise OperationFailed(
            f"the archive was made by release {manifest.version}, this is {version()}: restore it with that release, "
            "then upgrade"
        )
    here, there = set(migrations()), set(manifest.migrations) - replaced()
    if here != there:
        more, fewer = sorted(there - here), sorted(here - there)
        unknown = (
            f"{len(more)} migrations of the archive are unknown here ({', '.join(more[:3])}). "
            if more
            else ""
        )
        missing = (
            f"{len(fewer)} of this checkout are not in the archive ({', '.join(fewer[:3])}). "
            if fewer
            else ""
        )
        raise OperationFailed(
            f"the archive is of another state of release {version()}. {unknown}{missing}"
            "Restore it with the checkout that made it, then upgrade"
        )
    if manifest.server > server:
        raise OperationFailed(
            f"the archive comes from PostgreSQL {manifest.server}, this server is {server}: restore into "
            f"PostgreSQL {manifest.server} or newer"
        )
