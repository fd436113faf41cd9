"""The room of visits (走访): wishes, the plan of a quarter, and what happened."""

from sanfu.records.manifest import Command, Line, Room

ROOM = Room(
    code="enterprise.visits",
    label="企业走访",
    order=30,
    permissions={
        "visits.own": "看、确认本企业的走访记录",
        "visits.see": "看本单位的走访",
        "visits.see_all": "看全市走访",
        "visits.wish": "提出走访意向",
        "visits.plan": "归并意向，排走访计划",
        "visits.record": "现场记录走访",
    },
    menu=(
        Line("企业服务", "企业走访", "officer:visits", "visits.see", "map-pin"),
        Line("企业服务", "走访意向", "officer:visit_wishes", "visits.wish", "list-checks"),
        Line("企业服务", "走访路线", "officer:visit_route", "visits.see", "route"),
        Line("企业服务", "走访确认", "firm:own_visits", "visits.own", "map-pin"),
        Line("企业服务", "现场记录（手机）", "officer:visit_phone", "visits.record", "smartphone"),
    ),
    entries=("sanfu.enterprise.visits.queries.entries",),
    hears={
        "registry.closed": ("sanfu.enterprise.visits.actions.deregistered",),
        "liaison.linked": ("sanfu.enterprise.visits.actions.handed_on",),
    },
    waiting=("sanfu.web.officer.visits.todos.visit_todos",),
    demo=("sanfu.adapters.demo_visits.visits",),
    commands={
        "visits": Command("sanfu.adapters.commandline.visits", "wishes become few visits: plan (走访)")
    },
)
