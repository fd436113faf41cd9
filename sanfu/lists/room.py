"""The room of lists: the responsibility list (责任清单) and its versions."""

from sanfu.records.manifest import Command, Door, Finder, Line, Room

ROOM = Room(
    code="lists",
    label="清单",
    permissions={
        "lists.see": "看清单和版本",
        "lists.edit": "导入、编辑、送审清单版本",
        "lists.approve": "审核、发布清单版本",
    },
    menu=(
        Line("清单管理", "责任清单", "manage:list_index", "lists.see", "list-checks"),
        Line("清单管理", "导入清单", "manage:list_import_new", "lists.edit", "upload"),
        Line("清单管理", "导入记录", "manage:list_imports", "lists.see", "history"),
        Line("清单管理", "依据核对", "officer:bases", "lists.see", "scale"),
    ),
    doors=(Door("公开清单", "谁该管、多久办好", "citizen:list_index", "list-checks", rank=90),),
    waiting=("sanfu.web.admin.lists.todos.list_todos", "sanfu.web.admin.lists.todos.calendar_todos"),
    hears={"ticket.rule": ("sanfu.lists.rulings.draft_rule",)},
    demo=("sanfu.adapters.demo_waiting.list_draft",),
    commands={
        "lists": Command("sanfu.adapters.commandline.lists", "responsibility lists: check, diff (清单)")
    },
    finders=(Finder("清单事项", "sanfu.lists.finding.items", "", "citizen:list_index"),),
)
