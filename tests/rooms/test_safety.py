"""What the attack of November found, mended: each test failed before. The table is docs/security.md."""

import io
import json
import os
import subprocess
import sys
import uuid
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.conf import settings as house
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import OperationalError, connection
from django.test import Client, RequestFactory

from sanfu.cases.models import Case
from sanfu.grassroots.tickets import actions
from sanfu.grassroots.tickets.models import Attachment, Ticket
from sanfu.grassroots.tickets.states import Channel, RequestType
from sanfu.kernel.duties.lists.plain import UnreadableList
from sanfu.kernel.duties.lists.plain import read_yaml as read_duties
from sanfu.kernel.joint.catalogue.problems import CatalogError
from sanfu.kernel.joint.catalogue.source import read as read_catalogue
from sanfu.lists.content import ContentError
from sanfu.lists.content import read_yaml as read_list
from sanfu.lists.sheets import Unreadable, read_sheets
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records import files, health, limits
from sanfu.records.actor import Actor, Conflict, Refused, machine
from sanfu.records.models import Event, Limit, Receipt, StoredFile
from sanfu.web import visitors
from sanfu.web.components.table import count
from tests.platform import ROOT
from tests.rooms.test_api import key, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
REGION = "329900"
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday 09:00 in China
WRONG, RIGHT = "not-the-password", "tangbu@demo"


def who(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=date(2026, 3, 2))


def browser(login: str = "", **more: Any) -> Client:
    client = Client(**more)
    if login:
        client.force_login(User.objects.get(login=login))
    return client


def kinds(stream: uuid.UUID) -> list[str]:
    return list(Event.objects.filter(stream=stream).order_by("seq").values_list("kind", flat=True))


# A1 the lock of the sign-in


def enter(client: Client, password: str, login: str = "tangbu", address: str = "198.51.100.7") -> int:
    answer = client.post("/login/", {"login": login, "password": password}, REMOTE_ADDR=address)
    return answer.status_code


def test_the_right_password_does_not_help_who_guessed() -> None:
    attacker = Client()
    said = [enter(attacker, WRONG) for _ in range(8)]
    assert said[:5] == [422] * 5
    assert set(said[5:]) == {429}
    assert enter(attacker, RIGHT) == 429
    assert enter(Client(), RIGHT, address="203.0.113.9") == 429, "another address is no way round"


def test_one_person_does_not_lock_another_out() -> None:
    owner, office = Client(), "192.0.2.10"
    assert enter(owner, RIGHT, address=office) == 302
    for _ in range(12):
        enter(Client(), WRONG)
    assert enter(Client(), RIGHT) == 429
    assert enter(owner, RIGHT, address="203.0.113.77") == 302, "the browser that the account knows"
    assert enter(Client(), RIGHT, address=office) == 302, "a new browser in the network the account knows"
    assert enter(Client(), "songci@demo", "songci") == 302, "nobody else is locked"


def test_the_wait_grows_and_ends() -> None:
    patience = limits.Patience("t", 2, timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=1))
    waits = [limits.failed(patience, "k", region=REGION, at=AT) for _ in range(7)]
    assert [None if w is None else (w - AT).seconds for w in waits] == [None, 30, 60, 120, 240, 300, 300]
    assert limits.waits_until("t", "k", region=REGION, at=AT + timedelta(seconds=299)) is not None
    assert limits.waits_until("t", "k", region=REGION, at=AT + timedelta(seconds=300)) is None
    assert limits.failed(patience, "k", region=REGION, at=AT + timedelta(hours=2)) is None, "it begins anew"


def test_the_administrator_unlocks() -> None:
    for _ in range(6):
        enter(Client(), WRONG)
    assert enter(Client(), RIGHT) == 429
    account = User.objects.get(login="tangbu")
    assert browser("linadmin").post(f"/manage/people/{account.pk}/unlock/").status_code == 302
    assert enter(Client(), RIGHT) == 302
    found = kinds(account.pk)
    assert found.count("people.sign_in_failed") == 5
    for kind in ("people.sign_in_locked", "people.sign_in_unlocked", "people.signed_in"):
        assert kind in found


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "9.9.9.9", "10.0.0.1"),
        (1, "9.9.9.9, 198.51.100.7", "198.51.100.7"),
        (2, "9.9.9.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (1, "", "10.0.0.1"),
        (1, "rubbish", "unknown"),
    ],
)
def test_only_our_own_proxies_name_the_visitor(
    settings: Any, proxies: int, forwarded: str, address: str
) -> None:
    settings.PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": forwarded})
    assert visitors.address_of(request) == address


# A3, A4, A10 keys


LONG = "12345-2026-1130-yunchengshi-superior-platform-"


def test_keys_that_share_their_beginning_are_two_orders() -> None:
    secret = key()
    first, second = (
        send(secret, key=f"{LONG}000001"),
        send(secret, key=f"{LONG}000002", body="另一件事：井盖坏了"),
    )
    assert first.status_code == second.status_code == 200
    assert first.json()["number"] != second.json()["number"]


def test_two_senders_may_use_the_same_number() -> None:
    first, second = send(key("zhaomin")), send(key("chenfang"))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["number"] != second.json()["number"]


def test_the_same_key_with_another_content_is_a_conflict_that_names_both() -> None:
    secret = key()
    assert send(secret).status_code == 200
    answer = send(secret, body="完全不同的内容")
    assert answer.status_code == 409
    digests = [
        word
        for word in answer.json()["error"].replace("，", " ").replace("。", " ").split()
        if len(word) == 64
    ]
    assert len(set(digests)) == 2
    assert Ticket.objects.count() == 1


def kept_by_an_earlier_release(secret: str, number: str, earlier: str) -> str:
    """An order whose receipt looks as releases wrote it that cut keys and kept no digest."""
    taken_in = send(secret, key=number).json()["number"]
    Receipt.objects.filter(scope="ticket").update(key=earlier[:80], digest="")
    return str(taken_in)


def test_a_repetition_of_what_an_earlier_release_took_in_is_the_same_order() -> None:
    secret, account = key(), User.objects.get(login="zhaomin")
    number = kept_by_an_earlier_release(secret, "OLD-1", f"api:{account.pk}:OLD-1")
    assert send(secret, key="OLD-1").json()["number"] == number
    assert send(secret, key="OLD-1", body="另一件事：井盖坏了").status_code == 409
    assert Ticket.objects.count() == 1


def test_a_receipt_of_a_cut_key_answers_for_no_other_number() -> None:
    secret, account = key(), User.objects.get(login="zhaomin")
    number = kept_by_an_earlier_release(secret, f"{LONG}000001", f"api:{account.pk}:{LONG}000001")
    other = send(secret, key=f"{LONG}000002", body="另一件事：井盖坏了")
    assert other.status_code == 200
    assert other.json()["number"] != number


def test_a_source_number_typed_twice_is_refused_in_words() -> None:
    said = {"body": "路灯坏了", "kind": RequestType.HELP, "channel": Channel.HOTLINE, "source_number": "S-1"}
    actions.submit(actions.Submission(**said, key="a"), by=machine(REGION), at=AT)
    with pytest.raises(Refused, match="S-1"):
        actions.submit(actions.Submission(**said, key="b"), by=machine(REGION), at=AT)


def test_no_form_key_opens_an_order_that_came_by_the_api() -> None:
    account = User.objects.get(login="zhaomin")
    number = send(key(), key="h1").json()["number"]
    for once in (f"api:{account.pk}:h1", actions.key_of("api", str(account.pk), "h1")):
        answer = Client().post("/ask/", {"_once": once, "body": "看看别人的工单", "kind": "求助"})
        assert number not in answer.headers.get("Location", "")
        assert answer.status_code in (302, 400)


def test_two_browsers_with_one_form_key_are_two_orders() -> None:
    said = {"_once": "a" * 32, "body": "人民路路灯坏了", "kind": "求助"}
    places = []
    for mark in ("m" * 32, "n" * 32):
        client = Client()
        client.cookies[house.CSRF_COOKIE_NAME] = mark
        places += [client.post("/ask/", said).headers["Location"] for _ in range(2)]
    assert places[0] == places[1] != places[2] == places[3]


# A6 production fails closed


def settings_of(**environment: str) -> subprocess.CompletedProcess[str]:
    words = [
        sys.executable,
        "-c",
        "import django; django.setup(); from django.conf import settings as s; print(s.MODE)",
    ]
    base = {k: v for k, v in os.environ.items() if not k.startswith("SANFU_")}
    own = {"DJANGO_SETTINGS_MODULE": "config.settings", **environment}
    return subprocess.run(words, cwd=ROOT, env=base | own, capture_output=True, text=True)


GOOD = {"SANFU_MODE": "production", "SANFU_SECRET": "x" * 40, "SANFU_HOSTS": "sanfu.example.gov.cn"}


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"SANFU_MODE": "prod"}, "neither demo nor production"),
        ({"SANFU_MODE": "Production"}, "neither demo nor production"),
        ({"SANFU_HOSTS": "*"}, "refuses SANFU_HOSTS"),
        ({"SANFU_HOSTS": "a.example,*"}, "refuses SANFU_HOSTS"),
        ({"SANFU_HOSTS": ""}, "needs SANFU_HOSTS"),
        ({"SANFU_SECRET": "short"}, "refuses SANFU_DEBUG"),
    ],
)
def test_production_fails_closed(wrong: dict[str, str], word: str) -> None:
    done = settings_of(**(GOOD | wrong))
    assert done.returncode != 0
    assert word in done.stderr


def test_production_starts_when_everything_is_said() -> None:
    assert settings_of(**GOOD).stdout.strip() == "production"


def test_the_deploy_check_refuses_demo_accounts(settings: Any) -> None:
    with pytest.raises(SystemCheckError, match=r"sanfu\.E001"):
        call_command("check", deploy=True, tags=["security"])
    User.objects.filter(demo=True).update(demo=False)
    call_command("check", deploy=True, tags=["security"])


def test_a_production_server_refuses_demo_accounts(settings: Any) -> None:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.handlers.wsgi import WSGIHandler

    from sanfu.adapters.readiness import make_ready

    settings.PRODUCTION = True
    with pytest.raises(ImproperlyConfigured, match="演示账号"):
        make_ready(WSGIHandler())


def test_a_fresh_process_draws_the_first_pages_itself(settings: Any) -> None:
    from django.core.handlers.wsgi import WSGIHandler

    from sanfu.adapters.readiness import draw_first_pages

    application = WSGIHandler()
    application.load_middleware()
    settings.ALLOWED_HOSTS = ["sanfu.example.gov.cn"]
    settings.SECURE_SSL_REDIRECT = True
    assert set(draw_first_pages(application)) == {200}


# A8 health


def test_health_says_503_when_the_database_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get("/health/").json()["database"] is True
    monkeypatch.setattr(
        connection, "get_connection_params", lambda: {"host": "203.0.113.1", "dbname": "none"}
    )
    answer = Client().get("/health/")
    assert (answer.status_code, answer.json()["ok"]) == (503, False)


def test_a_page_says_503_in_words_when_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    from sanfu.web import middleware

    def away(*_: object) -> None:
        raise OperationalError("connection is bad")

    monkeypatch.setattr(middleware, "actor_of", away)
    answer = Client().get("/ask/")
    assert answer.status_code == 503
    assert "暂时不能服务" in answer.content.decode()
    assert answer.headers["Retry-After"]


# A9, A12 public look-ups and forms


def taken(**more: Any) -> Ticket:
    said = {"body": "人民路18号门前路灯坏了", "kind": RequestType.HELP, "channel": Channel.WEB, **more}
    return actions.submit(actions.Submission(key=uuid.uuid4().hex, **said), by=machine(REGION), at=AT)


def test_guesses_are_limited_by_get_and_post_and_right_codes_never_count() -> None:
    ticket, other = taken(), taken()
    good = f"/progress/{ticket.case.number}/{ticket.follow_code}/"
    for _ in range(30):
        assert Client().get(good).status_code == 200
    guesser = Client()
    said = [guesser.get(f"/progress/{ticket.case.number}/ZZZZ{n:02d}/").status_code for n in range(14)]
    assert said == [404] * 12 + [429] * 2
    act = f"/progress/{ticket.case.number}/ZZZZZ9/withdraw/"
    assert guesser.post(act).status_code == 429
    assert (
        guesser.post("/progress/", {"number": other.case.number, "code": other.follow_code}).status_code
        == 429
    )
    elsewhere = Client(REMOTE_ADDR="203.0.113.50")
    assert elsewhere.get(good).status_code == 200, "a visitor of another network"


def test_wrong_acts_count_though_their_transaction_is_undone() -> None:
    ticket = taken()
    client = Client()
    for n in range(12):
        assert (
            client.post(
                f"/progress/{ticket.case.number}/ZZZZ{n:02d}/rate/", {"_once": f"{n:032d}"}
            ).status_code
            == 404
        )
    assert client.post(f"/progress/{ticket.case.number}/ZZZZZZ/rate/", {"_once": "z" * 32}).status_code == 429


def test_guesses_at_an_order_do_not_shut_out_who_has_its_code() -> None:
    ticket = taken()
    good = f"/progress/{ticket.case.number}/{ticket.follow_code}/"
    owner = Client(REMOTE_ADDR="203.0.113.50")
    assert owner.get(good).status_code == 200
    for n in range(25):
        Client(REMOTE_ADDR=f"198.51.100.{n}").get(f"/progress/{ticket.case.number}/ZZZZ{n:02d}/")
    assert (
        Client(REMOTE_ADDR="198.51.100.200").get(f"/progress/{ticket.case.number}/ZZZZZZ/").status_code == 429
    )
    assert owner.get(good).status_code == 200


def test_public_forms_have_a_quota_and_a_counter_a_larger_one(settings: Any) -> None:
    settings.PUBLIC_FORMS, settings.COUNTERS = 3, frozenset({"192.0.2.50"})

    def ask(address: str) -> int:
        said = {"body": f"路灯坏了 {uuid.uuid4()}", "kind": "求助"}
        return Client().post("/ask/", said, REMOTE_ADDR=address).status_code

    assert [ask("198.51.100.7") for _ in range(5)] == [302] * 3 + [429] * 2
    assert ask("198.51.100.8") == 302
    assert [ask("192.0.2.50") for _ in range(5)] == [302] * 5
    assert not Limit.objects.filter(key__contains="198").exists(), "no address stands in the table"


# A11 files and what leaves the house


def with_file(ticket: Ticket, tmp_path: Path, settings: Any) -> str:
    settings.MEDIA_ROOT = tmp_path
    stored = files.store(name="证件.txt", content=io.BytesIO("身份证".encode()), by=machine(REGION), at=AT)
    Attachment.objects.create(ticket=ticket, file=stored, from_citizen=True)
    return f"/desk/tickets/{ticket.pk}/file/{stored.pk}/"


def test_citizens_files_open_to_who_handles_the_matter_only(tmp_path: Path, settings: Any) -> None:
    ticket = taken()
    actions.dispatch(
        ticket, Organisation.objects.get(region=REGION, code="CGJ"), reason="试派", by=who("chenfang"), at=AT
    )
    url = with_file(ticket, tmp_path, settings)
    opened = {login: browser(login).get(url).status_code for login in ("chenfang", "sunwei", "zhouli")}
    assert opened == {"chenfang": 200, "sunwei": 200, "zhouli": 200}
    masked = {login: browser(login).get(url).status_code for login in ("zhaomin", "wushuang", "zhengju")}
    assert masked == {"zhaomin": 403, "wushuang": 403, "zhengju": 403}
    person = User.objects.get(login="sunwei")
    event = Event.objects.get(stream=person.pk, kind="people.downloaded")
    assert event.data == {"path": url, "file": "证件.txt"}
    assert "people.refused" in kinds(User.objects.get(login="zhengju").pk)


def test_an_export_is_an_event_with_its_filters_masked() -> None:
    client = browser("chenfang")
    answer = client.get("/desk/tickets/?export=csv&q=13812345678")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    event = Event.objects.get(stream=User.objects.get(login="chenfang").pk, kind="people.downloaded")
    assert "export=csv" in event.data["path"]
    assert "13812345678" not in json.dumps(event.data)


def test_signed_in_pages_are_not_kept_by_a_shared_browser() -> None:
    assert browser("chenfang").get("/home/").headers["Cache-Control"] == "no-store"
    ticket = taken()
    shown = Client().get(f"/progress/{ticket.case.number}/{ticket.follow_code}/")
    assert "no-store" in shown.headers["Cache-Control"]


# A13 wide files, A14 files


def test_wide_files_are_refused_before_they_are_read() -> None:
    with pytest.raises(Unreadable, match="500,000 列"):
        read_sheets("宽.csv", b"a" + b"," * 499_999 + b"\n1\n")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_string(0, 0, "a")
    sheet.write_string(1_048_575, 16_383, "b")  # two cells, seventeen thousand million between them
    book.close()
    with pytest.raises(Unreadable, match="16,384 列"):
        read_sheets("远.xlsx", out.getvalue())


def test_a_table_of_usual_size_is_still_read() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for row in range(50):
        for column in range(40):
            sheet.write_string(row, column, f"{row}/{column}")
    book.close()
    assert read_sheets("表.xlsx", out.getvalue())[0].rows[49][39] == "49/39"
    assert zipfile.is_zipfile(io.BytesIO(out.getvalue()))


def test_stored_files_are_private_and_a_full_disk_leaves_nothing(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    stored = files.store(name="a.txt", content=io.BytesIO(b"abc"), by=machine(REGION), at=AT)
    path = files.path_of(REGION, stored.sha256)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="没有保存"):
        files.store(name="b.txt", content=io.BytesIO(b"xyz"), by=machine(REGION), at=AT)
    assert [p for p in (tmp_path / "files").rglob("*") if p.is_file()] == [path]
    assert StoredFile.objects.count() == 1


# B the door


@pytest.mark.parametrize("field", ["_once", "body", "place", "name"])
def test_nul_is_refused_at_the_door(field: str) -> None:  # B1, B5, B6, B10
    said = {"body": "路灯坏了", "kind": "求助", field: "a\x00b"}
    answer = Client().post("/ask/", said)
    assert answer.status_code == 400
    assert "控制字符" in answer.content.decode()
    assert Case.objects.count() == 0


@pytest.mark.parametrize(
    "address", ["/lists/?q=%00", "/manage/lists/versions/?q=a%00", "/lists/%00/", "/desk/tickets/?q=%00"]
)
def test_nul_in_a_filter_or_an_address_is_refused(address: str) -> None:  # B3, B4
    assert browser("linadmin").get(address).status_code == 400


def test_a_cookie_with_nul_is_refused() -> None:
    client = Client()
    client.cookies["sessionid"] = "a\x00b"
    assert client.get("/home/").status_code in (302, 400)


def test_an_over_long_form_key_is_refused() -> None:  # B2
    assert Client().post("/ask/", {"_once": "k" * 81, "body": "路灯坏了", "kind": "求助"}).status_code == 400


@pytest.mark.parametrize("version", ["99999999999999999999", str(2**31), "-1", "1e9", "x"])
def test_a_version_beyond_the_column_is_a_fault_of_the_form(version: str) -> None:  # B7
    ticket = taken()
    answer = browser("chenfang").post(f"/desk/tickets/{ticket.pk}/dispatch/", {"version": version})
    assert answer.status_code == 422


IMPOSSIBLE = "town: a\nversion: 2026-99-99\nitems: []\n"


def test_a_date_that_no_calendar_has_is_said_in_words() -> None:  # B8
    with pytest.raises(CatalogError):
        read_catalogue("items:\n  - {id: a, effective: 2026-99-99}\n")
    with pytest.raises(UnreadableList):
        read_duties(IMPOSSIBLE)
    with pytest.raises(ContentError):
        read_list("a: 2026-99-99\n", "清单.yaml")


def test_a_yaml_deeper_than_any_reader_is_said_in_words() -> None:
    with pytest.raises(UnreadableList):
        read_duties("[" * 5000)


def test_a_replay_of_no_list_shows_none() -> None:  # B9
    assert browser("shenbian").get("/desk/duties/replay/?list=not-a-uuid").status_code == 200


@pytest.mark.parametrize("quarter", ["99999-Q1", "0-Q1", "²-Q1", "2026-Q9", "9999-Q4"])
def test_a_quarter_that_no_calendar_has_is_this_one(quarter: str) -> None:
    assert browser("shenbian").get(f"/desk/duties/evaluation/?quarter={quarter}").status_code == 200


def test_a_list_whose_filter_no_row_can_meet_is_empty() -> None:
    assert count(Case.objects.filter(pk__in=[])) == 0


# 11: facts of an order


def test_an_order_keeps_what_it_was_matched_to_and_dispatch_does_not_erase_it() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sanfu.grassroots.tickets.actions.intake.advise", lambda *_, **__: SUGGESTED)
        ticket = taken(body="街面上路灯不亮")
    assert ticket.list_version == "requests@7"
    assert Case.objects.get(pk=ticket.pk).pinned == {"list": "requests@7"}
    cgj = Organisation.objects.get(region=REGION, code="CGJ")
    actions.dispatch(ticket, cgj, reason="清单", by=who("chenfang"), at=AT)
    ticket.refresh_from_db()
    assert ticket.item_code == "CJ004"
    assert ticket.class_path.count("/") == 2
    assert ticket.list_version == "requests@7"


SUGGESTED = {"units": [{"unit": "CGJ", "item": "CJ004"}], "list_version": "7"}


def test_the_form_of_a_citizen_ends_in_an_order_with_item_class_and_version() -> None:
    client = Client()
    answer = client.post("/ask/", {"body": "人民路18号门前路灯坏了一周，晚上很黑", "kind": "求助"})
    assert answer.status_code == 302
    ticket = Ticket.objects.select_related("case").get()
    first = next(one for one in ticket.suggested["units"] if one["unit"] and one["item"])
    unit = Organisation.objects.get(region=REGION, code=first["unit"])
    actions.dispatch(ticket, unit, reason="采纳建议", by=who("chenfang"), at=AT)
    ticket.refresh_from_db()
    assert ticket.item_code == first["item"]
    assert ticket.class_path


def test_the_same_key_raced_leads_to_one_order_or_a_conflict() -> None:
    said = {"body": "路灯坏了", "kind": RequestType.HELP, "channel": Channel.WEB, "key": "same"}
    first = actions.submit(actions.Submission(**said, digest="1" * 64), by=machine(REGION), at=AT)
    again = actions.submit(actions.Submission(**said, digest="1" * 64), by=machine(REGION), at=AT)
    assert again.pk == first.pk
    with pytest.raises(Conflict, match="1" * 64):
        actions.submit(actions.Submission(**said, digest="2" * 64), by=machine(REGION), at=AT)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_parallel_posts_of_one_key_are_one_order_and_eight_equal_answers() -> None:
    secret = key()

    def post(_: int) -> tuple[int, str, str]:
        try:
            answer = send(secret, key=f"{LONG}parallel")
            said = answer.json()
            return answer.status_code, said.get("number", ""), said.get("code", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(post, range(8)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 200
    assert Ticket.objects.count() == 1


def test_the_database_is_asked_once_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert health._asking.acquire(blocking=False)
    try:
        assert health.database_answers() is False
    finally:
        health._asking.release()
