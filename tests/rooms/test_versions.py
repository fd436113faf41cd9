"""The one version: two people, a hash, a day, and a past that publishing never changes."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanfu.grassroots.duties.models import ListVersion
from sanfu.kernel.clocks import CHINA
from sanfu.lists.versions import VersionState, flow_of, in_force, in_force_rows, stands
from sanfu.lists.versions import actions as versions
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.queries import timeline

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=CHINA)
TODAY = NOON.date()


def cast(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=TODAY)


def town(code: str = "WJZ") -> Organisation:
    return Organisation.objects.get(code=code)


def a_draft(*names: str, code: str = "WJZ", at: datetime = NOON) -> ListVersion:
    items = [{"code": f"A{n}", "name": name} for n, name in enumerate(names or ("一项",))]
    return versions.draft(ListVersion(town=town(code), items=items), by=cast("shenbian"), at=at)


def enacted(effective_from: date, *, code: str = "WJZ", at: datetime = NOON) -> ListVersion:
    return versions.enact(
        a_draft(code=code, at=at), editor=cast("shenbian"), approver=cast("xuheng"),
        effective_from=effective_from, at=at,
    )  # fmt: skip


def test_a_version_goes_from_draft_to_force_by_two_people_and_says_so_in_the_log() -> None:
    version = a_draft()
    version = versions.consult(version, by=cast("shenbian"), at=NOON)
    version = versions.submit(version, by=cast("shenbian"), at=NOON)
    with pytest.raises(NotAllowed):
        versions.approve(version, by=cast("shenbian"), at=NOON)
    version = versions.approve(version, by=cast("xuheng"), at=NOON)
    version = versions.publish(version, effective_from=TODAY, doc_no="1号", by=cast("xuheng"), at=NOON)
    assert (version.number, version.state, version.approver_name) == (1, "published", cast("xuheng").name)
    assert in_force(ListVersion, TODAY, region=version.region, town_id=version.town_id) == version
    kinds = [row["kind"].removeprefix("duties.list_") for row in timeline(version.id)]
    assert kinds == ["drafted", "consulted", "submitted", "approved", "published"]


def test_who_edited_never_approves_and_the_database_agrees() -> None:
    version = versions.submit(a_draft(), by=cast("shenbian"), at=NOON)
    both = Actor(
        **{name: getattr(cast("xuheng"), name) for name in ("id", "name", "region")},
        permissions=frozenset({"duties.edit", "lists.approve"}),
    )
    version = versions.send_back(version, why="第一项写错了", by=cast("xuheng"), at=NOON)
    version = versions.change(version, items=[{"code": "A0", "name": "改正"}], by=both, at=NOON)
    version = versions.submit(version, by=cast("shenbian"), at=NOON)
    with pytest.raises(NotAllowed, match="两个人"):
        versions.approve(version, by=both, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        ListVersion.objects.filter(id=version.id).update(approver_id=both.id)


def test_what_was_submitted_is_what_is_published() -> None:
    version = versions.submit(a_draft(), by=cast("shenbian"), at=NOON)
    with pytest.raises(Conflict, match="不能再改"):
        versions.change(version, items=[], by=cast("shenbian"), at=NOON)
    version = versions.approve(version, by=cast("xuheng"), at=NOON)
    ListVersion.objects.filter(id=version.id).update(items=[{"code": "A0", "name": "偷偷改的"}])
    with pytest.raises(Conflict, match="不一致"):
        versions.publish(version, effective_from=TODAY, by=cast("xuheng"), at=NOON)


def test_refusals_say_what_to_do() -> None:
    empty = versions.draft(ListVersion(town=town(), items=[]), by=cast("shenbian"), at=NOON)
    with pytest.raises(Refused, match="没有事项"):
        versions.submit(empty, by=cast("shenbian"), at=NOON)
    with pytest.raises(Conflict, match="此时可以"):
        versions.publish(a_draft(), effective_from=TODAY, by=cast("xuheng"), at=NOON)
    with pytest.raises(Refused, match="原因"):
        versions.send_back(
            versions.submit(a_draft(), by=cast("shenbian"), at=NOON), why=" ", by=cast("xuheng"), at=NOON
        )
    with pytest.raises(NotAllowed):
        versions.submit(a_draft(), by=cast("qianjin"), at=NOON)


def test_a_version_that_ends_without_a_successor_holds_until_its_day() -> None:
    version = enacted(TODAY - timedelta(days=9))
    with pytest.raises(Refused, match="早于今天"):
        versions.end(version, effective_to=TODAY - timedelta(days=1), why="废止", by=cast("xuheng"), at=NOON)
    last = TODAY + timedelta(days=5)
    version = versions.end(version, effective_to=last, why="废止", by=cast("xuheng"), at=NOON)
    line = {"region": version.region, "town_id": version.town_id}
    assert in_force(ListVersion, last - timedelta(days=1), **line) == version
    assert in_force(ListVersion, last, **line) is None
    assert stands(version, TODAY) == (f"现行，{last} 起不再执行", "ok")
    assert stands(version, last)[0] == VersionState.REPLACED.label


def test_two_lines_do_not_touch_each_other() -> None:
    here, there = enacted(TODAY), enacted(TODAY, code="NJZ")
    assert (here.number, there.number) == (1, 1)
    assert set(in_force_rows(ListVersion, TODAY, region=here.region)) == {here, there}


STEP = st.tuples(st.integers(0, 20), st.integers(-15, 30), st.booleans())


@given(history=st.lists(STEP, min_size=2, max_size=7))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_publishing_and_ending_never_change_what_was_in_force_on_a_past_day(
    history: list[tuple[int, int, bool]],
) -> None:
    """Random histories: days pass, versions are published or ended from random days; the past stands still."""
    with transaction.atomic():
        _live_through(history)
        transaction.set_rollback(True)


def _live_through(history: list[tuple[int, int, bool]]) -> None:
    at, begun = NOON, None
    span = [TODAY + timedelta(days=n) for n in range(-20, 170)]
    line = {"region": town().region, "town_id": town().id}
    for passed, offset, ends in history:
        at += timedelta(days=passed)
        before = {day: in_force(ListVersion, day, **line) for day in span if day < at.date()}
        current = ListVersion.objects.filter(state="published", **line).first()
        day = at.date() + timedelta(days=offset)
        try:
            if ends and current is not None:
                versions.end(current, effective_to=day, why="停", by=cast("xuheng"), at=at)
            else:
                enacted(day, at=at)
                begun = begun or day
        except Refused:
            pass
        for past, held in before.items():
            now = in_force(ListVersion, past, **line)
            assert now == held or (held is None and begun == now.effective_from), past
        for one in span:
            assert in_force_rows(ListVersion, one, **line).count() <= 1


def test_every_matter_has_a_sound_flow() -> None:
    flow = flow_of(ListVersion.matter)
    assert flow.reachable(VersionState.DRAFT) == frozenset(VersionState)
