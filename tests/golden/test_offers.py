"""招商协议体检: clauses kept apart from the rules, negations and quotations, drafts split into clauses."""

import io
from pathlib import Path

import docx
import pytest
import yaml

from sanfu.adapters.commandline.main import main
from sanfu.kernel.duties.documents import read_document
from sanfu.kernel.offers.judging import Answer, judge
from sanfu.kernel.offers.report import UnreadableOffers, evaluate, lint_text, read_offers
from sanfu.kernel.offers.splitting import split
from sanfu.projects.promotion.content import learned, rulebook, trial_clauses

KEPT = yaml.safe_load((Path(__file__).parent / "offers.yaml").read_text("utf-8"))["clauses"]


def answer(text: str) -> str:
    return judge(text, rulebook(), learned()).answer.value


def test_the_kept_clauses() -> None:
    figures = evaluate(KEPT, rulebook(), learned())
    assert figures["recall"] >= 0.92
    assert figures["false_alarm"] <= 0.10
    assert figures["with_basis"] == 1.0


def test_the_trial_clauses_in_four_voices() -> None:
    """Fit, not forecast: the first look is kept in the bench."""
    figures = evaluate(trial_clauses(), rulebook(), learned())
    assert figures["clauses"] >= 120
    assert figures["recall"] >= 0.95
    assert figures["false_alarm"] <= 0.10
    assert figures["with_basis"] == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "企业申报奖补，不以注册地迁移为条件。",
        "项目用地起始价不低于当地工业用地最低价标准。",
        "乙方投资强度不低于每亩300万元，达不到的按出让合同承担违约责任。",
        "为应对台风灾害，对受灾企业减免两个月国有房屋租金，至2026年12月31日止。",
        "各级各部门不得以任何形式承诺税收返还。",
        "本协议不含税收返还、土地价款返还等内容。",
        "甲方不得以乙方迁出为由追回依法取得的补助。",
        "原协议中关于按纳税额奖励的条款自即日起停止执行。",
        "凡符合条件的企业均可按设备投资额的10%申请补助，有效期至2027年12月31日。",
        "乙方应当依法足额缴纳税款。",
    ],
)
def test_prohibitions_open_conditions_and_dissolved_clauses_are_no_offers(text: str) -> None:
    assert answer(text) != "forbidden"


def test_a_prohibition_on_the_firm_in_another_part_lifts_nothing() -> None:
    assert answer("乙方不得对外泄露本协议，甲方按乙方纳税额的50%给予奖励。") == "forbidden"
    assert answer("乙方缴纳的税收不得低于1000万元，甲方按其中40%给予奖励。") == "forbidden"


def test_an_exception_needs_no_milder_way_and_an_end() -> None:
    promise = "为保护环境，给予乙方治污设备补助300万元"
    assert answer(promise + "。") == "forbidden"
    assert answer(promise + "，实施期限至2027年12月31日。") == "forbidden"
    both = promise + "，没有对公平竞争影响更小的替代方案，实施期限至2027年12月31日。"
    assert answer(both) == "review"
    assert "不成立" in judge(promise + "。", rulebook()).notes[0]


def test_every_rule_has_basis_rewrite_and_reviewer() -> None:
    book = rulebook()
    assert [lint.id for lint in sorted(book.lints, key=lambda x: int(x.id[1:]))] == [
        f"L{k}" for k in range(1, 12)
    ]
    for lint in book.lints:
        assert lint.basis.document
        assert lint.basis.since
        assert lint.basis.mark in {"已核", "节选", "待核"}
        assert lint.rewrite
        assert lint.reviewer


def test_a_word_draft_is_split_and_spans_point_into_the_clause() -> None:
    document = docx.Document()
    for line in (
        "投资协议（演示）",
        "第一条 项目概况",
        "乙方投资建设生产线。",
        "第二条 支持政策",
        "（一）按乙方纳税额的50%给予奖励；（二）甲方提供代办服务。",
    ):
        document.add_paragraph(line)
    stored = io.BytesIO()
    document.save(stored)
    text = read_document(stored.getvalue(), "协议.docx").text
    clauses = lint_text(text, rulebook(), learned())["clauses"]
    bad = [one for one in clauses if one["answer"] == Answer.FORBIDDEN]
    assert [one["clause"] for one in bad] == ["第二条（一）"]
    start, end = bad[0]["findings"][0]["span"]
    assert bad[0]["text"][start:end] == bad[0]["findings"][0]["text"]


def test_clauses_keep_all_the_text() -> None:
    text = "第一条 甲方。\n一、乙方投资；\n二、（一）建设。（二）投产。\n其他约定。"
    assert [one.label for one in split(text)] == [
        "第一条",
        "第一条一",
        "第一条二",
        "第一条（一）",
        "第一条（二）",
        "第一条",
    ] or [one.text for one in split(text)] == ["甲方。", "乙方投资；", "建设。", "投产。", "其他约定。"]


def test_labelled_clauses_that_cannot_be_read() -> None:
    with pytest.raises(UnreadableOffers, match="第 1 行"):
        read_offers("不是 JSON")
    with pytest.raises(UnreadableOffers, match="expected"):
        read_offers('{"text": "甲", "expected": "maybe"}')


def test_the_command_answers_with_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["promotion", "lint", "按乙方纳税额的50%给予奖励。", "--json"]) == 1
    assert '"L1"' in capsys.readouterr().out
    assert main(["promotion", "lint", str(tmp_path / "没有.docx")]) == 2
