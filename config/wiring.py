"""The one table where sibling rooms meet: event kind → handlers, as dotted names.

A handler takes the delivered `Event`; it may run more than once for the same event and must then change
nothing the second time.
"""

from sanfu.records.wires import JobKind

EVENT_HANDLERS: dict[str, list[str]] = {
    "ticket.rule": ["sanfu.lists.rulings.draft_rule"],
}

# what a worker works through in the background, by kind
JOBS: dict[str, JobKind] = {
    "tickets.batch": JobKind(
        "批量导入诉求", "sanfu.grassroots.tickets.batch.piece", {"taken": "已登记", "errors": "未登记"}
    ),
    "match.refit": JobKind("匹配器重学", "sanfu.match.refit.piece", {"number": "匹配器编号"}),
    "records.verify": JobKind(
        "留痕校验",
        "sanfu.records.verification.piece",
        {"events": "事件", "heads": "链头", "broken": "问题", "seconds": "计算秒数"},
        not_again="校验要从头看起，请到“留痕校验”重新发起一次。",
    ),
    "demo.history": JobKind("演示数据", "sanfu.adapters.demo_county.piece", {"orders": "工单"}),
}

# forgets the keys of forms that were sent long ago: (before) → how many
FORGET = "sanfu.web.access.forget_submissions"
