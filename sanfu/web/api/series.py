"""The API of monitoring: other systems hand in monthly and daily readings of firms; a correction is a new reading."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema

from sanfu.enterprise.monitoring import actions, queries
from sanfu.kernel.monitoring.panel import SERIES, month_number
from sanfu.records.actor import Actor, NotAllowed
from sanfu.records.moments import day_of
from sanfu.web.api.tickets import Problem

MOST = 5_000
router = Router()


class Values(Schema):
    """One value a series; what is left out is not known, which is not zero."""

    code: str = Field(min_length=18, max_length=18, description="credit code")
    power: float | None = None
    invoices: float | None = None
    tax: float | None = None
    insured: float | None = None

    def series(self) -> list[float | None]:
        """Values in the order of the series."""
        return [getattr(self, name) for name in SERIES]


class MonthIn(Values):
    """A month of a firm: power in kWh, invoices and tax in 万元, insured staff."""

    month: str = Field(pattern=r"^\d{4}-\d{2}$")


class DayIn(Values):
    """A day of a firm."""

    day: date


class Months(Schema):
    """Up to 5,000 readings of months."""

    rows: list[MonthIn] = Field(min_length=1, max_length=MOST)


class Days(Schema):
    """Up to 5,000 readings of days."""

    rows: list[DayIn] = Field(min_length=1, max_length=MOST)


class Refusal(Schema):
    """One row that was not taken, by its place from 0, and why."""

    row: int
    error: str


class Taken(Schema):
    """What became of the rows: the same rows sent again are unchanged, so a repetition does nothing."""

    kept: int
    unchanged: int
    refused: list[Refusal]


ANSWERS = {200: Taken, 400: Problem, 401: Problem, 403: Problem, 422: Problem}


def _by(request: HttpRequest) -> Actor:
    by: Actor = request.auth  # type: ignore[attr-defined]
    if not by.may("monitoring.data"):
        raise NotAllowed("这把密钥没有报送监测数据的权限；请用企业监测员的账号生成密钥。")
    return by


@router.post("/readings", response=ANSWERS, summary="报送月度数据")
def months(request: HttpRequest, said: Months) -> dict[str, Any]:
    """Readings of months; rows that cannot be used are named, the others are kept."""
    by, now = _by(request), timezone.now()
    today = day_of(now)
    rows, refused = [], []
    for place, one in enumerate(said.rows):
        try:
            month = month_number(one.month)
        except ValueError as problem:
            refused.append({"row": place, "error": str(problem)})
            continue
        if month > today.year * 12 + today.month - 1:
            refused.append({"row": place, "error": f"{one.month} 还没有到"})
        else:
            rows.append((place, (one.code, month, one.series())))
    kept, unchanged, unknown = actions.receive([row for _, row in rows], by=by, at=now)
    refused += [{"row": rows[at][0], "error": "企业档案里没有这家企业"} for at in unknown]
    return {"kept": kept, "unchanged": unchanged, "refused": sorted(refused, key=lambda one: one["row"])}


@router.post("/daily", response=ANSWERS, summary="报送每日数据")
def days(request: HttpRequest, said: Days) -> dict[str, Any]:
    """Readings of days; a month all of whose days are in becomes a monthly reading."""
    by, now = _by(request), timezone.now()
    ids = queries.ids_of(by.region, {one.code for one in said.rows})
    rows, refused = {}, []
    for place, one in enumerate(said.rows):
        firm = ids.get(one.code)
        if firm is None or one.day > day_of(now):
            why = "企业档案里没有这家企业" if firm is None else f"{one.day} 还没有到"
            refused.append({"row": place, "error": why})
        else:
            rows[firm, one.day] = (firm, one.day, one.series())
    before = queries.known_days(by.region, by.organisation_code, list(rows))
    fresh = [row for key, row in rows.items() if before.get(key) != row[2]]
    kept = actions.add_daily(fresh, source=by.organisation_code, by=by, at=now) if fresh else 0
    return {"kept": kept, "unchanged": len(rows) - len(fresh), "refused": refused}
