"""Kinds of message (消息种类), which a person may turn off or have mailed, and where a delivery stands."""

from sanfu.kernel.flow import Labelled


class MessageKind(Labelled):
    """What a message is about; settings are kept per kind."""

    DISPATCHED = "dispatched", "派给本单位", "info"
    RETURNED = "returned", "退回、要求重办", "warn"
    DUE = "due", "快到期、到期、超期", "danger"
    DECIDED = "decided", "审批、裁定结果", "info"
    REPLIED = "replied", "答复、办结", "ok"
    ASKED = "asked", "要我补充、确认", "warn"
    FAILED = "failed", "任务失败", "danger"
    NOTICE = "notice", "通知", "info"


class DeliveryState(Labelled):
    WAITING = "waiting", "待发送", "info"
    SENT = "sent", "已发送", "ok"
    GIVEN_UP = "given_up", "未送达", "danger"
