"""The evaluation report of 履职 as Markdown: every figure computed here and now from the labelled cases."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from sanfu.grassroots.duties import library
from sanfu.kernel.duties.items import DutyList
from sanfu.kernel.duties.judging.evaluation import LabelledCase, evaluate, read_cases, two_passes
from sanfu.kernel.duties.judging.papers import read_papers, split_figures
from sanfu.kernel.duties.judging.precheck import Checker, Paper

FOLDS = 5
REPLAYED = 2_000


CLOSING = (
    "## 没见过的样例", "",
    "“从不参与学习”的样例没有教过判定程序：untouched.psv 出自他人，改程序的人没有看过；edges_kept.psv 由改程序的人先写后改，只看过总数；fourth_kept.psv 出自又一位执笔人，只看过总数。"
    "首看数字记在 [duties.md](duties.md#first-looks)，不随本报告重算。", "",
    "本报告由 `sanfu duties report --list content/duties/model_list.yaml` 生成。",
)  # fmt: skip


def report(duty_list: DutyList, name: str) -> str:
    """Figures per case file, agreement of the two passes over the labels, and times."""
    files = {path.name: read_cases(path.read_text(encoding="utf-8")) for path in case_files()}
    lines = [f"# 履职预检评测（{name}，{len(duty_list)} 项，{FOLDS} 折）", "", *_scores(files, duty_list)]
    lines += [
        "",
        "## 第二遍标注",
        "",
        *_agreement(files),
        "",
        "## 拆解",
        "",
        *_splitting(),
        "",
        "## 用时",
        "",
        *_times(duty_list),
        "",
        *CLOSING,
    ]
    return "\n".join(lines)


def case_files() -> list[Any]:
    return sorted((library.DUTIES / "cases").glob("*.psv"))


COLUMNS = (
    ("macro-F1", "macro_f1", ".3f"), ("误拦", "false_block", ".1%"), ("漏拦", "missed_block", ".1%"),
    ("转人工", "to_person_share", ".1%"), ("拦下应急", "emergencies_blocked", "d"),
    ("应急召回", "emergency_recall", ".2f"), ("校准误差", "calibration_error", ".3f"), ("首位事项", "item_first", ".1%"), ("前三事项", "item_in_three", ".1%"),
)  # fmt: skip


def _scores(files: dict[str, list[LabelledCase]], duty_list: DutyList) -> list[str]:
    """One row a file for what never taught (其余样例学习，本文件不参与) and one for the folds inside the file."""
    heads = " | ".join(name for name, _, _ in COLUMNS)
    lines = [f"| 样例 | 例数 | 怎样学 | {heads} | 把握 ≥ .95 答对 |", "|---" * (4 + len(COLUMNS)) + "|"]
    for name, cases in files.items():
        got = evaluate(cases, duty_list, library.lexicon(), _builder(duty_list, cases), FOLDS)
        kept = "从不参与学习" if name.removesuffix(".psv") in library.KEPT_APART else "本文件不参与"
        for how, row in ((kept, got), (f"{FOLDS} 折交叉", got["cross_validated"])):
            lines.append(f"| {name} | {got['cases']} | {how} | {' | '.join(_cells(row))} |")
    return lines


def _cells(row: dict[str, Any]) -> list[str]:
    """A row's figures in the order of the columns, and how many of the sure answers were right."""
    sure = row["sure_answers"]
    said = ["—" if row[key] is None else format(row[key], shape) for _, key, shape in COLUMNS]
    return [*said, f"{round(sure['count'] * sure['right'])}/{sure['count']}" if sure["count"] else "—"]


def _builder(
    duty_list: DutyList, cases: Sequence[LabelledCase]
) -> Callable[[Sequence[LabelledCase]], Checker]:
    texts = {case.paper.text for case in cases}
    known = tuple(one for one in library.worked_cases() if one.paper.text not in texts)
    return lambda taught: library.checker(duty_list, cases=(*known, *taught))


def _agreement(files: dict[str, list[LabelledCase]]) -> list[str]:
    """Raw agreement and Cohen's kappa of the first and second labels, a line a file that has both."""
    lines = []
    for name, cases in files.items():
        if two := two_passes(cases):
            lines.append(
                f"- {name}：{two['cases']} 例，一致 {two['share']:.1%}，Cohen κ {two['kappa']:.3f}；不一致 {two['differ']} 例"
            )
    return lines or ["没有第二遍标注。"]


PAPERS = (
    ("papers.txt", "规则照它改过，属拟合；每份由其余各份教出的模型判"),
    ("papers_kept.txt", "从不用来改拆解"),
)


def _splitting() -> list[str]:
    """How well the shipped long papers are split: those that were learned from, and those kept apart."""
    lines = []
    for name, how in PAPERS:
        papers = read_papers((library.DUTIES / "cases" / name).read_text(encoding="utf-8"))
        got = split_figures(papers, library.lexicon(), lambda paper: library.asking(paper.text))
        lines.append(
            f"- {name}：{len(papers)} 份长文，{got.labelled} 项要求，拆出 {got.found} 项：精确 {got.right / got.found:.1%}，"
            f"召回 {got.right / got.labelled:.1%}，期限读对 {got.due_right / got.right:.1%}（{how}）"
        )
    return lines


def _times(duty_list: DutyList) -> list[str]:
    cases = library.worked_cases()
    checker = library.checker(duty_list)
    notice = "\n".join(case.paper.text for case in cases[:40])
    started = time.perf_counter()
    checker.check(Paper(notice, cases[0].issuer, "通知"))
    one = time.perf_counter() - started
    papers = [cases[i % len(cases)].paper for i in range(REPLAYED)]
    started = time.perf_counter()
    checker.check_all(papers)
    many = time.perf_counter() - started
    return [
        f"{len(notice)} 字的通知（约两页）预检 {one:.2f} 秒；回放 {REPLAYED} 份 {many:.1f} 秒，"
        f"折合 1 万份 {many * 10_000 / REPLAYED:.0f} 秒（单进程）。"
    ]
