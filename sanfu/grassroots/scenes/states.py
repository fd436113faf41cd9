"""States and moves of a joint application (联合申请) and of each branch (联办分支), as tables."""

from sanfu.kernel.flow import Flow, Labelled, Move, pause, resume, start, stop

PROMISED, STATUTORY, CAP, LACKING = "承诺", "法定", "联办上限", "容缺补正"


class JointState(Labelled):
    DRAFT = "draft", "填报中"
    PREREVIEW = "prereview", "预审中", "info"
    RUNNING = "running", "联办中", "info"
    CLOSED = "closed", "全部办结", "ok"
    WITHDRAWN = "withdrawn", "已撤件"
    LAPSED = "lapsed", "企业已注销，终止"


class JointEvent(Labelled):
    PREREVIEW = "prereview", "提交预审"
    SUBMIT = "submit", "提交申请"
    SIGN = "sign", "签订出让合同"
    CLOSE = "close", "全部办结"
    WITHDRAW = "withdraw", "撤回申请"
    MIGRATE = "migrate", "迁移到新版指南"
    CONVENE = "convene", "召集联审联验"
    CONCLUDE = "conclude", "联审联验结论"
    COMPLETE = "complete", "容缺材料补齐"
    RATE = "rate", "评价"
    LAPSE = "lapse", "企业注销，终止"


class BranchState(Labelled):
    WAITING = "waiting", "待前置"
    PENDING = "pending", "待受理", "info"
    CORRECTING = "correcting", "待补正", "warn"
    HANDLING = "handling", "办理中", "info"
    MENDING = "mending", "办理中补正", "warn"
    SPECIAL = "special", "特别程序", "warn"
    RETURNED = "returned", "已退回", "warn"
    REFUSED = "refused", "不予受理", "danger"
    PASSED = "passed", "办结（通过）", "ok"
    PASSED_LACKING = "passed_lacking", "办结（容缺通过）", "ok"
    FAILED = "failed", "办结（不通过）", "danger"
    WITHDRAWN = "withdrawn", "已撤件"
    HALTED = "halted", "因前置未成终止", "danger"
    LAPSED = "lapsed", "企业已注销，终止"


class BranchEvent(Labelled):
    ARRIVE = "arrive", "前置齐备"
    ACCEPT = "accept", "受理"
    ACCEPT_LACKING = "accept_lacking", "容缺受理"
    CORRECT = "correct", "一次性补正告知"
    SUPPLY = "supply", "补正提交"
    SPECIAL = "special", "启动特别程序"
    SPECIAL_END = "special_end", "特别程序结束"
    RETURN = "return", "退回"
    RESUBMIT = "resubmit", "重新提交"
    REFUSE = "refuse", "不予受理"
    PASS = "pass", "办结（通过）"
    PASS_LACKING = "pass_lacking", "办结（容缺通过）"
    FAIL = "fail", "办结（不通过）"
    WITHDRAW = "withdraw", "撤件"
    HALT = "halt", "因前置未成终止"
    LAPSE = "lapse", "企业注销，终止"


J, JE, B, BE = JointState, JointEvent, BranchState, BranchEvent
FIRM, DEPARTMENT, LEAD = ("scenes.apply",), ("scenes.handle",), ("scenes.compile", "scenes.edit")
GOOD = frozenset({B.PASSED, B.PASSED_LACKING})
FINAL = GOOD | {B.FAILED, B.REFUSED, B.WITHDRAWN, B.HALTED, B.LAPSED}
RUNNING = (B.HANDLING, B.MENDING, B.SPECIAL)

JOINT_FLOW: Flow[JointState, JointEvent] = Flow(
    name="联合申请",
    states=JointState,
    events=JointEvent,
    initial=J.DRAFT,
    final=frozenset({J.CLOSED, J.WITHDRAWN, J.LAPSED}),
    groups={
        "open": frozenset({J.DRAFT, J.PREREVIEW, J.RUNNING}),
        "closed": frozenset({J.CLOSED, J.WITHDRAWN, J.LAPSED}),
    },
    clocks=frozenset({CAP, LACKING}),
    guards=frozenset(),
    table=(
        Move(JE.PREREVIEW, (J.DRAFT,), J.PREREVIEW, who=FIRM, note="拿地前先出预审意见，不是决定"),
        Move(JE.SUBMIT, (J.DRAFT,), J.RUNNING, who=FIRM, clocks=(start(CAP), start(LACKING))),
        Move(JE.SIGN, (J.PREREVIEW,), J.RUNNING, who=(*FIRM, *LEAD), clocks=(start(CAP), start(LACKING))),
        Move(JE.CLOSE, (J.RUNNING,), J.CLOSED, clocks=(stop(CAP),), note="容缺的材料没补齐，它的时钟照走"),
        Move(JE.COMPLETE, (J.RUNNING, J.CLOSED), who=FIRM, clocks=(stop(LACKING),)),
        Move(JE.WITHDRAW, (J.DRAFT, J.PREREVIEW, J.RUNNING), J.WITHDRAWN, who=FIRM, clocks=(stop(),)),
        Move(JE.MIGRATE, (J.PREREVIEW, J.RUNNING), who=LEAD, note="留下新旧版本和差异"),
        Move(JE.CONVENE, (J.RUNNING,), who=LEAD),
        Move(JE.CONCLUDE, (J.RUNNING,), who=LEAD),
        Move(JE.RATE, (J.CLOSED,), who=FIRM),
        Move(JE.LAPSE, (J.DRAFT, J.PREREVIEW, J.RUNNING), J.LAPSED, clocks=(stop(),), note="由企业注销带来"),
    ),
)

BRANCH_FLOW: Flow[BranchState, BranchEvent] = Flow(
    name="联办分支",
    states=BranchState,
    events=BranchEvent,
    initial=B.WAITING,
    final=frozenset(FINAL),
    groups={"open": frozenset(BranchState) - FINAL, "closed": frozenset(FINAL), "good": GOOD},
    clocks=frozenset({PROMISED, STATUTORY}),
    guards=frozenset({"complete", "lacking", "lawful_pause", "reasoned"}),
    table=(
        Move(BE.ARRIVE, (B.WAITING,), B.PENDING, note="所等待的事项已经办成"),
        Move(BE.ACCEPT, (B.PENDING,), B.HANDLING, guard="complete", who=DEPARTMENT,
             clocks=(start(PROMISED), start(STATUTORY))),
        Move(BE.ACCEPT_LACKING, (B.PENDING,), B.HANDLING, guard="lacking", who=DEPARTMENT,
             clocks=(start(PROMISED), start(STATUTORY)), note="期限照走，后补材料另有期限"),
        Move(BE.CORRECT, (B.PENDING,), B.CORRECTING, guard="reasoned", who=DEPARTMENT, note="受理前补正，期限未起算"),
        Move(BE.CORRECT, (B.HANDLING,), B.MENDING, guard="lawful_pause", who=DEPARTMENT, clocks=(pause(),)),
        Move(BE.SUPPLY, (B.CORRECTING,), B.PENDING, who=FIRM),
        Move(BE.SUPPLY, (B.MENDING,), B.HANDLING, who=FIRM, clocks=(resume(),)),
        Move(BE.SPECIAL, (B.HANDLING,), B.SPECIAL, guard="lawful_pause", who=DEPARTMENT, clocks=(pause(),)),
        Move(BE.SPECIAL_END, (B.SPECIAL,), B.HANDLING, who=DEPARTMENT, clocks=(resume(),)),
        Move(BE.RETURN, (B.PENDING, B.HANDLING), B.RETURNED, guard="reasoned", who=DEPARTMENT, clocks=(stop(),),
             note="只退这一支，其他分支照办"),
        Move(BE.RESUBMIT, (B.RETURNED,), B.PENDING, who=FIRM),
        Move(BE.REFUSE, (B.PENDING, B.CORRECTING), B.REFUSED, guard="reasoned", who=DEPARTMENT, clocks=(stop(),)),
        Move(BE.PASS, (B.HANDLING,), B.PASSED, guard="complete", who=DEPARTMENT, clocks=(stop(),)),
        Move(BE.PASS_LACKING, (B.HANDLING,), B.PASSED_LACKING, guard="lacking", who=DEPARTMENT, clocks=(stop(),)),
        Move(BE.FAIL, (B.HANDLING,), B.FAILED, guard="reasoned", who=DEPARTMENT, clocks=(stop(),)),
        Move(BE.WITHDRAW, tuple(s for s in BranchState if s not in FINAL), B.WITHDRAWN, who=FIRM, clocks=(stop(),)),
        Move(BE.HALT, (B.WAITING,), B.HALTED, note="所等待的事项不可能再办成"),
        Move(BE.LAPSE, tuple(s for s in BranchState if s not in FINAL), B.LAPSED, clocks=(stop(),),
             note="由企业注销带来，已办成的结果不变"),
    ),
)  # fmt: skip


class SpecialReason(Labelled):
    """Time that does not count (行政许可法 §45), with the applicant told in writing."""

    HEARING = "hearing", "听证"
    TENDER = "tender", "招标"
    AUCTION = "auction", "拍卖"
    INSPECTION = "inspection", "检验"
    TESTING = "testing", "检测"
    QUARANTINE = "quarantine", "检疫"
    APPRAISAL = "appraisal", "鉴定"
    EXPERTS = "experts", "专家评审"


class Rating(Labelled):
    EXCELLENT = "excellent", "非常满意"
    GOOD = "good", "满意"
    FAIR = "fair", "基本满意"
    POOR = "poor", "不满意"
    BAD = "bad", "非常不满意"

    @property
    def level(self) -> int:
        """5 for the best to 1: how all rooms say a rating to each other."""
        return len(Rating) - list(Rating).index(self)


# Names of branch and joint events in the exchange log (`kernel.joint.export.log.ACTIVITIES`).
LOG_ACTIVITY = {
    "joint.submit": "submit", "joint.sign": "submit", "joint.rate": "rate", "branch.accept": "accept",
    "branch.accept_lacking": "accept_lacking", "branch.correct": "correct", "branch.supply": "supplied",
    "branch.special": "pause", "branch.special_end": "resume", "branch.return": "return",
    "branch.refuse": "refuse", "branch.withdraw": "withdraw", "branch.halt": "withdraw", "branch.lapse": "withdraw",
    "branch.pass": "decide", "branch.pass_lacking": "decide", "branch.fail": "decide",
}  # fmt: skip
