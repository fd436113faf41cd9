"""The meeting pack as a Word document, from the same frozen data as the page."""

from typing import Any

from sanfu.projects.pipeline.queries import LIGHTS
from sanfu.records.word import Word


def word_of(body: dict[str, Any], edition: int = 1) -> bytes:
    """The .docx of one pack."""
    year, month = body["month"].split("-")
    word = Word(f"{year}年{int(month)}月重大项目专题分析会材料")
    which = f"第 {edition} 版（已冻结，更正另出新版）" if edition else "未冻结的当前数据"
    word.paragraph(f"数据截至 {body['today']}，{which}。")
    word.heading("一、总体情况")
    lights = "，".join(f"{LIGHTS[key]} {count} 个" for key, count in body["lights"].items())
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
    word.heading("二、红黄灯项目")
    word.table(
        ["编号", "项目", "板块", "灯", "原因", "基线", "P50", "P90", "误期（天）"],
        [
            [p["number"], p["name"], p["unit"], LIGHTS[p["light"]], p["why"], p["baseline_day"], p["p50"], p["p90"], p["lost"]]
            for p in body["attention"]
        ],
    )  # fmt: skip
    word.heading("三、阻滞事项")
    word.table(
        ["项目", "阻滞", "责任单位", "起始", "天数"],
        [[b["project"], b["what"], b["owner"], b["since"], b["days"]] for b in body["blockers"]],
    )
    word.heading("四、以往议定事项")
    word.table(
        ["事项", "责任单位", "期限", "状态"],
        [[d["text"], d["owner"], d["due"], d["state"]] for d in body["decisions"]],
    )
    word.heading("五、疑似重复、拆分项目")
    for first, second, why in body["twins"]:
        word.paragraph(f"{first} 与 {second}：{why}，计数只计一次，请核实。")
    if not body["twins"]:
        word.paragraph("没有发现。")
    return word.content()
