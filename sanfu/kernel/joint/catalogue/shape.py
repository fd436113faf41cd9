"""The shape of catalogue data before anything is read from it: what must be a list, a number, a day.

What can mean only one thing is written in its usual form (工作日 → wd, one row where a list of one is meant);
everything else is a fault with the place where it stands.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sanfu.kernel.joint.catalogue.problems import Problem

Raw = Mapping[str, Any]
UNIT_WORDS = {
    "工作日": "wd", "个工作日": "wd", "workday": "wd", "workdays": "wd", "working_day": "wd", "working days": "wd",
    "日": "day", "天": "day", "days": "day", "即时": "instant", "即办": "instant", "当场": "instant",
    "无": "none", "无时限": "none",
}  # fmt: skip
CALENDAR_UNITS = ("自然日", "日历日", "calendar_day", "calendar day", "calendar_days", "natural_day")
SCALARS = (str, int, float, bool, date, datetime)


class Shape:
    """Reads raw rows into their usual form and collects what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def fault(self, where: str, message: str) -> None:
        self.problems.append(Problem("shape", where, message))

    def catalog(self, raw: Raw) -> dict[str, Any]:
        """The whole file; parts that cannot be read are left out and named."""
        whole = dict(raw)
        for key in ("sources", "departments", "fields", "materials"):
            whole[key] = self.dictionary(key, raw.get(key))
        whole["items"] = [self.item(row) for row in self.rows("items", raw.get("items"))]
        whole["bundles"] = [self.bundle(row) for row in self.rows("bundles", raw.get("bundles"))]
        for code, row in _pairs(whole["sources"]):
            for day in ("effective", "repealed") if isinstance(row, Mapping) else ():
                self._day(str(code), day, row.get(day))
        for code, row in _pairs(whole["materials"]):
            if isinstance(row, Mapping):
                self._names(str(code), row, ("get", "any_of"))
                self._scalar(str(code), row, ("dup_of",))
        return whole

    # ── lists and dictionaries ──
    def dictionary(self, key: str, value: Any) -> Any:
        if value is None or isinstance(value, Mapping):
            return value or {}
        if isinstance(value, list) and all(isinstance(row, Mapping) and "id" in row for row in value):
            return value
        self.fault(key, "应写成“编码: 内容”的字典，或每项带 id 的列表")
        return {}

    def rows(self, key: str, value: Any) -> list[dict[str, Any]]:
        """Rows with an id, also when written as a dictionary of codes."""
        if isinstance(value, Mapping):
            value = [{"id": k, **v} if isinstance(v, Mapping) else v for k, v in value.items()]
        if value is not None and not isinstance(value, list):
            self.fault(key, "应为列表，每项一行")
            return []
        found = []
        for place, row in enumerate(value or [], 1):
            if isinstance(row, Mapping):
                code = row.get("id")
                found.append({**row, "id": str(code) if isinstance(code, SCALARS) else ""})
            else:
                self.fault(f"{key} 第 {place} 项", f"应为带 id 的一行，收到{_said(row)}")
        return found

    # ── one item ──
    def item(self, row: dict[str, Any]) -> dict[str, Any]:
        code = row["id"] or "没有编码的事项"
        self._names(code, row, ("f", "m", "out"))
        self._scalar(code, row, ("n", "kind", "dept", "when"))
        for day in ("effective", "ends"):
            self._day(code, day, row.get(day))
        own = {
            "needs": self._needs(code, row.get("needs")),
            "visits": self._count(code, "visits", row.get("visits")),
            "special": self._mappings(code, "special", row.get("special")),
        }
        for key in ("m_when", "m_get"):
            if row.get(key) is not None and not isinstance(row[key], Mapping):
                self.fault(code, f"{key} 应写成“材料: 内容”，收到{_said(row[key])}")
                own[key] = None
        for key in ("stat", "prom"):
            if row.get(key) is not None:
                own[key] = self._term(code, key, row[key])
        if row.get("prom_u") is not None:
            own["prom_u"] = self._unit(row["prom_u"])[0]
        return {**row, **{key: value for key, value in own.items() if key in row}}

    def _needs(self, code: str, value: Any) -> Any:
        needs = value if isinstance(value, list) else [] if value is None else [value]
        for need in needs:
            if isinstance(need, Mapping):
                self._names(code, need, ("r", "any_of"))
                self._scalar(code, need, ("mode", "src", "when", "note"))
                if not (need.get("r") or need.get("any_of")):
                    self.problems.append(Problem("missing", code, "有一条前置没有写结果 r 或 any_of"))
            elif not isinstance(need, str):
                self.fault(code, f"前置应写成结果编码或 {{r: 结果}}，收到{_said(need)}")
        return needs

    def _term(self, code: str, key: str, value: Any) -> Any:
        """A limit: a number of working days, or `{v: 20, u: wd}` with the unit in its usual word."""
        if not isinstance(value, Mapping):
            return self._rounded(value)
        self._scalar(code, value, ("v", "u", "count_as", "src", "ext", "note", "inside"))
        unit, calendar = self._unit(value.get("u", "wd"))
        row = {**value, "u": unit}
        if calendar:
            row["count_as"] = "day"
        return {**row, **{k: self._rounded(row[k]) for k in ("v", "ext") if k in row}}

    @staticmethod
    def _unit(value: Any) -> tuple[Any, bool]:
        word = str(value).strip().lower()
        return ("day", True) if word in CALENDAR_UNITS else (UNIT_WORDS.get(word, value), False)

    @staticmethod
    def _rounded(value: Any) -> Any:
        """Days to two decimals, as guides show them; what is no number is left for the reader to refuse."""
        return round(value, 2) if isinstance(value, float) and value == value else value

    # ── one bundle ──
    def bundle(self, row: dict[str, Any]) -> dict[str, Any]:
        code = row["id"] or "没有编码的一件事"
        self._names(code, row, ("items", "pre_review"))
        self._scalar(code, row, ("n", "lead", "t0", "prereview_days"))
        for key in ("milestone", "national"):
            if row.get(key) is not None and not isinstance(row[key], Mapping):
                self.fault(code, f"{key} 应写成 {{id: …, n: …}}，收到{_said(row[key])}")
                row = {**row, key: None}
        if isinstance(row.get("milestone"), Mapping):
            self._names(code, row["milestone"], ("gates",))
        if row.get("prereview_days") is not None and not _is_number(row["prereview_days"]):
            self.fault(code, f"prereview_days 应为天数，收到{_said(row['prereview_days'])}")
            row = {**row, "prereview_days": 1}
        if row.get("cap") is not None:
            row = {**row, "cap": self._term(code, "cap", row["cap"])}
        if "questions" in row:
            row = {**row, "questions": self._questions(code, row["questions"])}
        return row

    def _questions(self, code: str, value: Any) -> list[Any]:
        found = []
        for row in self._mappings(code, "questions", value):
            name = str(row.get("id") or "")
            if not name:
                self.problems.append(
                    Problem("missing", code, f"有一个情形问题没有编码 id:{row.get('n', '')}")
                )
                continue
            shares = row.get("p") or []
            if not isinstance(shares, list) or not all(_is_number(p) for p in shares):
                self.fault(f"{code}/{name}", f"p 应为各答案占比的列表，收到{_said(shares)}")
                row = {k: v for k, v in row.items() if k != "p"}
            found.append({**row, "id": name})
        return found

    # ── small parts ──
    def _names(self, code: str, row: Raw, keys: tuple[str, ...]) -> None:
        for key in keys:
            value = row.get(key)
            for one in value if isinstance(value, (list, tuple)) else [value]:
                if one is not None and not isinstance(one, SCALARS):
                    self.fault(code, f"{key} 应为编码的列表，收到{_said(one)}")

    def _scalar(self, code: str, row: Raw, keys: tuple[str, ...]) -> None:
        for key in keys:
            if row.get(key) is not None and not isinstance(row[key], SCALARS):
                self.fault(code, f"{key} 应为一个值，收到{_said(row[key])}")

    def _mappings(self, code: str, key: str, value: Any) -> list[Any]:
        rows = value if isinstance(value, list) else [] if value is None else [value]
        for row in rows:
            if not isinstance(row, Mapping):
                self.fault(code, f"{key} 的每一项应写成“名称: 内容”，收到{_said(row)}")
        return [row for row in rows if isinstance(row, Mapping)]

    def _count(self, code: str, key: str, value: Any) -> int:
        if value is None or (_is_number(value) and float(value) >= 0 and float(value).is_integer()):
            return int(float(value or 0))
        self.fault(code, f"{key} 应为 0 或正整数，收到{_said(value)}")
        return 0

    def _day(self, code: str, key: str, value: Any) -> None:
        try:
            date.fromisoformat(str(value)) if value else None
        except ValueError:
            self.fault(code, f"{key} 应为日期，如 2026-08-15，收到{_said(value)}")


def _pairs(value: Any) -> list[tuple[Any, Any]]:
    """Codes with their rows, of a dictionary or of a list of rows with ids."""
    return list(value.items()) if isinstance(value, Mapping) else [(row["id"], row) for row in value]


def _is_number(value: Any) -> bool:
    check: Callable[[Any], float] = float
    try:
        return not isinstance(value, bool) and abs(check(value)) < 1e9
    except (TypeError, ValueError):
        return False


def _said(value: Any) -> str:
    """What was written, short; nested data only by its kind, for aliases can make it endless."""
    if isinstance(value, SCALARS):
        return f"“{str(value)[:40]}”"
    return "字典" if isinstance(value, Mapping) else "空" if value is None else "列表"
