"""The meeting pack as an official Word document (公文), from the same frozen data as the page."""

from typing import Any

from sanfu.projects.pipeline.states import ProjectLight
from sanfu.records.word import Official


def word_of(body: dict[str, Any], edition: int = 1) -> bytes:
    """The .docx of one pack."""
    year, month = body["month"].split("-")
    word = Official(f"{year}年{int(month)}月重大项目专题分析会材料")
    which = f"第 {edition} 版（已冻结，更正另出新版）" if edition else "未冻结的当前数据"
    word.paragraph(f"数据截至 {body['today']}，{which}。")
    _whole(word, body)
    _attention(word, body)
    _blockers(word, body)
    _changes(word, body)
    _gaps(word, body)
    word.heading("六、以往议定事项")
    done = sum(one["state"] == "已办结" for one in body["decisions"])
    word.paragraph(f"以往议定 {len(body['decisions'])} 项，已办结 {done} 项。")
    word.table(
        ["事项", "责任单位", "期限", "状态"],
        [[d["text"], d["owner"], d["due"], d["state"]] for d in body["decisions"]],
    )
    word.heading("七、疑似重复、拆分项目")
    for first, second, why in body["twins"]:
        word.paragraph(f"{first} 与 {second}：{why}，计数只计一次，请核实。")
    if not body["twins"]:
        word.paragraph("没有发现。")
    return word.content()


def _whole(word: Official, body: dict[str, Any]) -> None:
    word.heading("一、总体情况")
    lights = "，".join(f"{ProjectLight(key).label} {count} 个" for key, count in body["lights"].items())
    word.paragraph(
        f"入库项目 {body['projects']} 个，其中计划总投资 {body['threshold']} 万元以上（含）的 {body['counted']} 个（去重后）。{lights}。"
    )
    word.paragraph(
        f"累计完成投资 {body['actual']} 万元，同期基线 {body['baseline']} 万元（按各项目逐月计划累加），"
        f"相差 {body['difference']} 万元。"
    )
    if body["finished_in_history"] < body["fewest"]:
        word.paragraph(
            f"本市已完成项目 {body['finished_in_history']} 个，少于 {body['fewest']} 个，不给出 P50、P90 预测，"
            "红黄灯按项目单位自报预测和阻滞天数判定。"
        )


def _attention(word: Official, body: dict[str, Any]) -> None:
    word.heading("二、红黄灯项目")
    word.paragraph("P50 是一半把握能完成的日期，P90 是九成把握能完成的日期。")
    word.table(
        ["项目", "单位", "灯", "原因", "基线", "P50", "P90", "因阻滞误期（天）"],
        [
            [f"{p['name']}（{p['number']}）", p["unit"], ProjectLight(p["light"]).label, p["why"], p["baseline_day"], p["p50"], p["p90"], p["lost"]]
            for p in body["attention"]
        ],
    )  # fmt: skip


def _blockers(word: Official, body: dict[str, Any]) -> None:
    word.heading("三、阻滞事项")
    word.table(
        ["项目", "阻滞", "责任单位", "起始", "天数"],
        [[b["project"], b["what"], b["owner"], b["since"], b["days"]] for b in body["blockers"]],
    )


def _changes(word: Official, body: dict[str, Any]) -> None:
    word.heading("四、上次会议以来的变化")
    word.table(
        ["项目", "里程碑", "由", "改为", "改的人", "原因"],
        [
            [c["project"], f"{c['milestone']}{c['series']}", c["was"] or "空", c["is"], c["by"], c["why"]]
            for c in body.get("changes", ())
        ],
    )
    shifts = body.get("shifts", ())
    said = "；".join(
        f"{s['project']} {'推后' if s['days'] > 0 else '提前'} {abs(s['days'])} 天" for s in shifts
    )
    word.paragraph(
        f"与上次会议的 P50 相比：{said}。" if said else "与上次会议的 P50 相比没有变化，或上次没有预测。"
    )


def _gaps(word: Official, body: dict[str, Any]) -> None:
    word.heading("五、要素缺口")
    gaps = body.get("gaps") or {}
    if not gaps:
        word.paragraph("还没有采用的要素统筹方案，缺口不明。")
        return
    word.paragraph(f"据 {gaps['day']} 采用的统筹方案 {gaps['number']}：")
    word.table(
        ["要素", "全部项目要", "供给", "缺口", "因此没有安排的项目"],
        [
            [f"{g['factor']}（{g['unit']}）", f"{g['wanted']:g}", f"{g['supply']:g}", f"{g['gap']:g}", "、".join(g["short"]) or ("无，先缺别的要素" if g["gap"] else "无")]
            for g in gaps["rows"]
        ],
    )  # fmt: skip
