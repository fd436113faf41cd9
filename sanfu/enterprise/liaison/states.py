"""Words of liaison (挂钩)."""

from sanfu.kernel.flow import Flow, Labelled, Move, stop

CONTACTING = "联系"


class PairRole(Labelled):
    """主挂钩、副挂钩."""

    MAIN = "main", "主挂钩", "ok"
    DEPUTY = "deputy", "副挂钩", "info"


class ProposalState(Labelled):
    """挂钩方案."""

    OPEN = "open", "待采纳", "warn"
    ADOPTED = "adopted", "已采纳", "ok"
    DROPPED = "dropped", "已放弃"


class SheetKind(Labelled):
    """What a sheet of a county that starts is about."""

    OFFICERS = "officers", "挂钩干部表"
    PAIRS = "pairs", "挂钩关系表"


class OutreachKind(Labelled):
    """无求自应: what the task came from."""

    ALERT = "alert", "经营预警，请核实", "danger"
    ENTERING = "entering", "将入规，请上门服务", "info"
    NEAR = "near", "政策或资质只差一项", "info"


class Finding(Labelled):
    """核实结果: what the officer found out."""

    TRUE = "true", "属实，需要帮助", "danger"
    FALSE = "false", "误报，经营正常", "ok"
    WATCH = "watch", "说不准，继续观察", "warn"
    HELPED = "helped", "已告知政策或办法", "ok"


class OutreachState(Labelled):
    """主动联系任务."""

    OPEN = "open", "待联系", "warn"
    DONE = "done", "已联系", "ok"
    PASSED = "passed", "无须联系"
    LAPSED = "lapsed", "企业已注销，终止"


class OutreachEvent(Labelled):
    """What becomes of it."""

    CONTACT = "contact", "登记联系结果"
    TAKE = "take", "接手"
    PASS = "pass", "无须联系"
    LAPSE = "lapse", "企业注销，终止"


S, E = OutreachState, OutreachEvent
OFFICER = ("liaison.see",)

OUTREACH_FLOW: Flow[OutreachState, OutreachEvent] = Flow(
    name="主动联系任务",
    states=OutreachState,
    events=OutreachEvent,
    initial=S.OPEN,
    final=frozenset({S.DONE, S.PASSED, S.LAPSED}),
    groups={"open": frozenset({S.OPEN}), "closed": frozenset({S.DONE, S.PASSED, S.LAPSED})},
    clocks=frozenset({CONTACTING}),
    guards=frozenset(),
    table=(
        Move(E.CONTACT, (S.OPEN,), S.DONE, who=OFFICER, clocks=(stop(),), note="预警的核实结果会回到监测"),
        Move(E.TAKE, (S.OPEN,), who=OFFICER, note="换了挂钩干部时"),
        Move(E.PASS, (S.OPEN,), S.PASSED, who=OFFICER, clocks=(stop(),), note="写明原因"),
        Move(E.LAPSE, (S.OPEN,), S.LAPSED, clocks=(stop(),), note="由企业注销带来"),
    ),
)
