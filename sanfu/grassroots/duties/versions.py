"""Between rows of a list version and the kernel's list; the list of a day, with admitted duties of that day."""

import uuid
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from sanfu.grassroots.duties import library
from sanfu.grassroots.duties.models import Admission, ConditionalRule, ListVersion, Precedent
from sanfu.grassroots.duties.states import AdmissionState
from sanfu.kernel.duties.items import DepartmentDuty, DutyItem, DutyList, ListType
from sanfu.kernel.duties.judging.evaluation import precedents_of
from sanfu.kernel.duties.judging.precedents import Precedent as Remembered
from sanfu.kernel.duties.judging.precheck import Checker
from sanfu.kernel.duties.judging.verdicts import Verdict
from sanfu.lists.versions import in_force_rows


def item_json(item: DutyItem) -> dict[str, Any]:
    """One item as it is kept in a version."""
    return {
        "code": item.code,
        "list": item.list_type.value,
        "category": item.category,
        "name": item.name,
        "departments": [[duty.department, duty.text] for duty in item.departments],
        "town_duty": item.town_duty,
        "method": item.method,
        "recall_reason": item.recall_reason,
        "keywords": list(item.keywords),
        "basis": list(item.basis),
        "row": item.row,
    }


def item_of(raw: dict[str, Any]) -> DutyItem:
    """The kernel's item of a kept row."""
    return DutyItem(
        raw["code"],
        ListType(raw["list"]),
        raw["category"],
        raw["name"],
        tuple(DepartmentDuty(name, text) for name, text in raw["departments"]),
        raw["town_duty"],
        raw["method"],
        raw["recall_reason"],
        tuple(raw["keywords"]),
        tuple(raw["basis"]),
        raw["row"],
    )


def list_of(version: ListVersion) -> DutyList:
    """The kernel's list of a version."""
    items = tuple(item_of(raw) for raw in version.items)
    return DutyList(version.town.short, items, f"第{version.number}版", version.mark)


def in_force(region: str, town: uuid.UUID, on: date) -> ListVersion | None:
    """The published version of a town on a day, with its town."""
    rows = in_force_rows(ListVersion, on, region=region, town_id=town)
    return rows.select_related("town").order_by("-effective_from").first()


def admitted(region: str, town: uuid.UUID, on: date) -> list[Admission]:
    """Admissions that bind a town on a day; a temporary one ends by its date, swept or not."""
    rows = Admission.objects.filter(region=region, state=AdmissionState.APPROVED, towns__contains=[town])
    rows = rows.filter(decided_at__date__lte=on).select_related("department")
    return [row for row in rows if row.ends_on is None or row.ends_on >= on]


def admitted_item(row: Admission) -> DutyItem:
    """An admitted duty as an item of the list: 配合, with the department's part as written."""
    duty = DepartmentDuty(row.department.short, row.power)
    return DutyItem(
        f"准-{row.number}",
        ListType.COOPERATE,
        row.category,
        row.name,
        (duty,),
        row.town_duty,
        basis=(row.basis,),
    )


def checker_of(region: str, version: ListVersion, on: date) -> Checker:
    """A checker for a version with the admissions, precedents and rules of the day; kept while they do not change."""
    extra = admitted(region, version.town_id, on)
    newest = Precedent.objects.filter(region=region).order_by("-at").values_list("id", flat=True).first()
    key = (version.id, tuple(row.id for row in extra), newest)
    return _checker(key, version, tuple(extra), region)


@lru_cache(maxsize=1)
def _worked() -> tuple[Remembered, ...]:
    from_cases = precedents_of(library.worked_cases())
    return tuple(from_cases)


_checkers: dict[tuple[Any, ...], Checker] = {}


def _checker(
    key: tuple[Any, ...], version: ListVersion, extra: tuple[Admission, ...], region: str
) -> Checker:
    if key not in _checkers:
        if len(_checkers) > 16:
            _checkers.clear()
        duty_list = list_of(version)
        duty_list = replace(duty_list, items=(*duty_list.items, *map(admitted_item, extra)))
        _checkers[key] = library.checker(duty_list, [*_worked(), *remembered(region)])
    return _checkers[key]


def remembered(region: str) -> list[Remembered]:
    """All rulings as the memory hears them."""
    rows = Precedent.objects.filter(region=region).select_related("issuer").order_by("at")
    return [
        Remembered(row.number, row.text, row.issuer.short, Verdict(row.verdict), row.code, row.note)
        for row in rows
    ]


def adopted_rules(region: str) -> list[ConditionalRule]:
    return list(ConditionalRule.objects.filter(region=region, adopted_at__isnull=False).order_by("number"))
