"""The room of land (用地): parcels, low-efficiency screening, redevelopment options."""

from sanfu.records.manifest import Command, Line, Room

ROOM = Room(
    code="projects.land",
    label="用地",
    order=40,
    permissions={
        "land.see": "看本单位的宗地",
        "land.see_all": "看全市宗地",
        "land.edit": "导入宗地，补充事实，测算和立档盘活方案",
    },
    menu=(
        Line("项目与用地", "宗地一张图", "officer:parcels", "land.see|land.see_all", "map"),
        Line("项目与用地", "盘活方案", "officer:land_options", "land.see|land.see_all", "rotate-cw"),
    ),
    demo=("sanfu.adapters.demo_land.land",),
    commands={
        "land": Command(
            "sanfu.adapters.commandline.land",
            "parcels in a stated datum, firms by a scheme: import, score (用地、亩均)",
        )
    },
)
