"""A sheet of officers or of standing pairs checked line by line, as a county that starts has it; writes nothing."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sanfu.enterprise.liaison.states import PairRole
from sanfu.enterprise.registry.upload import RowError, rows_of
from sanfu.kernel.assigning.reading import languages
from sanfu.kernel.sheets import UnreadableSheet, read_day
from sanfu.people.models import User

MOST_ROWS, MOST_FIRMS, LONGEST_LANGUAGE = 50_000, 5_000, 10
OFFICER_HEADS = {
    "who": ("姓名", "干部姓名", "挂钩干部", "干部", "登录名", "账号", "name"),
    "capacity": ("最多挂钩几户", "承载上限", "上限", "可挂钩户数", "最多户数", "capacity"),
    "unit": ("单位", "所在单位", "干部单位", "unit"),
    "town": ("常驻镇街", "镇街", "所属镇街", "板块", "town"),
    "language": ("外语", "语种", "language"),
}
PAIR_HEADS = {
    "firm": ("企业", "企业名称", "统一社会信用代码", "信用代码", "单位名称", "firm"),
    "main": ("主挂钩干部", "主挂钩", "挂钩干部", "挂钩领导", "挂钩人", "干部", "main"),
    "deputy": ("副挂钩干部", "副挂钩", "deputy"),
    "starts": ("起始日期", "挂钩日期", "开始日期", "起", "starts"),
}
ROLES = {"main": PairRole.MAIN, "deputy": PairRole.DEPUTY}


@dataclass
class CheckedSheet:
    """Rows that can be entered, as columns in JSON; how many say what stands already; every error."""

    total: int
    good: list[dict[str, Any]] = field(default_factory=list)
    standing: int = 0
    errors: list[RowError] = field(default_factory=list)


class People:
    """Officers by login, by name, and by name with their unit; a name that two have is nobody's."""

    def __init__(self, people: Iterable[User]) -> None:
        self.found: dict[str, list[User]] = defaultdict(list)
        for one in people:
            units = (one.organisation.name, one.organisation.short) if one.organisation else ()
            for word in {one.login, one.name, *(f"{one.name}|{unit}" for unit in units)}:
                self.found[word].append(one)

    def named(self, line: int, column: str, said: str, unit: str, errors: list[RowError]) -> User | None:
        """The officer that a cell names, perhaps with the unit beside it; an error of the line when there is none."""
        there = self.found.get(f"{said}|{unit}" if unit else said, []) if said else []
        if len(there) == 1:
            return there[0]
        if there:
            errors.append(RowError(line, column, said, f"有 {len(there)} 位同名干部", "写登录名"))
        else:
            words = f"{unit}没有这位挂钩干部" if unit else "没有这位挂钩干部"
            errors.append(RowError(line, column, said, words, "核对姓名；新干部请管理员先设“挂钩干部”岗位"))
        return None


@dataclass(frozen=True)
class KnownOfficers:
    """What a sheet of officers may name: who holds the post, towns by every name, and (capacity, town, languages) as they stand."""

    people: People
    towns: Mapping[str, UUID]
    standing: Mapping[UUID, tuple[int, UUID | None, frozenset[str]]]


def check_officers(name: str, content: bytes, known: KnownOfficers) -> CheckedSheet:
    """Check a sheet of officers; a row without town or language leaves what stands."""
    rows = rows_of(
        name, content, OFFICER_HEADS, must=("who", "capacity"), each="一位干部", most=MOST_ROWS, none="没有登记任何一位"
    )  # fmt: skip
    checked, seen = CheckedSheet(len(rows)), dict[UUID, int]()
    for line, row in rows:
        errors: list[RowError] = []
        user = known.people.named(line, "姓名", row["who"], row["unit"], errors)
        if user and user.pk in seen:
            errors.append(RowError(line, "姓名", row["who"], f"第{seen[user.pk]}行已有这位干部", "只留一行"))
        capacity = _capacity(line, row["capacity"], errors)
        if row["town"] and row["town"] not in known.towns:
            errors.append(RowError(line, "常驻镇街", row["town"], "没有这个镇街或开发区", "写全称、简称或代码，不清楚就留空"))  # fmt: skip
        spoken = languages(row["language"])
        if any(len(one) > LONGEST_LANGUAGE for one in spoken):
            errors.append(RowError(line, "外语", row["language"], "不是语种", "逐个写明并用顿号分开，如：英语、日语"))  # fmt: skip
        checked.errors += errors
        if user is None:
            continue
        seen.setdefault(user.pk, line)
        if not errors:
            _, town, languages_now = known.standing.get(user.pk, (0, None, frozenset()))
            said = (capacity, known.towns.get(row["town"], town), spoken or languages_now)
            if known.standing.get(user.pk) == said:
                checked.standing += 1
            else:
                checked.good.append({
                    "user": str(user.pk), "capacity": capacity, "languages": sorted(said[2]),
                    "town": str(said[1]) if said[1] else None,
                })  # fmt: skip
    return checked


def _capacity(line: int, said: str, errors: list[RowError]) -> int:
    plain = said.removesuffix("户").strip()
    if plain.isdecimal() and int(plain) <= MOST_FIRMS:
        return int(plain)
    errors.append(
        RowError(line, "最多挂钩几户", said, f"不是 0 到 {MOST_FIRMS:,} 的整数", "只写户数；0 表示不再安排")
    )
    return 0


@dataclass(frozen=True)
class KnownPairs:
    """What a sheet of pairs may name: firms by code and name, officers, who must withdraw, who serves now, the day.

    firms: word → the firms it names. served: (firm, role) → officer. avoid: firm → officers.
    """

    firms: Mapping[str, Collection[UUID]]
    people: People
    avoid: Mapping[UUID, Collection[UUID]]
    served: Mapping[tuple[UUID, str], UUID]
    today: date


def check_pairs(name: str, content: bytes, known: KnownPairs) -> CheckedSheet:
    """Check a sheet of standing pairs; a change of officer is an error, because it needs a hand-over note."""
    rows = rows_of(
        name, content, PAIR_HEADS, must=("firm", "main"), each="一家企业", most=MOST_ROWS, none="没有登记任何一户"
    )  # fmt: skip
    checked, seen = CheckedSheet(len(rows)), dict[UUID, int]()
    for line, row in rows:
        errors: list[RowError] = []
        firm = _firm(line, row["firm"], known, seen, errors)
        said = {
            role: known.people.named(line, f"{role.label}干部", row[key], "", errors)
            for key, role in ROLES.items()
            if row[key]
        }
        starts = _day(line, row["starts"], known.today, errors)
        if not said:
            errors.append(RowError(line, "主挂钩干部", "", "没有写干部", "补上，或删去这一行"))
        new = _new(line, firm, said, known, errors) if firm and all(said.values()) else {}
        checked.errors += errors
        if errors:
            continue
        checked.standing += not new
        if new:
            day = starts.isoformat() if starts else None
            checked.good.append({"enterprise": str(firm), "starts": day, **new})
    return checked


def _firm(
    line: int, said: str, known: KnownPairs, seen: dict[UUID, int], errors: list[RowError]
) -> UUID | None:
    """The firm of a row; two rows of one firm are an error of the second."""
    there = list(known.firms.get(said, ()))
    if len(there) != 1:
        words = "有几家企业同名" if there else "企业档案里没有这家企业，或已注销"
        errors.append(RowError(line, "企业", said, words, "写统一社会信用代码，或先登记企业名录"))
        return None
    if there[0] in seen:
        errors.append(RowError(line, "企业", said, f"第{seen[there[0]]}行已有这家企业", "核对后只留一行"))
    seen.setdefault(there[0], line)
    return there[0]


def _new(
    line: int, firm: UUID, said: Mapping[PairRole, User | None], known: KnownPairs, errors: list[RowError]
) -> dict[str, str]:
    """Role → officer of what does not stand yet; every reason against is an error."""
    new: dict[str, str] = {}
    both = {role: known.served.get((firm, str(role))) for role in PairRole} | {
        role: one.pk for role, one in said.items() if one
    }
    if both[PairRole.MAIN] and both[PairRole.MAIN] == both[PairRole.DEPUTY]:
        errors.append(RowError(line, "副挂钩干部", "", "主、副是同一人", "换一位，或留空"))
    for role, one in said.items():
        held, label = known.served.get((firm, str(role))), f"{role.label}干部"
        if one is None or held == one.pk:
            continue
        if held:
            errors.append(RowError(line, label, one.name, f"这家企业的{role.label}是别人", "换人请在挂钩关系里办理交接"))  # fmt: skip
        elif one.pk in known.avoid.get(firm, ()):
            errors.append(RowError(line, label, one.name, "这位干部须回避这家企业", "换一位"))
        else:
            new[str(role)] = str(one.pk)
    return new


def _day(line: int, said: str, today: date, errors: list[RowError]) -> date | None:
    try:
        day = read_day(said)
    except UnreadableSheet:
        errors.append(RowError(line, "起始日期", said, "不是日期", "写作 2024-03-05，不清楚就留空"))
        return None
    if day and day > today:
        errors.append(RowError(line, "起始日期", said, "晚于今天", "核对，或留空"))
    return day
