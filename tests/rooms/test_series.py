"""月度数据 by other doors: days, public records and the API; what is sent twice is there once, corrections stay beside."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from sanfu.enterprise.monitoring import actions
from sanfu.enterprise.monitoring.models import DailyReading, Mark, Reading, SeriesUpload
from sanfu.enterprise.registry.models import Enterprise
from sanfu.kernel.monitoring.panel import month_number
from sanfu.people.actions import issue_key
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor
from sanfu.records.moments import day_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("firms")]
MONDAY = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


def monitor() -> Actor:
    return actor_of(User.objects.get(login=LOGIN), on=day_of(MONDAY))


LOGIN = "jiangyu"


def codes() -> list[str]:
    return list(Enterprise.objects.order_by("credit_code").values_list("credit_code", flat=True)[:3])


def upload(text: str) -> SeriesUpload:
    desk = Client()
    desk.force_login(User.objects.get(login=LOGIN))
    sent = {"file": SimpleUploadedFile("表.csv", text.encode()), "source": "SWU", "once": str(uuid4())}
    answer = desk.post("/desk/monitoring/data/", sent)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    made = SeriesUpload.objects.order_by("-at", "-id").first()
    desk.post(f"{answer['Location']}decide/", {"keep": "1", "once": str(uuid4())})
    made.refresh_from_db()
    return made


def test_a_column_in_another_unit_is_refused_and_names_both() -> None:
    desk = Client()
    desk.force_login(User.objects.get(login=LOGIN))
    text = f"统一社会信用代码,月份,用电量（度）,开票额（元）\n{codes()[0]},2026-04,10,3000000\n"
    sent = {"file": SimpleUploadedFile("表.csv", text.encode()), "source": "SWU", "once": str(uuid4())}
    answer = desk.post("/desk/monitoring/data/", sent)
    assert (answer.status_code, SeriesUpload.objects.count()) == (422, 0)
    assert "“开票额（元）”的单位是元，应为万元" in answer.content.decode()


def test_power_below_zero_is_an_error_and_a_red_invoice_is_none() -> None:
    first, second, _ = codes()
    made = upload(f"统一社会信用代码,月份,用电量,开票额\n{first},2026-04,-5,1\n{second},2026-04,5,-1\n")
    assert [(one["line"], one["what"]) for one in made.errors] == [(2, "不能是负数")]
    assert list(Reading.objects.values_list("power", "invoices")) == [(5.0, -1.0)]


def test_a_sheet_of_days_counts_for_the_month_once_all_its_days_are_in() -> None:
    code = codes()[0]
    days = [date(2026, 4, 1) + timedelta(days=n) for n in range(30)]
    rows = "\n".join(f"{code},{day:%Y/%m/%d},10" for day in days[:-1])
    made = upload(f"统一社会信用代码,日期,用电量\n{rows}\n{code},{days[0]:%Y-%m-%d},12\n")
    assert (made.what, made.kept) == ("day", 29)
    assert "同一企业同一日" in made.errors[0]["what"]
    assert Reading.objects.count() == 0
    upload(f"统一社会信用代码,日期,用电量\n{code},{days[-1]:%Y年%m月%d日},10\n")
    assert list(Reading.objects.values_list("month", "power")) == [(month_number("2026-04"), 300.0)]
    actions.add_daily([(Enterprise.objects.get(credit_code=code).id, days[0], [40.0, None, None, None])], source="SWU", by=monitor(), at=timezone.now())  # fmt: skip
    assert [row.power for row in Reading.objects.order_by("received_at")][-1] == 330.0
    assert DailyReading.objects.count() == 31, "the corrected day stays beside its correction"


def test_public_records_come_by_a_sheet_and_every_fault_has_its_line() -> None:
    good, other, _ = codes()
    made = upload(
        f"信用代码,月份,公开记录\n{good},2026-04,被执行\n{other},2026-05,欠税公告\n{good},四月,股权变更\nX,2026-04,跑路\n"
    )
    assert made.what == "mark"
    assert sorted(Mark.objects.values_list("kind", flat=True)) == ["arrear", "court"]
    assert [error["line"] for error in made.errors] == [4, 5, 5]
    assert "可以是：被执行记录" in made.errors[-1]["instead"]


def post(path: str, rows: list[dict[str, Any]], key: str) -> tuple[int, dict[str, Any]]:
    answer = Client().post(f"/api/1/monitoring/{path}", json.dumps({"rows": rows}), content_type="application/json", HTTP_X_SANFU_KEY=key)  # fmt: skip
    return answer.status_code, answer.json()


def test_the_api_takes_readings_once_names_what_it_refuses_and_keeps_corrections() -> None:
    key = issue_key(
        user=User.objects.get(login=LOGIN),
        label="供电",
        starts=date(2026, 1, 1),
        ends=None,
        by=monitor(),
        at=MONDAY,
    )
    first, second, _ = codes()
    rows = [
        {"code": first, "month": "2026-03", "power": 1200.5},
        {"code": second, "month": "2026-03", "power": None, "tax": 3},
        {"code": "9" * 18, "month": "2026-03", "power": 1},
        {"code": first, "month": "2099-01", "power": 1},
    ]
    assert post("readings", rows, "wrong")[0] == 401
    status, told = post("readings", rows, key)
    assert (status, told["kept"], told["unchanged"]) == (200, 2, 0)
    assert [one["row"] for one in told["refused"]] == [2, 3]
    assert post("readings", rows[:2], key)[1] == {"kept": 0, "unchanged": 2, "refused": []}
    assert post("readings", [{**rows[0], "power": 1300}], key)[1]["kept"] == 1
    assert sorted(row.power for row in Reading.objects.filter(enterprise__credit_code=first)) == [
        1200.5,
        1300.0,
    ]
    day = [{"code": first, "day": "2026-03-05", "power": 40}]
    assert post("daily", day, key)[1]["kept"] == 1
    assert post("daily", day, key)[1] == {"kept": 0, "unchanged": 1, "refused": []}
    assert post("readings", [{"code": first, "month": "三月"}], key)[0] == 422
    plain = issue_key(
        user=User.objects.get(login="hetao"),
        label="别人",
        starts=date(2026, 1, 1),
        ends=None,
        by=monitor(),
        at=MONDAY,
    )
    assert post("readings", rows, plain)[0] == 403
