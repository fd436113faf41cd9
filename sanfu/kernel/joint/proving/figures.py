"""Figures proved again: every material of every item is accounted for once, and every sum adds up."""

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sanfu.kernel.joint.proving.reread import many
from sanfu.kernel.joint.proving.subject import Subject

KINDS = ("produced", "form", "shared", "promised", "duplicate")


class Figures:
    def __init__(self, subject: Subject) -> None:
        self.of = subject
        self.guide = subject.guide
        self.kept = {row["id"]: row for row in self.guide["materials"]["kept"]}
        self.dropped = self.guide["materials"]["dropped"]

    def objections(self) -> Iterator[str]:
        yield from self._accounted()
        yield from self._kept_rows()
        yield from self._certificate()
        yield from self._alternatives()
        yield from self._fields()
        yield from self._reasons()
        yield from self._changes()

    def _accounted(self) -> Iterator[str]:
        """Each material of each item is either brought, or dropped for one reason."""
        if len(self.kept) != len(self.guide["materials"]["kept"]):
            yield "提交材料中有一份列了两次"
        told = Counter((code, row["id"]) for row in self.dropped for code in row["items"])
        for code, material in self.of.asked:
            row = self.kept.get(material)
            times = told.pop((code, material), 0)
            if row is not None:
                times += code in row["items"] or code in row["also_satisfied"]
            if times != 1:
                yield f"事项 {code} 的材料 {material} 在指南中出现 {times} 次，应恰好一次"
        for code, material in told:
            yield f"事项 {code} 不需要材料 {material}，指南却写了免交理由"

    def _kept_rows(self) -> Iterator[str]:
        """For whom a material is brought, and whether it may come later."""
        for name, row in self.kept.items():
            users = [
                (code, material)
                for code, material in self.of.asked
                if material in row["for"] and name in self.of.could_bring(code, material)
            ]
            codes = [code for code, _ in users]
            if (
                not row["items"]
                or not set(row["items"]) <= set(codes)
                or row["for"] != sorted(set(row["for"]))
            ):
                yield f"材料 {name} 列出的事项与需要它的事项不符"
            if not all(
                any(code in row["items"] for code, m in users if m == wanted) for wanted in row["for"]
            ):
                yield f"材料 {name} 列出的用途与事项不符"
            if not set(row["also_satisfied"]) <= {code for code, m in self.of.asked if m == name}:
                yield f"材料 {name} 列出的“已另行满足”与事项不符"
            later = all(
                "defer" in self.of.ways(code, material)
                for code, material in users
                if code in row["items"] and material == name
            )
            if row["deferred"] and not later:
                yield f"材料 {name} 写作可容缺，但有事项不许后补"

    def _certificate(self) -> Iterator[str]:
        told = self.guide["materials"]["certificate"]
        if told["kept"] != len(self.kept) or told["lower_bound"] != len(told["disjoint"]):
            yield "最少性证明的份数与清单不符"
        sets = [self.of.could_bring(c, m) for c, m in self.of.asked if not self.of.free(c, m)]
        for group in told["disjoint"]:
            if group != sorted(set(group)) or set(group) not in sets:
                yield f"最少性证明中的 {group} 不对应任何事项的需要"
        for one, other in itertools.combinations(told["disjoint"], 2):
            if set(one) & set(other):
                yield "最少性证明中的两组材料重叠"

    def _alternatives(self) -> Iterator[str]:
        """The guide is one of its own alternatives, and none of them beats another in both."""
        rows = self.guide["materials"]["alternatives"]
        if not rows:
            yield "没有列出材料与时限的取舍"
        mine = (len(self.kept), self.guide["workdays"], self.guide["finish"])
        if mine not in [(row["materials"], row["workdays"], row["finish"]) for row in rows]:
            yield "材料与时限的取舍中没有本指南"
        for one, other in itertools.permutations(rows, 2):
            if one["materials"] <= other["materials"] and one["workdays"] <= other["workdays"]:
                yield "材料与时限的取舍中有一行不如另一行"
        known = set(self.of.rows)
        if any({wait["item"], *wait["for"]} - known for row in rows for wait in row["waits"]):
            yield "材料与时限的取舍提到了没有的事项"

    def _fields(self) -> Iterator[str]:
        """Each field says who asks for it, and is typed only where nothing knows it."""
        asked: dict[str, list[str]] = {}
        for code, row in self.of.rows.items():
            for name in dict.fromkeys(many(row.get("f"))):
                asked.setdefault(str(name), []).append(code)
        form = self.guide["form"]
        for field in form["fields"]:
            entry = self.of.input["fields"].get(field["id"], {})
            wanted = self._origin(entry, asked)
            if (field["origin"], field["source"]) != wanted:
                yield f"字段 {field['id']} 的来源应为 {wanted}，指南写 {field['origin']}、{field['source']}"
            if field["items"] != asked.get(field["id"]):
                yield f"字段 {field['id']} 列出的事项与要它的事项不符"
            if (field["name"], field["kind"]) != (entry.get("n") or field["id"], entry.get("t", "text")):
                yield f"字段 {field['id']} 的名称或类型与字典不符"
        typed = sum(field["origin"] == "typed" for field in form["fields"])
        if (form["count"], form["typed"]) != (len(asked), typed):
            yield f"表单应为 {len(asked)} 栏、手填 {typed} 栏"

    def _origin(self, entry: Any, asked: dict[str, list[str]]) -> tuple[str, str]:
        bases = [str(base) for base in many(entry.get("from"))]
        if self.of.share and entry.get("share"):
            return "shared", entry["share"]
        if bases and all(base in asked for base in bases):
            return "derived", "、".join(bases)
        return "typed", ""

    def _reasons(self) -> Iterator[str]:
        """Dropped for each reason, brought once for several: together all that is asked for."""
        told = self.guide["reductions"]["materials"]["by_reason"]
        counted = Counter(dict.fromkeys(KINDS, 0))
        for row in self.dropped:
            counted[row["reason"]] += sum(not self._brought(code, row) for code in row["items"])
        also = sum(len(row["also_satisfied"]) for row in self.kept.values())
        reused = sum(len(row["items"]) for row in self.kept.values()) - len(self.kept)
        if told["reused"] != reused:
            yield f"一次提交、多处使用应为 {reused} 份"
        short = sum(told[kind] - counted[kind] for kind in KINDS)
        if short != also or any(told[kind] < counted[kind] for kind in KINDS):
            yield f"免交理由的份数应为 {dict(counted)}，指南写 {told}"
        if sum(told[kind] for kind in KINDS) + reused + len(self.kept) != len(self.of.asked):
            yield "免交、重复使用与提交的份数合计不等于各事项单独办理的份数"

    def _brought(self, code: str, row: Any) -> bool:
        """Whether an alternative that is brought stands in for this one: it is counted as used again."""
        other = self.kept.get(row["via"]) if row["reason"] == "duplicate" else None
        return other is not None and code in other["items"] and row["id"] in other["for"]

    def _changes(self) -> Iterator[str]:
        """Before, after and percentages."""
        sums = self.guide["reductions"]
        rows = self.of.rows.values()
        visits, forms = sum(int(r.get("visits") or 0) for r in rows), sums["materials"]["by_reason"]["form"]
        wanted = {
            "materials": (len(self.of.asked), len(self.kept)),
            "fields": (
                sum(len(dict.fromkeys(many(r.get("f")))) for r in rows),
                sum(field["origin"] == "typed" for field in self.guide["form"]["fields"]),
            ),
            "visits": (visits, min(visits, 1)),
            "forms": (forms, min(forms, 1)),
            "steps": (len(rows), 1),
        }
        for name, (before, after) in wanted.items():
            row = sums[name]
            if (row["before"], row["after"]) != (before, after):
                yield f"{name} 应为 {before} → {after}，指南写 {row['before']} → {row['after']}"
            yield from _percent(name, row, before, after)
        if sums["materials"]["deferred"] != sum(bool(row["deferred"]) for row in self.kept.values()):
            yield "容缺份数与材料清单不符"
        for row in sums["days"]["baselines"]:
            yield from _percent(row["name"], row, row["workdays"], sums["days"]["after"])


def _percent(name: str, row: Any, before: float, after: float) -> Iterator[str]:
    down = round((before - after) / before * 100, 1) if before else None
    if row["reduced_percent"] != down or row["change_percent"] != (None if down is None else -down):
        yield f"{name} 的压减率应为 {down}"
