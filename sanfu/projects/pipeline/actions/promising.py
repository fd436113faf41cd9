"""Writes of promises (承诺) and of the reconciliation with the statistics ledger (台账勾稽)."""

from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO

from django.db import transaction

from sanfu.kernel.sheets import UnreadableSheet, read_amount, read_sheet, unit_in
from sanfu.people.models import Organisation
from sanfu.projects.pipeline.models import LedgerCheck, Project, Promise
from sanfu.projects.pipeline.queries import projects
from sanfu.projects.pipeline.rules import Held, reconcile
from sanfu.records.actions import append
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.files import checked, store

KINDS = {"税收": "万元", "产值": "万元", "就业": "人", "投资强度": "万元/亩", "能耗": "吨标煤"}


@transaction.atomic
def promise(
    row: Project, *, kind: str, year: int, amount: Decimal, clause: str, remedy: str, by: Actor, at: datetime
) -> Promise:
    """记承诺: of a year that has one already it is a renegotiation, a new version beside the older."""
    _need(by)
    if kind not in KINDS:
        raise Refused("请选择承诺的指标。")
    if amount <= 0 or not 2000 <= year <= 2100:
        raise Refused("承诺的数要是正数，年份写四位数。")
    last = row.promises.filter(kind=kind, year=year).order_by("-version").first()
    made = Promise.objects.create(
        project=row, kind=kind, year=year, version=last.version + 1 if last else 1, amount=amount, clause=clause,
        remedy=remedy, fact=last.fact if last else None, source=last.source if last else "", by_name=by.name, at=at,
    )  # fmt: skip
    data = {"kind": kind, "year": year, "amount": str(amount), "clause": clause, "version": made.version}
    append(stream=row.id, kind="pipeline.promised", by=by, at=at, data=data)
    return made


@transaction.atomic
def state_fact(held: Promise, *, fact: Decimal, source: str, by: Actor, at: datetime) -> Promise:
    """填实际数, with its source."""
    _need(by)
    if len(source.strip()) < 2:
        raise Refused("请写明实际数的来源，例如 税务局 2025 年度入库数。")
    held.fact, held.source = fact, source.strip()
    held.save(update_fields=["fact", "source"])
    data = {"kind": held.kind, "year": held.year, "fact": str(fact), "source": held.source}
    append(stream=held.project_id, kind="pipeline.fact", by=by, at=at, data=data)
    return held


def _need(by: Actor) -> None:
    if not by.may("pipeline.edit"):
        raise NotAllowed(f"{by.name}不能维护项目库，请由项目专员办理。")


@transaction.atomic
def check_ledger(*, month: str, name: str, content: BinaryIO, by: Actor, at: datetime) -> LedgerCheck:
    """台账勾稽: the statistics ledger of a month beside the register; both stay as they are."""
    if not by.may("pipeline.meet"):
        raise NotAllowed("台账勾稽由重大办专员办理。")
    unit = Organisation.objects.filter(region=by.region, code=by.organisation_code).first()
    if unit is None:
        raise NotAllowed(f"{by.name}没有任职单位，不能办理。")
    safe, whole, _ = checked(name, content)
    try:
        other, refused, notes = _ledger(whole, safe)
    except UnreadableSheet as problem:
        raise Refused(f"{problem}。没有勾稽。") from problem
    own = [Held(row.code, row.name, row.total, _spent(row, month)) for row in projects(by)]
    found = reconcile(own, other)
    result: dict[str, Any] = {
        "rows": [list(one) for one in found],
        "refused": refused,
        "notes": notes,
        "read": len(other),
    }
    content.seek(0)
    made = LedgerCheck.objects.create(
        region=by.region, unit=unit, month=month, file=store(name=safe, content=content, by=by, at=at), result=result,
        by_name=by.name, at=at,
    )  # fmt: skip
    append(
        stream=made.id, kind="pipeline.reconciled", by=by, at=at, data={"month": month, "found": len(found)}
    )
    return made


def _spent(row: Project, month: str) -> Decimal:
    return sum((Decimal(v) for k, v in row.spent.items() if k <= month), Decimal(0))


def _ledger(whole: bytes, name: str) -> tuple[list[Held], list[list[Any]], list[str]]:
    sheet = read_sheet(whole, name)
    at = {
        "code": sheet.column("项目代码", "代码", "统计编码"), "name": sheet.column("项目名称", "名称", "项目"),
        "total": sheet.column("计划总投资", "总投资"), "spent": sheet.column("累计完成投资", "自开始建设累计完成投资", "累计完成"),
    }  # fmt: skip
    if at["name"] is None or at["spent"] is None:
        raise UnreadableSheet("没有“项目名称”或“累计完成投资”一列")
    rows, refused, notes = list[Held](), list[list[Any]](), list(sheet.notes)
    for line, row in sheet.rows:
        try:
            money = {key: _money(row, at[key], sheet.headings, notes) for key in ("total", "spent")}
            title = row[at["name"]]
            if not title:
                raise UnreadableSheet("没有项目名称")
        except UnreadableSheet as problem:
            refused.append([line, str(problem)])
            continue
        code = row[at["code"]] if at["code"] is not None else ""
        rows.append(Held(code, title, money["total"], money["spent"] or Decimal(0)))
    return rows, refused, notes


def _money(
    row: tuple[str, ...], place: int | None, headings: tuple[str, ...], notes: list[str]
) -> Decimal | None:
    if place is None:
        return None
    text, typed = row[place], unit_in(headings[place])
    if typed and typed != "万元" and text.replace(".", "").replace(",", "").isdigit():
        text = f"{text}{typed}"
    amount = read_amount(text, "万元")
    if amount is None:
        return None
    if amount.note and amount.note not in notes:
        notes.append(amount.note)
    return Decimal(str(round(amount.value, 2)))
