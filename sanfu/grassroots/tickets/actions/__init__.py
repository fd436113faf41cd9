"""Every write of a request order, one module per hand that writes.

Each action takes the order, `by=` and `at=`, runs in one transaction and ends in one event of the case;
`expected` is the version that the officer saw.
"""

from sanfu.grassroots.tickets.actions.desk import (
    ask_supplement,
    dispatch,
    merge,
    refuse,
    rule,
    supplement,
    to_police,
    withdraw,
)
from sanfu.grassroots.tickets.actions.intake import Submission, attach, key_of, submit, submit_points
from sanfu.grassroots.tickets.actions.outcome import assign_callback, call_back, look, rate, reopen
from sanfu.grassroots.tickets.actions.phrases import drop_phrase, keep_phrase
from sanfu.grassroots.tickets.actions.splitting import split
from sanfu.grassroots.tickets.actions.supervision import archive, decide_extension, resume, supervise, suspend
from sanfu.grassroots.tickets.actions.unit import (
    approve,
    ask_extension,
    assist,
    assist_done,
    contact,
    reply,
    send_back,
    send_back_to_desk,
    sign,
    whistle,
)

__all__ = [
    "Submission",
    "approve",
    "archive",
    "ask_extension",
    "ask_supplement",
    "assign_callback",
    "assist",
    "assist_done",
    "attach",
    "call_back",
    "contact",
    "decide_extension",
    "dispatch",
    "drop_phrase",
    "keep_phrase",
    "key_of",
    "look",
    "merge",
    "rate",
    "refuse",
    "reopen",
    "reply",
    "resume",
    "rule",
    "send_back",
    "send_back_to_desk",
    "sign",
    "split",
    "submit",
    "submit_points",
    "supervise",
    "supplement",
    "suspend",
    "to_police",
    "whistle",
    "withdraw",
]
