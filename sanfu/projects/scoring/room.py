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
    },
    menu=(Line("项目与用地", "亩均评价", "officer:scoring_runs", "scoring.see|scoring.see_all", "gauge"),),
    demo=("sanfu.adapters.demo_scoring.scoring",),
)
