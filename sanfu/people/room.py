"""The room of people: organisations, accounts, posts and roles."""

from sanfu.records.manifest import Finder, Line, Room, Sweep

ROOM = Room(
    code="people",
    label="组织和人员",
    permissions={"people.manage": "管理组织和账号", "people.audit": "看登录、下载和账号变动的记录"},
    menu=(
        Line("系统管理", "账号与任职", "manage:accounts", "people.manage", "users"),
        Line("系统管理", "审计", "manage:audit", "people.audit", "eye"),
        Line("系统管理", "组织机构", "manage:units", "people.manage", "building-2"),
    ),
    sweeps=(
        Sweep("daily_digest", "消息日报", "0 0 * * *", "sanfu.people.messages.actions.daily_digest"),
        Sweep(
            "tell_failed_jobs", "任务失败提醒", "* * * * *", "sanfu.people.messages.actions.tell_failed_jobs"
        ),
        Sweep("forget_sessions", "登录清理", "40 17 * * *", "sanfu.people.actions.sessions.forget"),
        Sweep("forget_messages", "消息清理", "50 17 * * *", "sanfu.people.messages.actions.forget"),
    ),
    finders=(
        Finder("单位", "sanfu.people.finding.units", "tickets.see"),
        Finder("账号", "sanfu.people.finding.people", "people.manage", "manage:accounts"),
    ),
)
