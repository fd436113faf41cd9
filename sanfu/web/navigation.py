"""The menu of the desk: groups and entries, shown by permission. A room adds its own lines to its group.

An entry whose address does not exist yet is skipped, so rooms can be built in any order; a test lists such
entries in the finished system.
"""

from dataclasses import dataclass
from functools import lru_cache

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from sanfu.web.components.cells import icon


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu. `permission` may be several codes joined by "|"; "" is for everybody signed in."""

    label: str
    url_name: str
    permission: str
    icon: str

    def shown_to(self, permissions: frozenset[str]) -> bool:
        """Whether one of the codes is held."""
        return not self.permission or any(code in permissions for code in self.permission.split("|"))


@dataclass(frozen=True, slots=True)
class Group:
    """One heading of the menu with its entries."""

    label: str
    entries: tuple[Entry, ...]


NAVIGATION: tuple[Group, ...] = (
    Group(
        "工作台",
        (
            Entry("待办中心", "home", "", "inbox"),
        ),
    ),
    Group(
        "诉求办理",
        (
            Entry("诉求工单", "officer:ticket_list", "tickets.see", "message-square"),
            Entry("登记诉求", "officer:ticket_new", "tickets.register", "plus"),
            Entry("批量导入", "officer:ticket_batch", "tickets.import", "upload"),
            Entry("匹配与自动派单", "officer:matching", "tickets.dispatch|match.correct", "target"),
            Entry("督办大屏", "officer:ticket_wall", "tickets.supervise|measure.see", "monitor"),
        ),
    ),
    Group(
        "惠企政策",
        (
            Entry("政策库", "officer:benefit_policies", "benefits.see", "scroll-text"),
            Entry("政策测算", "officer:benefit_simulate", "benefits.simulate|benefits.edit", "sliders-horizontal"),
            Entry("数据就绪度", "officer:benefit_ready", "benefits.see", "gauge"),
            Entry("政策申报", "officer:benefit_claims", "benefits.batch", "clipboard-pen"),
            Entry("兑付批次", "officer:benefit_batches", "benefits.see", "banknote"),
            Entry("企业档案", "officer:benefit_firms", "benefits.see", "building-2"),
            Entry("政策明白卡", "firm:benefit_card", "benefits.own", "id-card"),
        ),
    ),
    Group(
        "一件事联办",
        (
            Entry("联办分支", "officer:branch_list", "scenes.see", "git-branch"),
            Entry("联办申请", "officer:application_list", "scenes.see", "clipboard-list"),
            Entry("证照墙", "officer:permits", "scenes.see", "grid-2x2"),
            Entry("设计与实际", "officer:scene_results", "scenes.see", "git-compare"),
            Entry("事项目录", "officer:catalogue", "scenes.see", "list-tree"),
            Entry("代办与申请", "firm:scene_index", "scenes.apply", "send"),
        ),
    ),
    Group(
        "履职清单",
        (
            Entry("履职任务", "officer:duty_tasks", "duties.see", "clipboard-list"),
            Entry("发文预检", "officer:duty_documents", "duties.precheck", "file-search"),
            Entry("异议裁定", "officer:duty_objections", "duties.see", "gavel"),
            Entry("裁定先例", "officer:duty_precedents", "duties.see", "book-open"),
            Entry("职责准入", "officer:duty_admissions", "duties.see", "file-plus"),
            Entry("履职清单", "officer:duty_lists", "duties.see|lists.approve", "list-checks"),
            Entry("负担地图", "officer:duty_burden", "duties.see", "layout-grid"),
            Entry("清单评价", "officer:duty_evaluation", "duties.see", "gauge"),
        ),
    ),
    Group(
        "岗位",
        (
            Entry("岗位全量表", "officer:post_tables", "posts.see", "users"),
        ),
    ),
    Group(
        "评价",
        (
            Entry("指标总览", "leader:figures", "measure.see", "chart-column"),
            Entry("指标大屏", "leader:figures_wall", "measure.see", "monitor"),
        ),
    ),
    Group(
        "清单管理",
        (
            Entry("责任清单", "manage:list_index", "lists.see", "list-checks"),
            Entry("导入清单", "manage:list_import_new", "lists.edit", "upload"),
            Entry("导入记录", "manage:list_imports", "lists.see", "history"),
        ),
    ),
    Group(
        "系统管理",
        (
            Entry("账号与任职", "manage:accounts", "people.manage", "users"),
            Entry("组织机构", "manage:units", "people.manage", "building-2"),
            Entry("后台任务", "manage:jobs", "system.manage", "activity"),
            Entry("留痕校验", "manage:verifications", "records.verify", "shield-check"),
            Entry("组件总览", "design", "system.manage", "puzzle"),
        ),
    ),
)  # fmt: skip


@lru_cache(maxsize=512)
def address_of(url_name: str) -> str | None:
    """The path of a named route without arguments, or None while it does not exist."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None


@dataclass(frozen=True, slots=True)
class Shown:
    """A menu entry as one reader sees it."""

    label: str
    url: str
    icon: str


@lru_cache(maxsize=512)
def menu(permissions: frozenset[str]) -> tuple[tuple[str, tuple[Shown, ...]], ...]:
    """The groups that somebody with these permissions sees; groups without entries are left out."""
    groups = []
    for group in NAVIGATION:
        shown = tuple(
            Shown(entry.label, address, entry.icon)
            for entry in group.entries
            if entry.shown_to(permissions) and (address := address_of(entry.url_name))
        )
        if shown:
            groups.append((group.label, shown))
    return tuple(groups)


def current(permissions: frozenset[str], path: str) -> str:
    """The menu address that a path belongs to: the longest one it starts with, or nothing."""
    addresses = [entry.url for _, entries in menu(permissions) for entry in entries]
    return max((a for a in addresses if path.startswith(a)), key=len, default="")


@lru_cache(maxsize=2048)
def menu_html(permissions: frozenset[str], marked: str) -> SafeString:
    """The menu as HTML with one address marked; the same for every page of an entry, so it is kept."""
    return format_html_join(
        "",
        "<h2>{}</h2><ul>{}</ul>",
        (
            (
                label,
                format_html_join(
                    "",
                    '<li><a href="{}"{}>{}<span>{}</span></a></li>',
                    (
                        (
                            e.url,
                            mark_safe(' aria-current="page"' if e.url == marked else ""),
                            icon(e.icon),
                            e.label,
                        )
                        for e in entries
                    ),
                ),
            )
            for label, entries in menu(permissions)
        ),
    )


@dataclass(frozen=True, slots=True)
class Door:
    """One large entry of the public portal; hidden until its page exists."""

    label: str
    say: str
    url_name: str
    icon: str


DOORS = (
    Door("我要诉求", "反映问题、咨询建议", "citizen:ask", "message-square-text"),
    Door("查进度", "凭编号和查询码", "citizen:progress", "search"),
    Door("惠企政策", "能享受什么、差什么", "citizen:benefit_list", "hand-coins"),
    Door("一件事", "多件事一次办成", "citizen:scene_list", "workflow"),
    Door("公开清单", "谁该管、多久办好", "citizen:list_index", "list-checks"),
)


def open_doors() -> list[tuple[Door, str]]:
    """The doors whose pages exist, with their addresses."""
    return [(door, address) for door in DOORS if (address := address_of(door.url_name))]
