"""The room of duties (履职清单): what a town has to do, what it may refuse, who rules."""

from sanfu.records.manifest import CaseKind, Command, Finder, Line, Room, Sweep, Tell

TASK = CaseKind(
    "task",
    "履职任务",
    number="任",
    flow="sanfu.grassroots.duties.states.TASK_FLOW",
    scope="sanfu.grassroots.duties.queries.TASKS",
    page="officer:duty_task",
    act="officer:duty_task_act",
    elsewhere=("uphold", "part", "reject"),
)

ROOM = Room(
    code="grassroots.duties",
    label="履职清单",
    order=30,
    kinds=(TASK,),
    permissions={
        "duties.see": "看本单位的清单、任务和异议",
        "duties.see_all": "看各镇（街道）的清单、任务和异议",
        "duties.edit": "管理履职清单",
        "duties.rule": "裁定异议，审批准入",
        "duties.precheck": "发文前预检",
        "duties.send": "下发任务",
        "duties.receive": "签收、办理任务",
        "duties.object": "提出异议",
    },
    menu=(
        Line("履职清单", "履职任务", "officer:duty_task_list", "duties.see", "clipboard-list"),
        Line("履职清单", "发文预检", "officer:duty_documents", "duties.precheck", "file-search"),
        Line("履职清单", "异议裁定", "officer:duty_objections", "duties.see", "gavel"),
        Line("履职清单", "裁定先例", "officer:duty_precedents", "duties.see", "book-open"),
        Line("履职清单", "职责准入", "officer:duty_admissions", "duties.see", "file-plus"),
        Line("履职清单", "履职清单", "officer:duty_lists", "duties.see|lists.approve", "list-checks"),
        Line("履职清单", "负担地图", "officer:duty_burden", "duties.see", "layout-grid"),
        Line("履职清单", "清单评价", "officer:duty_evaluation", "duties.see", "gauge"),
    ),
    row_kinds=("sanfu.grassroots.duties.figures.TASKS",),
    waiting=(
        "sanfu.web.officer.duties.tasks.todos",
        "sanfu.web.officer.duties.todos.steward_todos",
        "sanfu.web.officer.duties.todos.drafter_todos",
        "sanfu.web.officer.duties.todos.version_todos",
    ),
    tells=(
        Tell(
            "task.open",
            "dispatched",
            "lead:duties.receive",
            "{number} 下发给本镇（街道），请签收：{title}",
            "officer:duty_task",
        ),
        Tell(
            "task.object",
            "asked",
            "county:duties.rule",
            "{number} 有异议待裁定：{title}",
            "officer:duty_task",
        ),
        Tell(
            "task.uphold",
            "decided",
            "units:duties.receive",
            "{number} 的异议成立：{title}",
            "officer:duty_task",
        ),
        Tell(
            "task.part",
            "decided",
            "units:duties.receive",
            "{number} 的异议部分成立：{title}",
            "officer:duty_task",
        ),
        Tell(
            "task.reject",
            "decided",
            "units:duties.receive",
            "{number} 维持下发：{title}",
            "officer:duty_task",
        ),
        Tell(
            "task.light",
            "due",
            "lead:duties.receive",
            "{number} {clock}{pressing}：{title}",
            "officer:duty_task",
        ),
    ),
    sweeps=(
        Sweep(
            "expire_admissions", "到期清退", "10 16 * * *", "sanfu.grassroots.duties.actions.end_admissions"
        ),
    ),
    demo=("sanfu.adapters.demo_waiting.duty_drafts",),
    commands={
        "duties": Command("sanfu.adapters.commandline.duties", "duty lists: lint, precheck, evaluate (履职)")
    },
    finders=(Finder("履职事项", "sanfu.grassroots.duties.finding.items", "duties.see"),),
)
