"""What every list of cases has: the state and the light to filter by, and the due date to sort by."""

from functools import partial
from typing import Any

from sanfu.cases.models import Case
from sanfu.cases.queries import DUE, in_light, in_state
from sanfu.kernel.clocks import Light
from sanfu.kernel.flow import Flow
from sanfu.web.components import cells
from sanfu.web.components.table import Choice, Column

LIGHT_TAGS = {
    str(Light.GREEN): ("正常", "ok"),
    str(Light.YELLOW): ("临期", "warn"),
    str(Light.ORANGE): ("到期", "warn"),
    str(Light.RED): ("超期", "danger"),
    str(Light.PAUSED): ("暂停", "muted"),
}


def light_tag(case: Case) -> tuple[str, str] | None:
    """Word and tone of the light of a case; None where no clock runs, however it ended."""
    return LIGHT_TAGS[case.light] if case.due_at else None


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
    """时限: the light of the clock that presses most; nothing where none runs, however it ended."""
    return Column(
        "light",
        "时限",
        needs=("due_at",),
        render=lambda row: cells.tag(*LIGHT_TAGS[row["light"]]) if row["due_at"] else cells.plain(None),
        export_as=lambda row: LIGHT_TAGS[row["light"]][0] if row["due_at"] else "",
    )
