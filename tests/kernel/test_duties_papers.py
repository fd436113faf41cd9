"""Long papers sentence by sentence, what stands around demands, and the agreement of two labellers."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from sanfu.grassroots.duties import library
from sanfu.kernel.duties.judging.agreement import agreement
from sanfu.kernel.duties.judging.asking import asking_from
from sanfu.kernel.duties.judging.deciding import Gates, settle
from sanfu.kernel.duties.judging.facts import Facts
from sanfu.kernel.duties.judging.papers import UnreadablePapers, read_papers, split_figures
from sanfu.kernel.duties.judging.splitting import split_document
from sanfu.kernel.duties.judging.verdicts import Verdict

LEXICON = library.lexicon()


def test_the_shipped_papers_are_split_as_promised() -> None:
    text = (library.DUTIES / "cases" / "papers.txt").read_text(encoding="utf-8")
    got = split_figures(read_papers(text), LEXICON, lambda paper: library.asking(paper.text))
    assert got.labelled >= 420
    assert got.right / got.found >= 0.93
    assert got.right / got.labelled >= 0.98
    assert got.due_right / got.right >= 0.95


def test_no_paper_teaches_how_it_is_judged_itself() -> None:
    papers = library.labelled_papers()
    texts = {paper.text for paper in papers}
    assert len(texts) == len(papers), "two papers alike would judge each other"
    kept = read_papers((library.DUTIES / "cases" / "papers_kept.txt").read_text(encoding="utf-8"))
    assert not texts & {paper.text for paper in kept}
    assert library.asking(papers[0].text) is not library.asking()


def test_too_few_labelled_sentences_teach_nothing() -> None:
    assert asking_from(library.labelled_papers()[:1]) is None


def test_what_addresses_somebody_sets_a_day_or_tells_of_danger_is_never_dropped_by_what_was_learned() -> None:
    class Never:
        def chances(self, texts: Sequence[str]) -> NDArray[np.float64]:
            return np.zeros(len(texts))

    kept = ["请各镇清点沙袋。", "把名单理好，5月3日前送来。", "堤脚管涌，组织人员抢险。"]
    text = "\n".join([*kept, "走访困难老人，讲讲冬天用电。"]) + "\n"
    assert [one.text for one in split_document(text, LEXICON, Never()).demands] == kept
    assert len(split_document(text, LEXICON).demands) == 4


def test_a_row_of_a_table_of_tasks_is_one_demand_when_a_town_is_responsible() -> None:
    town = "1.清淤。内容：把淤住的沟清通；责任单位：各镇（街道）；时限：6月底前。"
    office = "2.测报。内容：布设雨量站20个；责任单位：市水务局；时限：7月底前。"
    (only,) = split_document(f"{town}\n{office}\n", LEXICON).demands
    assert (only.text, only.deadline) == (town, "6月底前")


def test_rows_of_a_list_without_stops_are_demands_and_no_headings() -> None:
    rows = ["1　村口三盏灯不亮　换好灯头　7月8日前", "2　河边垃圾成堆　清走　7月6日前"]
    text = "序号　来电内容　办理要求　时限\n" + "\n".join(rows) + "\n"
    assert [one.text for one in split_document(text, LEXICON).demands] == rows


def test_acts_without_a_subject_in_a_plan_of_work_are_the_sender_s() -> None:
    lines = "推进医共体建设，新增床位300张。\n各镇组织群众翻盆倒罐、清除积水。\n"
    plan = split_document("2026年全市卫生健康工作要点\n" + lines, LEXICON)
    assert [one.text for one in plan.demands] == ["各镇组织群众翻盆倒罐、清除积水。"]
    assert len(split_document("关于爱国卫生的通知\n" + lines, LEXICON).demands) == 2


def test_a_missed_and_a_made_up_demand_are_counted() -> None:
    (paper,) = read_papers("@ A|市水务局|通知\nD HUMAN|||哈哈哈哈哈哈\nP\nX 各镇要巡查河道。\n")
    got = split_figures([paper], LEXICON)
    assert (got.labelled, got.right, got.found) == (1, 0, 1)
    assert got.missed
    assert got.extra


@pytest.mark.parametrize("text", ["", "D A|B|C|没有开头", "@ A\nD 少了格子", "@ A\nQ 什么"])
def test_papers_that_do_not_read_name_the_line(text: str) -> None:
    with pytest.raises(UnreadablePapers):
        read_papers(text)


@pytest.mark.parametrize(
    "line",
    [
        "各镇人民政府、街道办事处，市消防安全委员会各成员单位：",
        "（联系人：某某，联系电话：0000）",
        "分送：各镇人民政府，市有关部门。",
        "市住建局、市财政局和各镇有关负责同志参加会议。",
        "会议听取了市住建局关于自建房整治情况的汇报。",
        "会议强调，平安建设事关全局，要绷紧安全这根弦。",
        "二、由市住建局会同市财政局，落实鉴定经费。",
        "本方案自印发之日起施行，由市生态环境局负责解释。",
        "以上请认真贯彻落实。",
        "为防患于未然，经局党组研究，现将有关事项通知如下。",
        "近两周共受理来电46件，已办结39件，满意率较上期提高3个百分点。",
        "（一）动员部署阶段（12月25日至1月5日）。",
        "供气企业应当每年入户安检一次。",
        "对鉴定为D级的，我局将逐栋研究处置方案。",
        "你镇《关于征地搬迁有关问题的请示》收悉。",
        "单用途预付卡，是指企业发行的、只在本企业内兑付的凭证。",
        "值班电话：0000-5520119　传真：0000-5520120",
    ],
)
def test_what_stands_around_demands_is_none(line: str) -> None:
    asked = "各镇要每周巡查河道一次。"
    assert [one.text for one in split_document(f"{line}\n{asked}\n", LEXICON).demands] == [asked]


def test_what_a_heading_gives_to_a_department_is_no_demand_of_a_town() -> None:
    text = "一、分工\n（一）市气象局\n负责提供会商意见。\n（二）各镇\n守着田头，看见火点及时扑灭。\n"
    assert [one.text for one in split_document(text, LEXICON).demands] == ["守着田头，看见火点及时扑灭。"]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("各镇请今天下班前报名单。", "今天下班前"),
        ("鼠药明天送到各镇，请12月3日前投完。", "12月3日前"),
        ("各镇每周巡查一次。", ""),
    ],
)
def test_the_due_date_is_the_one_that_says_before(text: str, due: str) -> None:
    assert split_document(text, LEXICON).demands[0].deadline == due


def test_agreement_against_a_worked_example() -> None:
    pairs = [("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15
    same, kappa = agreement(pairs)  # the textbook example: .70 observed, .50 by chance
    assert same == pytest.approx(0.7)
    assert kappa == pytest.approx(0.4)
    with pytest.raises(ValueError, match="没有两遍"):
        agreement([])


def chances(verdict: Verdict, share: float) -> dict[Verdict, float]:
    rest = (1 - share) / (len(Verdict) - 1)
    return {one: share if one is verdict else rest for one in Verdict}


def said(text: str, share: float, *, urgent: bool = False) -> Verdict:
    facts = Facts(text, False, urgent, LEXICON, {}, ())
    gates = Gates(0.5, 0.5, 2.0, unlisted=0.7)
    return settle(facts, [], chances(Verdict.OUT, share), gates)[0].verdict


def test_an_unknown_matter_alone_is_no_finding() -> None:
    assert said("请你镇了解一下情况。", 0.6) is Verdict.HUMAN
    assert said("请你镇了解一下情况。", 0.8) is Verdict.OUT
    assert said("候车亭由镇里出钱维修。", 0.6) is Verdict.OUT


def test_a_saving_act_at_once_in_an_urgent_paper_is_not_stopped_without_a_known_event() -> None:
    assert said("坡下六户今晚必须搬出来。", 0.6, urgent=True) is Verdict.EMERG
    assert said("坡下六户的搬迁费由镇里承担。", 0.6, urgent=True) is Verdict.OUT


def test_a_call_with_two_signs_of_danger_is_an_emergency_though_it_would_pass() -> None:
    gates = Gates(0.5, 0.5, 2.0)
    for text, answer in (
        ("独居大爷三天没开门，屋里有煤气味，喊不应。", Verdict.EMERG),
        ("独居大爷想请人上门理发。", Verdict.PASS_BASIC),
    ):
        facts = Facts(text, True, False, LEXICON, {}, ())
        assert settle(facts, [], chances(Verdict.PASS_BASIC, 0.9), gates)[0].verdict is answer
