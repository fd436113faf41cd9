"""Manifest of the project register (项目库) and its monthly meeting (每月专题分析会)."""

from sanfu.records.manifest import CaseKind, Command, Line, Room, Tell

DECISION = CaseKind(
    "decision",
    "议定事项",
    number="YD",
    flow="sanfu.projects.pipeline.states.FLOW",
    scope="sanfu.projects.pipeline.queries.DECISION_PARTS",
    page="officer:decision",
    act="officer:decision_act",
)

ROOM = Room(
    code="projects.pipeline",
    label="项目库",
    order=10,
    kinds=(DECISION,),
    permissions={
        "pipeline.see": "看本单位的重大项目",
        "pipeline.see_all": "看全市重大项目和会议材料",
        "pipeline.edit": "导入项目，改日期，登记阻滞",
        "pipeline.meet": "生成会议材料，记议定事项，销号",
        "pipeline.answer": "报本单位议定事项的结果",
    },
    menu=(
        Line("项目与用地", "重大项目", "officer:projects", "pipeline.see|pipeline.see_all", "building-2"),
        Line("项目与用地", "专题分析会", "officer:packs", "pipeline.see_all", "calendar"),
        Line(
            "项目与用地",
            "议定事项",
            "officer:decision_list",
            "pipeline.answer|pipeline.see_all",
            "clipboard-list",
        ),
        Line("项目与用地", "承诺兑现", "officer:promises", "pipeline.see|pipeline.see_all", "scale"),
        Line("项目与用地", "台账勾稽", "officer:ledgers", "pipeline.meet", "list-checks"),
    ),
    waiting=("sanfu.web.officer.pipeline.decisions.todos",),
    tells=(
        Tell(
            "decision.open",
            "dispatched",
            "lead:pipeline.answer",
            "{number} 派给本单位：{title}",
            "officer:decision",
        ),
    ),
    hears={
        "land.adopted": ("sanfu.projects.pipeline.actions.hearing.heard",),
        "leads.signed": ("sanfu.projects.pipeline.actions.hearing.heard",),
        "resources.adopted": ("sanfu.projects.pipeline.actions.hearing.gaps_heard",),
    },
    demo=("sanfu.adapters.demo_projects.projects",),
    commands={
        "projects": Command(
            "sanfu.adapters.commandline.projects", "finish dates of projects: forecast (项目)"
        ),
        "meeting": Command(
            "sanfu.adapters.commandline.meeting", "pack of the monthly meeting: pack (专题分析会)"
        ),
    },
)
