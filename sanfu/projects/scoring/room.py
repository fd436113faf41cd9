"""The room of 亩均评价: runs, firms line by line, objections, public notice."""

from sanfu.records.manifest import Line, Room

ROOM = Room(
    code="projects.scoring",
    label="亩均评价",
    order=50,
    permissions={
        "scoring.see": "看本单位的亩均评价",
        "scoring.see_all": "看全市亩均评价",
        "scoring.edit": "测算、公示、处理异议、定档",
        "scoring.own": "看本企业的亩均评价，公示期内提异议",
    },
    menu=(
        Line("项目与用地", "亩均评价", "officer:scoring_runs", "scoring.see|scoring.see_all", "gauge"),
        Line("企业服务", "本企业亩均", "firm:own_scores", "scoring.own", "gauge"),
    ),
    waiting=("sanfu.web.officer.scoring.runs.todos",),
    demo=("sanfu.adapters.demo_scoring.scoring",),
)
