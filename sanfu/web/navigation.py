"""The menu of the desk: groups and entries, shown by permission. A room adds its own lines to its group.

An entry whose address does not exist yet is skipped, so rooms can be built in any order; a test lists such
entries in the finished system.
"""

from dataclasses import dataclass
from functools import lru_cache

from django.urls import NoReverseMatch, reverse

from sanfu.records.actor import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu. `permission` may be several codes joined by "|"; "" is for everybody signed in."""

    label: str
    url_name: str
    permission: str
    icon: str

    def shown_to(self, actor: Actor) -> bool:
        """Whether the actor holds one of the codes."""
        return not self.permission or any(actor.may(code) for code in self.permission.split("|"))


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
        ),
    ),
    Group(
        "惠企政策",
        (
        ),
    ),
    Group(
        "一件事联办",
        (
        ),
    ),
    Group(
        "履职清单",
        (
        ),
    ),
    Group(
        "岗位",
        (
        ),
    ),
    Group(
        "评价",
        (
        ),
    ),
    Group(
        "清单管理",
        (
        ),
    ),
    Group(
        "系统管理",
        (
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


@lru_cache(maxsize=256)
def _menu_for(
    permissions: frozenset[str], actor: Actor
) -> tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]:
    groups = []
    for group in NAVIGATION:
        shown = [
            (entry.label, address, entry.icon)
            for entry in group.entries
            if entry.shown_to(actor) and (address := address_of(entry.url_name))
        ]
        if shown:
            groups.append((group.label, tuple(shown)))
    return tuple(groups)


def menu(actor: Actor | None, path: str) -> list[dict[str, object]]:
    """The groups the actor sees, with the entry of the current path marked: the longest address it starts with."""
    if actor is None:
        return []
    groups = _menu_for(actor.permissions, actor)
    addresses = [address for _, entries in groups for _, address, _ in entries if path.startswith(address)]
    current = max(addresses, key=len, default="")
    return [
        {
            "label": label,
            "entries": [
                {"label": text, "url": url, "icon": icon, "current": url == current}
                for text, url, icon in entries
            ],
        }
        for label, entries in groups
    ]


@dataclass(frozen=True, slots=True)
class Door:
    """One large entry of the public portal; hidden until its page exists."""

    label: str
    say: str
    url_name: str
    icon: str


DOORS = (
    Door("我要诉求", "反映问题、咨询建议", "citizen:ticket_new", "message-square-text"),
    Door("查进度", "凭编号和查询码", "citizen:ticket_progress", "search"),
    Door("惠企政策", "能享受什么、差什么", "citizen:benefit_list", "hand-coins"),
    Door("一件事", "多件事一次办成", "citizen:scene_list", "workflow"),
    Door("公开清单", "谁该管、多久办好", "citizen:list_index", "list-checks"),
)


def open_doors() -> list[tuple[Door, str]]:
    """The doors whose pages exist, with their addresses."""
    return [(door, address) for door in DOORS if (address := address_of(door.url_name))]
