"""The room of records: the event log, files and background jobs."""

from sanfu.records.manifest import JobKind, Line, Room, Sweep

ROOM = Room(
    code="records",
    label="留痕",
    permissions={
        "records.verify": "校验全部留痕",
        "system.manage": "管理后台任务",
    },
    menu=(
        Line("系统管理", "后台任务", "manage:jobs", "system.manage", "activity"),
        Line("系统管理", "留痕校验", "manage:verifications", "records.verify", "shield-check"),
    ),
    waiting=("sanfu.web.admin.jobs.todos.system_todos",),
    jobs={
        "records.verify": JobKind(
            "留痕校验",
            "sanfu.records.verification.piece",
            {"events": "事件", "heads": "链头", "broken": "问题", "seconds": "计算秒数"},
            not_again="校验要从头看起，请到“留痕校验”重新发起一次。",
            rows=1_000,  # event streams; nothing is locked but the job itself
        ),
    },
    sweeps=(
        Sweep("deliver_events", "事件投递", "* * * * *", "sanfu.records.actions.deliver_waiting"),
        Sweep("verify_records", "夜间校验", "40 16 * * *", "sanfu.records.verification.nightly"),
        Sweep("forget_limits", "限次清理", "20 17 * * *", "sanfu.records.limits.forget_old"),
        # Sundays, ten to two in China: it reads every JSON column once.
        Sweep("reap_files", "无主文件清理", "50 17 * * 6", "sanfu.records.files.reap"),
    ),
)
