"""The room of 工业上楼: which firm fits on which floor."""

from sanfu.records.manifest import Command, Line, Room

ROOM = Room(
    code="projects.floors",
    label="工业上楼",
    order=60,
    permissions={
        "floors.see": "看本单位的上楼适配研究",
        "floors.see_all": "看全市上楼适配研究",
        "floors.edit": "做上楼适配研究",
    },
    menu=(
        Line("项目与用地", "工业上楼", "officer:floor_studies", "floors.see|floors.see_all", "building-2"),
    ),
    demo=("sanfu.adapters.demo_floors.floors",),
    commands={
        "floors": Command(
            "sanfu.adapters.commandline.floors",
            "fit of firms to floors, smallest conflicts, placement (工业上楼)",
        )
    },
)
