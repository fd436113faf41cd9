"""What a county has decided about monitoring: festival dates, shipped weights, workload. Needs no Django."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sanfu.kernel.monitoring.weights import Weights
from sanfu.records.content import CONTENT, BadContent, read_yaml

FOLDER = CONTENT / "monitoring"


@cache
def new_years(folder: Path = FOLDER) -> tuple[date, ...]:
    """First days of the lunar years that are on file."""
    path = folder / "festival.yaml"
    days = (read_yaml(path) or {}).get("new_years") or ()
    if not days or not all(isinstance(day, date) for day in days):
        raise BadContent(f"{path}：new_years 应是一列日期")
    return tuple(sorted(days))


@cache
def shipped_weights(folder: Path = FOLDER) -> Weights:
    """The weights that come with the platform, learnt on invented worlds only; the file says how it was made."""
    path = folder / "weights.yaml"
    try:
        return Weights.of_data(read_yaml(path) or {})
    except ValueError as problem:
        raise BadContent(f"{path}：{problem}") from problem


@cache
def decided(folder: Path = FOLDER) -> dict[str, Any]:
    """The county's numbers: who verifies, in how many working days, how many a week."""
    path = folder / "settings.yaml"
    found = read_yaml(path) or {}
    missing = {"lead", "verify_workdays", "per_week", "history_months", "entering_limit_wan"} - set(found)
    if missing:
        raise BadContent(f"{path} 缺少：{'、'.join(sorted(missing))}")
    return dict(found)
