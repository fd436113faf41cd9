"""Manifest of the project register (项目库) and its monthly meeting (每月专题分析会)."""

from sanfu.records.manifest import Command, Line, Room

ROOM = Room(
    code="projects.pipeline",
    label="项目库",
    order=10,
    permissions={
        "pipeline.see": "看本单位的重大项目",
        "pipeline.see_all": "看全市重大项目和会议材料",
        "pipeline.edit": "导入项目，改日期，登记阻滞",
        "pipeline.meet": "生成会议材料，记议定事项",
    },
    menu=(
        Line("项目与用地", "重大项目", "officer:projects", "pipeline.see|pipeline.see_all", "building-2"),
        Line("项目与用地", "专题分析会", "officer:packs", "pipeline.see_all", "calendar"),
    ),
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
