"""Writes of a case: open it, move it, sweep its clocks. Every domain moves its cases through `step`."""

from sanfu.cases.actions.opening import Opening, note, open_case
from sanfu.cases.actions.stepping import step
from sanfu.cases.actions.sweeping import LightChange, sweep, sweep_all, write_closed_states
from sanfu.cases.asked import Changes, Stepped

__all__ = [
    "Changes",
    "LightChange",
    "Opening",
    "Stepped",
    "note",
    "open_case",
    "step",
    "sweep",
    "sweep_all",
    "write_closed_states",
]
