"""What every list of cases has: the state and the light to filter by, and the due date to sort by."""

from functools import partial
from typing import Any

from sanfu.cases.queries import DUE, in_light, in_state
from sanfu.kernel.clocks import Light
from sanfu.kernel.flow import Flow
from sanfu.web.components.table import Choice, Column

LIGHT_TAGS = {
    str(Light.GREEN): ("正常", "ok"),
    str(Light.YELLOW): ("临期", "warn"),
    str(Light.ORANGE): ("到期", "warn"),
    str(Light.RED): ("超期", "danger"),
    str(Light.PAUSED): ("暂停", "muted"),
}


def state_choice(flow: Flow[Any, Any]) -> Choice:
    """状态: one state of the flow."""
    return Choice(
        "state",
        "状态",
        [(str(state), state.label) for state in flow.states],
        conditions={str(state): partial(in_state, flow, state) for state in flow.states},
    )


def light_choice() -> Choice:
    """时限: one light, by the words of the column."""
    return Choice(
        "light",
        "时限",
        [(key, word) for key, (word, _) in LIGHT_TAGS.items()],
        conditions={str(light): partial(in_light, light) for light in Light},
    )


def due_column(label: str = "到期") -> Column:
    """到期: sorted by it, cases with a running clock come first, both ways."""
    return Column("due_at", label, kind="datetime", sort=True, among=DUE)


def light_column() -> Column:
    """时限: the light of the clock that presses most."""
    return Column("light", "时限", tags=LIGHT_TAGS)
