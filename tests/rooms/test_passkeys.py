"""Passkeys as a second factor, with an authenticator in software: adding, signing in, removing, and every answer that must not pass."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from sanfu.people.actions import passkeys, second_factor
from sanfu.people.actions.passkeys import Asking
from sanfu.people.models import Passkey, RecoveryCode, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.models import Event
from sanfu.web import second_proof

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ORIGIN = "http://testserver"  # that of Django's test client


@dataclass
class Authenticator:
    """A security key in software: makes one credential and signs challenges with it."""

    origin: str = ORIGIN
    host: str = "testserver"
    counter: int = 1
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = b"a software credential"

    def _client(self, kind: str, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(kind, websafe_decode(challenge), self.origin)

    def _data(self, flags: int, credential: bytes = b"") -> AuthenticatorData:
        rp = hashlib.sha256(self.host.encode()).digest()
        return AuthenticatorData.create(rp, flags, self.counter, credential)

    def _answer(self, response: dict[str, bytes]) -> dict[str, Any]:
        name = websafe_encode(self.id)
        parts = {part: websafe_encode(value) for part, value in response.items()}
        return {"id": name, "rawId": name, "type": "public-key", "response": parts}

    def made(self, options: dict[str, Any]) -> dict[str, Any]:
        """What the browser answers when a key was made."""
        client = self._client("webauthn.create", options["publicKey"]["challenge"])
        public = ES256.from_cryptography_key(self.key.public_key())
        data = self._data(0x41, AttestedCredentialData.create(b"\0" * 16, self.id, public))
        attestation = AttestationObject.create("none", data, {})
        return self._answer({"clientDataJSON": client, "attestationObject": attestation})

    def signed(self, options: dict[str, Any], flags: int = 0x01) -> dict[str, Any]:
        """What the browser answers when the key signed; its counter goes on."""
        self.counter += 1 if self.counter else 0
        client = self._client("webauthn.get", options["publicKey"]["challenge"])
        data = self._data(flags)
        signature = self.key.sign(data + client.hash, ec.ECDSA(SHA256()))
        return self._answer({"clientDataJSON": client, "authenticatorData": data, "signature": signature})


def who(login: str) -> User:
    return User.objects.get(login=login)


def actor(login: str) -> Actor:
    return actor_of(who(login), on=date(2026, 3, 2))


def kinds(user: User) -> list[str]:
    return list(Event.objects.filter(stream=user.pk).order_by("seq").values_list("kind", flat=True))


def added(login: str, device: Authenticator, name: str = "办公电脑", at: datetime = AT) -> list[str]:
    """An account with one more passkey; its recovery codes when they are new."""
    asking = passkeys.begin_adding(who(login), ORIGIN)
    return passkeys.add(
        user=who(login), name=name, answer=device.made(asking.options), kept=asking.kept, origin=ORIGIN,
        by=actor(login), at=at,
    )  # fmt: skip


def check(login: str, asking: Asking, answer: Any, *, by: str = "", at: datetime = AT) -> None:
    passkeys.check(
        user=who(login), answer=answer, kept=asking.kept, origin=ORIGIN, by=actor(by or login), at=at
    )


# the rules


def test_a_key_is_added_with_recovery_codes_and_signs_in_after() -> None:
    device = Authenticator()
    codes = added("chenfang", device)
    assert len(codes) == 10
    user = who("chenfang")
    assert second_factor.has(user)
    asking = passkeys.begin_check(user, ORIGIN)
    json.dumps([asking.options, asking.kept])  # both go through JSON: page and session
    assert asking.options["publicKey"]["userVerification"] == "preferred"
    check("chenfang", asking, device.signed(asking.options))
    kept = Passkey.objects.get(user=user)
    assert (kept.name, kept.counter, kept.used_at) == ("办公电脑", 2, AT)
    assert kinds(user)[-1] == "people.passkey_added"
    assert added("chenfang", Authenticator(id=b"second"), "安全钥匙") == [], (
        "recovery codes that are left stay"
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"origin": "http://testserver.example"}, "别的网址"),
        ({"origin": "https://testserver"}, "别的网址"),
        ({"host": "other"}, "核对不上"),
        ({"key": ec.generate_private_key(ec.SECP256R1())}, "核对不上"),
        ({"id": b"nobody's"}, "核对不上"),
    ],
)
def test_another_origin_host_key_or_credential_does_not_pass(change: dict[str, Any], words: str) -> None:
    device = Authenticator()
    added("chenfang", device)
    for name, value in change.items():
        setattr(device, name, value)
    asking = passkeys.begin_check(who("chenfang"), ORIGIN)
    with pytest.raises(Refused, match=words):
        check("chenfang", asking, device.signed(asking.options))
    assert kinds(who("chenfang"))[-1] == "people.passkey_failed"


def test_a_key_made_for_another_origin_is_not_added() -> None:
    with pytest.raises(Refused, match="别的网址"):
        added("chenfang", Authenticator(origin="https://elsewhere.example"))
    with pytest.raises(Refused, match="核对不上"):
        added("chenfang", Authenticator(host="elsewhere.example"))


def test_a_signature_of_another_challenge_or_purpose_does_not_pass() -> None:
    device = Authenticator()
    added("chenfang", device)
    user = who("chenfang")
    old, new = passkeys.begin_check(user, ORIGIN), passkeys.begin_check(user, ORIGIN)
    with pytest.raises(Refused, match="已经用过"):
        check("chenfang", new, device.signed(old.options))
    adding = passkeys.begin_adding(user, ORIGIN)
    with pytest.raises(Refused, match="已经用过"):
        check("chenfang", adding, device.signed(adding.options))
    with pytest.raises(Refused, match="核对不上"):
        check("chenfang", new, device.made(new.options))
    with pytest.raises(Refused, match="核对不上"):
        check("chenfang", new, device.signed(new.options, flags=0))  # nobody touched the key


def test_a_counter_that_runs_backwards_is_said_and_a_shared_key_without_counter_passes() -> None:
    device, shared = Authenticator(counter=7), Authenticator(counter=0, id=b"synced")
    added("chenfang", device)
    added("chenfang", shared, "手机")
    asking = passkeys.begin_check(who("chenfang"), ORIGIN)
    device.counter = 4
    with pytest.raises(Refused, match="倒退"):
        check("chenfang", asking, device.signed(asking.options))
    for _ in range(2):
        asking = passkeys.begin_check(who("chenfang"), ORIGIN)
        check("chenfang", asking, shared.signed(asking.options))


def test_wrong_signatures_and_wrong_codes_wait_together() -> None:
    device = Authenticator()
    added("chenfang", device)
    asking = passkeys.begin_check(who("chenfang"), ORIGIN)
    for _ in range(6):
        with pytest.raises(Refused):
            check("chenfang", asking, {})
    with pytest.raises(Refused, match="过一会儿"):
        check("chenfang", asking, device.signed(asking.options))
    with pytest.raises(Refused, match="过一会儿"):
        second_factor.check(user=who("chenfang"), code="123456", by=actor("chenfang"), at=AT)


HOSTILE: list[Any] = [
    {}, {"id": 1}, {"rawId": "é", "response": {}}, {"rawId": "AA", "response": {"clientDataJSON": "AA"}},
    {"rawId": "AA", "response": []}, {"id": "AA", "rawId": "AB", "response": {}}, {"rawId": {}, "response": None},
]  # fmt: skip


@pytest.mark.parametrize("answer", HOSTILE)
def test_what_no_authenticator_answers_is_refused_in_words(answer: Any) -> None:
    user = who("chenfang")
    asking = passkeys.begin_adding(user, ORIGIN)
    with pytest.raises(Refused, match="核对不上"):
        passkeys.add(
            user=user, name="x", answer=answer, kept=asking.kept, origin=ORIGIN, by=actor("chenfang"), at=AT
        )
    added("chenfang", Authenticator())
    with pytest.raises(Refused, match="核对不上"):
        check("chenfang", passkeys.begin_check(user, ORIGIN), answer)


def test_a_torn_attestation_is_refused_wherever_it_is_cut() -> None:
    user, device = who("chenfang"), Authenticator()
    asking = passkeys.begin_adding(user, ORIGIN)
    whole = device.made(asking.options)
    attestation = websafe_decode(whole["response"]["attestationObject"])
    deep = b"\x81" * 5_000  # a list in a list in a list …
    for torn in [*(attestation[:cut] for cut in range(0, len(attestation), 7)), deep]:
        answer = {**whole, "response": {**whole["response"], "attestationObject": websafe_encode(torn)}}
        with pytest.raises(Refused):
            passkeys.add(
                user=user,
                name="x",
                answer=answer,
                kept=asking.kept,
                origin=ORIGIN,
                by=actor("chenfang"),
                at=AT,
            )
    assert not Passkey.objects.exists()


def test_one_credential_is_added_once_and_ten_are_the_most() -> None:
    added("chenfang", Authenticator())
    with pytest.raises(Refused, match="添加过"):
        added("sunwei", Authenticator())
    for number in range(9):
        added("chenfang", Authenticator(id=b"number %d" % number))
    with pytest.raises(Refused, match="最多10把"):
        added("chenfang", Authenticator(id=b"one more"))


def test_only_the_owner_adds_and_removes_and_another_administrator_resets() -> None:
    user = who("chenfang")
    added("chenfang", Authenticator())
    key = Passkey.objects.get(user=user)
    with pytest.raises(NotAllowed):
        passkeys.remove(user=user, id=key.pk, by=actor("linadmin"), at=AT)
    with pytest.raises(Refused, match="没有这把"):
        passkeys.remove(user=who("sunwei"), id=key.pk, by=actor("sunwei"), at=AT)
    second_factor.reset(user=user, why="本人到场核实", by=actor("linadmin"), at=AT)
    assert not second_factor.has(user)
    assert not RecoveryCode.objects.filter(user=user).exists()


def test_the_last_factor_of_a_role_that_demands_one_stays(settings: Any) -> None:
    settings.SECOND_FACTOR = True
    added("linadmin", Authenticator())
    added("linadmin", Authenticator(id=b"second"))
    first, second = Passkey.objects.filter(user=who("linadmin")).order_by("made_at", "pk")
    passkeys.remove(user=who("linadmin"), id=first.pk, by=actor("linadmin"), at=AT)
    with pytest.raises(Refused, match="最后一种"):
        passkeys.remove(user=who("linadmin"), id=second.pk, by=actor("linadmin"), at=AT)
    settings.SECOND_FACTOR = False
    passkeys.remove(user=who("linadmin"), id=second.pk, by=actor("linadmin"), at=AT)
    assert not second_factor.has(who("linadmin"))


# the pages


def options_of(page: str) -> dict[str, Any]:
    """The options that a page hands to the browser."""
    return dict(json.loads(unescape(page.split('data-passkey="')[1].split('"')[0])))


def sign_in(client: Client, login: str) -> Any:
    return client.post("/login/", {"login": login, "password": f"{login}@demo"})


KEYS = "/second-factor/passkeys/"


def with_key(client: Client, login: str) -> Authenticator:
    """Adds a passkey through the page."""
    device = Authenticator()
    options = options_of(client.get(KEYS).content.decode())
    shown = client.post(f"{KEYS}add/", {"name": "办公电脑", "passkey": json.dumps(device.made(options))})
    assert "备用码只显示这一次" in shown.content.decode()
    return device


def test_a_role_that_needs_a_second_factor_is_satisfied_by_a_passkey(settings: Any) -> None:
    settings.SECOND_FACTOR = True
    client = Client()
    sign_in(client, "linadmin")
    assert client.get("/manage/people/").headers["Location"] == "/second-factor/"
    device = with_key(client, "linadmin")
    assert client.get("/manage/people/").status_code == 200
    other = Client()
    assert sign_in(other, "linadmin").headers["Location"] == "/login/second/"
    page = other.get("/login/second/").content.decode()
    answer = {"passkey": json.dumps(device.signed(options_of(page)))}
    assert other.post("/login/second/", answer).headers["Location"] == "/home/"
    assert other.get("/manage/people/").status_code == 200


def test_a_replayed_answer_and_an_answer_without_a_question_open_nothing() -> None:
    here = Client()
    sign_in(here, "sunwei")
    device = with_key(here, "sunwei")
    client = Client()
    sign_in(client, "sunwei")
    early = client.post("/login/second/", {"passkey": "{}"})  # the page was never opened
    assert early.status_code == 422
    assert "已经用过" in early.content.decode()
    page = client.get("/login/second/").content.decode()
    answer = {"passkey": json.dumps(device.signed(options_of(page)))}
    stale = client.session
    stale[second_proof.ASKED] = {**stale[second_proof.ASKED], "at": 0}
    stale.save()
    assert client.post("/login/second/", answer).status_code == 422, "a page of yesterday"
    again = client.post("/login/second/", answer)
    assert again.status_code == 422, "its challenge is gone; the new page has another"
    assert "已经用过" in again.content.decode()
    for text in ("", "[]", "{", "[" * 50_000, "x" * 30_000):
        refused = client.post("/login/second/", {"passkey": text})
        assert refused.status_code == 422
        assert client.get("/home/").status_code == 302
        limits_off()


def limits_off() -> None:
    """Forgive the guesses so far: this test is about words."""
    second_factor.limits.forgive(second_factor.TRIES.scope, str(who("sunwei").pk), region="329900")


def test_keys_are_changed_only_after_a_fresh_proof() -> None:
    client = Client()
    sign_in(client, "sunwei")
    device = with_key(client, "sunwei")
    key = Passkey.objects.get(user=who("sunwei"))
    old = client.session
    old[second_proof.PROVED] = int((AT - timedelta(days=1)).timestamp())
    old.save()
    assert client.post(f"{KEYS}{key.pk}/remove/").headers["Location"] == KEYS
    assert client.post(f"{KEYS}add/", {"name": "x", "passkey": "{}"}).headers["Location"] == KEYS
    assert client.get("/second-factor/").headers["Location"] == KEYS, "an authenticator, too, after a proof"
    page = client.get(KEYS).content.decode()
    assert "先证明是您本人" in page
    assert "办公电脑" not in page
    assert client.post(KEYS, {"code": "000000"}).status_code == 422
    signed = {"passkey": json.dumps(device.signed(options_of(client.get(KEYS).content.decode())))}
    assert client.post(KEYS, signed).status_code == 302
    assert "办公电脑" in client.get(KEYS).content.decode()
    assert 'class="qr"' in client.get("/second-factor/").content.decode()
    client.post(f"{KEYS}{key.pk}/remove/")
    assert not Passkey.objects.exists()


def test_without_script_the_code_is_the_way_and_an_address_without_name_says_so() -> None:
    client = Client()
    sign_in(client, "sunwei")
    page = client.get(KEYS).content.decode()
    assert "不支持通行密钥，或关闭了脚本" in page
    assert "hidden" in page.split("data-passkey=")[1].split(">")[0], "shown by the script alone"
    bare = client.get(KEYS, headers={"Host": "127.0.0.1:8000"}).content.decode()
    assert "localhost" in bare
    assert "data-passkey=" not in bare


def test_production_makes_keys_for_the_said_address(settings: Any) -> None:
    settings.PASSKEY_ORIGIN = "https://sanfu.example.gov.cn"
    client = Client()
    sign_in(client, "sunwei")
    options = options_of(client.get(KEYS).content.decode())
    assert options["publicKey"]["rp"]["id"] == "sanfu.example.gov.cn"
    wrong = client.post(
        f"{KEYS}add/", {"name": "办公电脑", "passkey": json.dumps(Authenticator().made(options))}
    )
    assert wrong.status_code == 422
    assert "请直接打开 https://sanfu.example.gov.cn" in wrong.content.decode()
