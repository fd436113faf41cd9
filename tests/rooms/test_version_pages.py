"""The page of every kind of version: the same steps for lists of requests and duties, policies and post tables."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from sanfu.enterprise.benefits import policies
from sanfu.enterprise.benefits.actions import versions as policy_actions
from sanfu.grassroots.duties.models import ListVersion as DutyVersion
from sanfu.grassroots.posts.models import PostVersion
from sanfu.kernel.clocks import CHINA
from sanfu.lists import actions as lists
from sanfu.lists.states import ListKind
from sanfu.lists.versions import Version
from sanfu.lists.versions import actions as versions
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor
from sanfu.records.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=CHINA)
TODAY = date(2026, 3, 2)
ITEM = {
    "code": "T1",
    "name": "河道漂浮物",
    "l1": "城乡建设",
    "l2": "水务",
    "lead": "SWJ",
    "says": ["河里有垃圾"],
}
TABLE = {
    "town": "望江镇",
    "items": [{"code": "A1", "name": "一项", "category": "党的建设", "times": 1, "hours": 1}],
    "posts": [{"code": "G-01", "name": "岗", "unit": "党政办", "nature": "行政", "seats": 1, "hours": 1800}],
    "people": [],
    "assignments": [],
}


@dataclass(frozen=True)
class Kind:
    """One kind of version: who writes and who approves it, its draft, the route of a step."""

    editor: str
    approver: str
    draft: Callable[[Actor], Any]
    act: str
    publishes: bool = True  # as a step of its own, not with the approval


def _policy(by: Actor) -> Any:
    found = policies.find(by.region, "yc-srdi", TODAY)
    assert found is not None
    made = policy_actions.draft("yc-srdi", found.document.source, note="措辞", by=by, at=NOW)
    return versions.change(made, effective_from=TODAY + timedelta(days=9), by=by, at=NOW)


KINDS = {
    "requests": Kind(
        "linadmin", "xuheng",
        lambda by: lists.open_draft(lists.Draft(ListKind.REQUESTS, "清单", [ITEM]), by=by, at=NOW),
        "manage:list_act",
    ),
    "duties": Kind(
        "shenbian", "xuheng",
        lambda by: versions.draft(
            DutyVersion(town=Organisation.objects.get(code="WJZ"), items=[{"code": "A1", "name": "一项"}]), by=by, at=NOW
        ),
        "officer:duty_list_act",
    ),
    "policies": Kind("jiangyu", "luoqi", _policy, "officer:benefit_policy_act", publishes=False),
    "posts": Kind(
        "shenbian", "xuheng",
        lambda by: versions.draft(
            PostVersion(town=Organisation.objects.get(code="WJZ"), made="derived", table=TABLE), by=by, at=NOW
        ),
        "officer:post_table_act",
    ),
}  # fmt: skip


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Kind:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    cache.clear()
    return KINDS[request.param]


def who(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=TODAY)


def post(login: str, kind: Kind, version: Version, event: str, **said: str) -> Any:
    client = Client()
    client.force_login(User.objects.get(login=login))
    return client.post(reverse(kind.act, args=[version.pk, event]), said)


def state(version: Version) -> str:
    return str(type(version)._default_manager.get(pk=version.pk).state)


def events(version: Version) -> int:
    return Event.objects.filter(stream=version.pk).count()


def waiting(kind: Kind) -> Version:
    """A version that was handed to the second person."""
    version: Version = kind.draft(who(kind.editor))
    return versions.submit(version, by=who(kind.editor), at=NOW)


def test_a_second_person_approves_and_it_holds_from_a_day(kind: Kind) -> None:
    version = waiting(kind)
    assert post(kind.approver, kind, version, "approve").status_code == 302
    if kind.publishes:
        assert state(version) == "approved"
        answer = post(
            kind.approver,
            kind,
            version,
            "publish",
            effective_from=str(TODAY + timedelta(days=1)),
            doc_no="1号",
        )
        assert answer.status_code == 302
    assert state(version) == "published"


def test_who_wrote_it_does_not_approve_it(kind: Kind) -> None:
    version = waiting(kind)
    before = events(version)
    assert post(kind.editor, kind, version, "approve").status_code in {302, 403}
    assert (state(version), events(version)) == ("waiting", before)


def test_it_goes_back_with_a_reason_and_never_without(kind: Kind) -> None:
    version = waiting(kind)
    answer = post(kind.approver, kind, version, "send_back", why="  ")
    assert (answer.status_code, state(version)) == (422, "waiting")
    assert "退回原因" in answer.content.decode()
    assert post(kind.approver, kind, version, "send_back", why="长" * 301).status_code == 422
    assert post(kind.approver, kind, version, "send_back", why="第一项写错了").status_code == 302
    found = type(version)._default_manager.get(pk=version.pk)
    assert (found.state, found.said, found.content_hash) == ("draft", "第一项写错了", "")


def test_its_editor_takes_it_back_while_nobody_has_approved_it(kind: Kind) -> None:
    version = waiting(kind)
    assert post(kind.editor, kind, version, "discard").status_code == 302
    assert state(version) == "discarded"


def test_a_step_out_of_order_or_unknown_writes_nothing(kind: Kind) -> None:
    version: Version = kind.draft(who(kind.editor))
    before = events(version)
    for event in ("approve", "send_back", "replace", "x"):
        assert post(kind.approver, kind, version, event, why="理由").status_code in {302, 404, 409, 422}
    assert (state(version), events(version)) == ("draft", before)


def test_the_form_asks_for_a_day_and_says_what_is_wrong_with_it(kind: Kind) -> None:
    if not kind.publishes:
        return  # its day is proposed with the text
    version = versions.approve(waiting(kind), by=who(kind.approver), at=NOW)
    for day in ("", "2026-13-41", "明天"):
        answer = post(kind.approver, kind, version, "publish", effective_from=day)
        assert (answer.status_code, state(version)) == (422, "approved"), day
    first = versions.publish(version, effective_from=TODAY, by=who(kind.approver), at=NOW)
    second = versions.approve(waiting(kind), by=who(kind.approver), at=NOW)
    for day, words in ((TODAY - timedelta(days=1), "不能早于今天"), (TODAY, "须晚于上一版")):
        answer = post(kind.approver, kind, second, "publish", effective_from=str(day))
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert (state(first), state(second)) == ("published", "approved")


def test_a_stranger_is_refused(kind: Kind) -> None:
    version = waiting(kind)
    before = events(version)
    assert post("limei", kind, version, "approve").status_code in {403, 404}
    assert (state(version), events(version)) == ("waiting", before)
