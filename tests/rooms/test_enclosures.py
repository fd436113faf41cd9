"""Photos and files that come with an act: what is kept, what is refused, who opens them, and that the log names them."""

import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import ExifTags, Image

from sanfu.grassroots.tickets import actions
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import Channel, RequestType
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, Refused, machine
from sanfu.records.enclosures import enclosed, prepare
from sanfu.records.files import path_of
from sanfu.records.models import Event
from sanfu.records.moments import day_of
from sanfu.records.pictures import LONGEST, small
from sanfu.records.queries import verify_chains
from tests.photos import HEIC, photo

MZ = b"MZ\x90\x00" + b"\x00" * 60


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def place_of(content: bytes) -> dict[int, Any]:
    return dict(opened(content).getexif().get_ifd(ExifTags.IFD.GPSInfo))


def test_a_photo_loses_its_place_and_its_owner_but_not_its_time() -> None:
    made = prepare("IMG_1.JPG", BytesIO(photo()))
    assert place_of(made.content) == {}
    assert made.lon is None
    assert b"PHONE-OF-ZHANG" not in made.content
    assert made.taken == "2026:11:20 09:30:00"
    assert made.sent == hashlib.sha256(photo()).hexdigest()


@pytest.mark.parametrize(("name", "content"), [("a.jpg", photo()), ("a.heic", HEIC)])
def test_the_place_is_kept_by_choice_only(name: str, content: bytes) -> None:
    made = prepare(name, BytesIO(content), with_position=True)
    assert (made.lon, made.lat) == (120.5, 30.5)
    assert prepare(name, BytesIO(content)).lon is None
    assert place_of(small(made.content, 300)) == {}, "what stands in a page never says where"


def test_heic_becomes_a_jpeg_that_every_browser_shows() -> None:
    made = prepare("IMG_0412.HEIC", BytesIO(HEIC))
    assert made.name == "IMG_0412.jpg"
    assert opened(made.content).format == "JPEG"
    red = opened(made.content).convert("RGB").getpixel((20, 20))
    assert isinstance(red, tuple)
    assert red[0] > red[1] + 60


def test_a_large_turned_photo_is_upright_and_bounded() -> None:
    made = prepare("a.jpg", BytesIO(photo(size=(4000, 3000), turned=6)))
    assert opened(made.content).size == (LONGEST * 3 // 4, LONGEST)
    assert opened(made.content).getexif().get(ExifTags.Base.Orientation, 1) == 1


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("照片.jpg", MZ, "可执行"),
        ("照片.jpg", b"\xff\xd8\xff\xe0broken", "打不开"),
        ("说明.pdf", b"%PDF-1.7 /OpenAction <</S /JavaScript /JS (x)>>", "脚本"),
        ("程序.exe", photo(), "不符"),
        ("空.jpg", b"", "空文件"),
        ("页面.svg", b"<svg onload=alert(1)>", "不是"),
        ("清单.psv", b"a|b", "不能随附"),
    ],
)
def test_hostile_files_are_refused_in_words(name: str, content: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says):
        prepare(name, BytesIO(content))


def test_a_picture_that_unfolds_to_too_much_is_not_opened() -> None:
    bomb = BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 100_000
    with pytest.raises(Refused, match="太大"):
        prepare("a.png", BytesIO(bomb.getvalue()))


# ---- on the desk ----


def cast(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=day_of(timezone.now()))


def client(login: str) -> Client:
    made = Client()
    made.force_login(User.objects.get(login=login))
    return made


@pytest.fixture
def order(county: None) -> Ticket:
    """An order that 城管局 handles."""
    now = timezone.now()
    said = actions.Submission("人民路路灯坏了一周。", RequestType.HELP, Channel.WEB, key="k1")
    ticket = actions.submit(said, by=machine(settings.REGION, "市民"), at=now)
    unit = Organisation.objects.get(region=settings.REGION, code="CGJ")
    actions.dispatch(ticket, unit, reason="路灯", by=cast("chenfang"), at=now)
    actions.sign(ticket, by=cast("sunwei"), at=now)
    return Ticket.objects.select_related("case").get(pk=ticket.pk)


def contact(ticket: Ticket, *files: tuple[str, bytes], **more: str) -> Any:
    ticket.case.refresh_from_db()
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    said = {"words": "电话联系并到现场查看", "version": str(ticket.case.version), "enclosures": sent, **more}
    return client("sunwei").post(f"/desk/tickets/{ticket.pk}/contact/", said)


def test_files_stand_in_the_log_under_their_hash(order: Ticket) -> None:
    assert contact(order, ("现场.jpg", photo()), ("单.pdf", b"%PDF-1.4 a"))
    act = Event.objects.get(stream=order.pk, kind="ticket.contact")
    jpg, pdf = enclosed(order.pk)[str(act.id)]
    assert path_of(settings.REGION, jpg.sha256).read_bytes() == prepare("a.jpg", BytesIO(photo())).content
    assert pdf.sha256 == hashlib.sha256(b"%PDF-1.4 a").hexdigest()
    assert verify_chains(region=settings.REGION)[1] == []

    page = client("sunwei").get(f"/desk/tickets/{order.pk}/").content.decode()
    assert f"/enclosed/{jpg.id}/?size=small" in page
    assert "enclosed</b>" not in page
    shown = client("sunwei").get(f"/desk/tickets/{order.pk}/enclosed/{jpg.id}/?size=small")
    assert shown["Content-Type"] == "image/jpeg"
    assert "private" in shown["Cache-Control"]
    whole = client("sunwei").get(f"/desk/tickets/{order.pk}/enclosed/{pdf.id}/?size=small")
    assert whole["Content-Disposition"].startswith("attachment")


def test_only_who_handles_the_matter_opens_a_file(order: Ticket) -> None:
    contact(order, ("现场.jpg", photo()))
    [[one]] = enclosed(order.pk).values()
    path = f"/desk/tickets/{order.pk}/enclosed/{one.id}/"
    assert client("zhengju").get(path).status_code == 403, "the leader sees orders, not their photos"
    assert client("qianjin").get(path).status_code == 404, "another town does not see the order"
    assert Client().get(path).status_code == 302
    assert client("chenfang").get(path).status_code == 200


def test_a_refused_file_loses_neither_the_words_nor_the_good_photos(order: Ticket) -> None:
    answer = contact(order, ("现场.jpg", photo()), ("坏.jpg", MZ))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "可执行" in page
    assert "电话联系并到现场查看" in page
    assert not Event.objects.filter(stream=order.pk, kind="ticket.contact").exists()
    token = page.split('name="enclosures-kept" value="')[1].split('"')[0]
    again = contact(order, **{"enclosures-kept": token})
    assert again.status_code == 302
    [[one]] = enclosed(order.pk).values()
    assert one.name == "现场.jpg"


def test_nobody_sends_the_file_token_of_somebody_else(order: Ticket) -> None:
    page = contact(order, ("现场.jpg", photo()), ("坏.jpg", MZ)).content.decode()
    token = page.split('name="enclosures-kept" value="')[1].split('"')[0]
    said = {"words": "要求尽快", "version": str(order.case.version), "enclosures-kept": token}
    assert client("wushuang").post(f"/desk/tickets/{order.pk}/supervise/", said).status_code in (302, 422)
    assert enclosed(order.pk) == {}


def test_the_citizen_sees_shown_photos_once_the_answer_is_out(order: Ticket) -> None:
    contact(order, ("内部.jpg", photo()))
    order.case.refresh_from_db()
    said = {
        "public": "接单后当日到现场，更换控制箱线路，路灯已恢复照明，已电话告知诉求人。",
        "version": str(order.case.version),
        "enclosures": [SimpleUploadedFile("修好.jpg", photo())],
        "enclosures-shown": "1",
        "enclosures-place": "1",
    }
    assert client("sunwei").post(f"/desk/tickets/{order.pk}/reply/", said).status_code == 302
    hidden, shown = [one for files in enclosed(order.pk).values() for one in files]
    base = f"/progress/{order.case.number}/{order.follow_code}/"
    assert Client().get(f"{base}photo/{shown.id}/").status_code == 404, (
        "the reviewer has not looked at it yet"
    )
    actions.approve(Ticket.objects.get(pk=order.pk), by=cast("zhouli"), at=timezone.now())
    picture = Client().get(f"{base}photo/{shown.id}/?size=large")
    assert picture["Content-Type"] == "image/jpeg"
    assert place_of(picture.content) == {}
    assert f"photo/{shown.id}/" in Client().get(base).content.decode()
    assert Client().get(f"{base}photo/{hidden.id}/?size=large").status_code == 404
