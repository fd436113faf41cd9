"""The shipped catalogue and the calendar axis, read from content/ once per process."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sanfu.kernel.joint.catalogue.catalog import Catalog
from sanfu.kernel.joint.catalogue.load import load
from sanfu.kernel.joint.catalogue.source import merge, read
from sanfu.kernel.joint.landstart import LandPlan, read_plan
from sanfu.kernel.schedule import Axis
from sanfu.records.content import CONTENT, read_calendar, read_yaml

SERVICES = CONTENT / "services"
BUNDLES = CONTENT / "bundles"
HORIZON = 900  # days that a schedule may reach; the longest statutory chain is well inside


def read_files(paths: list[Path]) -> dict[str, Any]:
    """Catalogue files joined into one; a file without items may hold bundles only."""
    return merge([read(path.read_text(encoding="utf-8")) for path in paths])


@cache
def shipped() -> Catalog:
    """Items from content/services with the bundles of content/bundles."""
    return load(read_files(sorted(SERVICES.glob("*.yaml")) + sorted(BUNDLES.glob("*.bundle.yaml"))))


@cache
def land_plan() -> LandPlan:
    return read_plan(read_yaml(BUNDLES / "land_to_start.plan.yaml"))


@cache
def defaults() -> dict[str, int]:
    """The county's own settings for joint applications, where a bundle has none."""
    raw = read_yaml(BUNDLES / "defaults.yaml")
    return {key: int(value) for key, value in raw.items() if key.endswith("_days")}


@cache
def axis_for(start: date) -> Axis:
    """Working days from a little before the start to the horizon, in the county's calendar."""
    return Axis.of(_calendar().is_workday, start - timedelta(days=1), HORIZON)


@cache
def _calendar() -> Any:
    return read_calendar()
