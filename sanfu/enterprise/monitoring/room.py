"""The room of monitoring (动态监测): monthly series of firms, alerts that explain themselves, opportunities."""

from sanfu.records.manifest import CaseKind, Command, JobKind, Line, Room, Tell

ALERT = CaseKind(
    "alert",
    "企业预警",
    number="YJ",
    flow="sanfu.enterprise.monitoring.states.ALERT_FLOW",
    scope="sanfu.enterprise.monitoring.queries.PARTS",
    page="officer:monitor_alert",
    act="officer:monitor_alert_act",
    elsewhere=("lapse",),
)

ROOM = Room(
    code="enterprise.monitoring",
    label="企业动态监测",
    order=40,
    kinds=(ALERT,),
    permissions={
        "monitoring.see": "看本单位的企业预警",
        "monitoring.see_all": "看全市的企业预警、机会和数据质量",
        "monitoring.verify": "核查预警",
        "monitoring.data": "导入月度数据，处理数据质量问题",
        "monitoring.run": "运行月度研判，调整每周核查量",
    },
    menu=(
        Line("企业监测", "企业预警", "officer:monitor_alert_list", "monitoring.see", "activity"),
        Line("企业监测", "入规机会", "officer:monitor_chances", "monitoring.see_all", "trending-up"),
        Line("企业监测", "数据质量", "officer:monitor_issues", "monitoring.see_all", "list-filter"),
        Line("企业监测", "月度数据", "officer:monitor_upload", "monitoring.data", "upload"),
    ),
    waiting=(
        "sanfu.web.officer.monitoring.alerts.todos",
        "sanfu.web.officer.monitoring.todos.issue_todos",
    ),
    jobs={
        "monitoring.month": JobKind(
            "月度研判",
            "sanfu.enterprise.monitoring.actions.month_piece",
            {"alerts": "预警", "issues": "数据质量问题", "chances": "入规机会"},
            rows=1,
        )
    },
    hears={
        "liaison.found": ("sanfu.enterprise.monitoring.actions.labelled_by_officer",),
        "registry.closed": ("sanfu.enterprise.monitoring.actions.deregistered",),
    },
    tells=(
        Tell(
            "alert.open",
            "dispatched",
            "lead:monitoring.verify",
            "{number} 请核查：{title}",
            "officer:monitor_alert",
        ),
        Tell(
            "alert.light",
            "due",
            "lead:monitoring.verify",
            "{number} {clock}{pressing}：{title}",
            "officer:monitor_alert",
        ),
    ),
    entries=("sanfu.enterprise.monitoring.queries.entries",),
    demo=("sanfu.adapters.demo_monitoring.monitoring",),
    commands={
        "monitor": Command(
            "sanfu.adapters.commandline.monitor",
            "early warning over monthly series: evaluate, learn, world (企业动态监测)",
        )
    },
)
