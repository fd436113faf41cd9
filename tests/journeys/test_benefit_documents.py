"""A policy as one document in the browser: a new one from scratch, an edit in place, the second officer."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.adapters.demo_firms import seed_firms
from sanfu.enterprise.benefits.models import PolicyVersion
from tests.rooms.test_benefit_documents import GOLDEN, NEW

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


@pytest.fixture
def visit_firms(visit: Open, settings: Any, tmp_path: Any) -> Open:
    settings.MEDIA_ROOT = tmp_path
    seed_firms(region=settings.REGION, at=timezone.now())
    return visit


def test_a_new_policy_from_nothing_to_force(visit_firms: Open, shot: Open, serious_faults: Open) -> None:
    page = visit_firms("jiangyu")
    page.goto_path("/desk/benefits/")
    page.get_by_role("link", name="起草新政策").click()
    expect(page.get_by_text("文首信息缺少 标题")).to_be_visible()
    shot(page, "document-new", full=True)
    broken = NEW.replace("8000万元以上", "8000人以上").encode()
    page.locator("input[type=file]").set_input_files(
        {"name": "机器人.md", "mimeType": "text/markdown", "buffer": broken}
    )
    page.get_by_role("button", name="读入文件").click()
    expect(page.locator("#trial")).to_contain_text("这样写不会生效")
    page.locator("[data-line]").first.click()
    assert page.evaluate("document.activeElement.id") == "source"
    selected = page.evaluate(
        "(() => { const a = document.activeElement; return a.value.slice(a.selectionStart, a.selectionEnd) })()"
    )
    assert selected.startswith("8000人以上")
    shot(page, "document-error", full=True)
    source = page.locator("#source")
    source.fill(source.input_value().replace("8000人以上", "8000万元以上"))
    expect(page.locator("#trial")).to_contain_text("命中和资金")
    page.get_by_role("button", name="重记原文校验值").click()
    expect(page.get_by_text("已按现在的条款原文重记校验值").first).to_be_visible()
    assert "原文 " in source.input_value()
    page.locator("#golden").fill(GOLDEN)
    expect(page.locator("#trial")).to_contain_text("全部成立")
    page.get_by_label("起草说明").fill("鼓励机器人应用")
    shot(page, "document-sound", full=True)
    assert not serious_faults(page)
    page.get_by_role("button", name="提交复核").click()
    expect(page.get_by_text("已提交复核").first).to_be_visible()
    second = visit_firms("luoqi")
    second.goto_path("/desk/benefits/policies/yc-robots/")
    shot(second, "document-approve", full=True)
    second.get_by_role("button", name="复核通过").click()
    expect(second.get_by_text("政策第1版：已复核通过")).to_be_visible()
    assert PolicyVersion.objects.get().state == "published"
    phone = visit_firms("jiangyu", phone=True)
    phone.goto_path("/desk/benefits/policies/yc-growth/document/")
    assert not phone.evaluate("document.documentElement.scrollWidth > innerWidth")
    shot(phone, "document-phone", full=True)


def test_a_clause_edited_in_place_asks_to_compare_its_rule_again(visit_firms: Open, shot: Open) -> None:
    page = visit_firms("jiangyu")
    page.goto_path("/desk/benefits/policies/yc-growth/document/")
    source = page.locator("#source")
    source.fill(source.input_value().replace("奖励 10 万元。列入", "一次性奖励 10 万元。列入"))
    expect(page.locator("#trial")).to_contain_text("条款原文在写规则之后改过")
    page.get_by_role("button", name="重记原文校验值").click()
    expect(page.locator("#trial")).not_to_contain_text("条款原文在写规则之后改过")
    expect(page.get_by_text("与现行文本的差异")).to_be_visible()
    page.get_by_label("修改理由").fill("措辞")
    page.get_by_role("button", name="存草稿").click()
    expect(page.get_by_text("草稿已保存").first).to_be_visible()
    shot(page, "document-edit", full=True)
    assert PolicyVersion.objects.get().state == "draft"
