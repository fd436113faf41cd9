"""挂钩: a proposal with its proof is adopted by a person; changes carry a hand-over note; one officer a role."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from sanfu.enterprise.liaison import actions, queries
from sanfu.enterprise.liaison.models import Pair
from sanfu.enterprise.liaison.states import PairRole
from sanfu.enterprise.registry.models import Enterprise
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.moments import day_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("firms")]
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def actor(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=day_of(MONDAY))


def user(login: str) -> User:
    return User.objects.get(login=login)


def firm(place: int = 0) -> Enterprise:
    return Enterprise.objects.order_by("credit_code")[place]


def officers(capacity: int = 2000) -> None:
    for login, languages in (("jiangyu", ["ja"]), ("qianjin", []), ("hetao", [])):
        actions.set_officer(
            user(login), capacity=capacity, town=None, languages=languages, by=actor("guqin"), at=MONDAY
        )


def test_a_proposal_covers_all_proves_itself_and_changes_nothing_until_adopted() -> None:
    officers()
    actions.set_need(firm(), languages=["ja"], avoid=[], by=actor("guqin"), at=MONDAY)
    made = actions.propose(by=actor("guqin"), at=MONDAY)
    assert (made.body["uncovered"], Pair.objects.count()) == ([], 0)
    assert made.body["gap"] <= 0.0045
    actions.adopt(made, note="首次挂钩", by=actor("guqin"), at=MONDAY)
    assert queries.uncovered(actor("guqin").region).count() == 0
    assert Pair.objects.get(enterprise=firm(), role=PairRole.MAIN).officer.login == "jiangyu"
    both = Pair.objects.filter(enterprise=firm(1)).values_list("officer", flat=True)
    assert len(set(both)) == 2
    with pytest.raises(Conflict):
        actions.adopt(made, note="再来一次", by=actor("guqin"), at=MONDAY)
    again = actions.propose(by=actor("guqin"), at=MONDAY)
    assert again.body["kept"] == again.body["standing"] == Enterprise.objects.count()
    assert {one.officer.login for one in queries.mine(actor("hetao"))} == {"hetao"}


def test_who_may_serve_nobody_is_named_with_the_way_out() -> None:
    officers()
    actions.set_need(firm(), languages=["ko"], avoid=[], by=actor("guqin"), at=MONDAY)
    made = actions.propose(by=actor("guqin"), at=MONDAY)
    assert [one["name"] for one in made.body["uncovered"]] == [firm().name]
    assert "语言不通" in made.body["uncovered"][0]["words"]


def test_a_change_by_hand_needs_a_note_and_two_planners_do_not_overwrite_each_other() -> None:
    officers()
    by = actor("guqin")
    actions.link(firm(), user("jiangyu"), PairRole.MAIN, by=by, at=MONDAY)
    with pytest.raises(Refused, match="交接单"):
        actions.link(firm(), user("hetao"), PairRole.MAIN, by=by, at=MONDAY)
    with pytest.raises(Refused, match="同一人"):
        actions.link(firm(), user("jiangyu"), PairRole.DEPUTY, by=by, at=MONDAY)
    later = MONDAY + timedelta(days=3)
    actions.link(firm(), user("hetao"), PairRole.MAIN, note="用电增容还在等供电公司", by=by, at=later)
    with pytest.raises(Conflict):
        actions.link(
            firm(), user("qianjin"), PairRole.MAIN, note="再换一次人", seen=user("jiangyu"), by=by, at=later
        )
    old, new = queries.history(firm())[::-1]
    assert (old.ends, old.note) == (day_of(later), "用电增容还在等供电公司")
    assert (new.officer.login, new.ends) == ("hetao", None)
    with pytest.raises(NotAllowed):
        actions.link(firm(), user("qianjin"), PairRole.MAIN, note="我来挂钩", by=actor("qianjin"), at=later)


def test_pages_open_for_planner_officer_and_leader() -> None:
    officers()
    desk = Client()
    desk.force_login(user("guqin"))
    assert desk.post("/desk/liaison/proposals/", {"once": str(uuid4())}).status_code == 302
    made = queries.proposals(actor("guqin")).get()
    page = desk.get(f"/desk/liaison/proposals/{made.id}/?firm={firm().pk}&officer={user('hetao').pk}")
    assert "离最优不超过" in page.content.decode()
    desk.post(f"/desk/liaison/proposals/{made.id}/", {"once": str(uuid4()), "note": "首次挂钩"})
    assert Pair.objects.count() == 2 * Enterprise.objects.count()
    for path in ("", "mine/", "proposals/", f"firms/{firm().pk}/"):
        assert desk.get(f"/desk/liaison/{path}").status_code == 200, path
    own = Client()
    own.force_login(user("hetao"))
    assert "天内没有联系记录" in own.get("/desk/liaison/mine/").content.decode()
    assert own.get("/desk/liaison/").status_code == 403


def test_a_planner_sets_capacity_languages_and_who_withdraws_through_the_forms() -> None:
    desk, by = Client(), actor("guqin")
    desk.force_login(user("guqin"))

    def sent(path: str, **data: object) -> str:
        return desk.post(
            f"/desk/liaison/{path}", {"once": str(uuid4()), **data}, follow=True
        ).content.decode()

    hetao = user("hetao")
    assert "承载上限请填整数" in sent("officers/", user=str(hetao.pk), capacity="四十")
    assert "有“挂钩干部”岗位" in sent("officers/", user=str(user("zhengju").pk), capacity="40")
    assert "不超过 10 个字" in sent(
        "officers/", user=str(hetao.pk), capacity="40", languages="说得一口流利的斯瓦希里语"
    )
    page = sent("officers/", user=str(hetao.pk), capacity="40", languages="日语、english")
    assert "最多 40 户" in page
    assert "会英语、日语" in page
    one = queries.officers(by.region)[0]
    assert (one.user, one.capacity, one.languages) == (hetao, 40, ["en", "ja"])
    shown = sent(f"firms/{firm().pk}/need/", languages="日语", avoid=str(hetao.pk))
    assert "照此安排" in shown
    need = queries.need_of(firm())
    assert need is not None
    assert (need.languages, need.avoid) == (["ja"], [hetao.pk])
    own = Client()
    own.force_login(hetao)
    assert own.post("/desk/liaison/officers/", {"user": str(hetao.pk), "capacity": "1"}).status_code == 403
