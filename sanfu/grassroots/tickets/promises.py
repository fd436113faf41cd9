"""What is promised for an order: which clocks run, by whose rule, and how often things may be done."""

from functools import cache

from django.conf import settings

from sanfu.cases.timing import Rule
from sanfu.grassroots.tickets.rules import Limits
from sanfu.grassroots.tickets.states import (
    CALLBACK,
    HANDLING,
    RESPONSE,
    SIGNING,
    Channel,
    RequestType,
    Urgency,
)
from sanfu.kernel.clocks import ClockTable
from sanfu.records.content import read_clock_table, read_yaml

# Which of the place's clocks begin at which stage of an order.
STAGES = {
    "received": (RESPONSE, HANDLING),
    "dispatched": (SIGNING,),
    "handled": (CALLBACK,),
    "again": (HANDLING,),
}


@cache
def limits() -> Limits:
    """How often and how far, from content/handling/limits.yaml."""
    return Limits.parse(read_yaml(settings.CONTENT / "handling" / "limits.yaml"))


@cache
def table() -> ClockTable:
    """The clock rules of the county."""
    return read_clock_table(limits().clock_table, settings.CONTENT / "clocks")


def clock_rules(channel: Channel, kind: RequestType, urgency: Urgency, *, stage: str) -> dict[str, Rule]:
    """The clocks that start at a stage, by name; a clock the place does not count is left out."""
    chosen = table()
    facts = {"channel": channel.value, "type": kind.value, "urgency": urgency.value}
    row = chosen.pick(**{name: value for name, value in facts.items() if name in chosen.dimensions})
    source = f"{chosen.title}·{row.id}"
    basis = str(chosen.source.get("document", ""))
    return {
        name: Rule(row.clocks[name], source=source, basis=basis)
        for name in STAGES[stage]
        if name in row.clocks
    }
