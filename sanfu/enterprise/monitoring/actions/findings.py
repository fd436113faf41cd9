"""核查: what the officer found out about an alert; each finding is a label that later runs learn from."""

from datetime import datetime

from sanfu.cases.actions import step
from sanfu.enterprise.monitoring.models import Alert
from sanfu.enterprise.monitoring.states import ALERT_FLOW, AlertEvent
from sanfu.records.actor import Actor, Refused

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
