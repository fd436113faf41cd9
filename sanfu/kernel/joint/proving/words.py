"""Words proved again: what the guide says of items, limits, prerequisites and answers stands in its input."""

from collections.abc import Iterator, Mapping
from typing import Any

from sanfu.kernel.joint.proving.reread import Row, limit_of, many, name_of, needs_of, plain
from sanfu.kernel.joint.proving.subject import CALENDAR_WORDS, Subject

FORMAT = "sanfu-guide/2"


class Words:
    def __init__(self, subject: Subject) -> None:
        self.of = subject
        self.guide = subject.guide
        self.bundle: Row = subject.input["bundle"]
        self.items = {row["id"]: row for row in subject.input["items"]}

    def objections(self) -> Iterator[str]:
        yield from self._head()
        for row in self.guide["items"]:
            yield from self._item(row, self.of.rows[row["id"]])
        yield from self._names()
        yield from self._open()
        yield from self._outside()
        yield from self._chosen()

    def _head(self) -> Iterator[str]:
        if self.guide["format"] != FORMAT:
            yield f"格式应为 {FORMAT}，指南写 {self.guide['format']}；较早的指南请重新编译"
        for key, wanted in (("bundle", self.bundle.get("id")), ("name", name_of(self.bundle))):
            if self.guide[key] != wanted:
                yield f"{key} 应为 {wanted}，指南写 {self.guide[key]}"
        lead = str(self.bundle.get("lead", ""))
        if self.guide["lead"] != self.departments.get(lead, lead):
            yield f"牵头部门应为 {self.departments.get(lead, lead)}"
        if [row["id"] for row in self.guide["items"]] != list(self.of.rows):
            yield "事项的次序与目录不符"
        if [row["id"] for row in self.guide["schedule"]] != list(self.of.rows):
            yield "排期的次序与目录不符"

    @property
    def departments(self) -> Row:
        found: Row = self.of.input.get("departments", {})
        return found

    def _item(self, told: Row, raw: Row) -> Iterator[str]:
        dept = str(raw.get("dept", ""))
        wanted: dict[str, Any] = {
            "name": name_of(raw),
            "kind": raw.get("kind", ""),
            "dept": dept,
            "dept_name": self.departments.get(dept, dept),
            "because": _text(raw.get("when")),
            "results": [str(r) for r in many(raw.get("out"))],
            "visits": int(raw.get("visits") or 0),
            "special": many(raw.get("special")),
        }
        for key, value in wanted.items():
            if told[key] != value:
                yield f"{told['id']} 的 {key} 应为 {value}，指南写 {told[key]}"
        yield from self._limit(told["id"], "法定时限", told["statutory"], _limit(limit_of(raw)))
        yield from self._limit(told["id"], "承诺时限", told["promised"], self._promised(told["id"], raw))
        needs = [
            {
                "any_of": [str(r) for r in many(need.get("any_of") or need.get("r"))],
                "mode": need.get("mode", "hard"),
                "basis": str(need.get("src", "")),
                "when": _text(need.get("when")),
                "note": need.get("note", ""),
            }
            for need in needs_of(raw)
        ]
        if told["prerequisites"] != needs:
            yield f"{told['id']} 的前置与目录不符"

    def _promised(self, code: str, raw: Row) -> Row:
        if isinstance(raw.get("prom"), Mapping):
            return _limit(raw["prom"])
        runs_on = self.of.promised_runs_on(code)
        unit = raw.get("prom_u") or ("day" if runs_on else "wd")
        amount = raw["prom"] if raw.get("prom") is not None else self.of.promised(code)
        return _limit({"v": amount, "u": unit, "count_as": "day" if unit == "day" else "wd"})

    def _limit(self, code: str, label: str, told: Row, wanted: Row) -> Iterator[str]:
        for key, value in wanted.items():
            if told[key] != value:
                yield f"{code} 的{label} {key} 应为 {value}，指南写 {told[key]}"

    def _names(self) -> Iterator[str]:
        """Names beside codes, wherever they are repeated."""
        for row in self.guide["schedule"]:
            if row["name"] != name_of(self.of.rows[row["id"]]):
                yield f"排期中 {row['id']} 的名称与目录不符"
        for row in (*self.guide["materials"]["kept"], *self.guide["materials"]["dropped"]):
            if row["name"] != self.of.materials[row["id"]]["n"]:
                yield f"材料 {row['id']} 的名称与字典不符"

    def _open(self) -> Iterator[str]:
        """Items that cannot be said yet, and the questions that are left."""
        listed = [str(code) for code in self.bundle["items"]]
        pending = [code for code in listed if self.of.holds(self.items[code].get("when")) is None]
        rows = [
            {"id": code, "name": name_of(self.items[code]), "when": _text(self.items[code].get("when"))}
            for code in pending
        ]
        if self.guide["items_pending"] != rows:
            yield f"尚不能确定的事项应为 {rows}"
        known = [str(q.get("id", "")) for q in many(self.bundle.get("questions"))]
        asked = [row["id"] for row in self.guide["questions"]]
        if len(set(asked)) != len(asked) or set(asked) - (set(known) - set(self.of.answers)):
            yield "待问的情形问题与目录不符"
        if pending and not asked:
            yield f"{pending} 尚不能确定，却没有要问的问题"

    def _outside(self) -> Iterator[str]:
        """Prerequisites that no item of this guide produces."""
        wanted = []
        for code, row in self.of.rows.items():
            for need in needs_of(row):
                mode, results = (
                    need.get("mode", "hard"),
                    [str(r) for r in many(need.get("any_of") or need.get("r"))],
                )
                if mode == "gate" or self.of.holds(need.get("when")) is not True:
                    continue
                if mode == "soft" and set(results) <= self.of.lifted(code):
                    continue
                if not any(set(self.of.makers.get(result, ())) - {code} for result in results):
                    wanted.append({"item": code, "results": results, "mode": mode})
        if self.guide["held_before"] != wanted:
            yield "须事先具备的前置结果与目录不符"

    def _chosen(self) -> Iterator[str]:
        """Pre-reviews and lifted waits name items of the bundle."""
        listed = {str(code) for code in self.bundle["items"]}
        if self.guide["share"] not in ("on", "off"):
            yield f"部门数据共享应为 on 或 off，指南写 {self.guide['share']}"
        for key, label in (("prereview", "预审"), ("waive", "放行")):
            if set(self.guide[key]) - listed:
                yield f"{label}的事项不在本件事中：{sorted(set(self.guide[key]) - listed)}"
        for row in self.guide["schedule"]:
            if row["prereviewed"] != (row["id"] in self.guide["prereview"]):
                yield f"{row['id']} 的预审标记与指南不符"


def _text(condition: Any) -> str:
    return "" if condition in (None, True) else str(condition)


def _limit(row: Row) -> Row:
    unit = row.get("u", "wd" if row else "none")
    runs_on = unit == "day" and row.get("count_as", "wd") in CALENDAR_WORDS
    return {
        "value": round(float(row.get("v") or 0), 2),
        "unit": unit,
        "count_as": "day" if runs_on else "wd",
        "extension": round(float(row.get("ext") or 0), 2),
        "basis": str(row.get("src", "")),
        "note": row.get("note", ""),
        "shown": _shown(unit, round(float(row.get("v") or 0), 2), runs_on),
    }


def _shown(unit: str, value: float, runs_on: bool) -> str:
    """3个工作日, 30个自然日, 即时, 无时限."""
    if unit in ("instant", "none"):
        return "即时" if unit == "instant" else "无时限"
    return f"{plain(value)}{'个自然日' if runs_on else '日' if unit == 'day' else '个工作日'}"
