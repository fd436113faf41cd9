"""The room of people: organisations, accounts, posts and roles."""

from sanfu.records.manifest import Line, Room

ROOM = Room(
    code="people",
    label="组织和人员",
    permissions={"people.manage": "管理组织和账号"},
    menu=(
        Line("系统管理", "账号与任职", "manage:accounts", "people.manage", "users"),
        Line("系统管理", "组织机构", "manage:units", "people.manage", "building-2"),
    ),
)
