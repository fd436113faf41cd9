"""Sentences about materials proved again: why each is brought, and why each of the others is not."""

from collections.abc import Iterator
from typing import Any

from sanfu.kernel.joint.proving.reread import Row, many, name_of
from sanfu.kernel.joint.proving.subject import Subject

LABELS = {
    "produced": "包内结果替代", "form": "一张表单生成", "shared": "部门共享", "promised": "告知承诺",
    "duplicate": "内容重复",
}  # fmt: skip


class Told:
    def __init__(self, subject: Subject) -> None:
        self.of = subject
        self.kept = {row["id"]: row for row in subject.guide["materials"]["kept"]}
        self.dropped = subject.guide["materials"]["dropped"]

    def objections(self) -> Iterator[str]:
        for row in self.dropped:
            yield from self._dropped(row)
        users = {name: self._users(name) for name in self.kept}
        unmet = [pair for pairs in users.values() for pair in pairs]
        alone = {name for name in self.kept if any(self.of.could_bring(*pair) == {name} for pair in unmet)}
        for name, row in self.kept.items():
            yield from self._kept(row, users[name], name in alone)

    # ── what is not brought ──
    def _dropped(self, row: Row) -> Iterator[str]:
        if row["label"] != LABELS.get(row["reason"]):
            yield f"材料 {row['id']} 的免交理由名称应为“{LABELS.get(row['reason'])}”"
        for code in row["items"]:
            if not self._result_holds(row, code):
                told = f"{row['result']}、{row['producers']}、{row['opinion']}"
                yield f"材料 {row['id']} 在 {code} 所凭的结果“{told}”不成立"
            if row["detail"] not in self._details(row, code):
                yield f"材料 {row['id']} 在 {code} 的说明“{row['detail']}”不成立"

    def _result_holds(self, row: Row, code: str) -> bool:
        """The result, its producers and whether it is an opinion only; none of them without a result."""
        result = row["result"]
        if not result:
            plain = row["reason"] == "produced" or self._needs_result(row, code)
            return not plain and row["producers"] == [] and row["opinion"] is False
        makers = [m for m in self.of.makers.get(result, []) if m != code]
        return bool(
            row["reason"] in ("produced", "duplicate")
            and makers
            and row["producers"] == makers
            and row["opinion"] is (result in self.of.lifted(code))
            and f"result:{result}" in self._ways_from(row, code)
        )

    def _needs_result(self, row: Row, code: str) -> bool:
        """Whether a duplicate can only be had as the result of another item: the original is neither brought nor shared."""
        if row["reason"] != "duplicate" or self._brought(row, code):
            return False
        ways = self._ways_from(row, code)
        return not ({"form", "promise"} & ways or ("share" in ways and self.of.share))

    def _ways_from(self, row: Row, code: str) -> set[str]:
        """Ways of the material that serves, and of what may stand in for it."""
        first = row["via"] or row["id"]
        todo, seen = [first], {first}
        ways: set[str] = set()
        while todo:
            name = todo.pop()
            own = name == row["id"]
            ways |= set(
                self.of.ways(code, name) if own else map(str, many(self.of.materials[name].get("get")))
            )
            todo += [other for other in self.of.stand_ins(name) if other not in seen]
            seen.update(todo)
        return ways

    def _brought(self, row: Row, code: str) -> bool:
        other = self.kept.get(row["via"])
        return other is not None and code in other["items"] and row["id"] in other["for"]

    def _details(self, row: Row, code: str) -> set[str]:
        """Sentences that may stand there; two only where a material is both brought and had otherwise."""
        via = row["via"] or row["id"]
        name = self.of.materials[via]["n"]
        other = f"(以“{name}”代替)" if via != row["id"] else ""
        makers = "、".join(name_of(self.of.rows[m]) for m in row["producers"])
        match row["reason"]:
            case "produced" if row["opinion"]:
                return {f"以“{makers}”的预审意见代替，正式结果出具后自动归集{other}"}
            case "produced":
                return {f"由包内先办的“{makers}”产出{other}"}
            case "form":
                return {"由一张表单自动生成"}
            case "shared":
                return {f"部门共享或电子证照取得{other}"}
            case "promised":
                return {f"以告知承诺代替{other}"}
        brought, inside = f"由所交“{name}”满足", f"内容已含在“{name}”中"
        if not self._brought(row, code):
            return {inside}
        return {brought, inside} if self.of.free(code, via, (row["id"],)) else {brought}

    # ── what is brought ──
    def _users(self, name: str) -> list[tuple[str, str]]:
        """Items and what they ask for, served by this material being brought."""
        instead = {
            (code, row["id"])
            for row in self.dropped
            if row["via"] == name and row["reason"] == "duplicate" and row["detail"].startswith("由所交")
            for code in row["items"]
        }
        also = self.kept[name]["also_satisfied"]
        return [
            (code, material)
            for code, material in self.of.asked
            if (code, material) in instead or (material == name and code not in also)
        ]

    def _kept(self, row: Row, users: list[tuple[str, str]], alone: bool) -> Iterator[str]:
        why = list(dict.fromkeys(text for code, material in users for text in self.failures(code, material)))
        names = "、".join(dict.fromkeys(name_of(self.of.rows[code]) for code, _ in users))
        sole = "只有它能满足" if alone else "替代材料中选它份数最少"
        wanted: dict[str, Any] = {
            "items": [code for code, _ in users],
            "for": sorted({material for _, material in users}),
            "reason": f"{names}需要；{sole};" + (";".join(why) or "没有共享、承诺或包内结果可以替代"),
            "failed_escapes": why,
            "note": self.of.materials[row["id"]].get("note", ""),
        }
        for key, value in wanted.items():
            if row[key] != value:
                yield f"材料 {row['id']} 的 {key} 应为 {value}，指南写 {row[key]}"

    def failures(self, code: str, material: str) -> list[str]:
        """Ways that would have spared it and do not work here, in words."""
        failed, late = self._failures(code, material, self.of.ways(code, material), ())
        return [*failed, *(f"结果 {result} 到时尚未产出" for result in late)]

    def _failures(
        self, code: str, material: str, ways: list[str], seen: tuple[str, ...]
    ) -> tuple[list[str], list[str]]:
        if material in seen:
            return [], []
        failed, late = [], []
        for way in ways:
            makers = [m for m in self.of.makers.get(way[7:], []) if m != code]
            if way == "share" and not self.of.share:
                failed.append("部门共享未开通")
            elif way.startswith("result:") and not makers:
                failed.append(f"结果 {way[7:]} 不由本次范围内的其他事项产出")
            elif way.startswith("result:") and way[7:] not in self.of.lifted(code):
                late.append(way[7:])
        entry = self.of.materials[material]
        for other in self.of.stand_ins(material):
            more = [str(way) for way in many(self.of.materials[other].get("get"))]
            found = self._failures(code, other, more, (*seen, material))
            late += found[1]
            if other in map(str, many(entry.get("any_of"))):  # what a twin lacks is not told
                failed += found[0]
        return failed, late
