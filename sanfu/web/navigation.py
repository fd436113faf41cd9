"""The menu of the desk: headings and lines, shown by permission. A room's lines are in its manifest.

An entry whose address does not exist yet is skipped, so rooms can be built in any order; a test lists such
entries in the finished system.
"""

from dataclasses import dataclass
from functools import cache, lru_cache

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from sanfu.records.manifest import Door, Line
from sanfu.records.wires import rooms
from sanfu.web.components.cells import icon

FIRST, LAST = ("工作台", "诉求办理"), ("评价", "清单管理", "系统管理")


@dataclass(frozen=True, slots=True)
class Group:
    """One heading of the menu with its lines."""

    label: str
    entries: tuple[Line, ...]


@cache
def navigation() -> tuple[Group, ...]:
    """The whole menu: the lines of all rooms under their headings, everybody's first and administration last."""
    lines: dict[str, list[Line]] = {label: [] for label in FIRST}
    for room in rooms():
        for line in room.menu:
            lines.setdefault(line.group, []).append(line)
    middle = [label for label in lines if label not in LAST]
    return tuple(Group(label, tuple(lines[label])) for label in (*middle, *LAST) if lines.get(label))


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
    for group in navigation():
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


def open_doors(*, signed_in: bool) -> list[tuple[Door, str]]:
    """The doors whose pages exist, with their addresses; those of one's own only when signed in."""
    doors = sorted(
        (door for room in rooms() for door in room.doors if signed_in or not door.signed_in),
        key=lambda door: door.rank,
    )
    return [(door, address) for door in doors if (address := address_of(door.url_name))]
