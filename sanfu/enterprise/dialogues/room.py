"""The room of sessions (暨阳面对面)."""

from sanfu.records.manifest import Door, Line, Room

ROOM = Room(
    code="enterprise.dialogues",
    label="政企面对面",
    order=50,
    permissions={
        "dialogues.see": "看各期面对面和承诺",
        "dialogues.host": "组织面对面：主题、抽签、答复、承诺",
        "dialogues.keep": "兑现本单位的承诺",
        "dialogues.ask": "企业会前提问",
    },
    menu=(
        Line("企业服务", "政企面对面", "officer:sessions", "dialogues.see", "handshake"),
        Line("企业服务", "面对面提问", "firm:own_sessions", "dialogues.ask", "handshake"),
    ),
    doors=(Door("政企面对面", "抽签结果和承诺兑现", "citizen:public_sessions", "handshake", rank=70),),
    demo=("sanfu.adapters.demo_dialogues.dialogues",),
    waiting=("sanfu.web.officer.dialogues.todos.promise_todos",),
)
