"""Manifest of the allocation of factors (要素统筹)."""

from sanfu.records.manifest import Command, Line, Room

ROOM = Room(
    code="projects.resources",
    label="要素统筹",
    order=40,
    permissions={
        "resources.see_all": "看要素统筹方案",
        "resources.allocate": "测算要素统筹方案",
        "resources.adopt": "采用或不采用要素统筹方案",
    },
    menu=(
        Line(
            "项目与用地",
            "要素统筹",
            "officer:resource_plans",
            "resources.allocate|resources.see_all",
            "layers",
        ),
    ),
    demo=("sanfu.adapters.demo_resources.resources", "sanfu.adapters.demo_projects.meeting"),
    commands={
        "resources": Command(
            "sanfu.adapters.commandline.resources", "scarce factors to projects: allocate (要素统筹)"
        )
    },
)
