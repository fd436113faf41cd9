"""The room of requests (接诉即办): from a citizen's words to an answer."""

from sanfu.records.manifest import CaseKind, Door, JobKind, Line, Room, Tell

TICKET = CaseKind(
    "ticket",
    "诉求工单",
    number="SQ",
    flow="sanfu.grassroots.tickets.states.TICKET_FLOW",
    scope="sanfu.grassroots.tickets.queries.PARTS",
    page="officer:ticket",
    act="officer:ticket_act",
    elsewhere=("extend", "redo", "return_again"),
)

ROOM = Room(
    code="grassroots.tickets",
    label="接诉即办",
    order=10,
    kinds=(TICKET,),
    permissions={
        "tickets.submit": "提交诉求",
        "tickets.own": "看自己的诉求，补充、评价",
        "tickets.register": "登记诉求",
        "tickets.import": "批量导入诉求",
        "tickets.see": "看本单位的工单",
        "tickets.see_all": "看全市工单",
        "tickets.dispatch": "研判、派单",
        "tickets.rule": "裁定退单",
        "tickets.handle": "签收、办理、答复",
        "tickets.review": "审核答复、延期和退单",
        "tickets.supervise": "督办，批准延期和挂起",
        "tickets.callback": "回访",
        "tickets.unmask": "凭事由查看联系方式",
        "tickets.erase": "依申请导出、删除诉求人的个人信息",
    },
    menu=(
        Line("诉求办理", "诉求工单", "officer:ticket_list", "tickets.see", "message-square"),
        Line("诉求办理", "诉求地图", "officer:ticket_map", "tickets.see", "map"),
        Line("诉求办理", "诉求热点", "leader:hotspots", "measure.see|tickets.supervise", "flame"),
        Line("诉求办理", "登记诉求", "officer:ticket_new", "tickets.register", "plus"),
        Line("诉求办理", "批量导入", "officer:ticket_batch", "tickets.import", "upload"),
        Line("诉求办理", "督办大屏", "officer:ticket_wall", "tickets.supervise|measure.see", "monitor"),
    ),
    doors=(
        Door("我要诉求", "反映问题、咨询建议", "citizen:ask", "message-square-text", rank=10),
        Door("我的诉求", "办到哪一步、要您做什么", "citizen:my_tickets", "inbox", rank=15, signed_in=True),
        Door("查进度", "凭编号和查询码", "citizen:progress", "search", rank=20),
    ),
    waiting=(
        "sanfu.web.officer.tickets.todos.ticket_todos",
        "sanfu.web.citizen.tickets.todos.own_todos",
    ),
    hears={
        "ratings.given": ("sanfu.grassroots.tickets.actions.outcome.rated_by_link",),
        "demands.caller_closed": ("sanfu.grassroots.tickets.actions.closing.caller_closed",),
    },
    tells=(
        Tell(
            "ticket.dispatch",
            "dispatched",
            "lead:tickets.handle",
            "{number} 派给本单位，请签收：{title}",
            "officer:ticket",
        ),
        Tell(
            "ticket.helper",
            "dispatched",
            "units:tickets.handle",
            "{number} 请{unit_name}协办：{title}",
            "officer:ticket",
        ),
        Tell(
            "ticket.rule",
            "decided",
            "lead:tickets.handle",
            "{number} 裁定由本单位办理：{title}",
            "officer:ticket",
        ),
        Tell(
            "ticket.return",
            "returned",
            "county:tickets.dispatch",
            "{number} 被退单，请重新派单：{title}",
            "officer:ticket",
        ),
        Tell(
            "ticket.return_again",
            "returned",
            "county:tickets.rule",
            "{number} 再次退单，请会商裁定：{title}",
            "officer:ticket",
        ),
        Tell(
            "ticket.reply",
            "replied",
            "county:tickets.review",
            "{number} 已答复，请审核：{title}",
            "officer:ticket",
        ),
        Tell(
            "ticket.send_back",
            "returned",
            "lead:tickets.handle",
            "{number} 的答复被退回：{title}",
            "officer:ticket",
        ),
        Tell(
            "ticket.redo",
            "returned",
            "lead:tickets.handle",
            "{number} 回访不满意，要求重办：{title}",
            "officer:ticket",
        ),
        Tell(
            "ticket.reopen",
            "returned",
            "lead:tickets.handle",
            "{number} 诉求人要求重办：{title}",
            "officer:ticket",
        ),
        Tell(
            "ticket.extend",
            "decided",
            "lead:tickets.handle",
            "{number} 的延期申请已有结果：{title}",
            "officer:ticket",
        ),
        Tell(
            "ticket.firm_closed",
            "returned",
            "lead:tickets.handle",
            "{number} 来电企业已注销，请核实后答复：{title}",
            "officer:ticket",
        ),
        Tell("ticket.supervise", "due", "lead:tickets.handle", "{number} 被督办：{title}", "officer:ticket"),
        Tell(
            "ticket.light",
            "due",
            "lead:tickets.handle",
            "{number} {clock}{pressing}：{title}",
            "officer:ticket",
        ),
        Tell(
            "ticket.ask_supplement",
            "asked",
            "applicant",
            "{number} 需要您补充情况：{title}",
            "citizen:my_tickets",
            of_case=False,
        ),
        Tell(
            "ticket.called_back",
            "replied",
            "applicant",
            "{number} 已办结：{title}",
            "citizen:my_tickets",
            of_case=False,
        ),
        Tell(
            "ticket.approve",
            "replied",
            "applicant",
            "{number} 有了答复，请您评价：{title}",
            "citizen:my_tickets",
            of_case=False,
        ),
    ),
    jobs={
        "tickets.batch": JobKind(
            "批量导入诉求", "sanfu.grassroots.tickets.batch.piece", {"taken": "已登记", "errors": "未登记"}
        )
    },
)
