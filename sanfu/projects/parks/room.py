"""The room of parks (园区)."""

from sanfu.records.manifest import Line, Room

ROOM = Room(
    code="projects.parks",
    label="园区",
    order=70,
    permissions={
        "parks.see": "看本单位的园区",
        "parks.see_all": "看全市园区",
        "parks.edit": "维护本单位园区的概况和承载能力",
        "parks.evaluate": "做园区评价和按产业结构的比较",
    },
    menu=(
        Line("项目与用地", "园区", "officer:parks", "parks.see|parks.see_all", "factory"),
        Line("项目与用地", "放得下吗", "officer:park_fit", "parks.see|parks.see_all", "search"),
        Line("项目与用地", "园区评价", "officer:park_runs", "parks.evaluate", "gauge"),
        Line("评价", "园区承载", "leader:parks_all", "parks.see_all", "factory"),
    ),
    hears={
        "land.brought": ("sanfu.projects.parks.actions.heard",),
        "floors.study": ("sanfu.projects.parks.actions.heard",),
        "resources.adopted": ("sanfu.projects.parks.actions.heard",),
    },
    demo=("sanfu.adapters.demo_parks.parks",),
)
