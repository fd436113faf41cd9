"""How a table of posts came to be."""

from sanfu.kernel.flow import Labelled


class Made(Labelled):
    """来源: derived from the duty list, or levelled by load afterwards."""

    DERIVED = "derived", "由清单生成", "info"
    LEVELLED = "levelled", "负荷均衡", "ok"
