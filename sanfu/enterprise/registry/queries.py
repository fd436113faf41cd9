"""Reads of enterprises and their facts: who may see which, and the columns that rules read on a day."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, QuerySet

from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.models import Enterprise, Fact, FactImport
from sanfu.enterprise.registry.rules import Observation, Profile, columns_on, value_of
from sanfu.kernel.rules.language.facts import Value
from sanfu.people.scope import Parts, narrow
from sanfu.records.actor import Actor
from sanfu.records.moments import day_of

PARTS = Parts(see="benefits.see", see_all="benefits.see", firm="organisation")


def visible(actor: Actor) -> "QuerySet[Enterprise]":
    """Enterprises the actor may see: all for those who work on benefits, its own for a firm."""
    return narrow(actor, Enterprise.objects.all(), PARTS)


def own(actor: Actor) -> Enterprise | None:
    """The enterprise a firm's person acts for."""
    return visible(actor).filter(organisation=actor.organisation).exclude(organisation=None).first()


def imports(actor: Actor) -> "QuerySet[FactImport]":
    return FactImport.objects.filter(region=actor.region).select_related("file").order_by("-at")


def profile(enterprise: Enterprise, day: date) -> Profile:
    """One enterprise on a day."""
    facts = Fact.objects.filter(enterprise=enterprise, observed_on__lte=day)
    return _profiles([enterprise], facts, day)[0]


def population(region: str, day: date) -> tuple[Profile, ...]:
    """All enterprises of a region on a day, by credit code. Kept while no fact is added."""
    stamp = Fact.objects.filter(region=region).aggregate(n=Count("pk"), last=Max("recorded_at"))
    firms = Enterprise.objects.filter(region=region)
    first = firms.order_by("pk").values_list("pk", flat=True).first()
    return _population(region, day, (stamp["n"], stamp["last"], firms.count(), first))


@lru_cache(maxsize=4)
def _population(region: str, day: date, stamp: tuple[Any, ...]) -> tuple[Profile, ...]:
    firms = list(Enterprise.objects.filter(region=region).select_related("town").order_by("credit_code"))
    facts = Fact.objects.filter(region=region, observed_on__lte=day)
    return tuple(_profiles(firms, facts, day))


def _profiles(firms: list[Enterprise], facts: "QuerySet[Fact]", day: date) -> list[Profile]:
    seen: dict[uuid.UUID, dict[str, list[Observation]]] = defaultdict(lambda: defaultdict(list))
    columns = (
        "enterprise_id", "indicator", "period", "number", "text", "source", "observed_on", "until",
    )  # fmt: skip
    known = dictionary().facts
    for firm, indicator, period, number, text, source, on, until in facts.values_list(*columns):
        value = value_of(known[indicator], number, text)
        seen[firm][indicator].append(Observation(period, value, source, on, until))
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
    yield "行业代码", firm.industry, "TJJ"
    yield "企业规模", firm.size, "TJJ"
    yield "注册地", settings.COUNTY_NAME, "SCJ"
    if firm.town:
        yield "镇街", firm.town.short, "SCJ"
    if firm.established:
        yield "成立日期", firm.established.toordinal(), "SCJ"


def known_facts(enterprise: Enterprise) -> list[dict[str, Any]]:
    """一企一档: every fact of an enterprise, newest observation first, for its page."""
    rows = Fact.objects.filter(enterprise=enterprise).order_by("indicator", "-period", "-observed_on")
    found = []
    for row in rows:
        fact = dictionary().facts[row.indicator]
        value = value_of(fact, row.number, row.text)
        shown = {"indicator": row.indicator, "period": row.period or "当前", "value": fact.say(value)}
        found.append({**shown, "source": row.source, "observed_on": row.observed_on, "until": row.until})
    return found
