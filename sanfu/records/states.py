"""States of a background job (后台任务)."""

from sanfu.kernel.flow import Labelled


class JobState(Labelled):
    WAITING = "waiting", "排队"
    RUNNING = "running", "进行中", "info"
    STALLED = "stalled", "中断", "danger"
    DONE = "done", "已完成", "ok"
    CANCELLED = "cancelled", "已停止", "warn"
    FAILED = "failed", "失败", "danger"


# Shown for a job whose worker died; never stored: it is what the clock and the queue say.
STALLED = JobState.STALLED
