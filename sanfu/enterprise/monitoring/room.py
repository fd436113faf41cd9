"""The room of monitoring (动态监测): monthly series of firms, alerts that explain themselves, opportunities."""

from sanfu.records.manifest import Command, Room

ROOM = Room(
    code="enterprise.monitoring",
    label="企业动态监测",
    order=40,
    commands={
        "monitor": Command(
            "sanfu.adapters.commandline.monitor",
            "early warning over monthly series: evaluate, learn, world (企业动态监测)",
        )
    },
)
