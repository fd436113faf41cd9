"""The room of talent (人才): programmes matched, applied for, answered."""

from sanfu.records.manifest import CaseKind, Line, Room, Tell

TALENT = CaseKind(
    "talent",
    "人才申报",
    number="RC",
    flow="sanfu.projects.talent.states.FLOW",
    scope="sanfu.projects.talent.queries.PARTS",
    page="officer:talent",
    act="officer:talent_act",
    elsewhere=("supply", "withdraw"),
)

ROOM = Room(
    code="projects.talent",
    label="人才",
    order=48,
    kinds=(TALENT,),
    permissions={
        "talent.own": "为本企业的人才匹配计划、申报",
        "talent.see": "看本单位办理的人才申报",
        "talent.see_all": "看全市人才申报",
        "talent.answer": "受理、核实、答复人才申报",
    },
    menu=(
        Line("项目与用地", "人才申报", "officer:talent_list", "talent.see|talent.see_all", "users"),
        Line("企业服务", "人才计划", "firm:own_talents", "talent.own", "users"),
    ),
    waiting=("sanfu.web.officer.talent.todos", "sanfu.web.firm.talent.todos"),
    tells=(
        Tell("talent.ask", "asked", "firm", "{number} 需要补充：{title}", "firm:own_talent"),
        Tell("talent.grant", "decided", "firm", "{number} 已答复：{title}", "firm:own_talent"),
        Tell("talent.reject", "decided", "firm", "{number} 已答复：{title}", "firm:own_talent"),
    ),
    demo=("sanfu.adapters.demo_talent.talent",),
)
