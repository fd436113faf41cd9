"""房间清单 (manifest): what a room brings to the house, as plain data. Every shared table is collected from these.

A room's `room.py` holds one `Room`. What lies above the room (its pages, its demo seed) is named by dotted strings and
imported when it is needed, so a manifest imports nothing but this module and the settings can read all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
# The layers of the house from below; a domain holds rooms in folders of its own.
LAYERS = (
    *("records", "people", "lists", "match", "cases"),
    *("grassroots", "enterprise", "projects"),
    *("measure", "adapters", "web"),
)
DOMAINS = ("grassroots", "enterprise", "projects")
KIND_LENGTH = 10  # letters of the code of a case kind: the width of the column


@dataclass(frozen=True, slots=True)
class CaseKind:
    """办件种类: one kind of case that a room opens.

    code: at most 10 letters, the same in the column `kind` and before every event ("ticket.dispatch").
    number: the first letters of its numbers (诉求工单 SQ2026000123); "" when the number comes from another case.
    flow: dotted name of its `Flow`; scope: dotted name of its `Parts`, which decide who sees a case of it.
    seen: dotted function (actor, day) → the cases somebody sees, where that is more than its scope says.
    page: route of one case on the desk, by its id ("officer:ticket"); act: route of one event of it, by id and event
    ("officer:ticket_act"), or "" where the page has buttons of its own.
    elsewhere: events that page has no button for, as they have a form of their own, are a firm's, or follow from others.
    """

    code: str
    label: str
    number: str
    flow: str
    scope: str
    seen: str = ""
    page: str = ""
    act: str = ""
    elsewhere: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.code.isidentifier() or len(self.code) > KIND_LENGTH:
            raise ValueError(f"case kind {self.code!r}: a word of at most {KIND_LENGTH} letters")

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class JobKind:
    """任务种类: one kind of background job.

    `piece` is the dotted function (job, begin, end) → what to add to the job's result; `results` names in Chinese what
    it adds up; `not_again` says why such a job is not tried again, and is empty when it goes on where it stopped.
    `rows` is how many rows one transaction takes.
    """

    label: str
    piece: str
    results: Mapping[str, str] = field(default_factory=dict)
    not_again: str = ""
    rows: int = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the menu. `permission` may be several codes joined by "|"; "" is for everybody signed in.

    `url_name` is a route without arguments ("officer:ticket_list"); `icon` a name of the icon sheet (`/design/`).
    """

    group: str
    label: str
    url_name: str
    permission: str
    icon: str

    def shown_to(self, permissions: frozenset[str]) -> bool:
        """Whether one of the codes is held."""
        return not self.permission or any(code in permissions for code in self.permission.split("|"))


@dataclass(frozen=True, slots=True)
class Door:
    """One large entry of the public portal; doors stand in the order of `rank`."""

    label: str
    say: str
    url_name: str
    icon: str
    rank: int = 50
    signed_in: bool = False  # only who is signed in sees it


@dataclass(frozen=True, slots=True)
class Sweep:
    """巡查: work that comes round. `does` is the dotted function (*, region, by, at) → how many rows it changed.

    name: stays the same for ever, the queue knows the task by it. label: who acts, as the record says it.
    cron: in UTC ("10 16 * * *" is ten past midnight in China).
    """

    name: str
    label: str
    cron: str
    does: str


@dataclass(frozen=True, slots=True)
class Tell:
    """消息: which event of a case becomes a message, to whom, in which words, with which page.

    event: its kind ("ticket.dispatch"). kind: code of a `MessageKind`, by which people choose what they hear.
    to: "lead:permission" (who holds it in the leading unit), "units:permission" (in any unit that has a part),
    "county:permission", "applicant" or "firm". words: with {number}, {title}, {by}, {pressing} and keys of the event.
    page: route of the thing; its argument is the case unless `of_case` is False.
    """

    event: str
    kind: str
    to: str
    words: str
    page: str
    of_case: bool = True


@dataclass(frozen=True, slots=True)
class Finder:
    """检索: one group of what the search box finds besides cases, which it finds by themselves.

    does: dotted function (actor, words, on, limit) → list of `records.finding.Hit`, only what the actor may see.
    permission: who has the group ("a|b": one of; "": everybody signed in). page: route of the list that takes `q`.
    """

    label: str
    does: str
    permission: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One word of the command line: the dotted module with `configure` and `run`, and one line of help."""

    module: str
    help: str


@dataclass(frozen=True, slots=True)
class Room:
    """A room of the house. Everything but `code` and `label` may stay empty.

    code: the package below sanfu ("enterprise.visits"); its last word is the label of its tables and of its pages.
    order: place among the rooms of its domain, for menu and demo.
    permissions: code → what it lets a person do, in Chinese; `content/people/roles/` says who holds it.
    waiting: dotted functions (actor, now) → lines of the first page (待办中心).
    hears: event kind → dotted functions (event); one may be called again for the same event and then changes nothing.
    tells: which events of its cases become messages (消息).
    row_kinds: dotted names of what `measure` may count here.
    demo: dotted functions (now), called in this order when the demo county is made.
    finders: what the search box (检索) finds here besides cases.
    entries: dotted functions (actor, enterprise ids, before, most) → the newest `most` lines before a moment that this room
    has on a firm's timeline (一企一档), as `sanfu.enterprise.registry.timeline.Entry`; only what the actor may see.
    """

    code: str
    label: str
    order: int = 50
    kinds: tuple[CaseKind, ...] = ()
    permissions: Mapping[str, str] = field(default_factory=dict)
    menu: tuple[Line, ...] = ()
    doors: tuple[Door, ...] = ()
    waiting: tuple[str, ...] = ()
    jobs: Mapping[str, JobKind] = field(default_factory=dict)
    sweeps: tuple[Sweep, ...] = ()
    hears: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tells: tuple[Tell, ...] = ()
    row_kinds: tuple[str, ...] = ()
    demo: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    finders: tuple[Finder, ...] = ()
    commands: Mapping[str, Command] = field(default_factory=dict)

    @property
    def package(self) -> str:
        """The dotted package of the room, which is its Django app as well."""
        return f"sanfu.{self.code}"

    @property
    def name(self) -> str:
        """The last word of the code: label of its tables, folder of its pages."""
        return self.code.rpartition(".")[2]

    @property
    def domain(self) -> str:
        """The domain that the room belongs to, or "" for a room that all domains stand on."""
        return self.code.rpartition(".")[0]


@cache
def all_rooms() -> tuple[Room, ...]:
    """Every room whose folder has a `room.py`, from the foundation up, those of a domain by their `order`."""
    found: list[Room] = []
    for layer in LAYERS:
        folders = sorted((HOUSE / layer).iterdir()) if layer in DOMAINS else [HOUSE / layer]
        rooms = [_room(folder) for folder in folders if (folder / "room.py").is_file()]
        found += sorted(rooms, key=lambda room: (room.order, room.code))
    return tuple(found)


def _room(folder: Path) -> Room:
    code = ".".join(folder.relative_to(HOUSE).parts)
    room: Room = import_module(f"sanfu.{code}.room").ROOM
    if room.code != code:
        raise ValueError(f"{folder / 'room.py'} says it is {room.code!r}, its folder says {code!r}")
    return room
