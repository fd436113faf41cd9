"""Channels against gateways and mail servers that answer nonsense: nothing counts as sent, nothing stops the others."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from sanfu.adapters.channels import send_waiting
from sanfu.people.messages.models import Delivery
from sanfu.people.messages.states import DeliveryState
from sanfu.people.models import User
from sanfu.records.actor import machine
from sanfu.records.ids import new_id

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
REGION, NOW = "329900", timezone.now()
TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


class RawGateway:
    """A socket that takes a request to its last byte and answers with the bytes of the test, one answer a request."""

    def __init__(self, answers: list[bytes]) -> None:
        self.answers, self.came = answers, list[bytes]()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self.door.accept()
                with line:
                    self.came.append(_whole(line))
                    line.sendall(self.answers.pop(0) if self.answers else TAKEN)


def _whole(line: socket.socket) -> bytes:
    """A request with the whole of its body."""
    read = b""
    while b"\r\n\r\n" not in read:
        read += line.recv(4096)
    head, _, body = read.partition(b"\r\n\r\n")
    length = next(
        (int(one[15:]) for one in head.split(b"\r\n") if one.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += line.recv(4096)
    return head + b"\r\n\r\n" + body


@pytest.fixture
def gateway(settings: Any) -> Iterator[RawGateway]:
    made = RawGateway([])
    settings.SANFU_CHANNELS = {"hook": "sanfu.adapters.channels.hook.send"}
    settings.SANFU_HOOK_URL, settings.SANFU_HOOK_SECRET = f"http://127.0.0.1:{made.port}/notices", "shared"
    yield made
    made.door.close()


def waiting(channel: str = "hook", address: str = "13800000000", at: datetime = NOW) -> Delivery:
    """A notice that waits for its channel."""
    return Delivery.objects.create(
        id=new_id(), region=REGION, key=str(new_id()), user=User.objects.get(login="chenfang"), channel=channel, address=address,
        text="您有一件事待办，请登录查看。", next_at=at,
    )  # fmt: skip


def sent(at: datetime = NOW) -> int:
    return send_waiting(region=REGION, by=machine(REGION), at=at)


NONSENSE = {
    "hangs up": b"",
    "no status line": b"ready\r\n\r\n",
    "a status that is no number": b"HTTP/1.1 okay fine\r\n\r\n",
    "half a status line": b"HTTP/1.1",
    "sent elsewhere, found": b"HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n",
    "sent elsewhere, see other": b"HTTP/1.1 303 See Other\r\nLocation: /login\r\n\r\n",
    "sent elsewhere, the same way": b"HTTP/1.1 308 Permanent Redirect\r\nLocation: /other\r\n\r\n",
    "not modified": b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "a reason with nul": b"HTTP/1.1 500 a\x00b\r\n\r\n",
    "a very long head": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE)
def test_what_is_no_answer_of_a_gateway_is_tried_again_and_stops_nobody(
    gateway: RawGateway, answer: bytes
) -> None:
    first, second = waiting(at=NOW - timedelta(minutes=1)), waiting()
    gateway.answers[:] = [answer]
    assert sent() == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.tries, first.sent_at) == (DeliveryState.WAITING, 1, None)
    assert first.error
    assert second.state == DeliveryState.SENT
    assert len(gateway.came) == 2, "followed to another address, which got no notice"
    assert sent(NOW + timedelta(minutes=2)) == 1
    assert gateway.came[0].split(b"\r\n\r\n")[1] == gateway.came[2].split(b"\r\n\r\n")[1], "the same id again"


def broken(row: Delivery) -> None:
    """A county's own channel with a mistake in it."""
    raise AttributeError("'NoneType' object has no attribute 'send'")


def test_a_channel_with_a_mistake_in_it_does_not_stand_before_the_others(
    gateway: RawGateway, settings: Any
) -> None:
    settings.SANFU_CHANNELS = {**settings.SANFU_CHANNELS, "own": "tests.rooms.test_channels.broken"}
    wrong, right = waiting("own", at=NOW - timedelta(minutes=1)), waiting()
    assert sent() == 1
    for row, state in ((wrong, DeliveryState.WAITING), (right, DeliveryState.SENT)):
        row.refresh_from_db()
        assert row.state == state


# ── mail ──


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of 127.0.0.1 that nobody vouches for, in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    begins = datetime.now(UTC) - timedelta(hours=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def mail(settings: Any, certificate: Path) -> Iterator[dict[str, list[Any]]]:
    """A mail server that offers TLS with this certificate; yields the letters and passwords that reached it."""
    came: dict[str, list[Any]] = {"letters": [], "passwords": []}

    async def take(handler: Any, server: Any, session: Any, envelope: Any) -> str:
        came["letters"].append(envelope)
        return "250 ok"

    def known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        came["passwords"].append(data.password)
        return AuthResult(success=True)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(
        type("Handler", (), {"handle_DATA": take})(), hostname="127.0.0.1", port=port, tls_context=context,
        authenticator=known,
    )  # fmt: skip
    server.start()
    settings.SANFU_CHANNELS = {"mail": "sanfu.adapters.channels.mail.send"}
    settings.SANFU_MAIL_HOST, settings.SANFU_MAIL_PORT, settings.SANFU_MAIL_TLS = "127.0.0.1", port, True
    settings.SANFU_MAIL_LOGIN, settings.SANFU_MAIL_PASSWORD = "sanfu", "the password of the county"
    yield came
    server.stop()


def test_a_mail_server_that_nobody_vouches_for_gets_no_password(mail: dict[str, list[Any]]) -> None:
    row = waiting("mail", "a@b.example")
    assert sent() == 0
    row.refresh_from_db()
    assert "certificate" in row.error
    assert mail == {"letters": [], "passwords": []}


def test_a_mail_server_that_the_county_trusts_gets_the_letter(
    mail: dict[str, list[Any]], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    waiting("mail", "a@b.example")
    assert sent() == 1
    assert (len(mail["letters"]), mail["passwords"]) == (1, [b"the password of the county"])


@pytest.mark.parametrize("address", ["a@b.example\r\nBcc: everybody@b.example", "<", "a@[", ""])
def test_an_address_that_no_letter_can_carry_stops_nobody(
    mail: dict[str, list[Any]], settings: Any, address: str
) -> None:
    settings.SANFU_MAIL_TLS, settings.SANFU_MAIL_LOGIN = False, ""
    wrong = waiting("mail", address, at=NOW - timedelta(minutes=1))
    waiting("mail", "right@b.example")
    assert sent() == 1
    wrong.refresh_from_db()
    assert (wrong.state, wrong.tries) == (DeliveryState.WAITING, 1)
    assert [letter.rcpt_tos for letter in mail["letters"]] == [["right@b.example"]]
