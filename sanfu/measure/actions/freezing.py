"""封账: a month closed by a person at a cut, digest in the chain; corrections by two persons; late entries beside."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from sanfu.kernel.indicators.rowkind import MOMENTS
from sanfu.measure.actions import causes, store
from sanfu.measure.actions.store import COLUMNS
from sanfu.measure.book import formulas
from sanfu.measure.counting import COUNTY, span_of
from sanfu.measure.models import Checked, Closing, Correction, FrozenCell, Tally
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.ids import new_id
from sanfu.records.moments import begin_of

REASONS = {"late": "补录", "error": "数据差错", "rule": "口径错误", "appeal": "申诉成立"}


@dataclass(frozen=True, slots=True)
class Late:
    """封账后补录: what the live rows of a closed month hold more, less or otherwise than the frozen ones."""

    added: int
    gone: int
    changed: int

    @property
    def count(self) -> int:
        return self.added + self.gone + self.changed


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


@transaction.atomic
def close(month: date, *, by: Actor, at: datetime) -> Closing:
    """Close a month at this moment. Refused while the month runs; Conflict when it is closed already."""
    _allowed(by, "measure.close")
    month = month.replace(day=1)
    if at < begin_of(next_month(month)):
        raise Refused(f"{month.year}年{month.month}月还没有结束，截止时点不能在将来；请在次月封账。")
    store.refresh(region=by.region, at=at)  # waits for whoever closes or refreshes at the same time
    if done := Closing.objects.filter(region=by.region, month=month).first():
        raise Conflict(f"{month.year}年{month.month}月已由{done.by_name}封账；要改数请走更正。")
    identity = new_id()
    pinned = {one.id: one.version for one in formulas().values() if one.on(month)}
    digest, rows = _digest("measure_row", *_of_month(by.region, month))
    tallies = list(Tally.objects.filter(region=by.region, month=month, indicator__in=list(pinned)))
    digest = hashlib.sha256((digest + _cells_text(tallies)).encode()).hexdigest()
    try:
        with transaction.atomic():
            closing = Closing.objects.create(
                id=identity, region=by.region, month=month, cut_at=at, closed_at=at, by=by.id, by_name=by.name,
                digest=digest, rows=rows, cells=len(tallies), versions=pinned,
            )  # fmt: skip
    except IntegrityError as taken:
        raise Conflict(f"{month.year}年{month.month}月刚刚由别人封账；请刷新后查看。") from taken
    _keep_rows(closing)
    FrozenCell.objects.bulk_create(
        [
            FrozenCell(closing=closing, indicator=t.indicator, version=pinned[t.indicator], unit=t.unit, rows=t.rows,
                       hits=t.hits, total=t.total, below=t.below, value=t.value)
            for t in tallies
        ],
        batch_size=2000,
    )  # fmt: skip
    data = {
        "month": f"{month:%Y-%m}",
        "digest": digest,
        "rows": rows,
        "cells": len(tallies),
        "versions": pinned,
    }
    append(stream=closing.id, kind="measure.month_closed", by=by, at=at, data=data)
    Checked.objects.create(closing=closing, at=at, by_name=by.name, sound=True)
    return closing


def _allowed(by: Actor, permission: str) -> None:
    if not by.may(permission):
        raise NotAllowed("封账和更正由统计员办理，更正由领导批准；您的岗位没有这项权限。")


def _of_month(region: str, month: date) -> tuple[str, list[Any]]:
    spans = [span_of(one, [month]) for one in MOMENTS]
    inside = " OR ".join(f"({sql})" for sql, _ in spans)
    return f"region = %s AND ({inside})", [region, *(param for _, params in spans for param in params)]


def _keep_rows(closing: Closing) -> None:
    condition, params = _of_month(closing.region, closing.month)
    names = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO measure_frozen_row (closing_id, {names}) SELECT %s, {names} FROM measure_row WHERE {condition}",
            [closing.id, *params],
        )


def _digest(table: str, condition: str, params: list[Any]) -> tuple[str, int]:
    """SHA-256 over the rows in order, a hash a row first, so that a million rows need no gigabyte."""
    columns = " || '|' || ".join(f"coalesce({name}::text, '')" for name in COLUMNS if name not in MOMENTS)
    moments = " || '|' || ".join(f"coalesce(extract(epoch FROM {name})::text, '')" for name in MOMENTS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT encode(sha256(convert_to(coalesce(string_agg(h, '' ORDER BY kind, row_id), ''), 'UTF8')), 'hex'), "
            f"count(*) FROM (SELECT kind, row_id, md5({columns} || '|' || {moments}) AS h FROM {table} WHERE {condition}) AS hashed",
            params,
        )
        row = cursor.fetchone()
    assert row is not None
    return str(row[0]), int(row[1])


def _cells_text(cells: Iterable[Tally] | Iterable[FrozenCell]) -> str:
    lines = sorted(
        f"{c.indicator}|{c.unit}|{c.rows}|{c.hits}|{_text(c.total)}|{_text(c.below)}|{_text(c.value)}"
        for c in cells
    )
    return "\n".join(lines)


def _text(value: float | None) -> str:
    return "" if value is None else repr(float(value))


def verified(closing: Closing) -> bool:
    """Do the frozen rows and cells still have the digest that stands in the chain?"""
    digest, rows = _digest("measure_frozen_row", "closing_id = %s", [closing.id])
    made = hashlib.sha256((digest + _cells_text(closing.frozen_cells.all())).encode()).hexdigest()
    return made == closing.digest and rows == closing.rows


def late(closing: Closing) -> Late:
    """What was entered after the cut for a closed month: the snapshot never changes, this is shown beside it."""
    condition, params = _of_month(closing.region, closing.month)
    with connection.cursor() as cursor:
        cursor.execute(
            # A case has rows of several kinds and is one case all the same.
            "SELECT count(DISTINCT coalesce(l.case_id, l.row_id)) FILTER (WHERE f.row_id IS NULL), "
            "count(DISTINCT coalesce(f.case_id, f.row_id)) FILTER (WHERE l.row_id IS NULL), "
            "count(DISTINCT coalesce(f.case_id, f.row_id)) FILTER (WHERE f.row_id IS NOT NULL AND l.row_id IS NOT NULL "
            "AND (f.bits <> l.bits OR f.unit IS DISTINCT FROM l.unit)) "
            f"FROM (SELECT * FROM measure_frozen_row WHERE closing_id = %s) f "
            f"FULL JOIN (SELECT * FROM measure_row WHERE {condition}) l ON l.kind = f.kind AND l.row_id = f.row_id",
            [closing.id, *params],
        )
        row = cursor.fetchone()
    assert row is not None
    return Late(*(int(one) for one in row))


@transaction.atomic
def check(closing: Closing, *, by: Actor, at: datetime) -> Checked:
    """核对: hold a closed month against its digest and its live rows, and keep what came of it for the pages."""
    found, sound = late(closing), verified(closing)
    row, _ = Checked.objects.update_or_create(
        closing=closing,
        defaults={
            "at": at, "by_name": by.name, "sound": sound,
            "added": found.added, "gone": found.gone, "changed": found.changed,
        },
    )  # fmt: skip
    data = {"sound": sound, "added": found.added, "gone": found.gone, "changed": found.changed}
    append(stream=closing.id, kind="measure.month_checked", by=by, at=at, data=data)
    return row


def check_all(*, region: str, by: Actor, at: datetime) -> int:
    """The check that comes round: every closed month of two years; return how many there are."""
    recent = Closing.objects.filter(region=region).order_by("-month")[:24]
    return len([check(one, by=by, at=at) for one in recent])


# --- corrections ---


@transaction.atomic
def ask_correction(
    closing: Closing, indicator: str, unit: uuid.UUID, *, reason: str, note: str, by: Actor, at: datetime
) -> Correction:
    """Ask to correct a published figure to what the live rows say now; a second person decides."""
    _allowed(by, "measure.close")
    if reason not in REASONS:
        raise Refused(f"请选择更正原因：{'、'.join(REASONS.values())}。口径变更是新版本，不走更正。")
    if not note.strip():
        raise Refused("请写明更正的依据和涉及的办件。")
    old = current(closing, indicator, unit)
    new = Tally.objects.filter(
        region=closing.region, month=closing.month, indicator=indicator, unit=unit
    ).first()
    now = (new.rows, new.hits) if new else (0, 0)
    if old is None and new is None:
        raise Refused("这个月没有这个单位的这项指标。")
    old = old or (0, 0)
    if old == now:
        raise Refused("实时数与已公布数相同，没有可更正的差额。")
    if closing.corrections.filter(indicator=indicator, unit=unit, approved=None).exists():
        raise Conflict("这个数已有一条待审的更正。")
    made = Correction.objects.create(
        closing=closing, indicator=indicator, unit=unit, old_rows=old[0], old_hits=old[1], new_rows=now[0],
        new_hits=now[1], reason=reason, note=note.strip()[:400], asked_by=by.id, asked_name=by.name, asked_at=at,
        events=causes.causing(closing, indicator, unit),
    )  # fmt: skip
    append(
        stream=closing.id, kind="measure.correction_asked", by=by, at=at, data={"correction": str(made.id)}
    )
    return made


@transaction.atomic
def decide_correction(correction: uuid.UUID, *, approve: bool, by: Actor, at: datetime) -> Correction:
    """Approve or refuse a correction; never by the person who asked for it."""
    _allowed(by, "measure.approve")
    one = Correction.objects.select_for_update().get(id=correction)
    if one.approved is not None:
        raise Conflict(f"这条更正已由{one.decided_name}处理。")
    if one.asked_by is not None and one.asked_by == by.id:
        raise NotAllowed("更正须由另一人批准。")
    one.approved, one.decided_by, one.decided_name, one.decided_at = approve, by.id, by.name, at
    one.save(update_fields=["approved", "decided_by", "decided_name", "decided_at"])
    kind = "measure.correction_approved" if approve else "measure.correction_refused"
    data = {
        "correction": str(one.id), "indicator": one.indicator, "unit": str(one.unit),
        "old": [one.old_hits, one.old_rows], "new": [one.new_hits, one.new_rows], "reason": one.reason,
    }  # fmt: skip
    append(stream=one.closing_id, kind=kind, by=by, at=at, data=data)
    return one


def current(
    closing: Closing, indicator: str, unit: uuid.UUID = COUNTY, on: datetime | None = None
) -> tuple[int, int] | None:
    """(rows, hits) of a closed month as published, or as known at a moment: the cell and its approved corrections."""
    if on is not None and on < closing.closed_at:
        return None
    approved = closing.corrections.filter(indicator=indicator, unit=unit, approved=True)
    if on is not None:
        approved = approved.filter(decided_at__lte=on)
    last = approved.order_by("-decided_at").first()
    if last is not None:
        return last.new_rows, last.new_hits
    cell = closing.frozen_cells.filter(indicator=indicator, unit=unit).first()
    return (cell.rows, cell.hits) if cell else None
