"""Lights of a clock and kinds of part that an organisation has in a case."""

from sanfu.kernel.flow import Labelled


class Light(Labelled):
    GREEN = "green", "正常"
    YELLOW = "yellow", "临期"
    ORANGE = "orange", "到期"
    RED = "red", "超期"
    ESCALATED = "escalated", "超期升级"
    PAUSED = "paused", "暂停"
    STOPPED = "stopped", "已停"


class CaseKind(Labelled):
    TICKET = "ticket", "诉求工单"
    JOINT = "joint", "联合申请"
    BRANCH = "branch", "联办分支"
    TASK = "task", "履职任务"
    BATCH = "batch", "兑付批次"
