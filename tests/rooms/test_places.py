"""Where an order is: chosen by its citizen, known to the desk, seen by nobody who does not see the order."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import timezone

from sanfu.grassroots.tickets import actions
from sanfu.grassroots.tickets.guidance import repeats
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import Channel, RequestType
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import machine
from sanfu.records.moments import day_of
from sanfu.records.places import county_map
from sanfu.web.components.map import MapView, around
from sanfu.web.leader.hotspots.pages import _look

pytestmark = pytest.mark.usefixtures("county")
BODY = "广场舞音响太响，晚上十点还在放，孩子没法睡觉。"


def client(login: str) -> Client:
    made = Client()
    made.force_login(User.objects.get(login=login))
    return made


def a_village(town: str = "WJZ") -> tuple[float, float]:
    area = Organisation.objects.get(code=town).area
    return next(one.middle for one in county_map().spots if one.area == area)


def asked(body: str = BODY, **more: Any) -> Ticket:
    said = actions.Submission(body, RequestType("投诉"), Channel.WEB, key=f"{body}{more}", **more)
    return actions.submit(said, by=machine(settings.REGION, "市民"), at=timezone.now())


def test_a_chosen_place_comes_with_the_request_and_says_its_town() -> None:
    lon, lat = a_village()
    sent = {"body": BODY, "kind": "投诉", "lon": f"{lon:.6f}", "lat": f"{lat:.6f}"}
    assert Client().post("/ask/", sent).status_code == 302
    ticket = Ticket.objects.select_related("area").get()
    assert (ticket.lon, ticket.lat) == pytest.approx((lon, lat), abs=1e-6)
    assert ticket.area is not None
    assert ticket.area.code == "WJZ"


@pytest.mark.parametrize(
    "place", [{"lon": "abc", "lat": "1"}, {"lon": "2.35", "lat": "48.85"}, {"lon": "122.9"}]
)
def test_a_place_that_is_none_costs_no_request(place: dict[str, str]) -> None:
    answer = Client().post("/ask/", {"body": BODY, "kind": "投诉", **place})
    if answer.status_code == 302:
        assert Ticket.objects.get().lon is None
    else:
        assert BODY in answer.content.decode()  # the number was none: said, and nothing lost


def test_a_repeat_nearby_is_found_with_less_likeness() -> None:
    lon, lat = a_village()
    asked("广场上跳舞的人很多，夜里声音很大。", lon=lon, lat=lat)
    now = timezone.now()
    text = "广场舞音响太吵，夜里声音很大睡不着。"
    far = repeats(text, region=settings.REGION, area=None, at=now)
    near = repeats(text, region=settings.REGION, area=None, at=now, here=(lon + 0.001, lat))
    assert len(near) == 1
    assert near[0].metres is not None
    assert 50 < near[0].metres < 150
    assert len(far) <= len(near)
    hints = Client().post("/ask/hints/", {"body": text, "lon": str(lon), "lat": str(lat)}).content.decode()
    assert "离您选的位置约 0 米" in hints


def test_the_map_shows_what_the_actor_sees_and_counts_the_rest() -> None:
    lon, lat = a_village()
    placed, hidden = asked(lon=lon, lat=lat), asked("另一件没有位置的事情，也请处理。")
    page = client("chenfang").get("/desk/tickets/map/").content.decode()
    assert placed.case.number in page
    assert hidden.case.number not in page
    assert "另有 1 件没有标位置" in page
    assert placed.case.number not in client("qianjin").get("/desk/tickets/map/").content.decode()
    kind = placed.class_path.partition("/")[0] or "没有这一类"
    assert client("chenfang").get(f"/desk/tickets/map/?kind={kind}&days=7&all=1").status_code == 200
    shown = client("chenfang").get(f"/desk/tickets/{placed.pk}/").content.decode()
    assert "map-svg" in shown


def test_hotspots_compare_two_windows_of_the_same_length() -> None:
    town = Organisation.objects.get(code="WJZ")
    now = timezone.now()
    for n in range(9):
        said = actions.Submission(f"{BODY}{n}", RequestType("投诉"), Channel.WEB, key=str(n), area=town.pk,
                                  class_path="城乡建设/噪声/广场舞", item_code="CJ001")  # fmt: skip
        actions.submit(said, by=machine(settings.REGION, "市民"), at=now - timedelta(days=2 if n else 40))
    page = client("zhengju").get("/leader/hotspots/?days=30&level=2").content.decode()
    assert "明显增多 1 处" in page
    assert "多 7 件" in page
    assert "望江镇" in page
    assert client("zhengju").get("/leader/hotspots/?days=30&by=spot&level=3").status_code == 200
    assert client("sunwei").get("/leader/hotspots/").status_code == 403


def test_a_hotspot_opens_to_as_many_orders_as_it_counts_and_only_to_those_the_reader_sees() -> None:
    town = Organisation.objects.get(code="WJZ")
    now = timezone.now()
    for n in range(5):
        said = actions.Submission(f"{BODY}{n}", RequestType("投诉"), Channel.WEB, key=str(n), area=town.pk,
                                  class_path="城乡建设/噪声/广场舞" if n else "交通/公交/线路", item_code="CJ001")  # fmt: skip
        actions.submit(
            said, by=machine(settings.REGION, "市民"), at=now - timedelta(days=40 if n == 4 else 2)
        )
    leader = client("zhengju")
    page = unescape(leader.get("/leader/hotspots/?days=30&level=3").content.decode())
    opened = {url: int(count) for url, count in re.findall(r'href="([^"]*/orders/[^"]*)">(\d+)</a>', page)}
    assert sorted(opened.values()) == [1, 1, 3]
    for url, count in opened.items():
        rows = leader.get(url)
        assert rows.context["table"].total == count
    (busiest,) = [url for url, count in opened.items() if count == 3]
    assert client("sunwei").get(busiest).status_code == 403
    # 南泾镇 sees none of them, whatever address it is given
    request = RequestFactory().get(busiest)
    request.actor, request.now = actor_of(User.objects.get(login="hetao"), on=day_of(now)), now
    assert _look(request).cells(request) == []
    whole_town = re.search(r'href="([^"]*/orders/[^"]*place=[^"&]*)"', page)
    assert whole_town
    assert leader.get(whole_town.group(1)).context["table"].total == 4
    assert leader.get("/leader/hotspots/orders/").status_code == 302
    assert leader.get("/leader/hotspots/orders/?place=x&until=yesterday").status_code == 404


def test_a_basemap_is_asked_for_exactly_what_the_picture_shows(settings: Any) -> None:
    assert "<image" not in str(MapView().svg)
    settings.BASEMAP = "https://map.example/wms?LAYERS=base"
    picture = str(MapView().svg)
    at = around(county_map().bounds)
    assert f"BBOX={at.west:.6f}%2C{at.south:.6f}%2C{at.east:.6f}%2C{at.north:.6f}" in picture
    assert "SRS=EPSG%3A4490" in picture
    assert f'width="{at.width}" height="{at.height}"' in picture
