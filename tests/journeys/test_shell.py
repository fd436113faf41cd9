"""The shell itself: every component, the doors, the phone, the large type; nothing serious for axe."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize(
    ("login", "path", "name"),
    [
        ("linadmin", "/design/", "design"),
        ("", "/login/", "login"),
        ("", "/", "portal"),
        ("chenfang", "/home/", "home"),
        ("linadmin", "/design/wall/", "design-wall"),
        ("linadmin", "/design/paper/", "design-paper"),
        ("chenfang", "/design/", "error-403"),
        ("", "/nowhere/", "error-404"),
    ],
)
def test_page_is_accessible_and_fits(
    visit: Callable, serious_faults: Callable, shot: Callable, phone: bool, login: str, path: str, name: str
) -> None:
    page = visit(login, phone=phone)
    page.goto_path(path)
    page.wait_for_load_state("networkidle")
    shot(page, f"{name}-{'375' if phone else '1440'}", full=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert serious_faults(page) == []


def test_a_swapped_list_is_the_fresh_list(signed_in: Callable, same_when_fresh: Callable) -> None:
    page = signed_in("linadmin")
    page.goto_path("/design/")
    before = page.locator("#list-showcase tbody tr").count()
    page.locator("#list-showcase select[name=state]").select_option("late")
    page.wait_for_url("**/design/?*state=late*")
    page.wait_for_function(
        "n => document.querySelectorAll('#list-showcase tbody tr').length !== n", arg=before
    )
    assert page.locator("#list-showcase .tag").all_inner_texts() == ["已超期"] * 11
    same_when_fresh(page, "#list-showcase")
    page.get_by_role("link", name="数量").click()
    page.wait_for_url("**sort=-amount*")
    same_when_fresh(page, "#list-showcase")
    assert "state=late" in page.url


def test_going_back_restores_the_list(signed_in: Callable) -> None:
    page = signed_in("linadmin")
    page.goto_path("/design/")
    page.get_by_role("link", name="第 2 页").click()
    page.wait_for_url("**page=2*")
    page.go_back()
    page.wait_for_function("() => document.querySelector('#list-showcase .pages .on')?.textContent === '1'")


def test_columns_are_chosen_and_stay_chosen(signed_in: Callable) -> None:
    page = signed_in("linadmin")
    page.goto_path("/design/")
    page.locator("#list-showcase summary", has_text="列").click()
    page.get_by_label("备注").first.check()
    page.locator("#list-showcase").get_by_role("button", name="应用并记住").click()
    expect(page.locator("#list-showcase th", has_text="备注")).to_have_count(1)
    page.goto_path("/design/")
    expect(page.locator("#list-showcase th", has_text="备注")).to_have_count(1)


def test_the_filtered_rows_come_as_a_file(signed_in: Callable) -> None:
    page = signed_in("linadmin")
    page.goto_path("/design/?state=late")
    with page.expect_download() as waiting:
        page.locator("#list-showcase").get_by_role("link", name="导出 Excel").click()
    assert waiting.value.suggested_filename.startswith("示例列表-")


def test_a_form_with_errors_keeps_what_was_typed_and_says_what_is_wrong(
    signed_in: Callable, shot: Callable
) -> None:
    page = signed_in("linadmin")
    page.goto_path("/design/")
    form = page.locator("#form form")
    form.get_by_label("标题").fill("短")
    form.get_by_label("联系电话").fill("12345")
    form.get_by_role("button", name="提交").click()
    page.get_by_text("有内容需要修改").wait_for()
    shot(page, "form-with-errors")
    assert form.get_by_label("联系电话").input_value() == "12345"
    assert form.get_by_label("联系电话").get_attribute("aria-invalid") == "true"
    assert page.get_by_text("电话应为 11 位手机号").is_visible()


def test_the_keyboard_goes_from_skip_link_to_content_and_out_of_a_dialog(signed_in: Callable) -> None:
    page = signed_in("linadmin")
    page.goto_path("/design/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到主要内容"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.get_by_role("button", name="对话框").press("Enter")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()
    assert page.evaluate("document.activeElement.dataset.opens") == "sample-dialog"


def test_the_menu_is_a_drawer_on_a_phone(signed_in: Callable, shot: Callable) -> None:
    page = signed_in("linadmin", phone=True)
    page.goto_path("/design/")
    entry = page.get_by_role("link", name="待办中心")
    assert not entry.is_visible()
    page.get_by_role("button", name="打开菜单").click()
    entry.wait_for(state="visible")
    shot(page, "menu-375")
    page.keyboard.press("Escape")
    entry.wait_for(state="hidden")


def test_large_type_is_kept_and_large_enough(visit: Callable, shot: Callable) -> None:
    page = visit()
    page.goto_path("/login/")
    page.get_by_role("button", name="大字版").click()
    page.reload()
    small = page.evaluate(
        """() => [...document.querySelectorAll("main *, header *")]
          .filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
          .filter(e => parseFloat(getComputedStyle(e).fontSize) < 18).map(e => e.outerHTML.slice(0, 80))"""
    )
    low = page.evaluate(
        """() => [...document.querySelectorAll("main button, main input:not([type=hidden]), header button")]
          .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80))"""
    )
    shot(page, "login-large", full=True)
    assert small == []
    assert low == []


def test_one_click_fills_the_demo_account_and_the_next_signs_in(visit: Callable) -> None:
    page = visit()
    page.goto_path("/login/?next=/design/")
    page.get_by_role("button", name="林岚").click()
    page.keyboard.press("Enter")
    page.wait_for_url(page.server + "/design/")
    assert page.get_by_role("heading", name="组件总览").is_visible()
    page.get_by_role("button", name="退出").click()
    page.get_by_text("已安全退出").wait_for()


def test_a_job_polls_itself_and_can_be_stopped(signed_in: Callable) -> None:
    page = signed_in("linadmin")
    page.goto_path("/design/")
    job = page.locator(".job.running")
    job.get_by_role("button", name="停止").click()
    page.get_by_text("已停止，已导入的行保留").wait_for()


def test_linked_selects_carry_the_value_of_the_last_one(signed_in: Callable) -> None:
    page = signed_in("linadmin")
    page.goto_path("/design/")
    page.get_by_label("所在村（社区） 第 1 级").select_option("329900101")
    page.get_by_label("所在村（社区） 第 2 级").select_option("329900101002")
    assert page.locator("[data-cascader]").input_value() == "329900101002"


def test_pages_work_without_script(signed_in: Callable, live_server: object, new_context: Callable) -> None:
    page = signed_in("linadmin")
    cookies = page.context.cookies()
    plain = new_context(java_script_enabled=False)
    plain.add_cookies(cookies)
    bare = plain.new_page()
    bare.goto(f"{live_server}/design/")
    bare.locator("#list-showcase select[name=state]").select_option("done")
    bare.locator("#list-showcase").get_by_role("button", name="查询").click()
    assert "state=done" in bare.url
    assert bare.locator("#list-showcase .tag").first.inner_text() == "已办结"
