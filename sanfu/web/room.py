"""The room of pages: what belongs to every reader; the pages of a room are in that room's manifest."""

from sanfu.records.manifest import Line, Room, Sweep

ROOM = Room(
    code="web",
    label="页面",
    menu=(
        Line("工作台", "待办中心", "home", "", "inbox"),
        Line("系统管理", "组件总览", "design", "system.manage", "puzzle"),
    ),
    sweeps=(
        Sweep("forget_submissions", "表单清理", "17 3 * * *", "sanfu.web.access.forget_old_submissions"),
    ),
)
