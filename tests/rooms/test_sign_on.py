"""Sign-on against a real OpenID provider that runs in a thread: link by sub, PKCE, logout both ways, provider down."""

import base64
import hashlib
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

import jwt
import oidc_provider_mock
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.management import call_command
from django.test import Client
from oidc_provider_mock import _app

from sanfu.people.models import ForeignIdentity, SignedIn, User
from sanfu.records.models import Event
from sanfu.web import sign_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
SUBJECT = "provider-person-17"
CLIENT = "sanfu-test"


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The running provider; its store of keys is at `provider.store`."""
    made: list[Any] = []

    class Store(_app.Storage):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)

    monkeypatch.setattr(_app, "Storage", Store)
    with oidc_provider_mock.run_server_in_thread() as server:
        settings.OIDC_ISSUER = f"http://localhost:{server.server_port}"
        settings.OIDC_CLIENT, settings.OIDC_SECRET = CLIENT, "s" * 32
        server.store = made[0]
        yield server
    sign_on.provider.cache_clear()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def agree(address: str, subject: str = SUBJECT) -> str:
    """What a person does at the provider; returns the way back that the browser is sent."""
    opener = urllib.request.build_opener(NoRedirect)
    try:
        opener.open(address, urllib.parse.urlencode({"sub": subject}).encode(), timeout=10)
    except urllib.error.HTTPError as answer:
        return answer.headers["Location"]
    raise AssertionError("the provider did not send the browser back")


def through(client: Client, begin: str = "/sign-on/", subject: str = SUBJECT) -> Any:
    """The whole way: from our door to the provider and back."""
    first = client.get(begin)
    back = urllib.parse.urlsplit(agree(first.headers["Location"], subject))
    return client.get(f"{back.path}?{back.query}")


def signed_in(login: str) -> Client:
    client = Client()
    client.post("/login/", {"login": login, "password": f"{login}@demo"})
    return client


def linked(login: str = "chenfang") -> Client:
    client = signed_in(login)
    client.post("/sign-on/link/")
    through(client)
    return client


def logout_token(provider: Any, **claims: Any) -> str:
    now = int(time.time())
    said = {"iss": f"http://localhost:{provider.server_port}", "aud": CLIENT, "iat": now, "exp": now + 60,
            "jti": uuid.uuid4().hex, "sub": SUBJECT, "events": {sign_on.LOGOUT_EVENT: {}}, **claims}  # fmt: skip
    key = provider.store.jwk
    return jwt.encode(
        {name: value for name, value in said.items() if value is not None},
        key.get_private_key(), algorithm="RS256", headers={"kid": key.as_dict()["kid"]},
    )  # fmt: skip


def test_who_is_linked_by_sub_signs_on(provider: Any) -> None:
    linked()
    row = ForeignIdentity.objects.get(user__login="chenfang")
    assert (row.subject, row.issuer) == (SUBJECT, f"http://localhost:{provider.server_port}")
    browser = Client()
    answer = through(browser, "/sign-on/?next=/desk/tickets/")
    assert answer.headers["Location"] == "/desk/tickets/"
    assert browser.get("/desk/tickets/").status_code == 200
    assert SignedIn.objects.filter(user__login="chenfang", ended_at__isnull=True).count() == 2
    assert Event.objects.filter(kind="people.sign_on_linked").count() == 1


def test_whom_nobody_linked_gets_no_account_whatever_the_name(provider: Any) -> None:
    before = User.objects.count()
    browser = Client()
    answer = through(browser, subject="chenfang")
    assert answer.headers["Location"] == "/login/"
    assert browser.get("/home/").status_code == 302
    assert User.objects.count() == before


def test_a_person_of_the_provider_is_one_account(provider: Any) -> None:
    linked()
    other = signed_in("sunwei")
    other.post("/sign-on/link/")
    through(other)
    assert not ForeignIdentity.objects.filter(user__login="sunwei").exists()


def test_the_code_is_bound_to_the_browser_by_pkce(provider: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    linked()
    browser, sent = Client(), []
    post = requests.post
    monkeypatch.setattr(requests, "post", lambda *a, **k: sent.append(k["data"]) or post(*a, **k))
    asked = browser.get("/sign-on/").headers["Location"]
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(asked).query))
    assert query["code_challenge_method"] == "S256"
    back = urllib.parse.urlsplit(agree(asked))
    browser.get(f"{back.path}?{back.query}")
    made = hashlib.sha256(sent[0]["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(made).rstrip(b"=").decode() == query["code_challenge"]


def test_a_way_back_works_once_and_in_its_own_browser(provider: Any) -> None:
    linked()
    mine, thief = Client(), Client()
    back = urllib.parse.urlsplit(agree(mine.get("/sign-on/").headers["Location"]))
    way = f"{back.path}?{back.query}"
    assert thief.get(way).headers["Location"] == "/login/"
    assert mine.get(way).headers["Location"] == "/home/"
    again = Client()
    assert again.get(way).headers["Location"] == "/login/"
    assert again.get("/home/").status_code == 302


@pytest.mark.parametrize(
    "wrong", [{"aud": "another-client"}, {"iss": "http://evil.example"}, {"azp": "another"}]
)
def test_a_token_for_somebody_else_opens_nothing(
    provider: Any, wrong: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    linked()
    kept = sign_on.OIDCAuthenticationBackend.verify_token
    monkeypatch.setattr(
        sign_on.OIDCAuthenticationBackend, "verify_token", lambda *a, **k: {**kept(*a, **k), **wrong}
    )
    browser = Client()
    assert through(browser).headers["Location"] == "/login/"
    assert browser.get("/home/").status_code == 302


def test_signing_out_here_goes_on_at_the_provider(provider: Any) -> None:
    linked()
    browser = Client()
    through(browser)
    target = browser.post("/logout/").headers["Location"]
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(target).query))
    assert target.startswith(
        sign_on.provider(f"http://localhost:{provider.server_port}")["end_session_endpoint"]
    )
    assert jwt.decode(query["id_token_hint"], options={"verify_signature": False})["sub"] == SUBJECT
    assert browser.get("/home/").status_code == 302


def test_signing_out_there_ends_the_sessions_here(provider: Any) -> None:
    linked()
    browser = Client()
    through(browser)
    answer = Client(enforce_csrf_checks=True).post(
        "/sign-on/signed-out/", {"logout_token": logout_token(provider)}
    )
    assert answer.status_code == 200
    assert browser.get("/home/").status_code == 302


@pytest.mark.parametrize(
    "wrong", [{"aud": "another"}, {"iss": "http://evil.example"}, {"events": {}}, {"nonce": "n"}, {"sub": None},
              {"iat": 1_600_000_000}, {"jti": None}],
)  # fmt: skip
def test_a_wrong_logout_token_ends_nothing(provider: Any, wrong: dict[str, Any]) -> None:
    linked()
    browser = Client()
    through(browser)
    answer = Client().post("/sign-on/signed-out/", {"logout_token": logout_token(provider, **wrong)})
    assert answer.status_code == 400
    assert browser.get("/home/").status_code == 200


def test_a_logout_token_signed_by_somebody_else_ends_nothing(provider: Any) -> None:
    linked()
    key = rsa.generate_private_key(65537, 2048)
    held = jwt.decode(logout_token(provider), options={"verify_signature": False})
    forged = jwt.encode(held, key, algorithm="RS256", headers={"kid": provider.store.jwk.as_dict()["kid"]})
    for token in (forged, "", "x.y.z", jwt.encode(held, "", algorithm="none")):
        assert Client().post("/sign-on/signed-out/", {"logout_token": token}).status_code == 400


def test_with_passwords_closed_only_the_emergency_account_enters(provider: Any, settings: Any) -> None:
    settings.OIDC_ONLY = True
    closed = Client().post("/login/", {"login": "chenfang", "password": "chenfang@demo"})
    assert closed.status_code == 403
    assert "统一身份认证" in closed.content.decode()
    call_command("break_glass", "linadmin", "--why", "认证系统停用时用")
    opened = Client().post("/login/", {"login": "linadmin", "password": "linadmin@demo"})
    assert opened.status_code == 302
    user = User.objects.get(login="linadmin")
    assert Event.objects.filter(stream=user.pk, kind="people.break_glass_used").count() == 1


def test_a_provider_that_is_down_is_said_in_words_and_passwords_still_work(settings: Any) -> None:
    settings.OIDC_ISSUER, settings.OIDC_CLIENT, settings.OIDC_SECRET = "http://127.0.0.1:9", CLIENT, "s" * 32
    client = Client()
    assert client.get("/sign-on/").headers["Location"] == "/login/"
    assert "没有应答" in client.get("/login/").content.decode()
    assert signed_in("chenfang").get("/home/").status_code == 200


def test_without_a_provider_there_is_no_sign_on() -> None:
    for path in ("/sign-on/", "/sign-on/callback/?code=a&state=b"):
        assert Client().get(path).status_code == 404
    assert "统一身份认证登录" not in Client().get("/login/").content.decode()
    answer = Client().post("/login/?code=a&state=b", {"login": "chenfang", "password": "chenfang@demo"})
    assert answer.status_code == 302, "a password is none of the provider's business"


# ── a provider whose answers are JSON and yet nonsense ──


class Said:
    """An answer of the provider with a body of the test."""

    status_code, headers, url, text = 200, {"content-type": "application/json"}, "", ""

    def __init__(self, body: Any) -> None:
        self.body = body

    def raise_for_status(self) -> None:
        pass

    def json(self) -> Any:
        return self.body


HERE = "http://localhost:9"
WHOLE = {
    "issuer": HERE,
    "authorization_endpoint": f"{HERE}/a",
    "token_endpoint": f"{HERE}/t",
    "jwks_uri": f"{HERE}/j",
}
NONSENSE = [[], "ok", None, 5, {}, {**WHOLE, "issuer": None}, {**WHOLE, "issuer": [HERE]}] + [
    {**WHOLE, name: wrong}
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    for wrong in (None, 5, [], "", "javascript:alert(1)", "/a")
]


@pytest.mark.parametrize("body", NONSENSE, ids=str)
def test_a_provider_that_describes_itself_wrongly_is_said_in_words(
    settings: Any, monkeypatch: pytest.MonkeyPatch, body: Any
) -> None:
    settings.OIDC_ISSUER, settings.OIDC_CLIENT, settings.OIDC_SECRET = HERE, CLIENT, "s" * 32
    monkeypatch.setattr(sign_on.requests, "get", lambda *_, **__: Said(body))
    sign_on.provider.cache_clear()
    client = Client()
    assert client.get("/sign-on/").headers["Location"] == "/login/"
    assert client.post("/sign-on/signed-out/", {"logout_token": "x"}).status_code == 400


@pytest.mark.parametrize(
    "body", [[], "ok", None, {}, {"id_token": None}, {"id_token": 5}, {"id_token": "a.b.c"}], ids=str
)
def test_a_provider_that_gives_no_token_signs_nobody_on(
    provider: Any, monkeypatch: pytest.MonkeyPatch, body: Any
) -> None:
    linked()
    monkeypatch.setattr(requests, "post", lambda *_, **__: Said(body))
    browser = Client()
    assert through(browser).headers["Location"] == "/login/"
    assert browser.get("/home/").status_code == 302


BROKEN_KEY = {"kty": "RSA", "n": 5, "e": "AQAB"}


@pytest.mark.parametrize(
    "body",
    [
        [],
        None,
        {},
        {"keys": None},
        {"keys": 5},
        {"keys": ["x"]},
        {"keys": [BROKEN_KEY]},
        {"keys": [{**BROKEN_KEY, "n": "!"}]},
    ],
    ids=str,
)
def test_keys_that_are_none_open_and_end_nothing(
    provider: Any, monkeypatch: pytest.MonkeyPatch, body: Any
) -> None:
    mine, token = linked(), logout_token(provider)
    get = requests.get
    keys = sign_on.provider(f"http://localhost:{provider.server_port}")["jwks_uri"]
    monkeypatch.setattr(requests, "get", lambda url, **more: Said(body) if url == keys else get(url, **more))
    browser = Client()
    assert through(browser).headers["Location"] == "/login/"
    assert browser.get("/home/").status_code == 302
    assert browser.post("/sign-on/signed-out/", {"logout_token": token}).status_code == 400
    assert mine.get("/home/").status_code == 200
