"""Writes of enterprises and facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from sanfu.enterprise.registry import queries
from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.models import Enterprise, Fact, FactImport, Look, Merge, OldName, Roster
from sanfu.enterprise.registry.roster import Known, check_roster
from sanfu.enterprise.registry.states import IMPORT_FLOW, ImportEvent, ImportState, Purpose
from sanfu.enterprise.registry.upload import Checked, check_file
from sanfu.kernel.codes.credit import CreditCode
from sanfu.kernel.flow import IllegalMove
from sanfu.kernel.rules.language.facts import Value
from sanfu.people.models import Organisation
from sanfu.people.states import OrganisationKind
from sanfu.records import files
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.ids import new_id
from sanfu.records.models import StoredFile
from sanfu.records.moments import begin_of, day_of

COPY_COLUMNS = (
    *("id", "region", "enterprise_id", "indicator", "period", "number", "text"),
    *("unit", "source", "observed_on", "until", "recorded_at"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """One fact about to be recorded; `value` is the column value of the dictionary."""

    enterprise: Enterprise
    indicator: str
    period: str
    value: Value
    source: str
    observed_on: date
    until: date | None = None


@transaction.atomic
def register(firms: Sequence[Enterprise], *, by: Actor, at: datetime) -> int:
    """Enter enterprises in the register; a bad credit code refuses the whole call. One event for all."""
    for firm in firms:
        CreditCode.parse(firm.credit_code)
        firm.region, firm.registered_at = by.region, at
    Enterprise.objects.bulk_create(firms, batch_size=500)
    data = {"count": len(firms), "codes": [firm.credit_code for firm in firms[:20]]}
    append(stream=new_id(), kind="registry.registered", by=by, at=at, data=data)
    return len(firms)


@transaction.atomic
def record(said: Iterable[Said], *, by: Actor, at: datetime, upload: FactImport | None = None) -> int:
    """Add facts; nothing is overwritten. One COPY and one event, whatever their number."""
    count = 0
    names = (*COPY_COLUMNS, *(("upload_id",) if upload else ()))
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY registry_fact ({', '.join(names)}) FROM STDIN") as copy,
    ):
        for one in said:
            row = _columns(one, by.region, at)
            copy.write_row([*row, upload.id] if upload else row)
            count += 1
    stream = upload.id if upload else new_id()
    append(stream=stream, kind="registry.facts_recorded", by=by, at=at, data={"count": count})
    return count


def _columns(one: Said, region: str, at: datetime) -> list[Any]:
    unit = dictionary().facts[one.indicator].unit
    number = int(one.value) if isinstance(one.value, bool | int) else None
    text = one.value if isinstance(one.value, str) else ""
    return [
        *(new_id(), region, one.enterprise.id, one.indicator, one.period, number, text),
        *(unit, one.source, one.observed_on, one.until, at),
    ]


@transaction.atomic
def check_import(
    stored: StoredFile, *, source: str, observed_on: date, by: Actor, at: datetime
) -> FactImport:
    """Read a facts file row by row without importing anything; the result waits for a person."""
    _may(by)
    if observed_on > day_of(at):
        raise Refused("观察日不能晚于今天；请填写数据实际导出的日期。")
    firms = dict(Enterprise.objects.filter(region=by.region).values_list("credit_code", "name"))
    checked: Checked = check_file(stored.name, files.read(stored), firms, observed_on)
    made = FactImport.objects.create(
        region=by.region,
        file=stored,
        observed_on=observed_on,
        source=source,
        total=checked.total,
        errors=[error.as_dict() for error in checked.errors],
        good=checked.good,
        by=by.id,
        at=at,
    )
    data = {"file": stored.sha256, "total": made.total, "good": len(made.good), "errors": len(made.errors)}
    append(stream=made.id, kind="registry.import_checked", by=by, at=at, data=data)
    return made


@transaction.atomic
def decide_import(made: FactImport, *, keep: bool, by: Actor, at: datetime) -> int:
    """Keep the good rows (all of them, in one transaction) or drop the file. Returns facts written."""
    _may(by)
    locked = FactImport.objects.select_for_update().get(pk=made.pk)
    event = ImportEvent.KEEP if keep else ImportEvent.DROP
    try:
        after = IMPORT_FLOW.move(ImportState(locked.state), event).target
    except IllegalMove as illegal:
        raise Conflict(f"这个文件已经处理过：{illegal}") from illegal
    count = record(_kept(locked, by.region), by=by, at=at, upload=locked) if keep else 0
    FactImport.objects.filter(pk=made.pk).update(state=str(after), kept=count)
    append(stream=made.id, kind=f"registry.import_{event}", by=by, at=at, data={"facts": count})
    return count


def _kept(made: FactImport, region: str) -> list[Said]:
    codes = [row[0] for row in made.good]
    firms = {f.credit_code: f for f in Enterprise.objects.filter(region=region, credit_code__in=codes)}
    mine = Fact.objects.filter(region=region, source=made.source, observed_on=made.observed_on)
    there = set(mine.values_list("enterprise_id", "indicator", "period"))
    return [
        Said(firms[code], indicator, period, value, made.source, made.observed_on)
        for code, values in made.good
        for indicator, period, value in values
        if (firms[code].id, indicator, period) not in there
    ]


def _may(by: Actor) -> None:
    if not (by.may("benefits.edit") or by.may("benefits.batch")):
        raise NotAllowed("只有政策专员可以导入企业数据。")


@transaction.atomic
def look(firm: Enterprise, *, purpose: str, note: str, by: Actor, at: datetime) -> Look:
    """Open a firm's record for a purpose; the firm sees who and why."""
    if not by.may("registry.see"):
        raise NotAllowed("您的岗位不能查看企业档案。")
    why = Purpose.of(purpose)
    if why is None:
        raise Refused("请选择查看事由，企业会看到。")
    return _looked(firm, why, note, by, at)


@transaction.atomic
def look_for_task(firm: Enterprise, purpose: Purpose, note: str, *, by: Actor, at: datetime) -> None:
    """A task's page shows facts of the firm: the look is kept for the firm to read, once a day and person."""
    begin = begin_of(day_of(at))
    known = Look.objects.filter(enterprise=firm, by=by.id, at__gte=begin, at__lt=begin + timedelta(days=1))
    if by.id is not None and by.organisation != firm.organisation_id and not known.exists():
        _looked(firm, purpose, note, by, at)


def _looked(firm: Enterprise, why: Purpose, note: str, by: Actor, at: datetime) -> Look:
    mine = Organisation.objects.filter(pk=by.organisation) if by.organisation else Organisation.objects.none()
    unit = mine.values_list("short", flat=True).first() or ""
    made = Look.objects.create(
        region=by.region, enterprise=firm, purpose=why, note=note.strip()[:100], by=by.id, by_name=by.name,
        unit=unit, at=at,
    )  # fmt: skip
    data = {"code": firm.credit_code, "purpose": str(why)}
    append(stream=made.id, kind="registry.looked", by=by, at=at, data=data)
    return made


def _may_merge(by: Actor) -> None:
    if not by.may("registry.merge"):
        raise NotAllowed("只有政策专员可以合并档案和登记更名。")


@transaction.atomic
def merge(kept: Enterprise, double: Enterprise, *, why: str, by: Actor, at: datetime) -> Merge:
    """合并: the double points to the kept record; its facts and matters are read with it from now on."""
    _may_merge(by)
    if len(why.strip()) < 4:
        raise Refused("请写明为什么是同一家企业（不少于4个字）。")
    rows = {one.id: one for one in Enterprise.objects.select_for_update().filter(id__in=[kept.id, double.id])}
    if len(rows) < 2:
        raise Refused("不能把一份档案并入它自己。")
    if rows[kept.id].merged_into_id or rows[double.id].merged_into_id or double.doubles.exists():
        raise Conflict("其中一份档案已经合并过，请先撤销那次合并。")
    if rows[double.id].organisation_id:
        raise Refused("被并入的档案有企业账号；请以有账号的那份为准，反过来合并。")
    Enterprise.objects.filter(pk=double.pk).update(merged_into=kept)
    made = Merge.objects.create(
        region=by.region, kept=kept, double=double, why=why.strip()[:200], by_name=by.name, at=at
    )
    data = {"kept": kept.credit_code, "double": double.credit_code, "why": made.why}
    append(stream=made.id, kind="registry.merged", by=by, at=at, data=data)
    return made


@transaction.atomic
def undo_merge(made: Merge, *, by: Actor, at: datetime) -> None:
    """撤销合并: both records stand as before; what came since stays where it was entered."""
    _may_merge(by)
    changed = Merge.objects.filter(pk=made.pk, undone_at=None).update(undone_at=at, undone_name=by.name)
    if not changed:
        raise Conflict("这次合并已经撤销，请刷新后再看。")
    Enterprise.objects.filter(pk=made.double_id).update(merged_into=None)
    append(stream=made.id, kind="registry.merge_undone", by=by, at=at, data={"double": str(made.double_id)})


@transaction.atomic
def rename(firm: Enterprise, *, name: str, by: Actor, at: datetime) -> OldName:
    """更名: the old name stays in the history."""
    _may_merge(by)
    new = name.strip()
    if len(new) < 4 or new == firm.name:
        raise Refused("请填写新的企业全称。")
    made = OldName.objects.create(
        region=by.region, enterprise=firm, name=firm.name, until=at, by_name=by.name
    )
    Enterprise.objects.filter(pk=firm.pk).update(name=new[:80])
    append(stream=made.id, kind="registry.renamed", by=by, at=at, data={"from": made.name, "to": new[:80]})
    return made


@transaction.atomic
def attach(branch: Enterprise, company: Enterprise | None, *, by: Actor, at: datetime) -> None:
    """登记分支机构: the branch stands with its company; None takes it out again."""
    _may_merge(by)
    if company is not None and company.pk == branch.pk:
        raise Refused("企业不能是自己的分支机构。")
    if company is not None and (company.branch_of_id or branch.branches.exists()):
        raise Refused("分支机构下面不再设分支机构；请填总公司的信用代码。")
    Enterprise.objects.filter(pk=branch.pk).update(branch_of=company)
    data = {"branch": branch.credit_code, "company": company.credit_code if company else ""}
    append(stream=branch.id, kind="registry.attached", by=by, at=at, data=data)


@transaction.atomic
def set_home(firm: Enterprise, home: str, *, by: Actor, at: datetime) -> None:
    """总部所在国别: ISO code of two letters, or empty for a firm whose head office is here."""
    _may_merge(by)
    code = home.strip().upper()
    if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise Refused("国别写两个字母的代码，例如 JP、DE；总部在国内就留空。")
    Enterprise.objects.filter(pk=firm.pk).update(home=code)
    append(
        stream=firm.id, kind="registry.home_set", by=by, at=at, data={"code": firm.credit_code, "home": code}
    )


@transaction.atomic
def close(firm: Enterprise, *, on: date, why: str, by: Actor, at: datetime) -> None:
    """登记注销: every room that hears it ends the firm's open matters in a state of its own; nothing is deleted."""
    _may_merge(by)
    if on > day_of(at):
        raise Refused("注销日不能晚于今天。")
    if len(why.strip()) < 4:
        raise Refused("请写明注销的依据（不少于4个字）。")
    changed = Enterprise.objects.filter(pk=firm.pk, closed_on=None).update(
        closed_on=on, closed_why=why.strip()[:200]
    )
    if not changed:
        raise Conflict("这家企业已登记注销，请刷新后再看。")
    says = f"企业已于 {on} 注销：{why.strip()[:100]}"
    append(
        stream=firm.id,
        kind="registry.closed",
        by=by,
        at=at,
        data={
            "enterprise": str(firm.id),
            "organisation": str(firm.organisation_id or ""),
            "code": firm.credit_code,
            "on": on.isoformat(),
            "says": says,
        },
    )


@transaction.atomic
def check_names(stored: StoredFile, *, by: Actor, at: datetime) -> Roster:
    """Read a roster of enterprises without entering anything; the result waits for a person."""
    _may_merge(by)
    firms = dict(Enterprise.objects.filter(region=by.region).values_list("credit_code", "name"))
    known = Known(firms, queries.places(by.region), day_of(at))
    checked = check_roster(stored.name, files.read(stored), known)
    made = Roster.objects.create(
        region=by.region, file=stored, total=checked.total, standing=checked.standing,
        errors=[error.as_dict() for error in checked.errors], good=checked.good, by=by.id, at=at,
    )  # fmt: skip
    data = {"file": stored.sha256, "total": made.total, "good": len(made.good), "errors": len(made.errors)}
    append(stream=made.id, kind="registry.roster_checked", by=by, at=at, data=data)
    return made


@transaction.atomic
def decide_names(made: Roster, *, keep: bool, by: Actor, at: datetime) -> int:
    """Enter the good rows, all in one transaction, or drop the file; who was entered meanwhile is left as he stands."""
    _may_merge(by)
    after = ImportState.KEPT if keep else ImportState.DROPPED
    if not Roster.objects.filter(pk=made.pk, state=ImportState.CHECKED).update(state=after):
        raise Conflict("这个文件已经处理过，请刷新后再看。")
    rows = made.good if keep else []
    codes = [row["code"] for row in rows]
    there = set(
        Enterprise.objects.filter(region=by.region, credit_code__in=codes).values_list(
            "credit_code", flat=True
        )
    )
    firms = [_entered(row) for row in rows if row["code"] not in there]
    if firms:
        register(firms, by=by, at=at)
    Roster.objects.filter(pk=made.pk).update(kept=len(firms))
    kind = "registry.roster_kept" if keep else "registry.roster_dropped"
    append(stream=made.id, kind=kind, by=by, at=at, data={"firms": len(firms)})
    return len(firms)


def _entered(row: dict[str, Any]) -> Enterprise:
    established = date.fromisoformat(row["established"]) if row["established"] else None
    return Enterprise(
        credit_code=row["code"], name=row["name"], town_id=row["town"], industry=row["industry"], size=row["size"],
        home=row["home"], established=established,
    )  # fmt: skip


@transaction.atomic
def give_account(firm: Enterprise, organisation: Organisation | None, *, by: Actor, at: datetime) -> None:
    """企业账号: people of this organisation act for the firm from now on. None takes it away."""
    _may_merge(by)
    if organisation is not None and organisation.kind != OrganisationKind.FIRM:
        raise Refused("只有“企业”类的组织可以作企业账号；请管理员先在组织机构里建立。")
    other = Enterprise.objects.filter(organisation=organisation).exclude(pk=firm.pk).first()
    if organisation is not None and other is not None:
        raise Refused(f"这个组织已是{other.name}的账号。")
    Enterprise.objects.filter(pk=firm.pk).update(organisation=organisation)
    data = {"code": firm.credit_code, "organisation": organisation.code if organisation else ""}
    append(stream=firm.id, kind="registry.account_given", by=by, at=at, data=data)
