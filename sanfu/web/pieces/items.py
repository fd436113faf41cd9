"""One item of the responsibility list as both its pages show it: conditions with a try-out, promises, basis."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sanfu.cases.timing import Rule
from sanfu.grassroots.tickets.promises import clock_rules
from sanfu.grassroots.tickets.states import Channel
from sanfu.kernel.bases import Standing
from sanfu.kernel.conditions import Attribute, DateAttribute
from sanfu.kernel.conditions import parse as parse_condition
from sanfu.kernel.conditions.language import attributes_of
from sanfu.lists import queries
from sanfu.lists.bases import law_clocks, readings
from sanfu.lists.items import OTHERWISE, RequestItem
from sanfu.lists.units import Units
from sanfu.web.request import PublicRequest


def branch_rows(item: RequestItem, units: Units) -> list[dict[str, str]]:
    """Conditions of an item as rows: when, who leads, who assists."""
    return [
        {
            "when": branch.when or OTHERWISE,
            "lead": units.short(branch.lead),
            "assist": "、".join(units.short(code) for code in branch.assist),
        }
        for branch in item.branches
    ]


def clock_rows(item: RequestItem) -> list[dict[str, str]]:
    """What is promised for an order of this item that comes in over the web, by the rules of the county."""
    found: dict[str, Rule] = {}
    for stage in ("dispatched", "received", "handled"):  # in the order in which they fall due
        found |= clock_rules(Channel.WEB, item.type, item.urgency, stage=stage)
    return [
        {
            "name": name,
            "length": f"{float(rule.clock.n):g} {rule.clock.unit.label}" if rule.clock.n else "当即",
            "source": rule.source,
            "basis": rule.basis,
        }
        for name, rule in found.items()
    ]


def questions(item: RequestItem, facts: Mapping[str, str]) -> list[dict[str, Any]]:
    """The attributes that the item's conditions test, as selects with what is chosen."""
    vocabulary = queries.vocabulary()
    used: set[str] = set()
    for branch in item.branches:
        if branch.when:
            used |= attributes_of(parse_condition(branch.when, vocabulary))
    asked = []
    for name, attribute in vocabulary.items():
        if name in used and isinstance(attribute, Attribute):
            asked.append(
                {
                    "name": name,
                    "ask": attribute.ask,
                    "values": attribute.values,
                    "chosen": facts.get(name, ""),
                }
            )
    return asked


def answered(request: PublicRequest) -> dict[str, str]:
    """Facts given in the address, if they are values that exist."""
    facts = {}
    for name, attribute in queries.vocabulary().items():
        value = request.GET.get(name, "")
        if not isinstance(attribute, DateAttribute) and value in attribute.values:
            facts[name] = value
    return facts


def answer(item: RequestItem, facts: Mapping[str, str], units: Units) -> dict[str, Any]:
    """Who leads for the facts, why, or what to ask next, as the page shows it."""
    decision = item.decide(facts, queries.vocabulary())
    branches = [item.branches[n] for n in decision.rules] if item.branches else []
    return {
        "standing": decision.standing,
        "tone": decision.standing.tone,
        "lead": units.short(decision.outcome) if decision.outcome else "",
        "why": [branch.when or OTHERWISE for branch in branches],
        "ask": [
            (name, queries.vocabulary()[name].ask)
            for name in decision.ask
            if not isinstance(queries.vocabulary()[name], DateAttribute)
        ],
    }


def _bases(item: RequestItem, on: date) -> list[tuple[str, str, str, str]]:
    """Each basis with its mark, or with 失效 or 存疑 instead, the colour, and what to do about it."""
    shown = []
    for basis, read in zip(item.basis, readings(item, on), strict=True):
        told = read.standing in (Standing.LAPSED, Standing.DOUBTFUL)
        mark, tone = read.standing.tag if told else basis.mark.tag
        shown.append((basis.text, mark, tone, read.says if told else ""))
    return shown


def item_context(request: PublicRequest, item: RequestItem, region: str) -> dict[str, Any]:
    """What the administration page and the public page of an item share."""
    units = queries.units_of(region)
    facts = answered(request)
    return {
        "item": item,
        "lead": units.short(item.lead) if item.lead else "",
        "assist": [units.short(code) for code in item.assist],
        "branches": branch_rows(item, units),
        "questions": questions(item, facts),
        "answer": answer(item, facts, units) if item.branches else None,
        "clocks": clock_rows(item),
        "basis": _bases(item, request.today),
        "law_clocks": law_clocks(item.code),
        "reply": queries.replies().get(item.reply, ""),
    }
