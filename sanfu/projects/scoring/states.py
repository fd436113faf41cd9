"""States of a scoring run and of an objection (亩均评价)."""

from sanfu.kernel.flow import Labelled


class RunState(Labelled):
    """评价状态: computed, on public notice, final."""

    DRAFT = "draft", "测算中", "info"
    NOTICE = "notice", "公示中", "warn"
    FINAL = "final", "已定档", "ok"


class ObjectionState(Labelled):
    """异议状态: open until a person decides."""

    OPEN = "open", "待处理", "warn"
    UPHELD = "upheld", "已采纳", "ok"
    REJECTED = "rejected", "未采纳", "muted"


class FirmSet(Labelled):
    """类别: above or below the size of the statistics (规上, 规下)."""

    UPPER = "upper", "规上", "info"
    LOWER = "lower", "规下"

    @classmethod
    def said(cls, value: str) -> str:
        """Its word; a set that a scheme of one's own names stands as it is."""
        found = cls.of(value)
        return found.label if found else value
