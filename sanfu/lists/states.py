"""Kinds of lists, and what a version of one is about; its states and moves are those of every version."""

from sanfu.kernel.flow import Labelled
from sanfu.lists.versions.states import Matter


class ListKind(Labelled):
    """What a list lists."""

    REQUESTS = "requests", "群众诉求处置责任清单"
    DUTIES = "duties", "履职事项清单"
    SERVICES = "services", "政务服务事项清单"


LIST = Matter("清单", event="lists.version", edit=("lists.edit",), approve=("lists.approve",), key=("kind",))
