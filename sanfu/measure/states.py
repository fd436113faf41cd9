"""What a random re-call came to (随机复访)."""

from sanfu.kernel.flow import Labelled


class RecallState(Labelled):
    """State of a re-call; the value is what its form says."""

    OPEN = "open", "待复访", "warn"
    SAME = "same", "仍说满意", "ok"
    OTHER = "other", "改说不满意", "danger"
    SILENT = "silent", "没有联系上"
