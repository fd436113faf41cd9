"""The room towards other systems: command line, database launcher, worker, demo county."""

from sanfu.records.manifest import Command, JobKind, Room, Sweep

ROOM = Room(
    code="adapters",
    label="对接",
    jobs={
        "demo.history": JobKind(
            "演示数据",
            "sanfu.adapters.demo_county.piece",
            {"orders": "工单"},
            rows=5,  # slow by themselves: short transactions, so that nobody waits for them
        )
    },
    sweeps=(Sweep("send_notices", "消息外发", "* * * * *", "sanfu.adapters.channels.send_waiting"),),
    commands={
        "clock": Command("sanfu.adapters.commandline.clock", "working days and due dates (期限)"),
        "backup": Command(
            "sanfu.adapters.commandline.backup", "everything in one archive, and its rehearsal (备份)"
        ),
        "restore": Command(
            "sanfu.adapters.commandline.restore",
            "an archive into an empty place; release what it held (恢复)",
        ),
        "upgrade": Command(
            "sanfu.adapters.commandline.upgrade", "the database brought to this checkout, and back (升级)"
        ),
        "counties": Command(
            "sanfu.adapters.commandline.counties",
            "several counties side by side; sizing; sharding check (多县)",
        ),
        "doctor": Command(
            "sanfu.adapters.commandline.doctor", "what is wrong with this place, without the database (诊断)"
        ),
        "new": Command("sanfu.adapters.commandline.new", "a new room that passes every check (新房间)"),
        "manage": Command(
            "sanfu.adapters.commandline.manage", "administrative commands on the database (管理)"
        ),
    },
)
