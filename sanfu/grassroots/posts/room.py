"""The room of posts (岗位): posts derived from duties, and their load."""

from sanfu.records.manifest import Command, Line, Room

ROOM = Room(
    code="grassroots.posts",
    label="岗位",
    order=40,
    permissions={"posts.see": "看岗位全量表", "posts.edit": "推导和调整岗位"},
    menu=(Line("岗位", "岗位全量表", "officer:post_tables", "posts.see|lists.approve", "users"),),
    waiting=("sanfu.web.officer.duties.posts.todos",),
    commands={
        "posts": Command("sanfu.adapters.commandline.posts", "posts derived from duties: check (岗位)")
    },
)
