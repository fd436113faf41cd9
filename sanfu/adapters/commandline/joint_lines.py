"""What `sanfu joint` says to people: the same answers as its JSON, in lines."""

import json
from typing import Any

from sanfu.kernel.joint.catalogue.basis import sentence


def guide_lines(g: dict[str, Any]) -> list[str]:
    days = g["reductions"]["days"]
    lines = [
        f"{g['name']}({g['bundle']}) 起算 {g['start']}，完成 {g['finish']},{g['workdays']} 个工作日",
        "",
        "事项与排期",
    ]
    lines += [
        f"  {'*' if row['critical'] else ' '} {row['start']} → {row['finish']}  余量 {row['slack']:>4}  {row['name']}"
        for row in g["schedule"]
    ]
    lines += [
        f"  关键路径：{' → '.join(g['critical_path'])}",
        "",
        f"须提交材料 {len(g['materials']['kept'])} 份",
    ]
    lines += [
        f"  + {m['name']}{'(可容缺)' if m['deferred'] else ''}:{m['reason']}" for m in g["materials"]["kept"]
    ]
    lines += ["免交材料"]
    lines += [f"  - {m['name']}({'、'.join(m['items'])}):{m['detail']}" for m in g["materials"]["dropped"]]
    lines += ["", f"一张表单 {g['form']['count']} 栏，手填 {g['form']['typed']} 栏", "压减"]
    lines += [f"  {line}" for line in g["reductions"]["materials"]["lines"] + days["lines"]]
    lines += ["", "还要问"] + [f"  ? {q['id']} {q['text']}" for q in g["questions"]] if g["questions"] else []
    return lines + [f"  ! {w}" for w in g["warnings"]]


def whatif_lines(w: dict[str, Any]) -> list[str]:
    lines = [f"现为 {w['workdays']} 个工作日({w['finish']} 完成)", "各事项：压到 0 / 少 1 天可省"]
    lines += [f"  {r['name']}:{r['to_zero']} / {r['one_day_less']} 天，余量 {r['slack']}" for r in w["items"]]
    for key, title in (("waivers", "放行工作前置"), ("prereviews", "预审")):
        lines.append(f"{title}:")
        lines += [
            f"  {b['workdays']} 个工作日 ← {'、'.join(b['chosen']) or '(不做)'}" for b in w[key]["best"]
        ]
    if "distribution" in w:
        d = w["distribution"]
        lines.append(f"完成日：一半 {d['p50']}，八成 {d['p80']}，九成 {d['p90']}({d['samples']} 次模拟)")
    return lines


def check_lines(r: dict[str, Any]) -> list[str]:
    lines = [
        f"{r['items']} 个事项、{r['materials']} 份材料、{r['fields']} 个字段、{len(r['bundles'])} 件事，可以编译"
    ]
    for code, rows in r["red_items"].items():
        lines += [f"  红：{sentence(code, row)}" for row in rows]
    lines += [f"  红：{code} 因 {'、'.join(faults)}" for code, faults in r["red_bundles"].items()]
    return lines + [f"  ! {w}" for w in r["warnings"]]


def case_lines(r: dict[str, Any]) -> list[str]:
    marks = {True: "对", False: "错", None: "—"}
    lines = [
        f"第 {c['line']} 行 {marks[c['ok']]} {json.dumps(c['answer'], ensure_ascii=False)}"
        for c in r["cases"]
    ]
    return [*lines, f"通过 {r['passed']}，未过 {r['failed']}"]
