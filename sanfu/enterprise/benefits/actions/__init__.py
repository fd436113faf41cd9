"""Writes of the benefits room, by noun: policy versions, claims, batches, payments."""

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
from sanfu.enterprise.benefits.actions.claims import (
    accept_claim,
    ask_correction,
    claim,
    correct_claim,
    refuse_claim,
    withdraw_claim,
)
from sanfu.enterprise.benefits.actions.closing import deregistered
from sanfu.enterprise.benefits.actions.near import tell_near_misses
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
from sanfu.enterprise.benefits.actions.versions import (
    approve,
    draft,
    draft_new,
    give_back,
    save,
    submit,
    withdraw,
)

__all__ = [
    "accept_claim",
    "agree",
    "agree_for_all",
    "approve",
    "ask_correction",
    "cancel",
    "check_accounts",
    "claim",
    "claw_back",
    "close",
    "correct_claim",
    "decide",
    "deregistered",
    "draft",
    "draft_new",
    "end_notice",
    "generate",
    "give_back",
    "object_to",
    "pay",
    "publish",
    "receive",
    "refuse_claim",
    "review",
    "rule",
    "save",
    "send_back",
    "settle",
    "submit",
    "tell_near_misses",
    "waive",
    "withdraw",
    "withdraw_claim",
]
