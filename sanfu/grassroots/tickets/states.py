"""States and moves of a request order (诉求工单): the table that runs is the table that is drawn."""

from sanfu.kernel.flow import Flow, Labelled, Move, pause, resume, start, stop
from sanfu.lists.items import RequestType, Urgency

__all__ = [
    "TICKET_FLOW",
    "Channel",
    "Rating",
    "RefusalReason",
    "RequestType",
    "ReturnReason",
    "TicketEvent",
    "TicketState",
    "Urgency",
]


class Channel(Labelled):
    """来源渠道."""

    WEB = "web", "网上提交"
    HOTLINE = "hotline", "12345热线"
    POLICE = "police", "110非警务"
    SUPERIOR = "superior", "上级交办"
    GRID = "grid", "网格上报"
    WINDOW = "window", "窗口来访"


class Rating(Labelled):
    """评价, five levels; the value is kept, the order is this one."""

    VERY_GOOD = "very_good", "非常满意"
    GOOD = "good", "满意"
    FAIR = "fair", "基本满意"
    BAD = "bad", "不满意"
    VERY_BAD = "very_bad", "非常不满意"

    @property
    def level(self) -> int:
        """5 for the best to 1: how all rooms say a rating to each other."""
        return len(Rating) - list(Rating).index(self)


class ReturnReason(Labelled):
    """退单理由: a return names one, cites the list and names the unit thought right."""

    NOT_OURS = "not_ours", "非本单位职责"
    NOT_HERE = "not_here", "非本行政区"
    UNCLEAR = "unclear", "信息不足"
    DUPLICATE = "duplicate", "重复"
    IN_PROCEDURE = "in_procedure", "已进入法定程序"
    NOT_PUBLIC = "not_public", "非政务事项"


class RefusalReason(Labelled):
    """不予受理理由, each with the way that is told to the citizen."""

    OUTSIDE = "outside", "不属于本行政区域"
    PARTY_COURT_ARMY = "party_court_army", "属于党委、人大、法院、检察、军队等职权"
    LITIGATION = "litigation", "已进入信访、诉讼、仲裁、复议等程序"
    REPEATED = "repeated", "同一事实和理由无新情况再次提出"
    UNLAWFUL = "unlawful", "违背法律法规或公序良俗"
    EMERGENCY = "emergency", "紧急情况应拨打110、119、120"


class TicketState(Labelled):
    RECEIVED = "received", "待派单", "warn"
    SUPPLEMENT = "supplement", "待补充", "info"
    DISPATCHED = "dispatched", "待签收", "warn"
    HANDLING = "handling", "办理中", "info"
    RETURNED = "returned", "退单待派", "warn"
    CONSULTING = "consulting", "会商裁定", "warn"
    SUSPENDED = "suspended", "挂起"
    REPLIED = "replied", "待审核", "info"
    CALLBACK = "callback", "待回访", "info"
    CLOSED = "closed", "已办结", "ok"
    REFUSED = "refused", "不予受理"
    POLICE = "to_police", "已转110"
    MERGED = "merged", "已归并"
    WITHDRAWN = "withdrawn", "已撤回"
    ARCHIVED = "archived", "已归档", "ok"


class TicketEvent(Labelled):
    ASK_SUPPLEMENT = "ask_supplement", "要求补充"
    SUPPLEMENT = "supplement", "补充"
    SPLIT = "split", "拆分"
    DISPATCH = "dispatch", "派单"
    SIGN = "sign", "签收"
    CONTACT = "contact", "首次联系"
    RETURN = "return", "退单"
    RETURN_AGAIN = "return_again", "再次退单"
    ASSIST = "assist", "申请协办"
    ASSIST_DONE = "assist_done", "协办反馈"
    WHISTLE = "whistle", "吹哨会商"
    RULE = "rule", "裁定"
    ASK_EXTENSION = "ask_extension", "申请延期"
    EXTEND = "extend", "批准延期"
    SUSPEND = "suspend", "挂起"
    RESUME = "resume", "恢复办理"
    REPLY = "reply", "答复"
    APPROVE = "approve", "审核通过"
    SEND_BACK = "send_back", "审核退回"
    ASSIGN_CALLBACK = "assign_callback", "回访分配"
    CALLED_BACK = "called_back", "回访办结"
    REDO = "redo", "回访重办"
    RATE = "rate", "评价"
    REOPEN = "reopen", "要求重办"
    SUPERVISE = "supervise", "督办"
    REFUSE = "refuse", "不予受理"
    TO_POLICE = "to_police", "转110"
    MERGE = "merge", "归并"
    WITHDRAW = "withdraw", "撤回"
    ARCHIVE = "archive", "归档"


S, E = TicketState, TicketEvent
OPEN = (
    S.RECEIVED,
    S.SUPPLEMENT,
    S.DISPATCHED,
    S.HANDLING,
    S.RETURNED,
    S.CONSULTING,
    S.SUSPENDED,
    S.REPLIED,
    S.CALLBACK,
)
SIGNING, RESPONSE, HANDLING, CALLBACK = "签收", "首次响应", "办结", "回访"
DESK, UNIT, REVIEW = ("tickets.dispatch",), ("tickets.handle",), ("tickets.review",)
SUPERVISOR, CALLER, CITIZEN = ("tickets.supervise",), ("tickets.callback",), ("tickets.own",)

TICKET_FLOW: Flow[TicketState, TicketEvent] = Flow(
    name="诉求工单",
    states=TicketState,
    events=TicketEvent,
    initial=S.RECEIVED,
    final=frozenset({S.REFUSED, S.POLICE, S.MERGED, S.WITHDRAWN, S.ARCHIVED}),
    groups={
        "open": frozenset(OPEN),
        "closed": frozenset({S.CLOSED, S.ARCHIVED, S.REFUSED, S.POLICE, S.MERGED, S.WITHDRAWN}),
        "handled": frozenset({S.CLOSED, S.ARCHIVED}),
    },
    clocks=frozenset({SIGNING, RESPONSE, HANDLING, CALLBACK}),
    guards=frozenset({"return_cites_list", "extension_in_time", "reply_is_said", "redo_left"}),
    table=(
        Move(
            E.ASK_SUPPLEMENT,
            (S.RECEIVED,),
            S.SUPPLEMENT,
            who=DESK,
            clocks=(pause(),),
            note="信息不足，告知诉求人补什么",
        ),
        Move(E.SUPPLEMENT, (S.SUPPLEMENT,), S.RECEIVED, clocks=(resume(),)),
        Move(E.SPLIT, (S.RECEIVED, S.RETURNED), who=DESK, note="一单多诉，拆开后各派各的，时限从来信时起算"),
        Move(E.DISPATCH, (S.RECEIVED, S.RETURNED), S.DISPATCHED, who=DESK, clocks=(start(SIGNING),)),
        Move(E.SIGN, (S.DISPATCHED,), S.HANDLING, who=UNIT, clocks=(stop(SIGNING),)),
        Move(E.CONTACT, (S.HANDLING,), who=UNIT, clocks=(stop(RESPONSE),), note="首次响应以联系记录为准"),
        Move(
            E.RETURN,
            (S.DISPATCHED, S.HANDLING),
            S.RETURNED,
            guard="return_cites_list",
            who=UNIT,
            clocks=(stop(SIGNING),),
            note="须写理由、引用清单、指出应由谁办",
        ),
        Move(
            E.RETURN_AGAIN,
            (S.DISPATCHED, S.HANDLING),
            S.CONSULTING,
            guard="return_cites_list",
            who=UNIT,
            clocks=(stop(SIGNING),),
            note="同一工单第二次退单，直接会商裁定",
        ),
        Move(E.ASSIST, (S.HANDLING,), who=UNIT, note="首接负责，协办不转移责任"),
        Move(E.ASSIST_DONE, (S.HANDLING,), who=UNIT),
        Move(E.WHISTLE, (S.HANDLING, S.RETURNED), S.CONSULTING, who=(*UNIT, *DESK)),
        Move(E.RULE, (S.CONSULTING,), S.DISPATCHED, who=("tickets.rule",), clocks=(start(SIGNING),)),
        Move(E.ASK_EXTENSION, (S.HANDLING,), guard="extension_in_time", who=UNIT),
        Move(E.EXTEND, (S.HANDLING,), guard="extension_in_time", who=SUPERVISOR),
        Move(
            E.SUSPEND,
            (S.HANDLING,),
            S.SUSPENDED,
            who=SUPERVISOR,
            clocks=(pause(HANDLING),),
            note="须有客观事由和恢复条件",
        ),
        Move(E.RESUME, (S.SUSPENDED,), S.HANDLING, who=(*SUPERVISOR, *UNIT), clocks=(resume(HANDLING),)),
        Move(E.REPLY, (S.HANDLING,), S.REPLIED, guard="reply_is_said", who=UNIT),
        Move(
            E.APPROVE,
            (S.REPLIED,),
            S.CALLBACK,
            who=REVIEW,
            clocks=(stop(HANDLING), stop(RESPONSE), start(CALLBACK)),
        ),
        Move(E.SEND_BACK, (S.REPLIED,), S.HANDLING, who=REVIEW),
        Move(E.ASSIGN_CALLBACK, (S.CALLBACK,), who=CALLER, note="分给谁回访；仍可由别人代办"),
        Move(E.CALLED_BACK, (S.CALLBACK,), S.CLOSED, who=CALLER, clocks=(stop(),)),
        Move(
            E.REDO,
            (S.CALLBACK,),
            S.HANDLING,
            guard="redo_left",
            who=CALLER,
            clocks=(stop(CALLBACK), start(HANDLING)),
            note="未解决或不满意，换人重办",
        ),
        Move(E.RATE, (S.CALLBACK, S.CLOSED)),
        Move(E.REOPEN, (S.CLOSED,), S.HANDLING, guard="redo_left", clocks=(start(HANDLING),)),
        Move(E.SUPERVISE, OPEN, who=SUPERVISOR),
        Move(E.REFUSE, (S.RECEIVED,), S.REFUSED, who=DESK, clocks=(stop(),), note="告知理由和途径"),
        Move(
            E.TO_POLICE,
            (S.RECEIVED, S.DISPATCHED, S.HANDLING),
            S.POLICE,
            who=(*DESK, *UNIT),
            clocks=(stop(),),
        ),
        Move(E.MERGE, (S.RECEIVED,), S.MERGED, who=DESK, clocks=(stop(),), note="并入同一诉求的先到工单"),
        Move(E.WITHDRAW, (S.RECEIVED, S.SUPPLEMENT), S.WITHDRAWN, clocks=(stop(),)),
        Move(E.ARCHIVE, (S.CLOSED,), S.ARCHIVED, who=(*CALLER, *SUPERVISOR)),
    ),
)
