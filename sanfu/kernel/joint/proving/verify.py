"""The independent checker: proves a guide from its own input part, with none of the compiler's code.

It reads the raw catalogue rows, walks the calendar day by day, tries every way of bringing less, adds the
sums up again and writes every sentence again. Every objection is a sentence; no objection means that the guide
is proved from what it carries. What it carries is compared with the catalogue itself when that is given.
"""

import itertools
import math
from collections.abc import Iterator

from sanfu.kernel.joint.proving.asked import Asked
from sanfu.kernel.joint.proving.bases import Bases
from sanfu.kernel.joint.proving.courses import Courses
from sanfu.kernel.joint.proving.figures import Figures
from sanfu.kernel.joint.proving.reread import Row, many, needs_of
from sanfu.kernel.joint.proving.source import Source, Works
from sanfu.kernel.joint.proving.subject import Guide, Subject
from sanfu.kernel.joint.proving.sums import Sums
from sanfu.kernel.joint.proving.times import Times
from sanfu.kernel.joint.proving.told import Told
from sanfu.kernel.joint.proving.words import Words
from sanfu.kernel.joint.proving.worlds import Worlds
from sanfu.kernel.joint.seal import seal_of

EARLIER = "sanfu-guide/1"  # carried too little of its catalogue to prove its sentences
SUBSET_LIMIT = 60_000  # smaller sets tried one by one; above it the disjoint sets must prove the bound


def verify(guide: Guide, catalog: Row | None = None, works: Works | None = None) -> list[str]:
    """Objections to the guide; empty when it holds. Never raises on a damaged guide: that is an objection.

    catalog: the rows of the catalogue it says it comes from; what the guide carries is then compared with them.
    works: the published calendar, to compare the guide's own days with.
    """
    found: list[str] = []
    try:
        for objection in _Checker(guide).objections():
            found.append(objection)
        if catalog is not None:
            found += Source(guide["input"], catalog, works).objections()
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, SyntaxError) as error:
        found.append(f"指南内容残缺，无法核验：{type(error).__name__} {error}")
    return found


class _Checker(Subject):
    def objections(self) -> Iterator[str]:
        if self.guide["format"] == EARLIER:
            yield f"指南是较早的格式 {EARLIER}，所带的目录部分不够逐句核验；请用 sanfu joint compile 重新编译"
            return
        yield from self._items()
        yield from self._form()
        yield from self._dropped()
        yield from self._sufficient()
        yield from self._minimal()
        yield from self._order()
        yield from self._dates()
        yield from self._critical()
        times = Times(self)
        yield from times.objections()
        yield from Courses(times).objections()
        yield from Figures(self).objections()
        yield from Words(self).objections()
        yield from Asked(self).objections()
        yield from Bases(self).objections()
        yield from Told(self).objections()
        yield from Sums(self).objections()
        yield from Worlds(self).objections()
        yield from self._sealed()

    # ── the proofs ──
    def _items(self) -> Iterator[str]:
        shown = [row["id"] for row in self.guide["items"]]
        if sorted(shown) != sorted(self.rows):
            yield f"事项与情形不符：应为 {sorted(self.rows)}，指南写 {sorted(shown)}"
        if set(self.schedule) != set(self.rows):
            yield "排期没有恰好覆盖全部事项"

    def _form(self) -> Iterator[str]:
        asked: dict[str, list[str]] = {}
        for code, row in self.rows.items():
            for name in dict.fromkeys(many(row.get("f"))):
                asked.setdefault(str(name), []).append(code)
        fields = self.guide["form"]["fields"]
        names = [f["id"] for f in fields]
        if len(names) != len(set(names)):
            yield "表单中有字段出现两次"
        if names != list(asked):
            yield f"表单字段与事项不符：应依次为 {list(asked)}"
        for field in fields:
            entry = self.input["fields"].get(field["id"], {})
            bases = many(entry.get("from"))
            if field["origin"] == "shared" and not (self.share and entry.get("share")):
                yield f"字段 {field['id']} 写作自动带入，但没有来源"
            if field["origin"] == "derived" and not (bases and all(b in asked for b in bases)):
                yield f"字段 {field['id']} 写作推导得出，但推导所需字段不在表单中"

    def _dropped(self) -> Iterator[str]:
        """Every reason for dropping is true of every item it is given for."""
        for row in self.guide["materials"]["dropped"]:
            for code in row["items"]:
                if (code, row["id"]) not in self.asked:
                    yield f"{code} 并不需要材料 {row['id']}"
                elif not self._reason_holds(code, row):
                    yield f"材料 {row['id']} 在 {code} 的免交理由“{row['reason']}”不成立"

    def _reason_holds(self, code: str, row: Row) -> bool:
        via, reason = row["via"] or row["id"], row["reason"]
        reachable = {row["id"]}
        todo = [row["id"]]
        while todo:
            for other in self.stand_ins(todo.pop()):
                if other not in reachable:
                    reachable.add(other)
                    todo.append(other)
        if via not in reachable:
            return False
        ways = (
            self.ways(code, via)
            if via == row["id"]
            else [str(w) for w in many(self.materials[via].get("get"))]
        )
        match reason:
            case "form":
                return "form" in ways
            case "shared":
                return self.share and "share" in ways
            case "promised":
                return "promise" in ways
            case "produced":
                in_time = self.in_time(row["producers"], code)
                made = all(row["result"] in many(self.rows[m].get("out")) for m in row["producers"])
                opinion = row["opinion"] and row["result"] in self.lifted(code)
                return f"result:{row['result']}" in ways and made and bool(in_time or opinion)
            case "duplicate":
                return via in self.kept or self.free(code, via, (row["id"],))
        return False

    def _sufficient(self) -> Iterator[str]:
        """With what is kept every item has every material; without any one of them some item has not."""
        for code, material in self._unmet(self.kept):
            yield f"事项 {code} 缺材料 {material}"
        for name in sorted(self.kept):
            if not self._unmet(self.kept - {name}):
                yield f"材料 {name} 不交也能办成，不应保留"

    def _unmet(self, brought: set[str]) -> list[tuple[str, str]]:
        return [
            (code, material)
            for code, material in self.asked
            if not self.free(code, material) and not (self.could_bring(code, material) & brought)
        ]

    def _minimal(self) -> Iterator[str]:
        """Nothing smaller works on this schedule: by disjoint sets, or by trying all smaller ones."""
        sets = [frozenset(self.could_bring(c, m)) for c, m in self.asked if not self.free(c, m)]
        bound = self.guide["materials"]["certificate"]["disjoint"]
        proven = [frozenset(group) for group in bound]
        apart = all(not (a & b) for a, b in itertools.combinations(proven, 2))
        if apart and all(any(s <= p for s in sets) for p in proven) and len(proven) == len(self.kept):
            return
        names = sorted(frozenset().union(*sets)) if sets else []
        size = len(self.kept) - 1
        if size >= 0 and math.comb(len(names), min(size, len(names))) <= SUBSET_LIMIT:
            for chosen in itertools.combinations(names, size):
                if all(s & set(chosen) for s in sets):
                    yield f"有更少的材料即可：{list(chosen)}"
                    return
        elif self.guide["materials"]["certificate"]["exact"]:
            yield "最少性无法核验：组合太多且下界不足"

    def _order(self) -> Iterator[str]:
        """No item starts before its prerequisites are there."""
        for code, row in self.rows.items():
            for need in needs_of(row):
                mode = need.get("mode", "hard")
                results = [str(r) for r in many(need.get("any_of") or need.get("r"))]
                if mode == "gate" or self.holds(need.get("when")) is not True:
                    continue
                if mode == "soft" and set(results) <= self.lifted(code):
                    continue
                makers = [m for r in results for m in self.makers.get(r, []) if m != code]
                if makers and not self.in_time(makers, code):
                    yield f"{code} 早于其前置 {'/'.join(results)} 开始"

    def _dates(self) -> Iterator[str]:
        """Every finish follows from its start by counting days, every start from what is waited for."""
        begin = self.guide["start"]
        for code, row in self.schedule.items():
            expected = self.calendar.after(
                row["begin_workday"], row["start"], self.length(code), self.runs_on(code)
            )
            if expected is not None and expected != row["finish"]:
                length = self.length(code)
                yield f"{code} 自 {row['start']} 起 {length} 日应为 {expected}，指南写 {row['finish']}"
            waits = [min(self.schedule[m]["finish"] for m in group) for group in row["waits"]]
            if max([begin, *waits]) != row["start"]:
                yield f"{code} 的开始日 {row['start']} 与所等待的事项不符"
        last = max((row["finish"] for row in self.schedule.values()), default=begin)
        if last != self.guide["finish"]:
            yield f"总完成日应为 {last}，指南写 {self.guide['finish']}"

    def _critical(self) -> Iterator[str]:
        """The chain has no gap and ends at the finish."""
        path = self.guide["critical_path"]
        lasting = [c for c in self.rows if self.length(c) > 0]
        if not path:
            if self.rows:
                yield "没有关键路径"
            return
        if lasting and self.schedule[path[-1]]["finish"] != self.guide["finish"]:
            yield f"关键路径末项 {path[-1]} 不在总完成日结束"
        for before, after in itertools.pairwise(path):
            if self.schedule[before]["end_workday"] != self.schedule[after]["begin_workday"]:
                yield f"关键路径在 {before} 与 {after} 之间断开"
        if self.schedule[path[0]]["start"] != self.guide["start"]:
            yield f"关键路径首项 {path[0]} 不从起点开始"

    def _sealed(self) -> Iterator[str]:
        """Faults of the seal: the words of a guide, which no check can prove, must be those that were compiled."""
        if self.guide.get("seal") is None:
            yield "指南没有封印(seal),说明文字是否改动过无从核验；请用 sanfu joint compile 重新编译"
        elif self.guide["seal"] != seal_of(self.guide):
            yield "指南在编译之后被改动过：封印(seal)与内容不符"
