"""Reads of enterprises and their facts: who may see which, and the columns that rules read on a day."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, QuerySet

from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.models import Enterprise, Fact, FactImport, Look, Merge, OldName, Roster
from sanfu.enterprise.registry.rules import Observation, Profile, columns_on, value_of
from sanfu.enterprise.registry.timeline import Entry
from sanfu.kernel.rules.language.facts import Value
from sanfu.people.models import Organisation
from sanfu.people.scope import Parts, narrow
from sanfu.records.actor import Actor
from sanfu.records.moments import begin_of, day_of

PARTS = Parts(see="benefits.see", see_all="benefits.see", firm="organisation")
RECORDS = Parts(see="registry.see", see_all="registry.see", firm="organisation")


def visible(actor: Actor) -> "QuerySet[Enterprise]":
    """Enterprises the actor may see: all for those who work on benefits, its own for a firm."""
    return narrow(actor, Enterprise.objects.filter(merged_into=None), PARTS)


def listed(actor: Actor) -> "QuerySet[Enterprise]":
    """Enterprises whose record the actor may open after saying why; a merged double is reached by the kept one."""
    return narrow(actor, Enterprise.objects.filter(merged_into=None), RECORDS)


def members(enterprise: Enterprise) -> list[uuid.UUID]:
    """The record and every double merged into it; no query where the doubles were fetched with the record."""
    return [enterprise.id, *(double.id for double in enterprise.doubles.all())]


def _known_on(enterprise: Enterprise, day: date) -> "QuerySet[Fact]":
    end = begin_of(day + timedelta(days=1))
    return Fact.objects.filter(enterprise__in=members(enterprise), observed_on__lte=day, recorded_at__lt=end)


def facts_on(enterprise: Enterprise, day: date) -> list[dict[str, Any]]:
    """Facts of a record and its doubles as they were known on a day, newest observation first."""
    return [
        _shown(row) for row in _known_on(enterprise, day).order_by("indicator", "-period", "-observed_on")
    ]


def newest_facts_on(enterprise: Enterprise, day: date) -> tuple[list[dict[str, Any]], int]:
    """Of each indicator the first row of `facts_on`, and how many rows that has in all."""
    known = _known_on(enterprise, day)
    rows = known.order_by("indicator", "-period", "-observed_on").distinct("indicator")
    return [_shown(row) for row in rows], known.count()


def lapsing(enterprise: Enterprise, day: date, within: int = 180) -> list[dict[str, Any]]:
    """Titles that lapse soon or have lapsed: facts with a last day, the nearest first."""
    known = _known_on(enterprise, day).filter(until__lte=day + timedelta(days=within))
    soon = [_shown(row) for row in known.order_by("indicator", "-period", "-observed_on")]
    newest: dict[str, dict[str, Any]] = {}
    for row in soon:
        kept = newest.setdefault(row["indicator"], row)
        if row["until"] > kept["until"]:
            newest[row["indicator"]] = row
    return sorted(newest.values(), key=lambda row: row["until"])


def changed_since(enterprise: Enterprise, since: datetime) -> int:
    """How many facts came in after a moment, such as the reader's last look."""
    return Fact.objects.filter(enterprise__in=members(enterprise), recorded_at__gt=since).count()


def changes_since(enterprise: Enterprise, since: datetime) -> list[dict[str, Any]]:
    """Facts that came in after a moment and say something new, by indicator; `before` is what was known then, or ""."""
    rows = Fact.objects.filter(enterprise__in=members(enterprise))
    order = ("indicator", "-period", "observed_on", "recorded_at")
    fresh = {(row.indicator, row.period): row for row in rows.filter(recorded_at__gt=since).order_by(*order)}
    if not fresh:
        return []
    old = rows.filter(recorded_at__lte=since, indicator__in={indicator for indicator, _ in fresh})
    known = {(row.indicator, row.period): row for row in old.order_by(*order)}
    found = []
    for key, row in fresh.items():
        was = known.get(key)
        if was is None or (was.number, was.text) != (row.number, row.text):
            found.append({**_shown(row), "before": _shown(was)["value"] if was else ""})
    return found


def looks(enterprise: Enterprise) -> "QuerySet[Look]":
    """谁看过: looks at a record and its doubles, newest first."""
    return Look.objects.filter(enterprise__in=members(enterprise)).order_by("-at")


def last_look(enterprise: Enterprise, by: Actor, on: date) -> Look | None:
    """The actor's look of that day, which opens the record for the rest of it."""
    begin, end = begin_of(on), begin_of(on + timedelta(days=1))
    return looks(enterprise).filter(by=by.id, at__gte=begin, at__lt=end).first()


def look_before(enterprise: Enterprise, by: Actor, on: date) -> Look | None:
    """The actor's last look before that day."""
    return looks(enterprise).filter(by=by.id, at__lt=begin_of(on)).first()


def merges(enterprise: Enterprise) -> "QuerySet[Merge]":
    """Doubles merged into a record, undone ones too."""
    return Merge.objects.filter(kept=enterprise).select_related("double").order_by("-at")


CONTROLLER = "实际控制人"
UNNAMED = "已登记（只存代号，不存姓名）"  # the register keeps a code, which says nothing to a reader


def standing_together(enterprise: Enterprise) -> list[tuple[Enterprise, str]]:
    """Firms that stand with this one and why: its company, its branches, firms of the same controller."""
    found: dict[uuid.UUID, tuple[Enterprise, str]] = {}
    if enterprise.branch_of_id:
        company = Enterprise.objects.get(pk=enterprise.branch_of_id)
        found[company.id] = (company, "总公司")
    company_id = enterprise.branch_of_id or enterprise.id
    for one in Enterprise.objects.filter(branch_of=company_id).exclude(pk=enterprise.pk).order_by("name"):
        found.setdefault(one.id, (one, "分支机构"))
    facts = Fact.objects.filter(indicator=CONTROLLER)
    own = facts.filter(enterprise__in=members(enterprise)).order_by("-observed_on", "-recorded_at").first()
    if own and own.text:
        same = facts.filter(region=enterprise.region, text=own.text).values("enterprise")
        rows = (
            Enterprise.objects.filter(pk__in=same, merged_into=None)
            .exclude(pk=enterprise.pk)
            .order_by("name")
        )
        for one in rows[:50]:
            found.setdefault(one.id, (one, "同一实际控制人"))
    return list(found.values())


def own_entries(actor: Actor, firms: Sequence[uuid.UUID], before: datetime, most: int) -> list[Entry]:
    """The register's own lines: entered, renamed, merged, merge undone."""
    found = []
    for firm in Enterprise.objects.filter(id__in=firms):
        found.append(Entry(firm.registered_at, "登记", f"{firm.name} 入档"))
        if firm.closed_on:
            found.append(Entry(begin_of(firm.closed_on), "注销", f"{firm.name}：{firm.closed_why}"))
    for old in OldName.objects.filter(enterprise__in=firms).select_related("enterprise"):
        found.append(Entry(old.until, "更名", f"曾用名：{old.name}"))
    for merge in Merge.objects.filter(kept__in=firms).select_related("double"):
        found.append(Entry(merge.at, "合并", f"并入重复档案 {merge.double.name}：{merge.why}"))
        if merge.undone_at:
            found.append(Entry(merge.undone_at, "撤销合并", f"{merge.double.name} 恢复为单独的档案"))
    return found


def own(actor: Actor) -> Enterprise | None:
    """The enterprise a firm's person acts for."""
    return visible(actor).filter(organisation=actor.organisation).exclude(organisation=None).first()


def imports(actor: Actor) -> "QuerySet[FactImport]":
    return FactImport.objects.filter(region=actor.region).select_related("file").order_by("-at")


def places(region: str) -> dict[str, uuid.UUID]:
    """Towns and zones by code, name, short name and every other name they are called."""
    found: dict[str, uuid.UUID] = {}
    for unit in Organisation.objects.filter(region=region, kind__in=["town", "zone"]).order_by("code"):
        for word in (*unit.aliases, unit.short, unit.name, unit.code):
            found[word] = unit.id
    return found


def rosters(actor: Actor) -> "QuerySet[Roster]":
    """Rosters of enterprises, newest first."""
    return Roster.objects.filter(region=actor.region).select_related("file").order_by("-at")


def profile(enterprise: Enterprise, day: date) -> Profile:
    """One enterprise on a day."""
    facts = Fact.objects.filter(enterprise__in=members(enterprise), observed_on__lte=day)
    return _profiles([enterprise], facts, day)[0]


def population(region: str, day: date) -> tuple[Profile, ...]:
    """All enterprises of a region on a day, by credit code. Kept while no fact is added."""
    stamp = Fact.objects.filter(region=region).aggregate(n=Count("pk"), last=Max("recorded_at"))
    firms = Enterprise.objects.filter(region=region, merged_into=None)
    first = firms.order_by("pk").values_list("pk", flat=True).first()
    return _population(region, day, (stamp["n"], stamp["last"], firms.count(), first))


@lru_cache(maxsize=4)
def _population(region: str, day: date, stamp: tuple[Any, ...]) -> tuple[Profile, ...]:
    known = Enterprise.objects.filter(region=region, merged_into=None)
    firms = list(known.select_related("town").order_by("credit_code"))
    facts = Fact.objects.filter(region=region, observed_on__lte=day)
    return tuple(_profiles(firms, facts, day))


def _profiles(firms: list[Enterprise], facts: "QuerySet[Fact]", day: date) -> list[Profile]:
    seen: dict[uuid.UUID, dict[str, list[Observation]]] = defaultdict(lambda: defaultdict(list))
    columns = (
        "enterprise_id", "indicator", "period", "number", "text", "source", "observed_on", "until",
    )  # fmt: skip
    known = dictionary().facts
    kept = dict(Enterprise.objects.exclude(merged_into=None).values_list("id", "merged_into"))
    for firm, indicator, period, number, text, source, on, until in facts.values_list(*columns):
        value = value_of(known[indicator], number, text)
        seen[kept.get(firm) or firm][indicator].append(Observation(period, value, source, on, until))
    return [_profile(firm, seen[firm.id], day) for firm in firms]


def _profile(firm: Enterprise, seen: dict[str, list[Observation]], day: date) -> Profile:
    row: dict[str, Value] = {}
    origins: dict[str, Observation] = {}
    for key, value, source in _register(firm):
        row[key] = value
        origins[key] = Observation("", value, source, day_of(firm.registered_at))
    for name, observations in seen.items():
        for key, (value, origin) in columns_on(dictionary().facts[name], observations, day).items():
            row[key] = value
            origins[key] = origin
    town = firm.town.short if firm.town else "未归属"
    return Profile(firm.id, firm.credit_code, firm.name, town, firm.industry, firm.size, row, origins)


def _register(firm: Enterprise) -> Iterable[tuple[str, Value, str]]:
    yield "统一社会信用代码", firm.credit_code, "SCJ"
    if firm.industry:
        yield "行业代码", firm.industry, "TJJ"
    if firm.size:
        yield "企业规模", firm.size, "TJJ"
    yield "注册地", settings.COUNTY_NAME, "SCJ"
    if firm.town:
        yield "镇街", firm.town.short, "SCJ"
    if firm.established:
        yield "成立日期", firm.established.toordinal(), "SCJ"


def known_facts(enterprise: Enterprise) -> list[dict[str, Any]]:
    """一企一档: every fact of an enterprise, newest observation first, for its page."""
    rows = Fact.objects.filter(enterprise__in=members(enterprise))
    return [_shown(row) for row in rows.order_by("indicator", "-period", "-observed_on")]


def _shown(row: Fact) -> dict[str, Any]:
    fact = dictionary().facts[row.indicator]
    value = value_of(fact, row.number, row.text)
    said = UNNAMED if row.indicator == CONTROLLER else fact.say(value)
    shown = {"indicator": row.indicator, "period": row.period or "当前", "value": said}
    return {
        **shown, "source": row.source, "observed_on": row.observed_on, "until": row.until,
        "recorded_at": row.recorded_at,
    }  # fmt: skip
