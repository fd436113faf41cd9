"""Plain data in the import form → a checked Catalog. Every fault is collected; none is repaired silently.

Import form (keys as in content/services): `sources departments fields materials items bundles`; an item has
`n dept stat prom needs f m out visits`, optional `when m_when m_get special soft_waived prom_u`.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sanfu.kernel.joint.catalogue import check
from sanfu.kernel.joint.catalogue.catalog import (
    COUNT_AS,
    MODES,
    UNITS,
    Bundle,
    Catalog,
    Field,
    Implication,
    Item,
    Material,
    Need,
    Question,
    Requirement,
    Source,
    Term,
)
from sanfu.kernel.joint.catalogue.conditions import Condition, ConditionError, parse
from sanfu.kernel.joint.catalogue.implications import read_implication
from sanfu.kernel.joint.catalogue.problems import CatalogError, Problem
from sanfu.kernel.joint.catalogue.shape import Shape
from sanfu.kernel.joint.seal import digest_of

Raw = Mapping[str, Any]
CALENDAR_WORDS = ("cal", "calendar", "natural")  # other ways to write count_as: day
SOURCE_CODE = re.compile(r"[A-Z][A-Z0-9_]*")


def load(raw: Raw) -> Catalog:
    """Build and check the catalogue. CatalogError with all problems when any is fatal."""
    shape = Shape()
    usual = shape.catalog(raw)
    if shape.problems:
        raise CatalogError(shape.problems)
    return _Loader(usual).catalog()


def as_list(value: Any) -> list[Any]:
    """One or many, written either way."""
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def as_day(value: Any) -> date | None:
    return date.fromisoformat(str(value)) if value else None


class _Loader:
    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.problems: list[Problem] = []
        self.warnings: list[str] = []

    def catalog(self) -> Catalog:
        fields = {k: self.field(k, v) for k, v in self.mapping("fields").items()}
        materials = {k: self.material(k, v or {}) for k, v in self.mapping("materials").items()}
        sources = {k: self.source(k, v) for k, v in self.mapping("sources").items()}
        items = self.unique("items", self.item)
        bundles = self.unique("bundles", self.bundle)
        producers: dict[str, list[str]] = {}
        for item in items.values():
            for result in item.results:
                producers.setdefault(result, []).append(item.id)
        departments = {str(k): _name(k, v) for k, v in self.mapping("departments").items()}
        catalog = Catalog(
            sources, departments, fields, materials, items, bundles,
            {r: tuple(ids) for r, ids in producers.items()}, tuple(self.warnings), self.raw,
            digest_of(self.raw),
        )  # fmt: skip
        if not items:
            self.fault("missing", "items", "目录里没有任何事项")
        problems = self.problems + check.problems(catalog)
        if problems:
            raise CatalogError(problems)
        return catalog

    def mapping(self, key: str) -> Raw:
        value = self.raw.get(key) or {}
        if isinstance(value, list):  # [{id: …}, …] is accepted for every dictionary
            self.duplicates(key, [str(row.get("id")) for row in value])
            return {str(row["id"]): row for row in value if "id" in row}
        return {str(k): v for k, v in value.items()}

    def unique(self, key: str, build: Any) -> dict[str, Any]:
        rows = self.raw.get(key) or []
        ids = [str(row.get("id", "")) if isinstance(row, Mapping) else "" for row in rows]
        self.duplicates(key, ids)
        if "" in ids:
            self.fault("missing", f"{key} 第 {ids.index('') + 1} 项", "没有编码 id")
        return {code: build(code, row) for code, row in zip(ids, rows, strict=True) if code}

    def duplicates(self, key: str, ids: list[str]) -> None:
        for code in sorted({code for code in ids if ids.count(code) > 1}):
            self.fault("duplicate", code, f"{key} 中重复定义")

    def fault(self, code: str, where: str, message: str) -> None:
        self.problems.append(Problem(code, where, message))

    def condition(self, text: Any, where: str) -> Condition | None:
        if text is None or text is True:
            return None
        try:
            return parse(str(text))
        except ConditionError as error:
            self.fault("condition", where, str(error))
            return None

    def source(self, code: str, row: Any) -> Source:
        row = row if isinstance(row, Mapping) else {"title": row}
        return Source(
            code, _name(code, row, "title"), row.get("how", "memory"), as_day(row.get("effective")),
            as_day(row.get("repealed")), row.get("by"), row.get("note", ""),
        )  # fmt: skip

    def field(self, code: str, row: Any) -> Field:
        row = row if isinstance(row, Mapping) else {"n": row}
        derived = tuple(str(f) for f in as_list(row.get("from")))
        return Field(code, _name(code, row), row.get("t", "text"), row.get("share"), derived)

    def material(self, code: str, row: Any) -> Material:
        row = row if isinstance(row, Mapping) else {"n": row}
        ways = tuple(str(way) for way in as_list(row.get("get")))
        for way in ways:
            self.way(way, code)
        any_of = tuple(str(m) for m in as_list(row.get("any_of")))
        return Material(code, _name(code, row), ways, any_of, row.get("dup_of"), row.get("note", ""))

    def way(self, way: str, where: str) -> None:
        if way not in ("form", "share", "promise", "submit", "defer") and not way.startswith("result:"):
            self.fault("way", where, f"不认识的取得方式“{way}”")

    def item(self, code: str, row: Raw) -> Item:
        needs = tuple(self.need(code, need) for need in as_list(row.get("needs")))
        statutory = self.term(code, row.get("stat") or {"u": "none"})
        cited = [statutory.source, *(n.source for n in needs), *as_list(row.get("src"))]
        results = tuple(str(r) for r in as_list(row.get("out")))
        return Item(
            code, _name(code, row), row.get("kind", ""), str(row.get("dept", "")),
            self.condition(row.get("when"), code), statutory, self.promised(code, row, statutory), needs,
            tuple(dict.fromkeys(str(f) for f in as_list(row.get("f")))), self.requirements(code, row),
            results,
            int(row.get("visits") or 0), bool(row.get("soft_waived", False)),
            tuple(row.get("special") or ()), self.cited(code, cited),
            as_day(row.get("effective")), as_day(row.get("ends")),
        )  # fmt: skip

    def cited(self, where: str, texts: list[Any]) -> tuple[str, ...]:
        known = self.mapping("sources")
        codes = dict.fromkeys(c for text in texts for c in SOURCE_CODE.findall(str(text or "")))
        for code in codes:
            if code not in known:
                self.warnings.append(f"{where} 引用的依据 {code} 未登记")
        return tuple(code for code in codes if code in known)

    def need(self, where: str, row: Any) -> Need:
        row = row if isinstance(row, Mapping) else {"r": row}
        results = tuple(str(r) for r in as_list(row.get("any_of") or row.get("r")))
        mode = row.get("mode", "hard")
        if mode not in MODES:
            self.fault("mode", where, f"不认识的前置方式“{mode}”，应为 {'、'.join(MODES)}")
        return Need(
            results,
            mode,
            str(row.get("src", "")),
            self.condition(row.get("when"), where),
            row.get("note", ""),
        )

    def term(self, where: str, row: Any) -> Term:
        row = row if isinstance(row, Mapping) else {"v": row, "u": "wd"}
        unit, count_as = row.get("u", "wd"), row.get("count_as", "wd")
        count_as = "day" if count_as in CALENDAR_WORDS else count_as
        if unit not in UNITS or count_as not in COUNT_AS:
            wrong = unit if unit not in UNITS else count_as
            self.fault("unit", where, f"不认识的时限单位“{wrong}”，应为 {'、'.join(UNITS)}")
        return Term(
            self.number(where, row.get("v", 0)), unit, str(row.get("src", "")), count_as,
            self.number(where, row.get("ext", 0)), row.get("note", ""), row.get("inside"),
        )  # fmt: skip

    def number(self, where: str, value: Any) -> float:
        try:
            number = float(value or 0)
        except (TypeError, ValueError):
            number = -1
        if not 0 <= number < 10_000:
            self.fault("number", where, f"时限“{value}”不是 0 至 9999 的数")
            return 0
        return number

    def promised(self, code: str, row: Raw, statutory: Term) -> Term:
        """What the departments promise; in calendar days if the statutory limit is, or if it says so."""
        given = row.get("prom")
        if isinstance(given, Mapping):
            return self.term(code, given)
        unit = row.get("prom_u") or ("day" if statutory.calendar_days else "wd")
        if unit not in UNITS:
            self.fault("unit", code, f"不认识的时限单位“{unit}”，应为 {'、'.join(UNITS)}")
        value = statutory.amount if given is None else self.number(code, given)
        return Term(value, unit, "", "day" if unit == "day" else "wd")

    def requirements(self, code: str, row: Raw) -> tuple[Requirement, ...]:
        when, ways = row.get("m_when") or {}, row.get("m_get") or {}
        listed = dict.fromkeys(str(m) for m in as_list(row.get("m")))
        for extra in [m for m in (*when, *ways) if m not in listed]:
            self.fault("dangling", code, f"m_when/m_get 提到的材料 {extra} 不在本事项材料中")
        found = []
        for material in listed:
            own = tuple(str(w) for w in as_list(ways.get(material)))
            for way in own:
                self.way(way, f"{code}/{material}")
            found.append(Requirement(material, self.condition(when.get(material), code), own))
        return tuple(found)

    def bundle(self, code: str, row: Raw) -> Bundle:
        questions = self.unique_questions(code, row)
        implications = tuple(self.implication(code, str(t), questions) for t in as_list(row.get("implies")))
        cap = self.term(code, row["cap"]) if row.get("cap") else None
        milestone = row.get("milestone")
        cited = [row.get("src"), (milestone or {}).get("src"), (row.get("national") or {}).get("src")]
        return Bundle(
            code, _name(code, row), str(row.get("lead", "")),
            tuple(str(i) for i in as_list(row.get("items"))),
            str(row.get("t0", "")), questions, tuple(i for i in implications if i),
            tuple(str(i) for i in as_list(row.get("pre_review"))), float(row.get("prereview_days", 1)),
            milestone, self.cited(code, cited), cap, row,
        )  # fmt: skip

    def implication(self, code: str, text: str, questions: tuple[Question, ...]) -> Implication | None:
        try:
            return read_implication(text, {q.id: q for q in questions})
        except ConditionError as error:
            self.fault("implication", code, str(error))
            return None

    def unique_questions(self, bundle: str, row: Raw) -> tuple[Question, ...]:
        rows = as_list(row.get("questions"))
        self.duplicates(f"{bundle} 的情形", [str(q.get("id")) for q in rows])
        return tuple(self.question(bundle, q) for q in rows)

    def question(self, bundle: str, row: Raw) -> Question:
        code = str(row.get("id", ""))
        answers = row.get("a", "bool")
        if isinstance(answers, Mapping):
            pairs = tuple((k, str(v)) for k, v in answers.items())
        elif isinstance(answers, list):
            pairs = tuple((a, str(a)) for a in answers)
        else:
            pairs = ((True, "是"), (False, "否"))
        if len(pairs) < 2:
            self.fault("question", f"{bundle}/{code}", "至少要有两个可选答案")
        prior = tuple(float(p) for p in row.get("p") or ())
        if len(prior) != len(pairs) or abs(sum(prior) - 1) > 0.01 or min(prior, default=0) < 0:
            if prior:
                self.fault("question", f"{bundle}/{code}", "p 应与答案一一对应且合计为 1")
            prior = (1 / max(len(pairs), 1),) * len(pairs)
        rules = tuple(
            (condition, rule.get("then"))
            for rule in as_list(row.get("rules"))
            if (condition := self.condition(rule.get("if", "true"), f"{bundle}/{code}"))
        )
        return Question(code, str(row.get("n", code)), pairs, prior, str(row.get("derive", "")), rules)


def _name(code: Any, row: Any, key: str = "n") -> str:
    if isinstance(row, Mapping):
        return str(row.get(key) or row.get("name") or row.get("title") or code)
    return str(row if row else code)
