"""亩均评价: a run from the user's sheet, one firm re-run alone, notice, objection, decision by a person."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sanfu.adapters import demo_scoring
from sanfu.adapters.demo_scenes import cast
from sanfu.enterprise.registry.models import Enterprise
from sanfu.people.messages.models import Message
from sanfu.people.models import Organisation, User
from sanfu.projects.scoring import actions, policy, queries
from sanfu.projects.scoring.computing import rerun
from sanfu.projects.scoring.content import raw_scheme, unit_of
from sanfu.projects.scoring.states import RunState
from sanfu.records.actor import Conflict, NotAllowed, Refused
from sanfu.records.moments import day_of
from sanfu.web.officer.scoring.runs import todos

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


def test_a_figure_is_asked_in_the_unit_it_is_computed_with() -> None:
    said = [unit_of(name) for name in ("评价税收", "用地面积", "主要污染物排放量", "亩均税收", "没有这个数")]
    assert said == ["万元", "亩", "吨", "万元/亩", ""]


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


def test_a_firm_objects_on_its_own_page_and_on_no_other(officer) -> None:
    """提异议 through the firm's own form: its row alone is computed again, the officer decides."""
    account = Organisation.objects.get(code="FIRM-1")
    firm = Enterprise.objects.create(
        region=account.region, credit_code="91320000MA1DEMO001", name=account.name, organisation=account, industry="C3969",
        size="小型", demo=True, registered_at=NOW,
    )  # fmt: skip
    data = demo_scoring.sheet().replace("演示企业30".encode(), firm.name.encode())
    run = made(officer, data=data)
    visitor = Client()
    visitor.force_login(User.objects.get(login="wangqiang"))
    row = queries.firms(officer, run.id).get(name=firm.name)
    page = reverse("firm:own_score", args=[row.id])
    assert visitor.get(page).status_code == 404  # a draft is nobody's business but the officer's
    actions.publish(run, by=officer, at=timezone.now())
    other = queries.firms(officer, run.id).exclude(pk=row.pk).first()
    assert visitor.get(reverse("firm:own_score", args=[other.id])).status_code == 404
    assert run.title in visitor.get(reverse("firm:own_scores")).content.decode()
    place = [*row.facts["facts"], *row.facts["values"]].index("用地面积")
    half = str(Decimal(row.facts["facts"]["用地面积"]) / 2)
    bad = visitor.post(page, {"reason": "面积错了", f"f{place}": "很小"})
    assert bad.status_code in {400, 422}
    assert "不是数" in bad.content.decode()
    done = visitor.post(page, {"reason": "面积错了", f"f{place}": half}, follow=True).content.decode()
    assert "按所报的数重算" in done
    objection = row.objections.get()
    assert Decimal(objection.after["total"]) > row.total
    again = visitor.post(page, {"reason": "再来", f"f{place}": half})
    assert again.status_code in {400, 422}  # one open objection at a time
    assert [(one.count, one.url) for one in todos(officer, timezone.now())] == [
        (1, reverse("officer:scoring_run", args=[run.id]))
    ]
    with pytest.raises(Refused, match="写明答复"):
        actions.decide(objection, uphold=False, answer=" ", by=officer, at=timezone.now())
    actions.decide(objection, uphold=False, answer="证载面积没有变", by=officer, at=timezone.now())
    assert "证载面积没有变" in visitor.get(page).content.decode()
    assert todos(officer, timezone.now()) == []
    told = Message.objects.get(user__login="wangqiang", kind="decided")
    assert (told.path, "未采纳" in told.words) == (page, True)


def test_a_sheet_with_codes_is_matched_by_the_code_alone(officer) -> None:
    owner = replace(officer, permissions=frozenset({"scoring.own"}))
    data = "企业名称,统一社会信用代码,评价税收（万元）,用地面积（亩）\n甲,91320000000000001A,60,15\n乙,91320000000000002B,60,15\n"
    scheme = {"id": "own", "year": 2025, "upper": [{"k": "亩均税收", "w": 100, "base": 8}]}
    run = actions.run(
        title="甲",
        scheme=scheme,
        name="a.csv",
        content=io.BytesIO(data.encode()),
        error=Decimal(0),
        by=officer,
        at=NOW,
    )
    actions.publish(run, by=officer, at=NOW)
    seen = queries.own_results(owner, queries.Identity("91320000000000001A", "乙"))
    assert [one.name for one in seen] == ["甲"]
    assert not queries.own_results(officer, queries.Identity("91320000000000001A", "甲")).exists()
