"""履职 in the browser, stories 1–7: list, pre-check, inbox, ruling, admission, burden, replay, posts, evaluation."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.adapters.demo_duties import seed_duties
from sanfu.grassroots.duties import actions
from sanfu.grassroots.duties.models import ListVersion
from sanfu.lists.versions.actions import enact
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of

pytestmark = pytest.mark.browser
LIST = Path(settings.CONTENT) / "duties" / "model_list.yaml"
NOTICE = (
    "关于做好燃气安全工作的通知\n各镇（街道）：\n一、各镇结合网格巡查开展燃气安全宣传，发现老旧软管及时上报。\n"
    "二、各镇对辖区燃气经营企业开展执法检查并处罚。\n三、各镇每周报送照片并排名。\n"
)
Visit = Callable[..., Any]


@pytest.fixture
def lists(town: None) -> None:
    """Two towns with a published list."""
    now = timezone.now()
    steward = actor_of(User.objects.get(login="shenbian"), on=now.date())
    approver = actor_of(User.objects.get(login="xuheng"), on=now.date())
    for code in ("WJZ", "NJZ"):
        version = actions.import_list(
            town=Organisation.objects.get(code=code),
            name="a.yaml",
            data=LIST.read_bytes(),
            by=steward,
            at=now,
        )
        enact(
            version,
            editor=steward,
            approver=approver,
            effective_from=(now - timedelta(days=30)).date(),
            doc_no="演示1号",
            at=now,
        )


@pytest.mark.usefixtures("town")
def test_story_1_import_lint_compare_publish_and_the_public_page(visit: Visit, shot: Visit) -> None:
    desk = visit("shenbian")
    for code in ("望江镇", "南泾镇"):
        desk.goto_path("/desk/duties/lists/import/")
        desk.get_by_label("镇（街道）").select_option(label=code)
        desk.locator("input[type=file]").set_input_files(LIST)
        desk.get_by_role("button", name="提交").click()
        expect(desk.get_by_role("heading", name=f"{code}履职清单 第1版")).to_be_visible()
    shot(desk, "duties-list", full=True)
    desk.get_by_role("button", name="对比").click()
    expect(desk.locator("main")).to_contain_text("两版完全一致")
    desk.goto_path("/desk/duties/lists/")
    desk.get_by_role("link", name="望江镇").click()
    desk.get_by_role("button", name="征求意见").click()
    expect(desk.locator("main")).to_contain_text("征求意见")
    desk.get_by_role("button", name="送审").click()
    expect(desk.locator("main")).to_contain_text("待审核")
    assert desk.get_by_role("button", name="审核通过").count() == 0
    version = ListVersion.objects.get(state="waiting")

    other = visit("xuheng")
    other.goto_path(f"/desk/duties/lists/{version.id}/")
    other.get_by_role("button", name="审核通过").click()
    other.get_by_role("link", name="公布", exact=True).click()
    other.get_by_label("生效日期").fill(timezone.localdate().isoformat())
    other.get_by_label("公布文号").fill("云澄编发〔2026〕1号（演示）")
    other.get_by_role("button", name="公布", exact=True).click()
    expect(other.locator("main")).to_contain_text("现行")
    shot(other, "duties-list-published")

    anyone = visit("", phone=True)
    anyone.goto_path("/duties/WJZ/")
    expect(anyone.get_by_role("heading", name="望江镇履职事项清单")).to_be_visible()
    shot(anyone, "duties-public-phone")
    expect(anyone.locator("main")).to_contain_text("不是任何一个镇的公布文本")


def check_and_send(visit: Visit, shot: Visit) -> None:
    drafter = visit("dongmi")
    drafter.goto_path("/desk/duties/documents/check/")
    drafter.get_by_label("镇（街道）").select_option(label="望江镇")
    drafter.get_by_label("正文").fill(NOTICE)
    drafter.get_by_role("button", name="开始预检").click()
    expect(drafter.locator("main")).to_contain_text("已收回")
    expect(drafter.locator("main")).to_contain_text("R-CJ-03")
    expect(drafter.locator("main")).to_contain_text("建议由")
    shot(drafter, "duties-precheck", full=True)
    drafter.get_by_role("button", name="下发").first.click()
    drafter.get_by_label("望江镇").check()
    drafter.get_by_label("南泾镇").check()
    drafter.get_by_label("坚持下发的理由").fill("冬季安全专项部署")
    drafter.get_by_role("dialog").get_by_role("button", name="下发").click()
    expect(drafter.locator("main")).to_contain_text("已下发")


@pytest.mark.usefixtures("lists")
def test_stories_2_and_3_pre_check_object_rule_and_cite(
    visit: Visit, shot: Visit, serious_faults: Visit
) -> None:
    check_and_send(visit, shot)
    town = visit("qianjin", phone=True)
    town.goto_path("/desk/duties/tasks/")
    shot(town, "duties-inbox-phone")
    town.get_by_role("link", name="任2").first.click()
    shot(town, "duties-task-phone", full=True)
    town.get_by_role("link", name="一键异议").click()
    town.get_by_role("button", name="一键异议").click()
    expect(town.locator("main")).to_contain_text("异议待裁")
    expect(town.locator("main")).to_contain_text("暂停")
    assert not serious_faults(town)

    other = visit("hetao")
    other.goto_path("/desk/duties/objections/")
    expect(other.locator("main")).to_contain_text("没有异议")
    assert "望江镇" not in other.locator("main").inner_text()

    steward = visit("shenbian")
    steward.goto_path("/desk/duties/objections/")
    steward.locator("main").get_by_role("link", name="任2").click()
    shot(steward, "duties-ruling", full=True)
    steward.get_by_label("裁定").select_option(label="部分成立")
    steward.get_by_label("认定").select_option(label="已收回")
    steward.get_by_label("理由和依据").fill("燃气企业检查已由市住建局收回，镇只做宣传上报。")
    steward.get_by_role("button", name="作出裁定").click()
    expect(steward.locator("main")).to_contain_text("形成条件规则")
    steward.get_by_label("条件词").fill("燃气经营企业 执法检查")
    steward.get_by_role("button", name="检验").click()
    expect(steward.locator("main")).to_contain_text("则20")
    steward.goto_path("/desk/duties/precedents/")
    expect(steward.locator("main")).to_contain_text("裁20")

    town.reload()
    expect(town.locator("main")).to_contain_text("办理中")


@pytest.mark.usefixtures("lists")
def test_a_drafter_sees_what_to_change_and_adopts_it_in_place(
    visit: Visit, shot: Visit, serious_faults: Visit
) -> None:
    drafter = visit("dongmi")
    drafter.goto_path("/desk/duties/documents/check/")
    drafter.get_by_label("镇（街道）").select_option(label="望江镇")
    drafter.get_by_label("正文").fill(NOTICE)
    drafter.get_by_role("button", name="开始预检").click()
    main = drafter.locator("main")
    expect(main).to_contain_text("先改再发")
    expect(main).to_contain_text("未作为要求")
    expect(main).to_contain_text("各镇（街道）：")
    assert "primary" not in (
        drafter.locator("[data-opens=send], button:has-text('下发')").first.get_attribute("class") or ""
    )
    box = drafter.get_by_label("第 2 项改为")
    suggested = box.input_value()
    assert "{" not in suggested
    assert "待明确" not in suggested
    box.fill("二、各镇配合市住建局开展燃气安全宣传，发现隐患及时上报。")
    shot(drafter, "duties-precheck-rewrite", full=True)
    box.locator("xpath=ancestor::form").get_by_role("button", name="采纳改写").click()
    expect(drafter.locator("body")).to_contain_text("第 2 项已改写")
    expect(main).to_contain_text("配合市住建局开展燃气安全宣传")
    expect(main).not_to_contain_text("开展执法检查并处罚")
    assert not serious_faults(drafter)


@pytest.mark.usefixtures("lists")
def test_story_4_admission_needs_power_people_money(visit: Visit, shot: Visit) -> None:
    drafter = visit("dongmi")
    drafter.goto_path("/desk/duties/admissions/apply/")
    drafter.get_by_label("拟新增事项").fill("寄递末端网点安全巡查")
    drafter.get_by_label("依据").fill("演示文件")
    drafter.get_by_label("权随事转").fill("执法检查和处罚留在部门")
    drafter.get_by_label("镇（街道）做什么").fill("巡查快递网点，发现上报")
    drafter.get_by_label("截止日期").fill("2027-12-31")
    drafter.get_by_label("望江镇").check()
    drafter.get_by_role("button", name="提交申请").click()
    expect(drafter.locator("main")).to_contain_text("缺少人随事转、钱随事转")
    drafter.get_by_label("人随事转").fill("下沉2人")
    drafter.get_by_label("钱随事转").fill("每镇每年2万元")
    drafter.get_by_role("button", name="提交申请").click()
    expect(drafter.locator("main")).to_contain_text("待审")
    path = drafter.page.url
    steward = visit("shenbian")
    steward.page.goto(path)
    for label in ("编办意见", "司法意见", "镇（街道）意见"):
        steward.get_by_label(label).fill("同意")
    steward.get_by_label("批准文件").fill("演示会议纪要")
    steward.get_by_role("button", name="作出决定").click()
    expect(steward.locator("main")).to_contain_text("已准入")
    shot(steward, "duties-admission")


@pytest.mark.usefixtures("town")
def test_stories_5_to_7_burden_replay_posts_and_evaluation(
    visit: Visit, shot: Visit, serious_faults: Visit
) -> None:
    seed_duties(Path(settings.CONTENT), now=timezone.now())
    steward = visit("shenbian")
    steward.goto_path("/desk/duties/burden/")
    expect(steward.get_by_role("heading", name="负担地图")).to_be_visible()
    shot(steward, "duties-burden", full=True)
    assert not serious_faults(steward)
    steward.goto_path("/desk/duties/replay/")
    steward.get_by_role("button", name="回放").click()
    expect(steward.locator("main")).to_contain_text("结论改变")
    shot(steward, "duties-replay", full=True)
    steward.goto_path("/desk/duties/posts/")
    steward.locator("main").get_by_role("link", name="望江镇").click()
    expect(steward.locator("main")).to_contain_text("无缺口")
    steward.get_by_role("button", name="均衡负荷").click()
    expect(steward.locator("main")).to_contain_text("均衡前后")
    shot(steward, "posts-table", full=True)
    with steward.page.expect_download() as saved:
        steward.get_by_role("link", name="下载岗位说明书").click()
    assert Path(saved.value.path()).read_bytes()[:2] == b"PK"
    steward.get_by_role("link", name="执法一岗").click()
    expect(steward.locator("main")).to_contain_text("不打总分")
    shot(steward, "posts-match", full=True)
    town = visit("qianjin")
    town.goto_path("/desk/duties/evaluation/rate/")
    town.get_by_label("评价单位").select_option(label="市应急局")
    town.get_by_role("button", name="提交评价").click()
    expect(town.get_by_role("heading", name="清单评价")).to_be_visible()
    expect(town.locator("main")).to_contain_text("漏拦率")
    shot(town, "duties-evaluation", full=True)
