"""What stops a move of a batch: pure guards, each answering None or the reason in Chinese with what to do next."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sanfu.kernel.flow import Guard
from sanfu.records.moments import said as said_at


@dataclass(frozen=True, slots=True)
class Deciding:
    """Who made a batch and who decides on it."""

    maker: uuid.UUID
    decider: uuid.UUID | None


def nobody_decides_own(said: Deciding) -> str | None:
    if said.maker == said.decider:
        return "发起人不能审定自己的批次；请由另一位复核人员审定。"
    return None


@dataclass(frozen=True, slots=True)
class Noticing:
    """When a public notice is over, and what is still open."""

    due: datetime | None
    now: datetime
    open_objections: int


def notice_is_over(said: Noticing) -> str | None:
    if said.due is not None and said.now < said.due:
        return f"公示期到{said_at(said.due, '%m月%d日')}才满，现在不能结束；请到期后再办。"
    if said.open_objections:
        return f"还有{said.open_objections}条异议没有处理；请逐条写明成立或不成立及理由。"
    return None


@dataclass(frozen=True, slots=True)
class Paying:
    """How many lines are agreed with a checked account, and how many wait."""

    ready: int
    waiting: int


def somebody_is_paid(said: Paying) -> str | None:
    if not said.ready:
        return "没有已确认意愿且账户核验通过的企业，拨付文件会是空的；请先办意愿确认和账户核验。"
    return None


def all_settled(said: Paying) -> str | None:
    if said.waiting:
        return f"还有{said.waiting}笔没有回执或退汇未重付；请先登记回执。"
    return None


@dataclass(frozen=True, slots=True)
class Accepting:
    """What the rule says of a claim at acceptance: conditions that fail, and facts still open."""

    failed: tuple[str, ...]
    open: tuple[str, ...]


def rule_holds(said: Accepting) -> str | None:
    if said.failed:
        return (
            f"按填报的事实，条件“{'”“'.join(said.failed)}”不成立，不能通过；请要求补正，或写明理由不予支持。"
        )
    if said.open:
        return f"还不知道{'、'.join(said.open)}，规则没有结论；请由您判断后填写，或要求企业补正。"
    return None


GUARDS: dict[str, Guard] = {
    "nobody_decides_own": nobody_decides_own,
    "notice_is_over": notice_is_over,
    "somebody_is_paid": somebody_is_paid,
    "all_settled": all_settled,
    "rule_holds": rule_holds,
}


def account_problem(name: str, bank: str, account: str, account_name: str) -> str | None:
    """Why a receiving account cannot be used: corporate accounts must bear the enterprise's own name."""
    digits = account.replace(" ", "").replace("-", "")
    if not bank.strip() or not digits:
        return "没有收款账户"
    if not digits.isdigit() or not 8 <= len(digits) <= 32:
        return "账号应为8至32位数字"
    if account_name.strip() and account_name.strip() != name:
        return f"户名“{account_name}”与企业名称不一致"
    return None
