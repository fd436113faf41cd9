"""每月一题: a hotspot opens to as many requests, a topic is set once, compared, and ended in words."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from sanfu.kernel.topics.foreseeing import forecast
from sanfu.kernel.topics.scan import hotspots
from sanfu.measure import topics
from sanfu.measure.actions import topics as acts
from sanfu.people.models import User
from sanfu.records.actor import Conflict, NotAllowed, Refused
from tests.histories import taken, who

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
MONDAY = date(2026, 3, 2)
TODAY = MONDAY + timedelta(weeks=12, days=2)
LAMPS, NOISE = "城乡建设/路灯", "环境保护/噪声"


def reported(topic: str, week: int, count: int, one_person: bool = False) -> None:
    for n in range(count):
        at = datetime(2026, 3, 2, 2, 0, tzinfo=UTC) + timedelta(weeks=week, hours=n)
        phone = "13800000000" if one_person else f"138{week:04}{n:04}"
        taken(at, class_path=topic, phone=phone, body=f"人民路{week}号第{n}盏路灯坏了,晚上很黑")


def filled() -> None:
    for week in range(12):
        reported(LAMPS, week, 1 if week < 11 else 12)
        reported(NOISE, week, 2)


def test_a_hotspot_counts_what_it_opens_to() -> None:
    filled()
    actor = who("wushuang")
    found = topics.weekly(actor, TODAY, weeks=12)
    assert found.weeks[-1] == MONDAY + timedelta(weeks=11)
    assert found.of([LAMPS]) == [1] * 11 + [12]
    (spot,) = hotspots(found.series())
    assert (spot.topic, spot.count, spot.persons) == (LAMPS, 12, 12)
    rows = topics.rows(actor, LAMPS, None, False, found.weeks[-1], found.weeks[-1] + timedelta(weeks=1))
    assert rows.count() == 12
    assert topics.rows(who("sunwei"), LAMPS, None, True, MONDAY, TODAY).count() == 0
    assert not topics.weekly(who("sunwei"), TODAY).counts


def test_one_person_with_many_messages_is_no_hotspot() -> None:
    for week in range(11):
        reported(NOISE, week, 2)
    reported(LAMPS, 11, 12, one_person=True)
    assert hotspots(topics.weekly(who("wushuang"), TODAY, weeks=12).series()) == []


def test_a_topic_is_set_planned_compared_and_ended() -> None:
    for week in range(12):
        reported(LAMPS, week, 5 if week < 6 else 0)
        reported(NOISE, week, 4)
    by, at = who("wushuang"), datetime(2026, 5, 20, 2, 0, tzinfo=UTC)
    found = topics.weekly(by, TODAY)
    said = forecast(found.of([LAMPS]))
    foreseen = {"week": f"{found.weeks[-1]}", "mean": said.mean, "low": said.low, "high": said.high}
    given = {"topic": LAMPS, "area": None, "lead": None, "why": "路灯多次反映", "foreseen": foreseen}
    with pytest.raises(NotAllowed):
        acts.set_topic(**given, by=who("zhouli"), at=at)  # type: ignore[arg-type]
    row = acts.set_topic(**given, by=by, at=at)  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        acts.set_topic(**given, by=by, at=at)  # type: ignore[arg-type]
    measure = {"plan": "逐盏排查更换", "target": "每周不超过一件", "begins": MONDAY + timedelta(weeks=6)}
    with pytest.raises(Refused, match="对照"):
        acts.plan(row, **measure, others=[LAMPS], by=by, at=at)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="星期一"):
        acts.plan(row, **measure | {"begins": TODAY}, others=[NOISE], by=by, at=at)  # type: ignore[arg-type]
    acts.plan(row, **measure, others=[NOISE], by=by, at=at)  # type: ignore[arg-type]
    row.refresh_from_db()
    shown = topics.judged(row, topics.weekly(by, TODAY, weeks=12))
    assert shown is not None
    assert (shown.treated[0], shown.others) == (5.0, (4.0, 4.0))
    acts.end_topic(row, result="路灯已换", said="看不出效果", by=by, at=at)
    with pytest.raises(Conflict):
        acts.end_topic(row, result="再结一次", said="", by=by, at=at)


def test_pages_open_for_who_may() -> None:
    reported(LAMPS, 11, 6)
    client = Client()
    client.force_login(User.objects.get(login="wushuang"))
    path = reverse("leader:topics")
    assert client.get(path).status_code == 200
    assert client.get(reverse("leader:topic_new") + "?topic=没有的").status_code == 404
    assert client.get(reverse("leader:topic_rows") + "?first=昨天").status_code == 404
    client.force_login(User.objects.get(login="zhouli"))
    assert client.get(path).status_code == 200
    assert client.get(reverse("leader:topic_new") + f"?topic={LAMPS}").status_code == 403
