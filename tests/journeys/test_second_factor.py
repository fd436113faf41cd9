"""Two steps of signing in: an authenticator or a passkey is bound, a lost phone is replaced by a recovery code, the other session is ended."""

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


def test_a_passkey_takes_the_place_of_the_code_and_a_browser_without_script_keeps_the_code(
    visit: Callable[..., Any], shot: Callable[..., Any], serious_faults: Callable[..., list[str]]
) -> None:
    desk = visit()
    desk.server = desk.server.replace("127.0.0.1", "localhost")  # browsers make no passkey for a bare address
    devices = desk.page.context.new_cdp_session(desk.page)
    devices.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": device | {"hasResidentKey": True}})
    sign_in(desk, "chenfang")
    expect(desk.get_by_role("heading", name="待办中心")).to_be_visible()
    desk.goto_path("/second-factor/passkeys/")
    desk.get_by_role("button", name="添加").click()  # no name yet: the browser asks for it
    desk.get_by_label("名称").fill("办公电脑")
    shot(desk, "passkeys-add", full=True)
    assert serious_faults(desk) == []
    desk.get_by_role("button", name="添加").click()
    expect(desk.get_by_text("备用码只显示这一次")).to_be_visible()
    desk.goto_path("/second-factor/passkeys/")
    expect(desk.get_by_role("button", name="删除“办公电脑”")).to_be_visible()
    desk.get_by_label("名称").fill("同一台电脑")
    desk.get_by_role("button", name="添加").click()
    expect(desk.get_by_text("已经添加过了")).to_be_visible()

    desk.page.context.clear_cookies()
    sign_in(desk, "chenfang")
    expect(desk.get_by_role("button", name="用通行密钥登录")).to_be_visible()
    shot(desk, "second-step-passkey", full=True)
    desk.set_viewport_size({"width": 375, "height": 812})
    shot(desk, "second-step-passkey-phone", full=True)
    no_wider_than_the_screen(desk)
    assert serious_faults(desk) == []
    desk.get_by_role("button", name="用通行密钥登录").click()
    expect(desk.get_by_role("heading", name="待办中心")).to_be_visible()
    desk.goto_path("/second-factor/passkeys/")
    shot(desk, "passkeys-phone", full=True)
    no_wider_than_the_screen(desk)
    assert serious_faults(desk) == []

    plain = desk.page.context.browser.new_context(java_script_enabled=False).new_page()
    plain.goto(desk.server + "/login/")
    plain.get_by_label("账号").fill("chenfang")
    plain.get_by_label("密码").fill("chenfang@demo")
    plain.locator("#sign-in").click()
    expect(plain.get_by_text("请填动态码或备用码")).to_be_visible()
    expect(plain.get_by_role("button", name="用通行密钥登录")).to_be_hidden()
    plain.context.close()


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
