"""The room of enterprises (企业档案): facts of each firm, with their origin."""

from sanfu.records.manifest import Finder, Line, Room

ROOM = Room(
    code="enterprise.registry",
    label="企业档案",
    order=10,
    permissions={
        "registry.see": "写明事由后查看一企一档",
        "registry.merge": "登记企业名录和企业账号，合并重复的企业档案，撤销合并，登记更名",
        "registry.own": "看谁查看过本企业的档案",
    },
    menu=(
        Line("企业服务", "一企一档", "officer:registry_firms", "registry.see", "building-2"),
        Line("企业服务", "谁看过我", "firm:registry_looks", "registry.own", "eye"),
    ),
    entries=("sanfu.enterprise.registry.queries.own_entries",),
    finders=(
        Finder("企业", "sanfu.enterprise.registry.finding.firms", "registry.see", "officer:registry_firms"),
    ),
)
