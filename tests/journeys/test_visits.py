"""走访 on the phone: recorded without network, sent once, confirmed by the firm."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.adapters.demo_firms import seed_firms
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.visits.models import Operation, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Any]


def test_a_record_made_without_network_arrives_once_and_the_firm_confirms_it(
    visit: Open, shot: Open, serious_faults: Open, settings: Any
) -> None:
    seed_firms(region=settings.REGION, at=timezone.now())
    name = Enterprise.objects.get(organisation__code="FIRM-1").name
    phone = visit("jiangyu", phone=True)
    phone.goto_path("/desk/visits/phone/")
    expect(phone.get_by_text("本机共做 0 件")).to_be_visible()
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    assert not phone.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not serious_faults(phone)
    phone.context.set_offline(True)
    phone.get_by_label("企业", exact=True).fill(name)
    phone.get_by_label("走访记录").fill("订单饱满，希望用电增容")
    phone.get_by_role("button", name="存在手机上并发送").click()
    expect(phone.get_by_text("待发 1 件")).to_be_visible()
    shot(phone, "visit-offline-phone", full=True)
    phone.get_by_label("走访记录").fill("订单饱满，希望用电增容，缺技工")
    phone.get_by_label("企业提出的诉求").fill("招工困难，希望组织专场招聘会")
    phone.get_by_role("button", name="存在手机上并发送").click()
    expect(phone.get_by_text("待发 3 件")).to_be_visible()
    assert Visit.objects.count() == 0
    phone.context.set_offline(False)
    phone.get_by_role("button", name="现在发送").click()
    expect(phone.get_by_text("服务器已收 3 件，待发 0 件")).to_be_visible()
    phone.get_by_role("button", name="核对").click()
    expect(phone.get_by_text("核对一致：3 件")).to_be_visible()
    shot(phone, "visit-sent-phone", full=True)
    phone.faults[:] = [one for one in phone.faults if "ERR_INTERNET_DISCONNECTED" not in one]  # meant here
    record = Visit.objects.get()
    assert record.values["note"] == "订单饱满，希望用电增容，缺技工"
    assert (record.version, Operation.objects.count()) == (2, 3)
    firm = visit("wangqiang")
    firm.goto_path("/firm/visits/")
    firm.get_by_role("button", name="确认").click()
    expect(firm.get_by_text("企业已确认")).to_be_visible()
    shot(firm, "visit-confirmed")
    desk = visit("guqin")
    desk.goto_path(f"/desk/visits/{record.id}/")
    expect(desk.get_by_role("heading", name="收到的操作")).to_be_visible()
    assert not serious_faults(desk)
    shot(desk, "visit-record", full=True)
