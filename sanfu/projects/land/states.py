"""States of a redevelopment option (盘活方案)."""

from sanfu.kernel.flow import Labelled


class OptionState(Labelled):
    """盘活方案状态: computed, then taken up by a person as a 一事一档, or dropped."""

    DRAFT = "draft", "测算中", "info"
    ADOPTED = "adopted", "已立档", "ok"
    DROPPED = "dropped", "不采用", "muted"
