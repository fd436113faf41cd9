"""A person's copy and erasure: the words are gone everywhere, the order and every chain stay."""

import json
import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from sanfu.cases.models import Case
from sanfu.grassroots.tickets import actions
from sanfu.grassroots.tickets.actions import persons
from sanfu.grassroots.tickets.models import Contact, Ticket
from sanfu.grassroots.tickets.queries import desk_timeline
from sanfu.grassroots.tickets.states import Channel, Rating, RefusalReason, RequestType, TicketState
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records import files, sealed
from sanfu.records.actor import Actor, NotAllowed, Refused, machine
from sanfu.records.models import Event, SealingKey
from sanfu.records.queries import verify_chains

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
REGION, MACHINE = "329900", machine("329900")
SECRETS = ("张演示", "13800001234", "幸福里7幢", "漏水", "身份证照片", "没人管过")


def who(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=date(2026, 3, 2))


@pytest.fixture
def order(tmp_path: Path, settings: Any) -> Ticket:
    """A closed order with everything that a person leaves: contact, message, file, words in events."""
    settings.MEDIA_ROOT = tmp_path
    stored = files.store(
        name="身份证照片.txt",
        content=SimpleUploadedFile("a", "张演示 13800001234".encode()),
        by=MACHINE,
        at=AT,
    )
    said = actions.Submission(
        body="幸福里7幢楼道漏水，我是张演示，我公司是云演示机械有限公司", kind=RequestType.HELP, channel=Channel.HOTLINE, key=uuid.uuid4().hex,
        name="张演示", phone="13800001234", address="幸福里7幢", place="幸福里7幢", files=(stored.pk,),
    )  # fmt: skip
    ticket = actions.submit(said, by=MACHINE, at=AT)
    reason = next(iter(RefusalReason))
    actions.refuse(ticket, reason=reason, told="张演示说没人管过漏水", by=who("chenfang"), at=AT)
    Ticket.objects.filter(pk=ticket.pk).update(rating=Rating.GOOD, rating_note="漏水")
    return Ticket.objects.select_related("case").get(pk=ticket.pk)


def everything() -> str:
    """All rows of all tables as text: what anybody with the database can read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for name in tables:
            cursor.execute(f'SELECT t::text FROM "{name}" t')
            found += [row for (row,) in cursor.fetchall()]
    return "\n".join(found)


def test_words_in_events_are_sealed_and_read_on_the_timeline(order: Ticket) -> None:
    raw = "".join(json.dumps(one.data, ensure_ascii=False) for one in Event.objects.filter(stream=order.pk))
    assert "没人管过" not in raw
    assert any("没人管过" in line["note"] for line in desk_timeline(order))
    assert verify_chains(region=REGION)[1] == []


def test_after_an_erasure_the_text_is_gone_and_every_chain_verifies(order: Ticket, tmp_path: Path) -> None:
    before = {one.pk: bytes(one.hash) for one in Event.objects.filter(stream=order.pk)}
    held = everything()
    assert all(secret in held for secret in SECRETS if secret not in ("没人管过", "身份证照片"))
    assert len(list(tmp_path.rglob("*/*/*"))) >= 1
    assert persons.erase(order, why="本人申请，个保法第四十七条", by=who("yinsi"), at=AT) == 1
    left = everything()
    assert [secret for secret in SECRETS if secret in left] == []
    assert Event.objects.filter(kind="ticket.firm_called").exists(), "what other rooms are told is sealed too"
    _, faults = verify_chains(region=REGION)
    assert faults == []
    after = {one.pk: bytes(one.hash) for one in Event.objects.filter(stream=order.pk)}
    assert {key: after[key] for key in before} == before, "no event of before was touched"
    assert [line["note"] for line in desk_timeline(order) if sealed.GONE in line["note"]]
    assert Case.objects.get(pk=order.pk).number == order.case.number
    assert not Contact.objects.filter(ticket=order).exists()


def test_the_bytes_of_a_file_go_unless_another_order_holds_them(
    order: Ticket, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    stored = order.attachments.get().file
    path = files.path_of(stored.region, stored.sha256)
    assert path.exists()
    twin = files.store(
        name="同一文件.txt", content=SimpleUploadedFile("b", "张演示 13800001234".encode()), by=MACHINE, at=AT
    )
    with django_capture_on_commit_callbacks(execute=True):
        persons.erase(order, why="本人申请，个保法第四十七条", by=who("yinsi"), at=AT)
    assert path.exists(), "another file has the same bytes"
    assert files.read(twin)
    with django_capture_on_commit_callbacks(execute=True):
        files.erase(twin)
    assert not path.exists(), "the row of the first one was erased and holds nothing"


def test_the_last_bytes_go_when_the_erasure_is_kept(
    order: Ticket, django_capture_on_commit_callbacks: Any
) -> None:
    stored = order.attachments.get().file
    with django_capture_on_commit_callbacks(execute=True):
        persons.erase(order, why="本人申请，个保法第四十七条", by=who("yinsi"), at=AT)
    assert not files.path_of(stored.region, stored.sha256).exists()


def test_nothing_is_readable_again_for_an_erased_order(order: Ticket) -> None:
    persons.erase(order, why="本人申请，个保法第四十七条", by=who("yinsi"), at=AT)
    assert sealed.seal({"why": "又写了漏水"}, ("why",), subject=order.pk, region=REGION) == {
        "why": {sealed.MARK: ""}
    }
    with pytest.raises(Refused, match="已经删除"):
        persons.erase(order, why="本人再次申请", by=who("yinsi"), at=AT)
    assert SealingKey.objects.get(pk=order.pk).key is None


def test_only_the_officer_for_personal_data_may_and_only_with_a_ground(order: Ticket) -> None:
    for login in ("linadmin", "chenfang", "shenyan", "zhengju"):
        with pytest.raises(NotAllowed):
            persons.erase(order, why="本人申请，个保法第四十七条", by=who(login), at=AT)
        with pytest.raises(NotAllowed):
            persons.held_of(order, by=who(login), at=AT)
    with pytest.raises(Refused, match="依据"):
        persons.erase(order, why="", by=who("yinsi"), at=AT)


def test_an_order_that_is_still_handled_is_not_erased() -> None:
    said = actions.Submission(body="路灯不亮", kind=RequestType.HELP, channel=Channel.HOTLINE, key="k")
    ticket = actions.submit(said, by=MACHINE, at=AT)
    assert ticket.case.state == TicketState.RECEIVED
    with pytest.raises(Refused, match="还在办理"):
        persons.erase(ticket, why="本人申请，个保法第四十七条", by=who("yinsi"), at=AT)


def test_copy_and_erasure_through_the_pages(order: Ticket) -> None:
    client, other = Client(), Client()
    client.force_login(User.objects.get(login="yinsi"))
    other.force_login(User.objects.get(login="chenfang"))
    page = f"/desk/tickets/{order.pk}/person/"
    assert other.get(page).status_code == 403
    assert other.post(f"{page}erase/", {"why": "x" * 9, "number": order.case.number}).status_code == 403
    assert "张演示" not in client.get(page).content.decode()
    copy = client.post(f"{page}copy/")
    held = json.loads(copy.content)
    assert (held["姓名"], held["电话"]) == ("张演示", "13800001234")
    assert "没人管过" in copy.content.decode()
    assert Event.objects.filter(stream=order.pk, kind="ticket.copied").count() == 1
    wrong = client.post(f"{page}erase/", {"why": "本人申请，个保法第四十七条", "number": "SQ1"})
    assert wrong.status_code == 422
    done = client.post(f"{page}erase/", {"why": "本人申请，个保法第四十七条", "number": order.case.number})
    assert done.status_code == 302
    assert "已依法删除" in client.get(page).content.decode()


def test_a_citizens_name_is_not_written_into_events() -> None:
    limei = User.objects.get(login="limei")
    by = actor_of(limei, on=date(2026, 3, 2))
    said = actions.Submission(
        body="路灯不亮", kind=RequestType.HELP, channel=Channel.WEB, key="k2", applicant=limei.pk
    )
    ticket = actions.submit(said, by=by, at=AT)
    event = Event.objects.filter(stream=ticket.pk).earliest("seq")
    assert (event.by_name, event.by) == ("市民", limei.pk)
