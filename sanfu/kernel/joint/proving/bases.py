"""Legal bases proved again: titles in citations, marks of confidence, texts that do not bind, warnings."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sanfu.kernel.joint.proving.reread import Row, limit_of, many, name_of, names_in, needs_of
from sanfu.kernel.joint.proving.subject import Subject

CODE = re.compile(r"[A-Z][A-Z0-9_]*")
MARKS = {"text": "已核", "excerpt": "节选", "memory": "待核", "design": "设计"}
WEAKER = ("text", "excerpt", "memory", "design")  # each less certain than the one before


class Bases:
    def __init__(self, subject: Subject) -> None:
        self.of = subject
        self.guide = subject.guide
        self.bundle: Row = subject.input["bundle"]
        self.sources: Row = subject.input["sources"]
        self.start = str(self.guide["start"])

    def objections(self) -> Iterator[str]:
        for row in self.guide["items"]:
            yield from self._item(row, self.of.rows[row["id"]])
        wanted = list(self._warnings())
        if self.guide["warnings"] != wanted:
            yield f"提示应为 {wanted}，指南写 {self.guide['warnings']}"

    def _item(self, told: Row, raw: Row) -> Iterator[str]:
        wanted = {
            "confidence": self._mark(str(limit_of(raw).get("src", ""))),
            "lapsed": self.lapsed(self.cited(raw)),
        }
        for key, value in wanted.items():
            if told[key] != value:
                yield f"{told['id']} 的 {key} 应为 {value}，指南写 {told[key]}"
        text = CODE.sub(self._title, str(limit_of(raw).get("src", "")))
        if told["statutory"]["basis_text"] != text:
            yield f"{told['id']} 的法定时限依据应为“{text}”"

    def _title(self, found: re.Match[str]) -> str:
        source = self.sources.get(found.group())
        if source is None:
            return found.group()
        if source["how"] in ("memory", "design"):
            return str(source["title"])
        return f"《{source['title'].split('(')[0]}》"

    def _mark(self, text: str) -> str:
        known = [self.sources[c]["how"] for c in CODE.findall(text) if c in self.sources]
        rank = max((WEAKER.index(how) if how in WEAKER else 2 for how in known), default=2)
        return MARKS[WEAKER[rank]]

    def cited(self, raw: Row) -> list[str]:
        """Registered texts that an item cites, in the order of citing."""
        texts = [
            limit_of(raw).get("src"),
            *(need.get("src") for need in needs_of(raw)),
            *many(raw.get("src")),
        ]
        return self._known(texts)

    def _known(self, texts: Iterable[Any]) -> list[str]:
        codes = dict.fromkeys(c for text in texts for c in CODE.findall(str(text or "")))
        return [code for code in codes if code in self.sources]

    def lapsed(self, codes: list[str]) -> list[dict[str, Any]]:
        """Texts that do not bind on the start day, with what replaced them.

        No fault where its successor or predecessor is cited beside it and binds."""
        found = []
        for code in codes:
            one = self.sources[code]
            begins, ends = one["effective"], one["repealed"]
            kin = [c for c in codes if c == one["by"] or self.sources[c]["by"] == code]
            if not self._binds(one) and not any(self._binds(self.sources[c]) for c in kin):
                found.append(
                    {
                        "source": code, "title": one["title"], "effective": begins, "repealed": ends,
                        "replaced_by": one["by"], "replaced_by_title": one["by_title"],
                    }
                )  # fmt: skip
        return found

    def _binds(self, one: Row) -> bool:
        begins, ends = one["effective"], one["repealed"]
        return not ((begins and begins > self.start) or (ends and ends <= self.start))

    # ── warnings ──
    def _warnings(self) -> Iterator[str]:
        yield from self.of.input["catalog"]["warnings"]
        for raw in self.of.rows.values():
            where = f"{raw['id']} {name_of(raw)}"
            yield from self._out_of_days(where, raw)
            yield from (_sentence(where, row) for row in self.lapsed(self.cited(raw)))
        parts = [self.bundle.get("milestone"), self.bundle.get("national")]
        texts = [self.bundle.get("src"), *((part or {}).get("src") for part in parts)]
        yield from (_sentence(name_of(self.bundle), row) for row in self.lapsed(self._known(texts)))
        yield from self._pending()
        for row in self.guide["held_before"]:
            if row["mode"] == "hard":
                name = name_of(self.of.rows[row["item"]])
                yield f"“{name}”的前置 {'/'.join(row['results'])} 不由本次事项产出，须办理时已经具备"
        for raw in self.of.rows.values() if self.of.input["catalog"]["departments"] else ():
            dept = str(raw.get("dept", ""))
            if dept not in self.of.input["departments"]:
                yield f"{raw['id']} 的部门 {dept} 未登记"
        if not self.guide["materials"]["certificate"]["exact"]:
            yield "可等待的结果太多，材料与时限的取舍只作了近似比较"

    def _out_of_days(self, where: str, raw: Row) -> Iterator[str]:
        begins, ends = _day(raw.get("effective")), _day(raw.get("ends"))
        if ends and ends <= self.start:
            yield f"事项不在有效期：{where} 自 {ends} 起停办"
        elif begins and self.start < begins:
            yield f"事项不在有效期：{where} 自 {begins} 起施行"

    def _pending(self) -> Iterator[str]:
        questions = {str(q.get("id", "")): q for q in many(self.bundle.get("questions"))}
        items = {row["id"]: row for row in self.of.input["items"]}
        for row in self.guide["items_pending"]:
            when = str(items[row["id"]].get("when"))
            texts = [str(questions[n].get("n", n)) for n in names_in(when) if n in questions]
            asked = "”和“".join(dict.fromkeys(texts)) or when
            yield f"还不能确定是否涉及“{name_of(items[row['id']])}”：请先回答“{asked}”"


def _sentence(where: str, row: Row) -> str:
    if row["repealed"]:
        after = f"，由《{row['replaced_by_title']}》取代" if row["replaced_by_title"] else ""
        return f"依据失效：{where} 引用的“{row['title']}”自 {row['repealed']} 起废止{after}"
    return f"依据未施行：{where} 引用的“{row['title']}”自 {row['effective']} 起施行"


def _day(value: Any) -> str:
    return date.fromisoformat(str(value)).isoformat() if value else ""
