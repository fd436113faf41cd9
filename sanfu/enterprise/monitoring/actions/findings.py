"""核查: what the officer found out about an alert; each finding is a label that later runs learn from."""

from dataclasses import replace
from datetime import datetime

from sanfu.cases.actions import step
from sanfu.enterprise.monitoring.models import Alert
from sanfu.enterprise.monitoring.states import ALERT_FLOW, AlertEvent, AlertState
from sanfu.records.actor import Actor, Refused, machine
from sanfu.records.models import Event

LEAST = 4  # characters of a finding


def _found(alert: Alert, event: AlertEvent, said: str, by: Actor, at: datetime, expected: int | None) -> None:
    words = said.strip()
    if len(words) < LEAST:
        raise Refused(f"请写明核查情况（不少于{LEAST}个字）。")
    step(alert.case_id, ALERT_FLOW, event, by=by, at=at, expected=expected, data={"said": words})


def confirm(alert: Alert, *, said: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """属实: the firm is in trouble; it is off the list until the matter is settled."""
    _found(alert, AlertEvent.CONFIRM, said, by, at, expected)


def reject(alert: Alert, *, said: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """误报: nothing is wrong; the reason teaches."""
    _found(alert, AlertEvent.REJECT, said, by, at, expected)


def watch(alert: Alert, *, said: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """继续观察: nobody can say yet."""
    _found(alert, AlertEvent.WATCH, said, by, at, expected)


def settle(alert: Alert, *, said: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """已处置: what was done for the firm."""
    _found(alert, AlertEvent.SETTLE, said, by, at, expected)


FROM_OFFICER = {"true": AlertEvent.CONFIRM, "false": AlertEvent.REJECT, "watch": AlertEvent.WATCH}


def labelled_by_officer(event: Event) -> None:
    """What the firm's officer found is the finding of the alert, in the officer's name; a settled alert stays as it is."""
    act = FROM_OFFICER.get(event.data["finding"])
    row = (
        Alert.objects.select_related("case")
        .filter(region=event.region, case_id=event.data.get("alert"))
        .first()
    )
    if act is None or row is None:
        return
    if act not in {move.event for move in ALERT_FLOW.moves(AlertState(row.case.state))}:
        return
    by = replace(
        machine(event.region, event.by_name), id=event.by, permissions=frozenset({"monitoring.verify"})
    )
    _found(row, act, f"挂钩干部核实：{event.data['said']}", by, event.at, None)


def deregistered(event: Event) -> None:
    """A firm that is gone: its open alerts end without a label, so that they teach nothing."""
    by = machine(event.region, "企业注销")
    for row in Alert.objects.filter(
        region=event.region, enterprise=event.data["enterprise"], case__closed_at=None
    ):
        step(row.case_id, ALERT_FLOW, AlertEvent.LAPSE, by=by, at=event.at, data={"said": event.data["says"]})
