"""Capacities in which somebody has a part in a case, and the states that count as closed. Kinds of case stand in the manifests."""

from typing import Any

from sanfu.kernel.flow import Flow, Labelled


class Capacity(Labelled):
    """身份: as what somebody has a part in a case; a case shows itself to its parts."""

    UNIT = "unit", "单位"
    PERSON = "person", "申请人"
    FIRM = "firm", "企业"


def closes(flow: Flow[Any, Any], state: Any) -> bool:
    """Whether a case in this state of its flow counts as closed."""
    return state in flow.groups.get("closed", flow.final)
