"""The catalogue as checked data: items, materials, fields, results, prerequisites, bundles.

Nothing here decides anything. `load` builds these from the import form and refuses what cannot work.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sanfu.kernel.joint.catalogue.conditions import Condition

# How a legal basis was checked, and the mark that a page shows for it.
CONFIDENCE = {"text": "已核", "excerpt": "节选", "memory": "待核", "design": "设计"}
UNITS = ("wd", "day", "instant", "none")
COUNT_AS = ("wd", "day")
MODES = ("hard", "soft", "gate")
# Ways by which an applicant need not bring a material, in the order they are tried.
FREE_WAYS = ("form", "share", "promise")
OWN_WAYS = ("submit", "defer")


@dataclass(frozen=True, slots=True)
class Source:
    """One legal text (依据) with the days between which it binds."""

    code: str
    title: str
    how: str
    effective: date | None = None
    repealed: date | None = None
    replaced_by: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field (字段) of the data dictionary."""

    id: str
    name: str
    kind: str
    share: str | None = None
    derived_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """One material (材料): `ways` in which it can be had, or alternatives of which any one serves."""

    id: str
    name: str
    ways: tuple[str, ...]
    any_of: tuple[str, ...] = ()
    duplicate_of: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """A prerequisite (前置): any one of `results`. hard 法定, soft 工作需要, gate 只卡里程碑."""

    results: tuple[str, ...]
    mode: str
    source: str
    when: Condition | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A time limit (时限) in its own unit; `calendar_days` tells whether it runs on through holidays."""

    value: float
    unit: str
    source: str = ""
    count_as: str = "wd"
    extension: float = 0
    note: str = ""
    inside: str | None = None  # the limit is part of that item's limit and must not be counted twice

    @property
    def calendar_days(self) -> bool:
        return self.unit == "day" and self.count_as == "day"

    @property
    def amount(self) -> float:
        """The length that counts for schedules: nothing for instant and unlimited items."""
        return self.value if self.unit in ("wd", "day") else 0


@dataclass(frozen=True, slots=True)
class Requirement:
    """An item asks for a material, perhaps only in some situations, perhaps obtained in its own way."""

    material: str
    when: Condition | None
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One item (事项) of one department."""

    id: str
    name: str
    kind: str
    dept: str
    when: Condition | None
    statutory: Term
    promised: Term
    needs: tuple[Need, ...]
    fields: tuple[str, ...]
    materials: tuple[Requirement, ...]
    results: tuple[str, ...]
    visits: int
    soft_waived: bool = False
    special: tuple[Mapping[str, Any], ...] = ()
    sources: tuple[str, ...] = ()
    effective: date | None = None  # 施行日: first day on which the item is done
    ends: date | None = None  # 停办日: first day on which it no longer is


@dataclass(frozen=True, slots=True)
class Question:
    """A situation question (情形): its answers in order, their usual shares, and how data may answer it."""

    id: str
    text: str
    answers: tuple[tuple[Any, str], ...]
    prior: tuple[float, ...]
    derive: str = ""
    rules: tuple[tuple[Condition, Any], ...] = ()

    @property
    def values(self) -> tuple[Any, ...]:
        return tuple(value for value, _ in self.answers)

    def label(self, value: Any) -> str:
        return next((label for known, label in self.answers if known == value), str(value))


@dataclass(frozen=True, slots=True)
class Implication:
    """`when` makes `question` equal `value`; IRRELEVANT says that its answer no longer matters."""

    text: str
    when: Condition
    question: str
    value: Any


IRRELEVANT = "irrelevant"


@dataclass(frozen=True, slots=True)
class Bundle:
    """One joint application (一件事): a list of items and the questions that choose among them."""

    id: str
    name: str
    lead: str
    items: tuple[str, ...]
    start: str
    questions: tuple[Question, ...]
    implications: tuple[Implication, ...] = ()
    prereview: tuple[str, ...] = ()
    prereview_days: float = 1  # converting an opinion into a decision; a bundle may state its own
    milestone: Mapping[str, Any] | None = None
    sources: tuple[str, ...] = ()
    cap: Term | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def question(self, name: str) -> Question | None:
        return next((q for q in self.questions if q.id == name), None)


@dataclass(frozen=True, slots=True)
class Catalog:
    """A whole catalogue, checked. `raw` is the input as read: a guide carries its own part of it."""

    sources: Mapping[str, Source]
    departments: Mapping[str, str]
    fields: Mapping[str, Field]
    materials: Mapping[str, Material]
    items: Mapping[str, Item]
    bundles: Mapping[str, Bundle]
    producers: Mapping[str, tuple[str, ...]]
    warnings: tuple[str, ...]
    raw: Mapping[str, Any]
    digest: str = ""  # which catalogue this is: the same for every way of writing the same rows
