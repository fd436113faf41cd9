"""States of an allocation (要素统筹方案)."""

from sanfu.kernel.flow import Labelled


class PlanState(Labelled):
    """方案状态: computed, adopted by a person, not adopted, or replaced by a later adopted one."""

    DRAFT = "draft", "待决定", "warn"
    ADOPTED = "adopted", "已采用", "ok"
    DROPPED = "dropped", "不采用", "muted"
    REPLACED = "replaced", "已被替代", "muted"
