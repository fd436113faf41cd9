"""Talent: programmes judged for declared facts in three values, application, supply, answer; who may not is refused."""

from datetime import UTC, date, datetime

import pytest

from sanfu.adapters.demo_scenes import cast
from sanfu.adapters.demo_talent import SKILLED, talent
from sanfu.projects.talent import actions, queries
from sanfu.projects.talent.models import TalentApplication
from sanfu.projects.talent.programmes import encoded, matched
from sanfu.projects.talent.states import Event, State
from sanfu.records.actor import NotAllowed, Refused
from sanfu.records.moments import day_of

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
DAY = date(2026, 3, 2)


def status(clause: str, **facts: str) -> tuple[str, str]:
    found = next(one for one in matched(encoded(facts)[0], DAY) if one.clause == clause)
    return str(found.status), found.explanation.amount


@pytest.mark.parametrize(
    ("clause", "facts", "amount"),
    [
        ("rc-1", {"全职引进": "是", "年龄": "50", "学历": "博士", "核心技术负责人": "是", "已享受同类资助": "否"}, "100万元"),
        ("rc-1", {"全职引进": "是", "年龄": "30", "学历": "本科", "年薪": "50万元", "核心技术负责人": "是", "已享受同类资助": "否"}, "100万元"),
        ("rc-2", {"全职引进": "是", "创业股权占比": "30%", "所在行业": "光电", "已享受同类资助": "否"}, "80万元"),
        ("rc-2", {"全职引进": "是", "创业股权占比": "40%", "所在行业": "其他", "已享受同类资助": "否"}, "40万元"),
        ("rc-3", {"技能等级": "高级技师", "本地社保月数": "12"}, "5万元"),
        ("aj-1", {"全职引进": "是", "年龄": "40", "本地有房": "否", "学历": "硕士"}, "15万元"),
    ],
)  # fmt: skip
def test_golden_cases_of_the_programmes(clause: str, facts: dict[str, str], amount: str) -> None:
    assert status(clause, **facts) == ("符合", amount)


def test_unknown_is_no_refusal_and_one_condition_that_fails_is() -> None:
    assert status("aj-1", 全职引进="是", 年龄="31")[0] not in {"符合", "不符合"}
    assert status("aj-1", 全职引进="是", 年龄="41", 本地有房="否", 学历="硕士")[0] == "不符合"
    assert (
        status("rc-2", 全职引进="是", 创业股权占比="29.9%", 所在行业="光电", 已享受同类资助="否")[0]
        == "不符合"
    )
    row, wrong = encoded({"年龄": "很年轻", "学历": "博士后", "年薪": "60万元"})
    assert set(wrong) == {"年龄", "学历"}
    assert row["年薪"] == 60_000_000


def test_nothing_is_in_force_before_its_day() -> None:
    assert matched({}, date(2025, 12, 31)) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("county")
class TestTalent:
    def who(self, login: str):
        return cast(login, day_of(NOW))

    def applied(self, **facts: str) -> TalentApplication:
        return actions.apply(
            clause="rc-3", person="甲", facts=facts or SKILLED, by=self.who("wangqiang"), at=NOW
        )

    def test_from_application_to_answer_with_one_supplement(self) -> None:
        firm, officer = self.who("wangqiang"), self.who("caiqin")
        row = self.applied()
        actions.accept(row, by=officer, at=NOW)
        actions.ask(row, why="请补证书", by=officer, at=NOW)
        with pytest.raises(NotAllowed):
            actions.supply(row, said="证书已补", by=officer, at=NOW)
        actions.supply(row, said="证书编号已补", by=firm, at=NOW)
        actions.answer(row, Event.GRANT, said="核实无误", by=officer, at=NOW)
        row = queries.access(firm, row.pk)
        assert (row.case.state, row.answer, row.amount) == (State.GRANTED, "核实无误", "5万元")
        assert "证书编号" in row.supplied

    def test_what_is_not_met_or_cannot_be_is_refused_and_nothing_is_kept(self) -> None:
        with pytest.raises(Refused, match="社保"):
            self.applied(技能等级="技师", 本地社保月数="2")
        with pytest.raises(Refused, match="年龄"):
            actions.apply(clause="rc-1", person="甲", facts={"年龄": "400"}, by=self.who("wangqiang"), at=NOW)
        with pytest.raises(Refused, match="没有这项"):
            actions.apply(clause="xx", person="甲", facts={}, by=self.who("wangqiang"), at=NOW)
        with pytest.raises(NotAllowed):
            actions.apply(clause="rc-3", person="甲", facts=SKILLED, by=self.who("caiqin"), at=NOW)
        assert not TalentApplication.objects.exists()

    def test_another_unit_does_not_see_it(self) -> None:
        row = self.applied()
        assert queries.access(self.who("caiqin"), row.pk) is not None
        assert queries.access(self.who("mulan"), row.pk) is None

    def test_the_demo_stands(self) -> None:
        talent(NOW)
        assert {one.case.state for one in queries.of_firm(self.who("caiqin"))} == {
            State.GRANTED,
            State.ASKED,
            State.SENT,
        }
