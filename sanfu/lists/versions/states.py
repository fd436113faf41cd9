"""States and moves of a version (版本) as one table for every room that keeps versions."""

from dataclasses import dataclass
from functools import cache

from sanfu.kernel.flow import Flow, Labelled, Move


class VersionState(Labelled):
    DRAFT = "draft", "草稿"
    CONSULT = "consult", "征求意见", "warn"
    WAITING = "waiting", "待审核", "warn"
    APPROVED = "approved", "已审核", "info"
    PUBLISHED = "published", "已公布", "ok"
    REPLACED = "replaced", "已被取代"
    DISCARDED = "discarded", "已作废"


class VersionEvent(Labelled):
    CONSULT = "consult", "征求意见"
    SUBMIT = "submit", "送审"
    APPROVE = "approve", "审核通过"
    SEND_BACK = "send_back", "退回修改"
    PUBLISH = "publish", "公布"
    REPLACE = "replace", "被新版取代"
    END = "end", "停止执行"
    DISCARD = "discard", "作废"


S, E = VersionState, VersionEvent


@dataclass(frozen=True)
class Matter:
    """What a kind of version is about: its name, the prefix of its events, who edits, who approves.

    key: the columns that tell one line of versions from another, such as the town; none for the whole county.
    consult: whether its pages offer 征求意见 before a draft is submitted.
    """

    name: str
    event: str
    edit: tuple[str, ...]
    approve: tuple[str, ...]
    key: tuple[str, ...] = ()
    consult: bool = False


@cache
def flow_of(matter: Matter) -> Flow[VersionState, VersionEvent]:
    """The table of moves of one kind of version, with its own permissions."""
    drafts = (S.DRAFT, S.CONSULT)
    return Flow(
        name=f"{matter.name}版本",
        states=VersionState,
        events=VersionEvent,
        initial=S.DRAFT,
        final=frozenset({S.REPLACED, S.DISCARDED}),
        table=(
            Move(E.CONSULT, (S.DRAFT,), S.CONSULT, who=matter.edit, note="可以不征求意见，直接送审"),
            Move(E.SUBMIT, drafts, S.WAITING, who=matter.edit, note="内容从此不再改，留下摘要"),
            Move(E.APPROVE, (S.WAITING,), S.APPROVED, who=matter.approve, note="不能审核自己编辑的版本"),
            Move(E.SEND_BACK, (S.WAITING, S.APPROVED), S.DRAFT, who=matter.approve),
            Move(E.PUBLISH, (S.APPROVED,), S.PUBLISHED, who=matter.approve, note="从某一天起，不早于今天"),
            Move(E.REPLACE, (S.PUBLISHED,), S.REPLACED),
            Move(E.END, (S.PUBLISHED,), S.REPLACED, who=matter.approve, note="没有新版，从某一天起不再执行"),
            Move(E.DISCARD, (*drafts, S.WAITING), S.DISCARDED, who=matter.edit, note="审核以前可以撤回"),
        ),
    )
