"""月度数据: readings and public records come in, corrections beside what they correct; quality issues are settled."""

import uuid
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from sanfu.enterprise.monitoring.models import DailyReading, Mark, QualityIssue, Reading, SeriesUpload
from sanfu.enterprise.monitoring.states import IssueState, UploadState
from sanfu.enterprise.monitoring.upload import DAYS, MARKS, check_series
from sanfu.enterprise.registry.models import Enterprise
from sanfu.kernel.monitoring.panel import FLAGS, SERIES, SERIES_WORDS, month_text
from sanfu.records import files
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.ids import new_id
from sanfu.records.models import StoredFile
from sanfu.records.moments import day_of

Said = tuple[uuid.UUID, int, Sequence[float | None]]  # enterprise, month number, one value a series
COLUMNS = ("id", "region", "enterprise_id", "month", "source", "received_at", *SERIES)


@transaction.atomic
def add_readings(
    rows: Iterable[Said], *, source: str, by: Actor, at: datetime, upload: SeriesUpload | None = None
) -> int:
    """Add readings by one COPY; nothing is overwritten, the newest of a month counts. One event for all."""
    count = 0
    names = (*COLUMNS, *(("upload_id",) if upload else ()))
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY monitoring_reading ({', '.join(names)}) FROM STDIN") as copy,
    ):
        for firm, month, values in rows:
            row = [new_id(), by.region, firm, month, source, at, *values]
            copy.write_row([*row, upload.id] if upload else row)
            count += 1
    stream = upload.id if upload else new_id()
    append(stream=stream, kind="monitoring.readings", by=by, at=at, data={"count": count, "source": source})
    return count


@transaction.atomic
def add_marks(rows: Iterable[tuple[uuid.UUID, int, str]], *, source: str, by: Actor, at: datetime) -> int:
    """Add public records (enterprise, month number, kind of `FLAGS`); an unknown kind refuses the call."""
    made = []
    for firm, month, kind in rows:
        if kind not in FLAGS:
            raise Refused(f"没有“{kind}”这种公开记录；可以是：{'、'.join(FLAGS)}。")
        made.append(
            Mark(region=by.region, enterprise_id=firm, month=month, kind=kind, source=source, received_at=at)
        )
    Mark.objects.bulk_create(made, batch_size=1_000)
    append(
        stream=new_id(), kind="monitoring.marks", by=by, at=at, data={"count": len(made), "source": source}
    )
    return len(made)


@transaction.atomic
def check_upload(stored: StoredFile, *, source: str, by: Actor, at: datetime) -> SeriesUpload:
    """Read a file of monthly data without taking anything in; the result waits for a person."""
    _may(by)
    firms = dict(Enterprise.objects.filter(region=by.region).values_list("credit_code", "name"))
    today = day_of(at)
    checked = check_series(stored.name, files.read(stored), firms, today.year * 12 + today.month - 1)
    made = SeriesUpload.objects.create(
        region=by.region, file=stored, source=source, what=checked.what, total=checked.total,
        errors=[error.as_dict() for error in checked.errors], good=checked.good, by=by.id, at=at,
    )  # fmt: skip
    data = {"file": stored.sha256, "total": made.total, "good": len(made.good), "errors": len(made.errors)}
    append(stream=made.id, kind="monitoring.upload_checked", by=by, at=at, data=data)
    return made


@transaction.atomic
def decide_upload(made: SeriesUpload, *, keep: bool, by: Actor, at: datetime) -> int:
    """Keep the good rows, all in one transaction, or drop the file. Returns rows kept."""
    _may(by)
    after = UploadState.KEPT if keep else UploadState.DROPPED
    changed = SeriesUpload.objects.filter(pk=made.pk, state=UploadState.CHECKED).update(state=after)
    if not changed:
        raise Conflict("这个文件已经处理过，请刷新后再看。")
    count = 0
    if keep:
        codes = {row[0] for row in made.good}
        known = Enterprise.objects.filter(region=by.region, credit_code__in=codes)
        ids = dict(known.values_list("credit_code", "id"))
        rows = [(ids[code], when, said) for code, when, said in made.good if code in ids]
        count = _take_in(made, rows, by, at)
        SeriesUpload.objects.filter(pk=made.pk).update(kept=count)
    else:
        append(stream=made.id, kind="monitoring.upload_dropped", by=by, at=at)
    return count


def _take_in(made: SeriesUpload, rows: list[Any], by: Actor, at: datetime) -> int:
    """The good rows of a file as what it holds; rows taken in."""
    if made.what == MARKS:
        return add_marks(rows, source=made.source, by=by, at=at)
    if made.what == DAYS:
        days = [(firm, date.fromisoformat(day), values) for firm, day, values in rows]
        return add_daily(days, source=made.source, by=by, at=at)
    return add_readings(rows, source=made.source, by=by, at=at, upload=made)


@transaction.atomic
def add_daily(
    rows: Iterable[tuple[uuid.UUID, date, Sequence[float | None]]], *, source: str, by: Actor, at: datetime
) -> int:
    """Add readings of days; nothing is overwritten. A month all of whose days are in becomes a monthly reading."""
    made = [
        DailyReading(region=by.region, enterprise_id=firm, day=day, source=source, received_at=at, **dict(zip(SERIES, values, strict=True)))
        for firm, day, values in rows
    ]  # fmt: skip
    DailyReading.objects.bulk_create(made, batch_size=1_000)
    data = {"count": len(made), "source": source}
    append(stream=new_id(), kind="monitoring.daily", by=by, at=at, data=data)
    months = {(one.day.year, one.day.month) for one in made}
    firms = {one.enterprise_id for one in made}
    for year, month in sorted(months):
        whole = _whole_months(by.region, source, firms, year, month)
        if whole:
            add_readings(whole, source=source, by=by, at=at)
    return len(made)


def _whole_months(region: str, source: str, firms: set[uuid.UUID], year: int, month: int) -> list[Said]:
    """Sums of the days of a month, for firms and series that have every day; insured staff count on the last day."""
    days = monthrange(year, month)[1]
    rows = DailyReading.objects.filter(
        region=region, source=source, enterprise__in=firms, day__year=year, day__month=month
    )
    known: dict[uuid.UUID, dict[int, list[float | None]]] = defaultdict(dict)
    for firm, day, *values in rows.order_by("received_at").values_list("enterprise_id", "day", *SERIES):
        old = known[firm].get(day.day, [None] * len(SERIES))
        known[firm][day.day] = [new if new is not None else was for new, was in zip(values, old, strict=True)]
    found: list[Said] = []
    for firm, by_day in known.items():
        sums: list[float | None] = []
        for at, series in enumerate(SERIES):
            values = [by_day.get(day, [None] * len(SERIES))[at] for day in range(1, days + 1)]
            whole = [value for value in values if value is not None]
            last = whole[-1] if whole else 0.0
            sums.append(None if len(whole) < days else last if series == "insured" else sum(whole))
        if any(value is not None for value in sums):
            found.append((firm, year * 12 + month - 1, sums))
    return found


@transaction.atomic
def receive(
    rows: Sequence[tuple[str, int, Sequence[float | None]]], *, by: Actor, at: datetime
) -> tuple[int, int, list[int]]:
    """Readings of another system: kept, unchanged (the source said the same before), places of unknown firms.

    rows: (credit code, month number, one value a series). The source is the organisation of the key.
    """
    _may(by)
    codes = {code for code, _, _ in rows}
    known = Enterprise.objects.filter(region=by.region, credit_code__in=codes, merged_into=None)
    ids = dict(known.values_list("credit_code", "id"))
    source = by.organisation_code
    before = _newest(by.region, source, set(ids.values()), {month for _, month, _ in rows})
    kept, unchanged, unknown = [], 0, []
    for place, (code, month, values) in enumerate(rows):
        firm = ids.get(code)
        if firm is None:
            unknown.append(place)
        elif before.get((firm, month)) == list(values):
            unchanged += 1
        else:
            kept.append((firm, month, values))
            before[firm, month] = list(values)
    if kept:
        add_readings(_last_of_each(kept), source=source, by=by, at=at)
    return len(kept), unchanged, unknown


def _last_of_each(rows: Sequence[Said]) -> list[Said]:
    """One row a firm and month, the later one of a message counts: a moment holds one reading."""
    return list({(firm, month): (firm, month, values) for firm, month, values in rows}.values())


def _newest(
    region: str, source: str, firms: set[uuid.UUID], months: set[int]
) -> dict[tuple[uuid.UUID, int], list[float | None]]:
    rows = Reading.objects.filter(region=region, source=source, enterprise__in=firms, month__in=months)
    return {
        (firm, month): list(values)
        for firm, month, *values in rows.order_by("received_at").values_list(
            "enterprise_id", "month", *SERIES
        )
    }


@transaction.atomic
def settle_issue(issue: QualityIssue, *, right: bool, by: Actor, at: datetime) -> None:
    """数据属实 (the reading counts from the next run on) or 确为错误 (it stays out; a correction is a new reading)."""
    _may(by)
    state = IssueState.TRUE if right else IssueState.WRONG
    changed = QualityIssue.objects.filter(pk=issue.pk, region=by.region, state=IssueState.OPEN).update(
        state=state, settled_name=by.name, settled_at=at
    )
    if not changed:
        raise Conflict("这条已经有人核对过，请刷新后再看。")
    data = {
        "firm": issue.enterprise.credit_code, "month": month_text(issue.month),
        "series": SERIES_WORDS[issue.series], "value": issue.value, "finding": str(state.label),
    }  # fmt: skip
    append(stream=issue.id, kind="monitoring.issue_settled", by=by, at=at, data=data)


def _may(by: Actor) -> None:
    if not by.may("monitoring.data"):
        raise NotAllowed("只有企业监测员可以导入和核对月度数据。")
