"""In which capacity somebody has a part in a case, and when a case counts as closed. Kinds of case: see the manifests."""

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
