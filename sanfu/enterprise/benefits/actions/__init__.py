"""Writes of the benefits room, by noun: policy versions, batches, payments."""

from sanfu.enterprise.benefits.actions.batches import (
    cancel,
    decide,
    end_notice,
    generate,
    object_to,
    publish,
    review,
    rule,
    send_back,
)
from sanfu.enterprise.benefits.actions.payments import (
    agree,
    agree_for_all,
    check_accounts,
    claw_back,
    close,
    pay,
    receive,
    settle,
    waive,
)
from sanfu.enterprise.benefits.actions.versions import approve, draft, give_back, save, submit, withdraw

__all__ = [
    "agree",
    "agree_for_all",
    "approve",
    "cancel",
    "check_accounts",
    "claw_back",
    "close",
    "decide",
    "draft",
    "end_notice",
    "generate",
    "give_back",
    "object_to",
    "pay",
    "publish",
    "receive",
    "review",
    "rule",
    "save",
    "send_back",
    "settle",
    "submit",
    "waive",
    "withdraw",
]
