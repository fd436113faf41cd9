"""Publishing never changes what was in force on a past day, in any list that a county decides."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps

from sanfu.enterprise.benefits import policies
from sanfu.enterprise.benefits.actions import versions as policy_actions
from sanfu.enterprise.benefits.content import shipped
from sanfu.enterprise.benefits.models import PolicyVersion
from sanfu.grassroots.duties.models import ListVersion as DutyVersion
from sanfu.grassroots.posts.models import PostVersion
from sanfu.kernel.clocks import CHINA
from sanfu.lists import actions as lists
from sanfu.lists import queries
from sanfu.lists.models import ListVersion as RequestVersion
from sanfu.lists.states import ListKind
from sanfu.lists.versions import Version, in_force
from sanfu.lists.versions import actions as versions
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, Conflict, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
REGION = "329900"
FIRST = datetime(2026, 3, 2, 12, 0, tzinfo=CHINA)
ITEM = {
    "code": "T1",
    "name": "河道漂浮物",
    "l1": "城乡建设",
    "l2": "水务",
    "lead": "SWJ",
    "says": ["河里有垃圾"],
}
Answer = Callable[[date], Any]
Publish = Callable[[date, datetime], None]


def cast(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=FIRST.date())


def requests() -> tuple[Answer, Publish]:
    editor, approver = cast("linadmin"), cast("xuheng")

    def publish(day: date, at: datetime) -> None:
        draft = lists.Draft(ListKind.REQUESTS, "清单", [ITEM])
        version = versions.submit(lists.open_draft(draft, by=editor, at=at), by=editor, at=at)
        lists.approve(version_id=version.id, by=approver, at=at)
        lists.publish(version_id=version.id, effective_from=day, by=approver, at=at)

    return lambda day: queries.in_force(ListKind.REQUESTS, day, region=REGION), publish


def duties() -> tuple[Answer, Publish]:
    town = Organisation.objects.get(code="WJZ")

    def publish(day: date, at: datetime) -> None:
        draft = DutyVersion(town=town, items=[{"code": "A1", "name": "一项"}])
        made = versions.draft(draft, by=cast("shenbian"), at=at)
        versions.enact(made, editor=cast("shenbian"), approver=cast("xuheng"), effective_from=day, at=at)

    return lambda day: in_force(DutyVersion, day, region=REGION, town_id=town.id), publish


def policy() -> tuple[Answer, Publish]:
    one = next(one for one in shipped() if one.own)
    document = policies.parsed(one.name, one.text)
    owner = Organisation.objects.get(region=REGION, code=document.owner)
    author = Actor(
        id=User.objects.get(login="linadmin").id, name="起草", region=REGION,
        units=frozenset({owner.id}), permissions=frozenset({"benefits.edit", "benefits.see"}),
    )  # fmt: skip
    second = Actor(
        id=User.objects.get(login="xuheng").id, name="复核", region=REGION,
        permissions=frozenset({"benefits.approve", "benefits.see"}),
    )  # fmt: skip

    def publish(day: date, at: datetime) -> None:
        made = policy_actions.draft(document.id, one.text, note="试验", by=author, at=at)
        try:
            policy_actions.submit(made, starts_on=day, by=author, at=at)
            policy_actions.approve(PolicyVersion.objects.get(pk=made.pk), by=second, at=at)
        except Refused:
            policy_actions.withdraw(made, by=author, at=at)
            raise

    def answer(day: date) -> Any:
        found = policies.find(REGION, document.id, day)
        return found and found.number

    return answer, publish


def posts() -> tuple[Answer, Publish]:
    town = Organisation.objects.get(code="WJZ")
    table = {"posts": [{"code": "G-01"}], "items": [{"code": "A1"}]}

    def publish(day: date, at: datetime) -> None:
        made = versions.draft(PostVersion(town=town, made="derived", table=table), by=cast("shenbian"), at=at)
        versions.enact(made, editor=cast("shenbian"), approver=cast("xuheng"), effective_from=day, at=at)

    return lambda day: in_force(PostVersion, day, region=REGION, town_id=town.id), publish


LISTS = {"requests": requests, "duties": duties, "policies": policy, "posts": posts}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", LISTS)
def test_publishing_leaves_every_past_day_as_it_was(name: str, seed: int) -> None:
    in_force_on, publish = LISTS[name]()
    publish(
        FIRST.date(), FIRST
    )  # the very first may be brought in from a day long past: nothing was judged by it
    rng, at, published = random.Random(seed), FIRST, 0
    for _ in range(5):
        at += timedelta(days=rng.choice([0, 1, 9]), minutes=1)
        today = at.astimezone(CHINA).date()
        past = [today - timedelta(days=back) for back in range(1, 40)]
        before = [in_force_on(day) for day in past]
        try:
            publish(today + timedelta(days=rng.choice([-9, -1, 0, 1, 5, 20])), at)
            published += 1
        except (Refused, Conflict):
            pass
        assert [in_force_on(day) for day in past] == before
    assert published, "a history in which nothing was published says nothing"


def test_every_kind_of_version_is_among_them() -> None:
    """A new list adds its line above; the catalogue of scenes has no past day to ask: cases pin their version."""
    kinds = {model for model in apps.get_models() if issubclass(model, Version)}
    assert kinds == {RequestVersion, DutyVersion, PolicyVersion, PostVersion}
