"""What the checks find: each mistake alone in a small document, with its line, its column and what to write."""

import random
from datetime import date
from pathlib import Path

import pytest

from sanfu.adapters.commandline.rulebase import load_dictionary
from sanfu.kernel.rules.checks import check_document
from sanfu.kernel.rules.language.problems import NOTICE, Problem
from sanfu.kernel.rules.reading.document import text_hash
from sanfu.kernel.rules.reading.library import Library
from sanfu.records.content import read_yaml

CONTENT = Path(__file__).parents[2] / "content"
DICTIONARY = load_dictionary(CONTENT)
RED_LINES = read_yaml(CONTENT / "standards" / "fair-competition.yaml")
DAY = date(2026, 6, 1)
TEXT = "对规上企业给予奖励。"


def source(
    *rules: str, text: str = TEXT, front: str = "", stamp: bool = True, number: str = "甲〔2026〕1号"
) -> str:
    head = (
        f"---\n编号: 甲\n标题: 甲\n文号: {number}\n发布机关: 甲局\n层级: 县级\n施行: 2026-01-01\n{front}---\n"
    )
    first, *rest = rules or ("条款 a 奖励", "条件 有效.规上企业", "给 1万元")
    marked = [first, *([f"原文 {text_hash(text)}"] if stamp else []), *rest]
    return f"{head}# 甲\n\n## 第一条\n\n{text}\n\n```规则\n" + "\n".join(marked) + "\n```\n"


def problems(text: str, *others: str, severe: bool = True) -> list[Problem]:
    library = Library.read(DICTIONARY, [("甲.md", text), *[(f"{i}.md", t) for i, t in enumerate(others)]])
    found = check_document(library.documents[0], library, DAY, RED_LINES)
    return [p for p in found if p.severity != NOTICE or not severe]


def codes(text: str, *others: str, severe: bool = True) -> list[str]:
    return [p.code for p in problems(text, *others, severe=severe)]


def test_a_sound_document_has_no_finding() -> None:
    assert codes(source()) == []


@pytest.mark.parametrize(
    ("line", "code", "column", "says"),
    [
        ("条件 上年.营业收入 ≥ 2000人", "unit", 14, "左边是 万元，右边是 人"),
        ("条件 上年.营业收入 ≥ 2000", "unit", 14, "没有单位"),
        ("条件 期末.从业人员 不低于 300万元", "unit", 16, "左边是 人，右边是 万元"),
        ("条件 上年.营业收人 ≥ 2000万元", "unknown-word", 7, "营业收人"),
        ("条件 营业收入 ≥ 2000万元", "period", 4, "没有写哪一年"),
        ("条件 上年.营业收入 ÷ 0 ≥ 3%", "zero-division", 14, "除数是零"),
        ("条件 上年.营业收入 ≥ ", "parse", 13, "行尾"),
        ("条件 (有效.规上企业", "parse", 12, "读到 行尾"),
        ("条件 有效.规上企业 ≥ 3", "unit", 14, "左边是"),
        ("条件 上年.从业人员 ≥ 3人", "period", 4, "没有「上年」这个期间"),
        ("奖励 3万元", "statement", 1, "不认识的语句"),
        ("条件 成立日期 ≥ 2026-02-30", "date", 11, "没有这一天"),
        ("条件 注册地 ≥ 「甲市」", "kind", 4, "不能用"),
    ],
)
def test_a_rule_that_does_not_read_says_where_and_why(line: str, code: str, column: int, says: str) -> None:
    found = problems(source("条款 a 奖励", line, "给 1万元"))
    problem = next(p for p in found if p.code == code)
    assert (problem.span.line, problem.span.column) == (18, column)
    assert says in problem.message
    assert problem.instead


def test_an_unknown_word_suggests_the_nearest() -> None:
    (problem,) = problems(source("条款 a 奖励", "条件 上年.营业收人 ≥ 2000万元"))
    assert "营业收入" in problem.instead


def test_two_mistakes_are_both_shown() -> None:
    text = source("条款 a 奖励", "条件 上年.营业收入 ≥ 1人", "给 1人")
    assert codes(text)[:2] == ["unit", "unit"]


@pytest.mark.parametrize(
    "conditions",
    [
        ["条件 上年.营业收入 ≥ 2000万元", "条件 上年.营业收入 低于 2000万元"],
        ["条件 有效.规上企业 且 非 有效.规上企业"],
        ["条件 注册地 等于 「甲市」 且 注册地 等于 「乙市」"],
        ["条件 期末.从业人员 少于 0人"],
    ],
)
def test_a_condition_that_never_holds(conditions: list[str]) -> None:
    assert "never" in codes(source("条款 a 奖励", *conditions, "给 1万元"))


@pytest.mark.parametrize("condition", ["上年.营业收入 ≥ 0元", "有效.规上企业 或 非 有效.规上企业"])
def test_a_condition_that_always_holds(condition: str) -> None:
    assert codes(source("条款 a 奖励", f"条件 {condition}", "给 1万元")) == ["always"]


def test_a_touching_pair_of_bounds_is_no_contradiction() -> None:
    rules = ["条件 上年.营业收入 ≥ 2000万元", "条件 上年.营业收入 不超过 2000万元"]
    assert codes(source("条款 a 奖励", *rules, "给 1万元")) == []


def test_a_boundary_that_belongs_to_nobody() -> None:
    amount = "给 选 { 上年.营业收入 超过 2000万元: 2万元; 上年.营业收入 低于 2000万元: 1万元; 否则: 0元 }"
    assert codes(source("条款 a 奖励", amount)) == ["gap"]
    mended = amount.replace("超过", "不低于")
    assert codes(source("条款 a 奖励", mended)) == []


def test_a_clause_whose_text_was_edited() -> None:
    edited = source().replace(f"{TEXT}\n\n```", "对规上工业企业给予奖励。\n\n```")
    (problem,) = problems(edited)
    assert (problem.code, problem.clause) == ("hash", "a")
    assert text_hash("对规上工业企业给予奖励。") in problem.instead


def test_a_clause_that_was_never_stamped() -> None:
    (problem,) = problems(source(stamp=False))
    assert problem.instead == f"原文 {text_hash(TEXT)}"


def test_a_clause_without_rule() -> None:
    assert codes(source() + "\n## 第二条\n\n另有奖励。\n") == ["no-rule"]
    assert codes(source() + "\n## 第二条\n\n本措施由甲局解释。\n\n```说明\n不判定\n```\n") == []


def test_an_expired_and_a_replaced_basis() -> None:
    assert codes(source(front="失效: 2026-03-31\n"), severe=False) == ["expired"]
    newer = (
        source(number="甲〔2026〕9号", front="替代: 甲〔2026〕1号\n")
        .replace("编号: 甲", "编号: 乙")
        .replace("条款 a", "条款 b")
    )
    assert codes(source(), newer) == ["replaced"]


def test_a_matter_governed_twice_on_one_day() -> None:
    front = "系列: 甲\n适用: [{事项: 新申请, 自: 2026-01-01}]\n"
    other = (
        source(front=front, number="甲〔2026〕2号")
        .replace("编号: 甲", "编号: 乙")
        .replace("条款 a", "条款 b")
    )
    assert codes(source(front=front), other) == ["conflict"]


def test_the_same_conditions_with_two_amounts() -> None:
    rules = [
        "条件 有效.规上企业",
        "给 1万元",
        "条款 b 另奖",
        f"原文 {text_hash(TEXT)}",
        "条件 有效.规上企业",
        "给 2万元",
    ]
    assert codes(source("条款 a 奖励", *rules)) == ["contradiction"]
    apart = [*rules[:2], "互斥 甲", *rules[2:], "互斥 甲"]
    assert codes(source("条款 a 奖励", *apart)) == []


def test_a_parameter_that_ran_out() -> None:
    rules = ["参数 线 = 2000万元 自 2026-01-01 至 2026-03-31", "条款 a 奖励", f"原文 {text_hash(TEXT)}",
             "条件 上年.营业收入 ≥ 线", "给 1万元"]  # fmt: skip
    found = codes(source(*rules, stamp=False))
    assert "parameter" in found


@pytest.mark.parametrize(
    "text",
    [
        "按企业当年缴纳增值税地方留成部分的 50% 给予奖励。",
        "对年度地方财政贡献 100 万元以上的按 30% 给予奖励。",
        "享受奖励的企业须承诺十年内不迁出本市。",
        "企业采购本地产品的，按采购额 5% 补助。",
        "给予云澄精密制造有限公司 500 万元扶持。",
    ],
)
def test_red_lines_of_fair_competition(text: str) -> None:
    (problem, *_) = problems(source(text=text))
    assert problem.code == "red-line"
    assert text[problem.span.column - 1 : problem.span.column - 1 + problem.span.length] in text
    assert problem.span.line == 13
    assert problem.instead


@pytest.mark.parametrize(
    "text",
    [
        "按企业研发费用的 5% 给予奖励。",
        "小型微利企业减按 20% 的税率缴纳企业所得税。",
        "对新引进项目给予设备补贴。",
    ],
)
def test_sound_clauses_cross_no_red_line(text: str) -> None:
    assert codes(source(text=text)) == []


def test_a_mangled_document_is_a_list_of_problems_never_a_crash() -> None:
    """Characters cut out, put in and moved about in shipped rule blocks."""
    chance = random.Random(9)
    documents = sorted((CONTENT / "policies").glob("*.md"))
    refused = 0
    for _ in range(150):
        text = chance.choice(documents).read_text(encoding="utf-8")
        at = chance.randrange(text.index("```规则"), len(text))
        cut = chance.randrange(4)
        mangled = (
            text[:at] + chance.choice(("", "且", "(", "50%", "万元", "{", "「", "\n", "0")) + text[at + cut :]
        )
        refused += bool(codes(mangled))
    assert refused > 50
