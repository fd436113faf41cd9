"""Kinds of case (办件), and in which capacity somebody has a part in one."""

from sanfu.kernel.flow import Labelled


class CaseKind(Labelled):
    TICKET = "ticket", "诉求工单"
    JOINT = "joint", "联合申请"
    BRANCH = "branch", "联办分支"
    TASK = "task", "履职任务"
    BATCH = "batch", "兑付批次"
    CLAIM = "claim", "政策申报"


class Capacity(Labelled):
    """身份: as what somebody has a part in a case; a case shows itself to its parts."""

    UNIT = "unit", "单位"
    PERSON = "person", "申请人"
    FIRM = "firm", "企业"
