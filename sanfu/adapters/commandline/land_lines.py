"""What `sanfu land` says to a person: the same report as the JSON, in lines."""

from collections.abc import Mapping
from typing import Any


def score_lines(report: Mapping[str, Any]) -> str:
    lines = [f"{report['name']}（{report['scheme']}，{report['mark']}）"]
    for row in report["firms"]:
        total = "—" if row["score"] is None else f"{row['score']:.4f}"
        why = f"（{row['reason']}）" if row["reason"] else ""
        doubt = " 在误差范围内，等级存疑" if row["doubtful"] else ""
        lines.append(
            f"{row['set_label']} {row['rank'] or '—'} {row['name']} {total} {row['grade'] or '未评'}{why}{doubt}"
        )
        if len(report["firms"]) == 1:
            lines += [_line(part) for part in row["lines"]]
    lines += [f"第 {r['row']} 行 {r['name']} 退回：{r['column']} {r['why']}" for r in report["refused"]]
    lines += report["notes"]
    if report["ignored_columns"]:
        lines.append(f"没有用到的列：{'、'.join(report['ignored_columns'])}")
    return "\n".join(lines)


def _line(part: Mapping[str, Any]) -> str:
    made = "" if part["numerator"] is None else f"（{part['numerator']:g}÷{part['denominator'] or 0:g}）"
    value = "缺" if part["value"] is None else f"{part['value']:.6g}"
    score = "—" if part["score"] is None else f"{part['score']:.6f}"
    return f"  {part['indicator']} {value}{made} ÷ {part['base']:g} × {part['weight']:g} = {score} {part['note']}".rstrip()


def import_lines(report: Mapping[str, Any]) -> str:
    lines = [
        f"入库 {report['taken']} 宗，共 {report['total_mu']} 亩；退回 {len(report['refused'])} 宗",
        *report["notes"],
    ]
    for row in report["parcels"]:
        lines += [f"{row['number']} {row['mu']} 亩", *[f"  {note}" for note in row["notes"]]]
    lines += [f"退回 {r['number'] or r['place']}（{r['place']}）：{r['why']}" for r in report["refused"]]
    lines += [f"重叠 {o['one']} 与 {o['other']}：{o['square_metres']:.1f} 平方米" for o in report["overlaps"]]
    return "\n".join(lines)
