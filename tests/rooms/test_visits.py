"""走访: wishes merged and told, records from phones applied once, both values kept, the firm confirms."""

import io
import json
import re
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from sanfu.enterprise.demands.models import Demand
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.visits import actions, queries
from sanfu.enterprise.visits.actions import syncing
from sanfu.enterprise.visits.models import Operation, Photo, Visit, Wish
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actions import deliver_outbox
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.moments import day_of

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def actor(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=day_of(MONDAY))


def firm(place: int = 0) -> Enterprise:
    return Enterprise.objects.order_by("credit_code")[place]


def own_firm() -> Enterprise:
    return Enterprise.objects.get(organisation__code="FIRM-1")


def raw(record: str, changes: dict[str, tuple[str | None, str]], **more: Any) -> dict[str, Any]:
    told = {name: {"old": old, "new": new} for name, (old, new) in changes.items()}
    return {"id": str(uuid4()), "record": record, "base": 0, "kind": "visit", "changes": told, **more}


def begun(where: Enterprise, **more: Any) -> tuple[str, dict[str, Any]]:
    record = str(uuid4())
    sent = raw(record, {"firm": (None, where.name), "note": (None, "订单饱满")}, **more)
    return record, syncing.receive(sent, by=actor("jiangyu"), at=MONDAY)


@pytest.mark.django_db
@pytest.mark.usefixtures("firms")
class TestTheRoom:
    def wish(self, code: str, first: date, last: date, place: int = 0, **more: Any) -> Wish:
        unit = Organisation.objects.get(code=code)
        return actions.wish(enterprise=firm(place), department=unit, first=first, last=last, purpose="调研", by=actor("guqin"), at=MONDAY, **more)  # fmt: skip

    def test_wishes_become_few_visits_and_each_is_told_where_it_went(self) -> None:
        one = self.wish("GXJ", date(2026, 3, 2), date(2026, 3, 20))
        two = self.wish("KJJ", date(2026, 3, 9), date(2026, 4, 3))
        check = self.wish("YJJ", date(2026, 3, 11), date(2026, 3, 11), lawful=True)
        assert actions.adopt(by=actor("guqin"), at=MONDAY) == 1
        visit = Visit.objects.get()
        states = {
            row.department.code: (row.state, row.visit_id)
            for row in Wish.objects.select_related("department")
        }
        assert states == {"GXJ": ("own", visit.id), "KJJ": ("merged", visit.id), "YJJ": ("shown", None)}
        assert "市工信局牵头" in Wish.objects.get(pk=two.pk).answer
        assert set(visit.units) == {one.department_id, two.department_id}
        assert Wish.objects.get(pk=check.pk).first == date(2026, 3, 11)
        with pytest.raises(Conflict):
            actions.adopt(by=actor("guqin"), at=MONDAY)
        with pytest.raises(Refused):
            self.wish("GXJ", date(2026, 3, 9), date(2026, 3, 2))

    def test_an_operation_is_applied_once_and_answered_the_same(self) -> None:
        record, answer = begun(firm())
        sent = Operation.objects.get().body
        assert syncing.receive(sent, by=actor("jiangyu"), at=MONDAY) == answer
        assert Visit.objects.get(id=record).version == 1
        other = {**sent, "changes": {"note": {"old": None, "new": "别的内容"}}}
        assert syncing.receive(other, by=actor("jiangyu"), at=MONDAY)["outcome"] == "other_content"
        assert Visit.objects.get(id=record).values["note"] == "订单饱满"

    def test_both_values_are_kept_until_a_person_decides(self) -> None:
        record, _ = begun(firm())
        visit = Visit.objects.get(id=record)
        actions.change(visit, {"note": "机关改写", "people": "两人"}, by=actor("jiangyu"), at=MONDAY)
        edit = raw(record, {"note": ("订单饱满", "手机改写"), "promise": (None, "周五前答复")})
        answer = syncing.receive(edit, by=actor("jiangyu"), at=MONDAY)
        visit.refresh_from_db()
        assert (answer["outcome"], answer["conflicts"]) == ("conflict", ["note"])
        assert (visit.values["note"], visit.values["promise"]) == ("机关改写", "周五前答复")
        actions.settle(visit, "note", "there", by=actor("jiangyu"), at=MONDAY)
        visit.refresh_from_db()
        assert (visit.values["note"], visit.open) == ("手机改写", [])

    def test_order_is_put_back_and_a_photo_waits_for_its_visit(self) -> None:
        record = str(uuid4())
        first = raw(record, {"firm": (None, firm().name), "note": (None, "一")})
        second = raw(record, {"note": ("一", "二")}, after=first["id"])
        assert syncing.receive(second, by=actor("jiangyu"), at=MONDAY)["outcome"] == "later"
        assert not Operation.objects.exists()
        for one in (first, second, second):
            syncing.receive(one, by=actor("jiangyu"), at=MONDAY)
        assert Visit.objects.get().values["note"] == "二"
        picture = io.BytesIO()
        Image.new("RGB", (40, 30), "red").save(picture, "JPEG")
        data, photo = picture.getvalue(), uuid4()
        digest = sha256(data).hexdigest()
        late = syncing.receive_photo(photo, uuid4(), data, digest, by=actor("jiangyu"), at=MONDAY)
        assert late["outcome"] == "later"
        for _ in range(2):
            syncing.receive_photo(photo, Visit.objects.get().id, data, digest, by=actor("jiangyu"), at=MONDAY)
        syncing.receive_photo(uuid4(), Visit.objects.get().id, data, digest, by=actor("jiangyu"), at=MONDAY)
        assert Photo.objects.count() == 2
        with pytest.raises(Refused, match="损坏"):
            syncing.receive_photo(
                uuid4(), Visit.objects.get().id, data, "0" * 64, by=actor("jiangyu"), at=MONDAY
            )
        assert len(queries.arrived(actor("jiangyu"), [photo, uuid4()])) == 1

    def test_a_confirmed_record_is_closed_and_later_edits_stand_beside_it(self) -> None:
        record, _ = begun(own_firm())
        visit = Visit.objects.get(id=record)
        with pytest.raises(NotAllowed):
            actions.confirm(visit, said="", by=actor("jiangyu"), at=MONDAY)
        actions.confirm(visit, said="订单是持平", by=actor("wangqiang"), at=MONDAY)
        answer = syncing.receive(raw(record, {"note": ("订单饱满", "改")}), by=actor("jiangyu"), at=MONDAY)
        visit.refresh_from_db()
        assert answer["outcome"] == "correction"
        assert (visit.values["note"], visit.firm_said, len(visit.corrections)) == (
            "订单饱满",
            "订单是持平",
            1,
        )

    def test_a_demand_said_on_a_visit_enters_the_pool_once(self) -> None:
        record, _ = begun(firm())
        said = raw(str(uuid4()), {"text": (None, "园区停电三次，希望提前通知")}, kind="demand", needs=record)
        for _ in range(2):
            syncing.receive(said, by=actor("jiangyu"), at=MONDAY)
        deliver_outbox()
        assert [one.source for one in Demand.objects.all()] == ["visit"]
        assert str(Demand.objects.get().origin) == said["record"]

    def test_other_units_and_bad_operations_are_refused_with_words(self) -> None:
        record, _ = begun(firm())
        with pytest.raises(NotAllowed):
            syncing.receive(raw(record, {"note": ("订单饱满", "改")}), by=actor("qianjin"), at=MONDAY)
        assert queries.access(actor("qianjin"), Visit.objects.get().id) is None
        for bad in ({}, [], {"id": "x"}, raw("1", {}), raw(str(uuid4()), {"salary": (None, "1")})):
            with pytest.raises(Refused):
                syncing.receive(bad, by=actor("jiangyu"), at=MONDAY)
        with pytest.raises(Refused, match="没有找到这家企业"):
            syncing.receive(raw(str(uuid4()), {"note": (None, "没有企业")}), by=actor("jiangyu"), at=MONDAY)

    def test_pages_open_and_forms_work(self) -> None:
        desk = Client()
        desk.force_login(User.objects.get(login="guqin"))
        sent = {
            "enterprise": firm().name,
            "first": "2026-03-02",
            "last": "2026-03-20",
            "purpose": "调研",
            "once": str(uuid4()),
        }
        assert desk.post("/desk/visits/wishes/", sent).status_code == 302
        assert (
            desk.post(
                "/desk/visits/wishes/", {**sent, "enterprise": "没有", "once": str(uuid4())}
            ).status_code
            == 422
        )
        assert "采纳计划" in desk.get("/desk/visits/plan/").content.decode()
        desk.post("/desk/visits/plan/", {"once": str(uuid4())})
        visit = Visit.objects.get()
        for path in ("", "wishes/", "plan/", "phone/", "phone/worker.js", "phone/hello/", f"{visit.id}/"):
            assert desk.get(f"/desk/visits/{path}").status_code == 200, path
        body = raw(str(visit.id), {"note": (None, "看过了")})
        answer = desk.post("/desk/visits/phone/send/", json.dumps(body), content_type="application/json")
        assert answer.json()["outcome"] == "applied"
        assert desk.post("/desk/visits/phone/send/", "{", content_type="application/json").status_code == 422
        own = Client()
        own.force_login(User.objects.get(login="wangqiang"))
        begun(own_firm())
        assert "订单饱满" in own.get("/firm/visits/").content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("firms")
def test_photos_and_papers_come_to_a_record_as_everywhere() -> None:
    record, _ = begun(firm())
    client = Client()
    client.force_login(User.objects.get(login="jiangyu"))
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(picture, "JPEG")
    sent = {
        "note": "车间现场",
        "enclosures": [
            SimpleUploadedFile("现场.jpg", picture.getvalue(), "image/jpeg"),
            SimpleUploadedFile("纪要.pdf", b"%PDF-1.7\n1 0 obj\n", "application/pdf"),
        ],
    }
    assert client.post(f"/desk/visits/{record}/enclose/", sent).status_code == 302
    page = client.get(f"/desk/visits/{record}/").content.decode()
    assert "车间现场" in page
    assert "纪要.pdf" in page
    (photo,) = re.findall(r'src="(/desk/visits/[^"]+/enclosed/[^"]+)\?size=small"', page)
    assert client.get(f"{photo}?size=small")["Content-Type"] == "image/jpeg"
    empty = client.post(f"/desk/visits/{record}/enclose/", {"note": "没有选文件"})
    assert empty.status_code == 422
    assert "没有选文件" in empty.content.decode()
    bad = {"enclosures": SimpleUploadedFile("程序.pdf", b"MZ\x90\x00", "application/pdf")}
    assert client.post(f"/desk/visits/{record}/enclose/", bad).status_code == 422
    stranger = Client()
    stranger.force_login(User.objects.get(login="zhaomin"))
    assert stranger.get(photo).status_code in (403, 404)
