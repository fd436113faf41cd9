"""How a table of posts came to be, and what its versions are about."""

from sanfu.kernel.flow import Labelled
from sanfu.lists.versions.states import Matter

POSTS = Matter(
    "岗位全量表", event="posts.table", edit=("posts.edit",), approve=("lists.approve",), key=("town_id",)
)


class Made(Labelled):
    """来源: derived from the duty list, or levelled by load afterwards."""

    DERIVED = "derived", "由清单生成", "info"
    LEVELLED = "levelled", "负荷均衡", "ok"
