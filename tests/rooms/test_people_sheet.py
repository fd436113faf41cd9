"""批量开户: a messy sheet becomes accounts, all of them or none, and every fault is told with its line."""

import io
import re

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from sanfu.people.actions import free_login
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records.models import Event, StoredFile

pytestmark = pytest.mark.usefixtures("county")
PATH = "/manage/people/import/"


def admin(login: str = "linadmin") -> Client:
    client = Client()
    client.force_login(User.objects.get(login=login))
    return client


def sent(text: str | bytes, name: str = "名单.csv", client: Client | None = None) -> tuple[int, str]:
    content = text.encode() if isinstance(text, str) else text
    page = (client or admin()).post(PATH, {"file": SimpleUploadedFile(name, content)})
    return page.status_code, page.content.decode()


def workbook(rows: list[list[object]]) -> bytes:
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True})
    sheet = book.add_worksheet()
    for n, row in enumerate(rows):
        sheet.write_row(n, 0, row)
    book.close()
    return kept.getvalue()


def test_a_messy_sheet_opens_everybody_with_roles_and_a_password_each() -> None:
    rows: list[list[object]] = [
        ["2026年新进人员"],
        ["序号", "姓 名", "所在单位", "角色", "登录名", "从哪天起"],
        [1, "周新", "市城管局", "承办人", "", ""],
        ["", "", "", "", "", ""],
        [2, "周欣", "CGJ", "承办人、审核人", "", "2026/3/2"],
        [3, "吴越", "市城管局", "handler", "WUYUE", "２０２６年３月２日"],
    ]
    status, page = sent(workbook(rows), "名单.xlsx")
    assert status == 200, re.findall(r"要改.*", page)
    passwords = re.findall(r'class="password">([a-z0-9-]+)<', page)
    assert len(set(passwords)) == 3
    assert all(login in page for login in ("zhouxin", "zhouxin2", "wuyue"))
    today = timezone.localdate()
    assert actor_of(User.objects.get(login="zhouxin2"), on=today).roles == {"handler", "unit_reviewer"}
    answer = Client().post("/login/", {"login": "wuyue", "password": passwords[2]})
    assert answer.headers["Location"] == "/password/"
    stored = " ".join(str(row) for row in Event.objects.values_list("data", flat=True))
    assert not any(password in stored for password in passwords)
    assert not StoredFile.objects.filter(name="名单.xlsx").exists(), "the sheet itself is not kept"


def test_one_bad_line_and_nobody_is_opened() -> None:
    before = User.objects.count()
    status, page = sent(
        "姓名,单位,角色,账号,任职日期\n周新,市城管局,承办人,,\n"
        "吴越,火星局,局长,sunwei,明天\n,市城管局,市民,Ab!,\n郑一,市城管局,,zheng1,\n王二,市城管局,承办人,zheng2,\n王三,市城管局,承办人,zheng2,\n"
        "王五,市城管局,承办人,,\n王五,市城管局,承办人,,\n"
    )
    assert (status, User.objects.count()) == (422, before)
    told = re.findall(r'data-label="行">(\d+)</td>\s*<td[^>]*>([^<]*)<', page)
    assert [(int(line), what) for line, what in told] == [
        (
            3,
            "没有“火星局”这个单位，请写组织机构里的名称、简称、别名或编码；没有“局长”这个角色；“明天”不是日期，请写成 2026-03-02；账号“sunwei”已被使用，请换一个",
        ),
        (
            4,
            "缺姓名；没有“市民”这个角色；账号须以小写字母开头，由 3 至 40 个小写字母、数字、点、横线或下划线组成",
        ),
        (5, "缺角色"),
        (7, "账号“zheng2”已被使用，请换一个"),
        (9, "“王五”在表里重复；确是另一个人，请写明账号"),
    ]
    assert "其余 3 行没有问题" in page


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("名单.csv", b"\xe5\xa7\x93\xe5\x90\x8d,\xe5\x8d\x95\xe4\xbd\x8d\n", "没有找到表头"),
        ("名单.csv", "姓名,单位,角色\n".encode(), "一个人也没有"),
        ("名单.xlsx", b"MZ" + b"\x00" * 200, "名单.xlsx"),
        (
            "名单.csv",
            ("姓名,单位,角色\n" + "".join(f"周{n},市城管局,承办人\n" for n in range(201))).encode(),
            "一次最多开200个账号，这里有201个",
        ),
    ],
)
def test_a_file_that_is_no_such_sheet_is_refused_with_the_reason(name: str, content: bytes, why: str) -> None:
    before = User.objects.count()
    status, page = sent(content, name)
    assert (status, why in page, User.objects.count()) == (422, True, before)


def test_the_same_list_sent_again_opens_nobody_twice() -> None:
    people = "姓名,单位,角色,账号\n周新,市城管局,承办人,\n"
    assert sent(people)[0] == 200
    status, page = sent(people)
    assert (status, "市城管局已有“周新”的账号“zhouxin”" in page) == (422, True)
    assert sent("姓名,单位,角色,账号\n周新,市城管局,承办人,zhouxin.b\n")[0] == 200, (
        "another person of that name"
    )


def test_only_who_manages_people_may() -> None:
    for login in ("zhengju", "chenfang", "limei"):
        assert admin(login).get(PATH).status_code == 403


def test_the_template_is_a_sheet_that_opens_accounts() -> None:
    made = b"".join(admin().get(f"{PATH}template/").streaming_content)  # type: ignore[attr-defined]
    status, page = sent(made, "模板.xlsx")
    assert status == 200, re.findall(r'data-label="哪里不对">([^<]*)<', page)


@pytest.mark.parametrize(
    ("name", "login"), [("周新", "zhouxin"), ("吕一", "lvyi"), ("A·B", "ab0"), ("李", "li0"), ("３3", "u30")]
)
def test_a_login_is_made_of_the_name(name: str, login: str) -> None:
    assert free_login(name, lambda _: False) == login
    assert free_login(name, lambda one: one == login) == f"{login}2"


def test_a_unit_nearly_right_is_suggested_not_taken() -> None:
    status, page = sent("姓名,单位,角色\n周新,城管局,承办人\n")
    assert (status, "没有“城管局”这个单位，是不是“市城市管理局”" in page) == (422, True)
