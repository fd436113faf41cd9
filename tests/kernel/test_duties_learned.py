"""What labelled demands teach: chances that add up, folds that keep an item together, gates, and no stopped emergency."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.grassroots.duties import library
from sanfu.kernel.duties.items import DutyList
from sanfu.kernel.duties.judging.deciding import STOPPING, Gates, settle
from sanfu.kernel.duties.judging.facts import Facts
from sanfu.kernel.duties.judging.learning import Taught, learn
from sanfu.kernel.duties.judging.model import folds_by_group, softmax
from sanfu.kernel.duties.judging.phrasings import carried, phrasings_of
from sanfu.kernel.duties.judging.precheck import Checker, Paper
from sanfu.kernel.duties.judging.verdicts import PASSING, Verdict

LIST, LEXICON = library.model_list(), library.lexicon()


@pytest.fixture(scope="module")
def checker() -> Checker:
    """A checker that has learned the worked cases and remembers none of them."""
    return library.checker(LIST, [])


def facts(text: str, context: str = "") -> Facts:
    return Facts(text, False, False, LEXICON, {}, (), context)


@given(st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=40), st.integers(1, 6))
def test_folds_keep_the_demands_of_one_item_together(groups: list[str], folds: int) -> None:
    fold = folds_by_group(groups, folds)
    for group in set(groups):
        assert len({int(fold[i]) for i, one in enumerate(groups) if one == group}) == 1


@given(st.lists(st.lists(st.floats(-40, 40), min_size=9, max_size=9), min_size=1, max_size=5))
def test_chances_add_up_and_keep_the_order_of_the_scores(rows: list[list[float]]) -> None:
    chances = softmax(np.array(rows))
    assert np.allclose(chances.sum(axis=1), 1)
    assert (chances.max(axis=1) == chances[np.arange(len(rows)), np.array(rows).argmax(axis=1)]).all()


chances_of = st.lists(st.floats(0.01, 1), min_size=9, max_size=9).map(
    lambda raw: dict(zip(Verdict, (x / sum(raw) for x in raw), strict=True))
)


@given(chances_of, st.floats(0, 1), st.floats(0, 1))
def test_a_stricter_gate_never_lets_more_pass_and_never_stops_more(
    chances: dict[Verdict, float], gate: float, more: float
) -> None:
    loose, strict = Gates(gate, gate, 2.0), Gates(max(gate, more), max(gate, more), 2.0)
    before = settle(facts("各镇做好有关工作。"), [], chances, loose)[0].verdict
    after = settle(facts("各镇做好有关工作。"), [], chances, strict)[0].verdict
    assert after is before or after is Verdict.HUMAN


@given(chances_of)
def test_a_present_event_with_a_saving_act_at_once_is_stopped_only_when_sure(
    chances: dict[Verdict, float],
) -> None:
    text = "山洪已到，立即转移沿河群众。"
    decision, _ = settle(facts(text, "关于应对台风的紧急通知"), [], chances, Gates(0.5, 0.5, 0.3))
    assert decision.verdict not in STOPPING or max(chances.values()) >= 0.9


@pytest.mark.slow
def test_a_threat_to_the_own_life_goes_to_a_person_whatever_the_model_says(checker: Checker) -> None:
    said = checker.check(Paper("来电人说再不解决就跳楼，并要求镇里罚款。", "12345", "工单"))
    assert said.verdict is Verdict.HUMAN
    assert said.lead.reason == "RISK"


@pytest.mark.slow
def test_no_worked_emergency_is_stopped_when_it_was_not_learned() -> None:
    cases = library.worked_cases()
    emergencies = [case for case in cases if case.verdict is Verdict.EMERG]
    others = tuple(case for case in cases if case.verdict is not Verdict.EMERG)
    half = tuple(emergencies[::2])
    judge = library.checker(LIST, [], cases=(*others, *half))
    stopped = [
        case.id
        for case in emergencies[1::2]
        if any(one.verdict in STOPPING for one in judge.check(case.paper).judgements)
    ]
    assert stopped == []


@pytest.mark.slow
def test_every_answer_shows_an_item_and_words(checker: Checker) -> None:
    for text in ("请各镇走访企业。", "各镇新建一座变电站。", "消火栓坏了由镇里罚款。"):
        for one in checker.check(Paper(text, "市住建局", "通知")).judgements:
            assert one.item is not None
            assert one.marks
            assert 0 < one.confidence <= 1


@pytest.mark.slow
def test_the_verdict_and_the_item_shown_first_speak_of_the_same_list(checker: Checker) -> None:
    kinds = {Verdict.PASS_BASIC: "基本", Verdict.PASS_COOP: "配合", Verdict.RECALLED: "收回"}
    for case in library.worked_cases()[:80]:
        for one in checker.check(case.paper).judgements:
            if one.verdict in kinds and one.rule != "P1":
                assert one.item is not None
                assert one.item.list_type.value == kinds[one.verdict]
                assert one.candidates[0].item.code == one.item.code


def test_phrasings_follow_the_matter_to_a_list_with_other_codes() -> None:
    renamed = DutyList("他镇", tuple(replace(item, code=f"X{i:03d}") for i, item in enumerate(LIST)))
    phrasings = phrasings_of([("独居老人每周探访", "B-MS-02"), ("两件事", "B-MS-02 B-MS-03")])
    moved = carried(phrasings, LIST, renamed)
    code = next(item.code for item, old in zip(renamed, LIST, strict=True) if old.code == "B-MS-02")
    assert moved == {code: ("独居老人每周探访",)}
    assert carried(phrasings, LIST, DutyList("别处", LIST.of_type(LIST.items[-1].list_type))) == {}


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 49))
def test_too_few_cases_are_refused_with_their_number(count: int) -> None:
    case = Taught("各镇走访企业。", "市工信局", "通知", Verdict.PASS_BASIC, "B-JJ-03")
    with pytest.raises(ValueError, match=f"只有 {count} 条"):
        learn([case] * count, LIST, LEXICON)


def test_passing_and_stopping_verdicts_do_not_meet() -> None:
    assert not PASSING & STOPPING
