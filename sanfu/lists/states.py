"""States of a list version (清单版本) as one table: the same table runs, is tested and is drawn."""

from sanfu.kernel.flow import Flow, Labelled, Move


class ListKind(Labelled):
    """What a list lists."""

    REQUESTS = "requests", "群众诉求处置责任清单"
    DUTIES = "duties", "履职事项清单"
    SERVICES = "services", "政务服务事项清单"


class VersionState(Labelled):
    DRAFT = "draft", "草稿"
    CHECKED = "checked", "待审核", "warn"
    APPROVED = "approved", "已审核", "info"
    PUBLISHED = "published", "已发布", "ok"
    SUPERSEDED = "superseded", "已被替代"
    DISCARDED = "discarded", "已作废"


class VersionEvent(Labelled):
    SUBMIT = "submit", "送审"
    APPROVE = "approve", "审核通过"
    SEND_BACK = "send_back", "退回修改"
    PUBLISH = "publish", "发布"
    SUPERSEDE = "supersede", "被新版替代"
    DISCARD = "discard", "作废"


_S, _E = VersionState, VersionEvent
VERSION_FLOW: Flow[VersionState, VersionEvent] = Flow(
    name="清单版本",
    states=VersionState,
    events=VersionEvent,
    initial=_S.DRAFT,
    final=frozenset({_S.SUPERSEDED, _S.DISCARDED}),
    table=(
        Move(_E.SUBMIT, (_S.DRAFT,), _S.CHECKED, who=("lists.edit",)),
        Move(_E.SEND_BACK, (_S.CHECKED, _S.APPROVED), _S.DRAFT, who=("lists.approve",)),
        Move(_E.APPROVE, (_S.CHECKED,), _S.APPROVED, who=("lists.approve",), note="不能审核自己编辑的版本"),
        Move(_E.PUBLISH, (_S.APPROVED,), _S.PUBLISHED, who=("lists.approve",)),
        Move(_E.SUPERSEDE, (_S.PUBLISHED,), _S.SUPERSEDED),
        Move(_E.DISCARD, (_S.DRAFT,), _S.DISCARDED, who=("lists.edit",)),
    ),
)
