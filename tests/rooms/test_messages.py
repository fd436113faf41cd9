"""Messages: told once, in words, to those it concerns; outside goes only that something waits, through real servers."""

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from django.utils import timezone

from sanfu.adapters.channels import hook, send_waiting
from sanfu.cases.telling import tell_of_case
from sanfu.grassroots.tickets import actions as tickets
from sanfu.grassroots.tickets.actions import Submission, submit
from sanfu.grassroots.tickets.states import Channel
from sanfu.lists.items import RequestType
from sanfu.people.messages import actions, queries
from sanfu.people.messages.models import Delivery
from sanfu.people.messages.states import MessageKind
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actions import deliver_outbox
from sanfu.records.actor import Actor, Refused, machine
from sanfu.records.models import Event
from sanfu.records.moments import day_of
from sanfu.records.wires import permissions, rooms

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
NOW = timezone.now()


def cast(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=day_of(NOW))


def told(login: str) -> list[tuple[str, str]]:
    return [(one.kind, one.words) for one in queries.own(cast(login)).order_by("at")]


def test_every_telling_of_a_manifest_can_be_told() -> None:
    for room in rooms():
        for one in room.tells:
            assert MessageKind.of(one.kind) is not None, one
            who, _, permission = one.to.partition(":")
            assert who in {"lead", "units", "county", "applicant", "firm"}, one
            assert (permission in permissions()) if permission else who in {"applicant", "firm"}, one
            assert one.page.count(":") == 1


def a_telling(words: str = "有事", **more: Any) -> actions.Telling:
    return actions.Telling(MessageKind.DUE, words, "/home/", **more)


def test_a_message_is_told_once_however_often_its_event_is_delivered() -> None:
    me = cast("chenfang")
    event = Event.objects.order_by("?").first()
    key = event.pk if event else me.id
    for _ in range(3):
        actions.tell([me.id, me.id], a_telling(event=key), region=me.region, at=NOW)
    assert queries.unread(me) == 1
    assert actions.read(None, by=me, at=NOW) == 1
    assert queries.unread(me) == 0


def test_nobody_sees_or_reads_the_message_of_another() -> None:
    me, other = cast("chenfang"), cast("qianjin")
    actions.tell([me.id], a_telling("只给我"), region=me.region, at=NOW)
    row = queries.own(me).get()
    assert not queries.own(other).exists()
    assert actions.read([row.pk], by=other, at=NOW) == 0
    client = Client()
    client.force_login(User.objects.get(login="qianjin"))
    assert client.get("/messages/open/", {"id": row.pk}).url == "/messages/"
    assert "只给我" not in client.get("/messages/").content.decode()


def test_who_turned_a_kind_off_hears_nothing_of_it() -> None:
    me = cast("chenfang")
    shown = [str(kind) for kind in MessageKind if kind is not MessageKind.DUE]
    actions.choose(shown, [], mail="", phone="", daily=True, by=me)
    assert actions.tell([me.id], a_telling(), region=me.region, at=NOW) == 0
    with pytest.raises(Refused, match="邮箱或手机号"):
        actions.choose(shown, ["due"], mail="", phone="", daily=True, by=me)


@pytest.fixture
def mailbox(settings: Any) -> Iterator[list[Any]]:
    """A real SMTP server; yields the messages that reached it."""
    came: list[Any] = []

    async def take(handler: Any, server: Any, session: Any, envelope: Any) -> str:
        came.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 ok"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(type("Handler", (), {"handle_DATA": take})(), hostname="127.0.0.1", port=port)
    server.start()
    settings.SANFU_CHANNELS = {"mail": "sanfu.adapters.channels.mail.send"}
    settings.SANFU_MAIL_HOST = "127.0.0.1"
    settings.SANFU_MAIL_PORT = port
    yield came
    server.stop()


def at_once(me: Actor, **where: Any) -> None:
    where = {"mail": "", "phone": "", "daily": False, **where}
    actions.choose([str(kind) for kind in MessageKind], ["due"], **where, by=me)


def test_a_mail_says_that_something_waits_and_never_what(mailbox: list[Any]) -> None:
    me, by = cast("chenfang"), machine("329900")
    at_once(me, mail="a@b.example")
    secret = "SQ2026000001 张三的隐私"
    for _ in range(2):
        actions.tell([me.id], a_telling(secret, event=me.id), region=me.region, at=NOW)
    assert send_waiting(region=me.region, by=by, at=NOW) == 1
    assert send_waiting(region=me.region, by=by, at=NOW) == 0
    (mail,) = mailbox
    assert "张三" not in mail.as_string() + mail.get_content()
    assert "SQ2026" not in mail.get_content()
    assert MessageKind.DUE.label in mail.get_content()


def test_the_morning_summary_is_one_mail_a_day(mailbox: list[Any]) -> None:
    me, by = cast("chenfang"), machine("329900")
    at_once(me, mail="a@b.example", daily=True)
    for n in range(3):
        actions.tell([me.id], a_telling(f"第{n}件"), region=me.region, at=NOW)
    queued = [actions.daily_digest(region=me.region, by=by, at=NOW) for _ in range(2)]
    assert queued == [1, 0]
    assert send_waiting(region=me.region, by=by, at=NOW) == 1
    assert "3 条" in mailbox[0].get_content()


class Gateway(BaseHTTPRequestHandler):
    answers: ClassVar[list[int]] = []
    came: ClassVar[list[tuple[dict[str, str], bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.came.append((dict(self.headers), body))
        self.send_response(self.answers.pop(0))
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def gateway(settings: Any) -> Iterator[type[Gateway]]:
    """A real HTTP gateway that answers what the test says."""
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Gateway.came.clear()
    settings.SANFU_CHANNELS = {"hook": "sanfu.adapters.channels.hook.send"}
    settings.SANFU_HOOK_URL = f"http://127.0.0.1:{server.server_port}/"
    settings.SANFU_HOOK_SECRET = "shared"
    yield Gateway
    server.shutdown()
    server.server_close()


def test_a_gateway_that_fails_is_tried_again_later_with_a_signed_request(gateway: type[Gateway]) -> None:
    me, by = cast("chenfang"), machine("329900")
    gateway.answers[:] = [500, 503, 200]
    at_once(me, phone="13800000000")
    actions.tell([me.id], a_telling("私事", event=me.id), region=me.region, at=NOW)
    sent: list[int] = []
    for minutes in (0, 0.5, 1, 2, 3):
        sent.append(send_waiting(region=me.region, by=by, at=NOW + timedelta(minutes=minutes)))
    assert sent == [0, 0, 0, 0, 1]
    headers, body = gateway.came[-1]
    stamp = headers["X-Sanfu-Timestamp"]
    expected = hmac.new(b"shared", stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["X-Sanfu-Signature"] == expected == hook.signature("shared", stamp, body)
    assert {json.loads(one)["id"] for _, one in gateway.came} == {str(Delivery.objects.get().pk)}
    assert "私事" not in body.decode()


def test_a_notice_is_given_up_in_the_end_and_the_message_stays(gateway: type[Gateway]) -> None:
    me, by = cast("chenfang"), machine("329900")
    gateway.answers[:] = [500] * 20
    at_once(me, phone="13800000000")
    actions.tell([me.id], a_telling(), region=me.region, at=NOW)
    for hours in range(12):
        send_waiting(region=me.region, by=by, at=NOW + timedelta(hours=hours))
    assert len(gateway.came) == actions.TRIES
    assert queries.not_sent(me.region).count() == 1
    assert queries.unread(me) == 1


def test_an_order_sent_to_a_unit_tells_its_people_and_only_them() -> None:
    said = Submission(body="路灯不亮", kind=RequestType.HELP, channel=Channel.WEB, key="lamp")
    ticket = submit(said, by=machine(cast("chenfang").region), at=NOW)
    unit = Organisation.objects.get(code="CGJ")
    tickets.dispatch(ticket, unit, reason="清单", by=cast("chenfang"), at=NOW)
    for _ in range(2):
        deliver_outbox()
        for event in Event.objects.filter(stream=ticket.pk):
            tell_of_case(event)
    ((kind, words),) = told("sunwei")
    assert kind == "dispatched"
    assert ticket.case.number in words
    assert told("qianjin") == []
    client = Client()
    client.force_login(User.objects.get(login="sunwei"))
    assert "1 条未读" in client.get("/messages/").content.decode()
    row = queries.own(cast("sunwei")).get()
    assert client.get("/messages/open/", {"id": row.pk}).url == f"/desk/tickets/{ticket.pk}/"
    assert queries.unread(cast("sunwei")) == 0
