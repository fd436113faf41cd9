"""The room of the centre (企业综合服务中心)."""

from sanfu.records.manifest import Line, Room

ROOM = Room(
    code="enterprise.centre",
    label="企业综合服务中心",
    order=60,
    permissions={
        "centre.serve": "专窗接待企业，叫号",
        "centre.book": "企业预约专窗",
    },
    menu=(Line("企业服务", "服务中心专窗", "officer:counter", "centre.serve", "store"),),
    waiting=("sanfu.web.officer.centre.pages.counter_todos",),
)
