"""Sums proved again in words: the formula and the lines beside every reduction."""

from collections.abc import Iterator
from typing import Any

from sanfu.kernel.joint.proving.reread import Row, limit_of, name_of, plain
from sanfu.kernel.joint.proving.subject import CALENDAR_WORDS, Subject
from sanfu.kernel.joint.proving.told import LABELS

BASELINES = {
    "statutory_serial": "法定时限逐项串联",
    "statutory_serial_merged": "法定串联(合并计时的不重复计)",
    "statutory_parallel": "法定时限并联",
    "statutory_parallel_merged": "法定并联(合并计时的不重复计)",
    "promised_serial": "承诺时限逐项串联",
}


class Sums:
    def __init__(self, subject: Subject) -> None:
        self.of = subject
        self.sums: Row = subject.guide["reductions"]

    def objections(self) -> Iterator[str]:
        told = {
            "materials": self._materials(),
            "visits": {"formula": self._visits()},
            "forms": {"formula": f"{self.sums['forms']['before']} 张申请表 → 1 张"},
            "fields": {"formula": self._fields()},
            "steps": {"formula": f"{len(self.of.rows)} 个环节 → 1 次联办申请"},
        }
        for name, parts in told.items():
            for key, value in parts.items():
                if self.sums[name][key] != value:
                    yield f"{name} 的 {key} 应为 {value}，指南写 {self.sums[name][key]}"
        yield from self._days()

    def _materials(self) -> dict[str, Any]:
        row = self.sums["materials"]
        before, after, reasons = len(self.of.asked), len(self.of.kept), row["by_reason"]
        lines = [f"各事项单独办理合计 {before} 份"]
        lines += [f"− {label} {reasons[kind]} 份" for kind, label in LABELS.items() if reasons[kind]]
        if reasons["reused"]:
            lines.append(f"− 一次提交、多处使用 {reasons['reused']} 份")
        later = f"(其中 {row['deferred']} 份可容缺后补，仍计入)" if row["deferred"] else ""
        return {
            "formula": f"1 − {after} ÷ {before}",
            "lines": [*lines, f"= 申请人实交 {after} 份{later}"],
        }

    def _visits(self) -> str:
        visits = [int(row.get("visits") or 0) for row in self.of.rows.values()]
        return f"{' + '.join(map(str, visits))} = {sum(visits)} 次 → 一窗一次(网上办理、邮寄送达时为 0)"

    def _fields(self) -> str:
        row, fields = self.sums["fields"], self.of.guide["form"]["fields"]
        return f"各表合计 {row['before']} 栏 → 去重后 {len(fields)} 栏，其中手填 {row['after']} 栏"

    def _days(self) -> Iterator[str]:
        days = self.sums["days"]
        for row in days["baselines"]:
            formula = self._formula(row)
            if (row["name"], row["formula"]) != (BASELINES.get(row["id"]), formula):
                yield f"基线 {row['id']} 应写作“{BASELINES.get(row['id'])}:{formula}”"
        lines = [
            f"{row['name']}:{row['formula']} → 减 {row['reduced_percent']}%"
            for row in days["baselines"]
            if row["workdays"]
        ]
        if days["lines"] != lines:
            yield f"压减说明应为 {lines}，指南写 {days['lines']}"
        for row in days["calendar_days"]:
            if row["name"] != name_of(self.of.rows[row["item"]]):
                yield f"按自然日计的 {row['item']} 的名称与目录不符"

    def _formula(self, row: Row) -> str:
        total = plain(row["workdays"])
        if "parallel" in row["id"]:
            text = f"关键路径 = {total} 个工作日"
        else:
            parts = [part for code in self.of.rows if (part := self._part(row["id"], code))]
            text = f"{' + '.join(parts) or '0'} = {total} 个工作日"
        after = plain(self.sums["days"]["after"])
        return f"{text};1 − {after} ÷ {total}" if row["workdays"] else text

    def _part(self, baseline: str, code: str) -> str:
        """One item's share of a serial sum: 3(设立登记), 20自然日(公示); nothing when it takes no time."""
        raw = self.of.rows[code]
        limit = limit_of(raw)
        if baseline == "promised_serial":
            value, runs_on = self.of.promised(code), self.of.promised_runs_on(code)
        elif baseline.endswith("merged") and limit.get("inside") in self.of.rows:
            return ""
        else:
            value = float(limit.get("v") or 0) if limit.get("u", "wd") in ("wd", "day") else 0.0
            runs_on = limit.get("u") == "day" and limit.get("count_as", "wd") in CALENDAR_WORDS
        return f"{plain(value)}{'自然日' if runs_on else ''}({name_of(raw)})" if value else ""
