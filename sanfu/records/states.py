"""States of a background job (后台任务)."""

from sanfu.kernel.flow import Labelled


class JobState(Labelled):
    WAITING = "waiting", "排队"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已停止"
    FAILED = "failed", "失败"


STALLED = (
    "stalled"  # 中断: shown for a job whose worker died; never stored, it is what the clock and the queue say
)
