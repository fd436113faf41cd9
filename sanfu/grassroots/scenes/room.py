"""The room of joint applications (一件事联办): one guide, many departments."""

from sanfu.records.manifest import CaseKind, Command, Door, Finder, Line, Room, Tell

JOINT = CaseKind(
    "joint",
    "联合申请",
    number="LB",
    flow="sanfu.grassroots.scenes.states.JOINT_FLOW",
    scope="sanfu.grassroots.scenes.queries.PARTS",
    seen="sanfu.grassroots.scenes.queries.visible",
    page="officer:application",
)
BRANCH = CaseKind(
    "branch",
    "联办分支",
    number="",
    flow="sanfu.grassroots.scenes.states.BRANCH_FLOW",
    scope="sanfu.grassroots.scenes.queries.BRANCH_PARTS",
    page="officer:branch",
    act="officer:branch_act",
    elsewhere=("accept_lacking", "pass_lacking", "resubmit", "supply", "withdraw", "lapse"),
)

ROOM = Room(
    code="grassroots.scenes",
    label="一件事联办",
    order=20,
    kinds=(JOINT, BRANCH),
    permissions={
        "scenes.own": "看本企业的联办申请",
        "scenes.apply": "填报和提交联办申请",
        "scenes.agent": "凭委托书代企业办",
        "scenes.see": "看本部门的联办件",
        "scenes.see_all": "看全市联办件",
        "scenes.handle": "办理本部门的联办分支",
        "scenes.edit": "维护事项目录",
        "scenes.compile": "编译办事指南，牵头联办",
        "scenes.approve": "发布事项目录",
    },
    menu=(
        Line("一件事联办", "联办分支", "officer:branch_list", "scenes.see", "git-branch"),
        Line("一件事联办", "联办申请", "officer:application_list", "scenes.see", "clipboard-list"),
        Line("一件事联办", "证照墙", "officer:permits", "scenes.see", "grid-2x2"),
        Line("一件事联办", "设计与实际", "officer:scene_results", "scenes.see", "git-compare"),
        Line("一件事联办", "事项目录", "officer:catalogue", "scenes.see", "list-tree"),
        Line("一件事联办", "代办与申请", "firm:scene_index", "scenes.apply", "send"),
    ),
    doors=(Door("一件事", "多件事一次办成", "citizen:scene_list", "workflow", rank=40),),
    waiting=(
        "sanfu.web.officer.scenes.todos.branch_todos",
        "sanfu.web.officer.scenes.todos.lead_todos",
        "sanfu.web.firm.scenes.todos.scene_todos",
    ),
    row_kinds=("sanfu.grassroots.scenes.figures.BRANCHES",),
    hears={
        "ratings.given": ("sanfu.grassroots.scenes.actions.together.rated_by_link",),
        "registry.closed": ("sanfu.grassroots.scenes.actions.closing.deregistered",),
    },
    tells=(
        Tell(
            "branch.arrive",
            "dispatched",
            "lead:scenes.handle",
            "{number} 前置已齐，请受理：{title}",
            "officer:branch",
        ),
        Tell(
            "branch.resubmit",
            "dispatched",
            "lead:scenes.handle",
            "{number} 已重新提交：{title}",
            "officer:branch",
        ),
        Tell(
            "branch.supply", "dispatched", "lead:scenes.handle", "{number} 已补正：{title}", "officer:branch"
        ),
        Tell(
            "branch.light",
            "due",
            "lead:scenes.handle",
            "{number} {clock}{pressing}：{title}",
            "officer:branch",
        ),
    ),
    demo=(
        "sanfu.adapters.demo_scenes.relocation",
        "sanfu.adapters.demo_scenes.construction",
        "sanfu.adapters.demo_scenes.acceptance",
        "sanfu.adapters.demo_scenes.land",
        "sanfu.adapters.demo_scenes.finished",
        "sanfu.adapters.demo_scenes.begun",
        "sanfu.adapters.demo_scenes.catalogue_draft",
    ),
    commands={
        "joint": Command(
            "sanfu.adapters.commandline.joint",
            "joint applications: compile, verify, whatif, export (一件事)",
        )
    },
    finders=(Finder("办事指南", "sanfu.grassroots.scenes.finding.guides", "", "citizen:scene_list"),),
)
