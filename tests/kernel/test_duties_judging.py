"""Splitting, roles, verdicts and evidence: each rule by the smallest text that shows it, each with its near pair."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.duties.judging.evaluation import (
    LabelledCase,
    UnreadableCases,
    block_rates,
    macro_f1,
    read_cases,
)
from sanfu.kernel.duties.judging.lexicon import parse_lexicon
from sanfu.kernel.duties.judging.precedents import Precedent, PrecedentMemory
from sanfu.kernel.duties.judging.precheck import Checker, Paper, may_send
from sanfu.kernel.duties.judging.splitting import split_document
from sanfu.kernel.duties.judging.verdicts import Verdict, whole
from sanfu.kernel.duties.lists.files import read_list
from sanfu.records.content import read_yaml

DUTIES = Path(__file__).resolve().parents[2] / "content" / "duties"
LEXICON = parse_lexicon(read_yaml(DUTIES / "lexicon.yaml"))
TEMPLATES = read_yaml(DUTIES / "rewrites.yaml")
LIST = read_list((DUTIES / "model_list.yaml").read_bytes(), "model_list.yaml").duty_list
CHECKER = Checker(LIST, LEXICON, templates=TEMPLATES)


@pytest.mark.parametrize(
    ("issuer", "text", "verdict"),
    [
        ("市城管局", "各镇巡查发现违法建设，劝阻并上报。", Verdict.PASS_COOP),
        ("市城管局", "各镇对违法建设立案并作出处罚。", Verdict.SHIFT),
        ("市城管局", "各镇配合我局对违法建设立案处罚，做好现场秩序。", Verdict.PASS_COOP),
        ("市城管局", "违法建设由我局立案处罚，各镇发现后上报。", Verdict.PASS_COOP),
        ("市生态环境局", "各镇做好秸秆禁烧巡查。", Verdict.PASS_BASIC),
        ("市生态环境局", "各镇做好秸秆禁烧巡查，并每天上传水印照片打卡。", Verdict.MIXED),
        ("市住建局", "各镇对经营性自建房入户排查并建立台账。", Verdict.PASS_COOP),
        ("市住建局", "各镇自行组织房屋安全鉴定。", Verdict.RECALLED),
        ("市公安局", "各镇反诈APP安装率达到90%，每周排名。", Verdict.RECALLED),
        ("市体育局", "各镇承办马拉松比赛。", Verdict.OUT),
        ("市应急局", "成立工作专班，配备专职人员5名，每周排名通报。", Verdict.FORM),
        ("市气象局", "台风红色预警，各镇立即转移低洼地群众。", Verdict.EMERG),
        ("市应急局", "各镇组织防汛转移演练，做好台风应急预案。", Verdict.PASS_BASIC),
    ],
)
def test_the_smallest_text_for_each_rule(issuer: str, text: str, verdict: Verdict) -> None:
    assert CHECKER.check(Paper(text, issuer, "通知")).verdict is verdict


def test_a_citizen_who_asks_for_punishment_shifts_nothing_but_an_order_to_the_town_does() -> None:
    asked = CHECKER.check(Paper("群众要求查处隔壁的违法搭建。", "12345", "工单"))
    ordered = CHECKER.check(Paper("请你镇对隔壁的违法搭建立案处罚。", "12345", "工单"))
    assert asked.verdict is Verdict.PASS_COOP
    assert ordered.verdict is Verdict.SHIFT


def test_every_judgement_cites_item_words_rule_and_both_sides_agree() -> None:
    for text in ("各镇对违法建设立案并处罚。", "各镇做好低保复核，每日打卡截图。", "请开具婚姻状况证明。"):
        for one in CHECKER.check(Paper(text, "市城管局", "通知")).judgements:
            assert one.item is not None
            assert one.rule
            assert one.marks or one.words
            for word in one.words:
                assert text[word.start : word.end] == word.text
                side = one.item.fields()[word.field]
                assert 0 <= word.item_start < word.item_end <= len(side)
            for mark in one.marks:
                assert text[mark.start : mark.end] == mark.text


def test_rewrite_is_neutral_and_names_who_and_on_what_ground() -> None:
    (one,) = CHECKER.check(Paper("各镇对违法建设立案并处罚。", "市城管局", "通知")).judgements
    assert one.rewrite.startswith("建议由市城管局")
    assert "依据P-CJ-01" in one.rewrite


NOTICE = """关于做好燃气安全工作的通知
各镇（街道）：
为保障冬季用气安全，现就有关事项通知如下。
一、广泛宣传
各镇要于11月30日前组织网格员宣传燃气安全，发现老旧软管及时上报。
二、严格执法
（一）各镇对燃气经营企业开展检查并处罚。
（二）我局对处罚情况进行通报。
三、其他要求
各镇每周报送照片并排名。
联系人：小王
市住建局
2025年11月1日
"""


def test_a_notice_is_split_into_its_demands_with_true_spans() -> None:
    split = split_document(NOTICE, LEXICON)
    assert split.title == "关于做好燃气安全工作的通知"
    assert [demand.text[:6] for demand in split.demands] == ["各镇要于11", "（一）各镇对", "各镇每周报送"]
    assert [demand.heading for demand in split.demands] == ["一、广泛宣传", "二、严格执法", "三、其他要求"]
    assert split.demands[0].deadline.startswith("于11月30日前")
    for demand in split.demands:
        assert NOTICE[demand.start : demand.end] == demand.text


def test_a_document_with_both_kinds_is_mixed_and_may_not_go_out() -> None:
    checked = CHECKER.check(Paper(NOTICE, "市住建局", "通知"))
    assert [one.verdict for one in checked.judgements] == [Verdict.PASS_COOP, Verdict.RECALLED, Verdict.FORM]
    assert checked.verdict is Verdict.MIXED
    assert not may_send(checked)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="各镇巡查处罚上报，。；：\n一二三、（）是1.2排名台账的市局A", max_size=80))
def test_splitting_loses_no_place_and_judging_never_fails(text: str) -> None:
    split = split_document(text, LEXICON)
    assert split.demands
    last = 0
    for demand in split.demands:
        assert last <= demand.start <= demand.end <= len(text)
        assert text[demand.start : demand.end] == demand.text
        last = demand.end
    assert CHECKER.check(Paper(text)).verdict in Verdict


def test_batch_and_single_agree() -> None:
    papers = [
        Paper("各镇对违法建设立案并处罚。", "市城管局"),
        Paper(NOTICE, "市住建局"),
        Paper("请开具证明。", "市妇联", "函"),
    ]
    together = CHECKER.check_all(papers)
    assert [one.verdict for one in together] == [CHECKER.check(paper).verdict for paper in papers]


def test_precedents_can_overrule_but_never_an_emergency() -> None:
    text = "各镇承办马拉松比赛。"
    ruled = [Precedent(f"裁{i}", text, "市体育局", Verdict.PASS_BASIC) for i in range(3)]
    ruled += [Precedent("裁9", "台风红色预警，各镇立即转移低洼地群众。", "市气象局", Verdict.OUT)]
    taught = Checker(LIST, LEXICON, memory=PrecedentMemory(ruled, 0.6))
    answer = taught.check(Paper(text, "市体育局"))
    assert answer.verdict is Verdict.PASS_BASIC
    assert "裁0" in answer.judgements[0].precedents
    assert taught.check(Paper("台风红色预警，各镇立即转移低洼地群众。", "市气象局")).verdict is Verdict.EMERG


def test_whole_is_mixed_exactly_when_part_may_go_and_part_may_not() -> None:
    assert whole([(Verdict.PASS_COOP, 0.9), (Verdict.SHIFT, 0.9)]) is Verdict.MIXED
    assert whole([(Verdict.FORM, 0.6), (Verdict.RECALLED, 0.9)]) is Verdict.RECALLED
    assert (
        whole([(Verdict.PASS_BASIC, 0.9), (Verdict.HUMAN, 0.5), (Verdict.PASS_BASIC, 0.9)])
        is Verdict.PASS_BASIC
    )
    assert whole([(Verdict.EMERG, 0.9), (Verdict.PASS_COOP, 0.9)]) is Verdict.EMERG


def test_macro_f1_and_block_rates_by_hand() -> None:
    truth = [Verdict.SHIFT, Verdict.SHIFT, Verdict.PASS_COOP, Verdict.PASS_BASIC]
    said = [Verdict.SHIFT, Verdict.PASS_COOP, Verdict.PASS_COOP, Verdict.OUT]
    score, table = macro_f1(truth, said)
    assert table["SHIFT"]["f1"] == pytest.approx(2 / 3)
    assert score == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)
    rates = block_rates(truth, said)
    assert rates["false_block"] == pytest.approx(1 / 2)
    assert rates["missed_block"] == pytest.approx(1 / 2)


def test_case_files_with_and_without_header_and_a_bad_line_is_named() -> None:
    line = "1|市公安局|通知|各镇宣传反诈。|PASS_COOP|P-PA-01||"
    expected = LabelledCase("1", "市公安局", "通知", "各镇宣传反诈。", Verdict.PASS_COOP, "P-PA-01")
    assert read_cases(line) == [expected]
    assert read_cases(
        "# 说明\n# 列：id|from_dept|doc_kind|text|verdict|matched_code|reason_code|note\n" + line
    ) == [expected]
    assert read_cases("id|from_dept|doc_kind|text|verdict|matched_code|reason_code|note\n" + line) == [
        expected
    ]
    with pytest.raises(UnreadableCases, match="第 2 行"):
        read_cases(line + "\n2|市公安局|通知|x|YES")


def test_an_incomplete_lexicon_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="thresholds"):
        parse_lexicon(
            {
                "actors": {},
                "own_hard": [],
                "own_soft": [],
                "town": [],
                "form": {},
                "emergency": {},
                "generic": [],
            }
        )


EMERGENCIES = [
    ("关于做好强降雪应对工作的紧急通知", "市气象台发布暴雪橙色预警。\n各镇组织转移危房内的群众。", "通知"),
    (
        "关于启动防汛二级应急响应的通知",
        "受台风影响，沿江水位超警戒水位。\n请各镇安排人员巡堤，封闭沿江步道。",
        "通知",
    ),
    (
        "关于做好人员安置工作的通知",
        "今晨化工园区发生泄漏，市政府已启动应急响应。\n各镇做好群众疏散和安置。",
        "通知",
    ),
    ("", "各镇组织转移低洼地群众。台风红色预警信号正在生效。", "明电"),
]


@pytest.mark.parametrize(("title", "text", "kind"), EMERGENCIES)
def test_title_and_preamble_reach_the_judge_so_that_no_emergency_is_stopped(
    title: str, text: str, kind: str
) -> None:
    asked = CHECKER.check(Paper(text, "市应急局", kind, title=title)).judgements
    assert {one.verdict for one in asked} <= {
        Verdict.EMERG,
        Verdict.HUMAN,
        Verdict.PASS_BASIC,
        Verdict.PASS_COOP,
    }
    assert Verdict.EMERG in {one.verdict for one in asked}
    inside = CHECKER.check(Paper(f"{title}\n{text}", "市应急局", kind)).judgements if title else asked
    assert Verdict.EMERG in {one.verdict for one in inside}


def test_a_matter_beside_an_emergency_goes_to_a_person_and_never_back() -> None:
    paper = Paper("沿江发生险情。\n各镇对违法建设立案并处罚。", "市城管局", "明电", title="紧急通知")
    assert CHECKER.check(paper).judgements[-1].verdict is Verdict.HUMAN


def test_a_drill_in_the_title_is_no_emergency() -> None:
    paper = Paper(
        "模拟化工企业发生泄漏。\n各镇组织群众疏散。", "市应急局", "通知", title="关于开展应急演练的通知"
    )
    assert Verdict.EMERG not in {one.verdict for one in CHECKER.check(paper).judgements}
