"""亩均评价: a run from the user's sheet, one firm re-run alone, notice, objection, decision by a person."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from sanfu.adapters import demo_scoring
from sanfu.adapters.demo_scenes import cast
from sanfu.projects.scoring import actions, policy, queries
from sanfu.projects.scoring.computing import rerun
from sanfu.projects.scoring.content import raw_scheme
from sanfu.projects.scoring.states import RunState
from sanfu.records.actor import Conflict, NotAllowed, Refused
from sanfu.records.moments import day_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


@pytest.fixture
def officer(county):
    return cast("mulan", day_of(NOW))


def made(by, scheme="demo-county", data=None, **more):
    content = io.BytesIO(data or demo_scoring.sheet())
    raw = {**raw_scheme(scheme), **more}
    return actions.run(
        title="甲", scheme=raw, name="a.csv", content=content, error=Decimal("0.02"), by=by, at=NOW
    )


def test_one_firm_alone_comes_out_as_in_the_run(officer) -> None:
    run = made(officer)
    firms = list(queries.firms(officer, run.id))
    assert len(firms) == demo_scoring.FIRMS
    for firm in firms:
        again = rerun(firm, {})
        if firm.rank is not None:
            assert (round(again.score.total, 6), again.grade, again.rank) == (
                firm.total,
                firm.grade,
                firm.rank,
            )
    assert [f.grade for f in firms if f.name == "演示企业18"] == ["D"]  # the veto


def test_notice_objection_and_decision(officer) -> None:
    run = made(officer)
    firm = queries.firms(officer, run.id).filter(rank__gt=20).first()
    with pytest.raises(Refused, match="公示期"):
        actions.object_to(firm, reason="x", changes={"用地面积": "1"}, by=officer, at=NOW)
    run = actions.publish(run, by=officer, at=NOW)
    firm = queries.firms(officer, run.id).get(id=firm.id)
    with pytest.raises(Refused, match="不是数"):
        actions.object_to(firm, reason="x", changes={"用地面积": "很小"}, by=officer, at=NOW)
    half = str(Decimal(firm.facts["facts"]["用地面积"]) / 2)
    objection = actions.object_to(firm, reason="面积错了", changes={"用地面积": half}, by=officer, at=NOW)
    assert Decimal(objection.after["total"]) > firm.total
    later = NOW + timedelta(days=30)
    with pytest.raises(Refused, match="异议"):
        actions.finish(run, by=officer, at=later)
    actions.decide(objection, uphold=True, answer="属实", by=officer, at=NOW)
    with pytest.raises(Conflict):
        actions.decide(objection, uphold=False, answer="", by=officer, at=NOW)
    kept = queries.firms(officer, run.id).get(id=firm.id)
    assert kept.total == round(Decimal(objection.after["total"]), 6)
    assert kept.facts["facts"]["用地面积"] == half
    with pytest.raises(Refused, match="公示到"):
        actions.finish(run, by=officer, at=NOW)
    assert actions.finish(run, by=officer, at=later).state == RunState.FINAL


@pytest.mark.parametrize(
    ("data", "more", "said"),
    [
        (None, {"upper": [{"k": "亩均税收", "w": 90, "base": 1}]}, "100"),
        ("镇,人口\n甲,1".encode(), {}, "表头"),
        (None, {"lower": [{"k": "亩均税收", "w": 100}]}, "基准值"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_kept(officer, data, more, said) -> None:
    with pytest.raises(Refused, match=said):
        made(officer, data=data, **more)
    assert not queries.runs(officer).exists()


def test_row_scope(officer) -> None:
    made(officer)
    assert not queries.runs(cast("tianchou", day_of(NOW))).exists()
    assert queries.runs(cast("zhengju", day_of(NOW))).exists()
    with pytest.raises(NotAllowed):
        made(cast("zhengju", day_of(NOW)))


def test_a_grade_has_a_value_in_yuan_and_what_is_missing_is_not_zero(officer) -> None:
    firm = queries.firms(officer, made(officer).id).filter(rank__isnull=False).first()
    firm.facts = {**firm.facts, "facts": {**firm.facts["facts"], "用电量": "100", "用地面积": "20.5"}}
    on = day_of(NOW)
    assert policy.worth(firm, "C", on) == -50_000
    assert policy.worth(firm, "B", on) == 0
    assert policy.worth(firm, "A", on) == 41_000
    assert policy.worth(firm, "D", on) is None  # 用水量 is not known
    assert {one.title: one.yuan for one in policy.effects(firm, "D", on)} == {
        "D 档用电加价": -100_000,
        "D 档用水加价": None,
    }
    firm.facts["facts"]["用水量"] = "3000"
    assert policy.worth(firm, "D", on) == -103_000
    assert policy.effects(firm, "", on) == []


def test_an_unchanged_firm_has_no_trend_under_one_scheme(officer) -> None:
    old = made(officer)
    upper = [
        {**one, "base": one["base"] / 2} if one["k"] == "亩均税收" else one
        for one in raw_scheme("demo-county")["upper"]
    ]
    new = made(officer, upper=upper)
    firm = queries.firms(officer, new.id).filter(set="upper", rank__isnull=False).order_by("-total").last()
    found = policy.trend(firm, officer)
    assert [one.title for one in found] == [old.title, new.title]
    assert found[0].published != found[1].published
    assert found[0].rebased == found[1].rebased
