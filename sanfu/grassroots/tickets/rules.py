"""What stops a move: pure guards, each answering None or the reason in Chinese with what to do next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sanfu.grassroots.tickets.states import Rating
from sanfu.kernel.flow import Guard
from sanfu.records.moments import said as said_at

UNHAPPY = frozenset({Rating.BAD, Rating.VERY_BAD})


@dataclass(frozen=True, slots=True)
class Limits:
    """How often and how far, from content/handling/limits.yaml."""

    extension_days: int
    consult_at: int
    redo: int
    attempts: int
    reply_characters: int
    clock_table: str

    @classmethod
    def parse(cls, raw: dict[str, Any]) -> "Limits":
        return cls(
            extension_days=raw["extension"]["max_workdays"],
            consult_at=raw["returns"]["consult_at"],
            redo=raw["redo"]["max"],
            attempts=raw["callback"]["attempts"],
            reply_characters=raw["reply"]["min_characters"],
            clock_table=raw["clock_table"],
        )


@dataclass(frozen=True, slots=True)
class ReturnSaid:
    """What a unit says when it returns an order."""

    reason: str
    note: str
    cites: str
    proposes: bool
    unit_reason: bool


def return_cites_list(said: ReturnSaid) -> str | None:
    if not said.reason or not said.note.strip():
        return "退单须选择理由并写明事实；请补充后再退。"
    if said.unit_reason and not said.cites.strip():
        return "以“非本单位职责”退单须引用清单条款；请选清单里的事项。"
    if said.unit_reason and not said.proposes:
        return "以“非本单位职责”退单须指出应由哪个单位办理；请选择单位。"
    return None


@dataclass(frozen=True, slots=True)
class ExtensionSaid:
    """What is asked for, and when."""

    days: int
    at: datetime
    due: datetime | None
    used: int
    limit: int


def extension_in_time(said: ExtensionSaid) -> str | None:
    if said.due is None:
        return "这件工单没有在走的办结时钟，不能延期。"
    if said.at > said.due:
        return f"办结期限{said_at(said.due, '%m月%d日')}已过，不能再延期；请尽快办结并说明原因。"
    if said.days < 1 or said.used + said.days > said.limit:
        return (
            f"延期合计不超过{said.limit}个工作日，已延{said.used}个；请改为{said.limit - said.used}个以内。"
        )
    return None


@dataclass(frozen=True, slots=True)
class ReplySaid:
    """A reply and the least length that is not empty talk."""

    text: str
    least: int


def reply_is_said(said: ReplySaid) -> str | None:
    length = len("".join(said.text.split()))
    if length < said.least:
        return f"答复只有{length}个字，说明不了做了什么；请写明查明的事实、处理结果和依据（不少于{said.least}字）。"
    return None


@dataclass(frozen=True, slots=True)
class RedoSaid:
    """How often the order was handled again, and how often it may be."""

    done: int
    limit: int


def redo_left(said: RedoSaid) -> str | None:
    if said.done >= said.limit:
        return f"已重办{said.done}次，到达上限；请转会商裁定或挂账督办。"
    return None


GUARDS: dict[str, Guard] = {
    "return_cites_list": return_cites_list,
    "extension_in_time": extension_in_time,
    "reply_is_said": reply_is_said,
    "redo_left": redo_left,
}


def closes(
    *, reached: bool, resolved: bool | None, rating: str, attempts: int, limits: Limits
) -> bool | None:
    """What a call-back decides: True closes the order, False has it handled again, None means call again."""
    if not reached:
        return True if attempts >= limits.attempts else None
    return resolved is not False and rating not in UNHAPPY
