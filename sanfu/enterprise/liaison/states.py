"""Words of liaison (挂钩)."""

from sanfu.kernel.flow import Labelled


class PairRole(Labelled):
    """主挂钩、副挂钩."""

    MAIN = "main", "主挂钩", "ok"
    DEPUTY = "deputy", "副挂钩", "info"


class ProposalState(Labelled):
    """挂钩方案."""

    OPEN = "open", "待采纳", "warn"
    ADOPTED = "adopted", "已采纳", "ok"
    DROPPED = "dropped", "已放弃"
