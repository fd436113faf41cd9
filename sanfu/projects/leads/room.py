"""The room of leads (招商线索): what it brings to the house."""

from sanfu.records.manifest import CaseKind, Line, Room, Sweep, Tell

LEAD = CaseKind(
    "lead",
    "招商线索",
    number="ZS",
    flow="sanfu.projects.leads.states.FLOW",
    scope="sanfu.projects.leads.queries.PARTS",
    page="officer:lead",
    act="officer:lead_act",
    elsewhere=("yield", "rise", "release"),
)

ROOM = Room(
    code="projects.leads",
    label="招商线索",
    order=45,
    kinds=(LEAD,),
    permissions={
        "leads.see": "看本单位的招商线索",
        "leads.see_all": "看全市招商线索和漏斗",
        "leads.do": "报送和跟进招商线索",
        "leads.rule": "统筹：裁定首报归属，会签前看各板块条件是否一致",
    },
    menu=(
        Line("项目与用地", "招商线索", "officer:lead_list", "leads.see|leads.see_all", "target"),
        Line("项目与用地", "报送线索", "officer:lead_new", "leads.do", "plus"),
        Line("项目与用地", "招商漏斗", "officer:lead_funnel", "leads.see|leads.see_all", "list-filter"),
    ),
    waiting=("sanfu.web.officer.leads.pages.todos",),
    sweeps=(
        Sweep("release_leads", "静默释放", "20 16 * * *", "sanfu.projects.leads.actions.release_silent"),
    ),
    tells=(
        Tell("lead.transfer", "dispatched", "lead:leads.do", "{number} 转入本单位：{title}", "officer:lead"),
        Tell("lead.rise", "dispatched", "lead:leads.do", "{number} 递补为首报：{title}", "officer:lead"),
    ),
    demo=("sanfu.adapters.demo_leads.leads",),
)
