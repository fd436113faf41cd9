"""Two steps of signing in: an authenticator is bound, a lost phone is replaced by a recovery code, the other session is ended."""

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from django_otp.oath import TOTP
from playwright.sync_api import expect

from sanfu.people.actions import second_factor
from sanfu.people.models import SecondFactor
from tests.histories import taken

pytestmark = pytest.mark.browser


def code_of(login: str) -> str:
    """What the person's authenticator shows now."""
    return shown_by(second_factor._open(SecondFactor.objects.get(user__login=login)))


def shown_by(secret: bytes) -> str:
    """What an authenticator with this secret shows now."""
    totp = TOTP(secret)
    totp.time = timezone.now().timestamp()
    return f"{totp.token():06d}"


def sign_in(page: Any, login: str) -> None:
    page.goto_path("/login/")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(f"{login}@demo")
    page.keyboard.press("Enter")


def no_wider_than_the_screen(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_lost_phone_is_replaced_by_a_recovery_code_and_its_session_ended(
    visit: Callable[..., Any], shot: Callable[..., Any], serious_faults: Callable[..., list[str]]
) -> None:
    desk = visit()
    sign_in(desk, "chenfang")
    expect(desk.get_by_role("heading", name="待办中心")).to_be_visible()
    desk.goto_path("/second-factor/")
    shot(desk, "second-factor-bind", full=True)
    assert serious_faults(desk) == []
    desk.get_by_label("动态码").fill("123")
    desk.get_by_role("button", name="绑定").click()
    expect(desk.get_by_text("动态码不对")).to_be_visible()
    desk.get_by_label("动态码").fill(code_of("chenfang"))
    desk.get_by_role("button", name="绑定").click()
    expect(desk.get_by_text("备用码只显示这一次")).to_be_visible()
    shot(desk, "second-factor-codes", full=True)
    codes = re.findall(r"\w{4}-\w{4}-\w{4}", desk.locator(".codes").inner_text())
    assert len(codes) == 10

    phone = visit(phone=True)
    sign_in(phone, "chenfang")
    expect(phone.get_by_role("heading", name="动态码")).to_be_visible()
    shot(phone, "second-step-phone", full=True)
    assert serious_faults(phone) == []
    phone.get_by_label("动态码").fill(codes[0])
    phone.get_by_role("button", name="登录").click()
    expect(phone.get_by_role("heading", name="待办中心")).to_be_visible()
    for path, name in (("/second-factor/", "second-factor-bound-phone"), ("/sessions/", "sessions-phone")):
        phone.goto_path(path)
        shot(phone, name, full=True)
        no_wider_than_the_screen(phone)
        assert serious_faults(phone) == []
    desk.goto_path("/sessions/")
    shot(desk, "sessions", full=True)
    phone.get_by_role("button", name="退出这一处").click()
    expect(phone.get_by_role("button", name="退出这一处")).to_have_count(0)
    desk.goto_path("/home/")
    expect(desk.get_by_role("heading", name="登录")).to_be_visible()

    sign_in(desk, "chenfang")
    desk.get_by_label("动态码").fill(codes[0])
    desk.get_by_role("button", name="登录").click()
    expect(desk.get_by_text("已经用过")).to_be_visible()

    phone.goto_path("/second-factor/")  # the new phone is bound without anybody's help
    phone.get_by_label("动态码").fill(codes[1])
    phone.get_by_role("button", name="下一步").click()
    expect(phone.get_by_text("旧验证器仍然有效")).to_be_visible()
    shot(phone, "second-factor-replace-phone", full=True)
    no_wider_than_the_screen(phone)
    assert serious_faults(phone) == []
    secret = "".join(phone.locator("code").first.inner_text().split())
    phone.get_by_label("动态码").fill(shown_by(base64.b32decode(secret + "=" * (-len(secret) % 8))))
    phone.get_by_role("button", name="更换").click()
    expect(phone.get_by_text("备用码只显示这一次")).to_be_visible()


def test_the_auditor_and_the_keeper_of_personal_data_read_their_pages_on_both_screens(
    visit: Callable[..., Any], shot: Callable[..., Any], serious_faults: Callable[..., list[str]]
) -> None:
    order = taken(timezone.now(), name="张演示", address="幸福里7幢")
    sign_in(visit(), "sunwei")  # something for the log
    for login, path, heading, name in (
        ("shenyan", "/manage/people/audit/", "", "audit"),
        ("yinsi", f"/desk/tickets/{order.pk}/person/", "个人信息", "person"),
    ):
        for phone in (False, True):
            page = visit(login, phone=phone)
            page.goto_path(path)
            expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
            shot(page, f"{name}{'-phone' if phone else ''}", full=True)
            no_wider_than_the_screen(page)
            assert serious_faults(page) == []
