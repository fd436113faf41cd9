"""履职事项清单: the duty list of one town, its items, and what a reader noticed on the way in."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sanfu.kernel.flow import Labelled


class ListType(Labelled):
    """The three lists (三张清单)."""

    BASIC = "基本", "基本履职", "info"
    COOPERATE = "配合", "配合履职", "warn"
    RECALLED = "收回", "上级收回"


@dataclass(frozen=True)
class DepartmentDuty:
    """One department with its own duty text; a 配合 item often has several (对应上级部门、上级部门职责)."""

    department: str
    text: str


@dataclass(frozen=True)
class DutyItem:
    """One row of a published list (履职事项)."""

    code: str
    list_type: ListType
    category: str
    name: str
    departments: tuple[DepartmentDuty, ...] = ()
    town_duty: str = ""  # 镇（街道）配合职责; empty on 基本 and 收回
    method: str = ""  # 工作方式 of a 收回 item
    recall_reason: str = ""
    keywords: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()  # 依据, as written
    row: int = 0  # 1-based row or line of the source

    @property
    def superior_duty(self) -> str:
        """All departments' duty texts, joined for searching."""
        return "；".join(duty.text for duty in self.departments if duty.text)

    @property
    def department_names(self) -> str:
        return "、".join(duty.department for duty in self.departments if duty.department)

    def fields(self) -> dict[str, str]:
        """The texts that evidence may point into, by field name."""
        texts = {
            "name": self.name,
            "superior_duty": self.superior_duty,
            "town_duty": self.town_duty,
            "method": self.method,
            "keywords": " ".join(self.keywords),
        }
        return {name: text for name, text in texts.items() if text}


@dataclass(frozen=True)
class DutyList:
    """One version of a town's three lists. `mark` keeps 演示 visible wherever the list is shown."""

    town: str
    items: tuple[DutyItem, ...]
    version: str = ""
    mark: str = ""

    def __iter__(self) -> Iterator[DutyItem]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def by_code(self, code: str) -> DutyItem | None:
        return next((item for item in self.items if item.code == code), None)

    def of_type(self, list_type: ListType) -> tuple[DutyItem, ...]:
        return tuple(item for item in self.items if item.list_type is list_type)


@dataclass(frozen=True)
class RowNote:
    """What happened to one row of a source: read, repaired, or refused with the reason and the remedy."""

    row: int
    status: str  # read | repaired | skipped | refused
    what: str
    why: str = ""
    what_to_do: str = ""


@dataclass(frozen=True)
class Reading:
    """A list as read together with its row-by-row report; nothing of the source is dropped silently."""

    duty_list: DutyList
    notes: tuple[RowNote, ...] = field(default_factory=tuple)

    def count(self, status: str) -> int:
        return sum(note.status == status for note in self.notes)


class UnreadableList(ValueError):
    """The source is not a duty list; the message says what, why and what to do."""
