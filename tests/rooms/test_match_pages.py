"""The page on which the desk promises a precision and sees it kept."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from sanfu.match import learned, queries
from sanfu.match.models import Decision, Promise
from sanfu.people.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county", "fresh_matcher")]
REGION = "329900"
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PAGE = "/desk/matching/"


@pytest.fixture
def fresh_matcher() -> Iterator[None]:
    learned.forget()
    yield
    learned.forget()


def as_(login: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(login=login))
    return client


def record(count: int) -> None:
    Decision.objects.bulk_create(
        Decision(
            region=REGION,
            at=AT + timedelta(minutes=number),
            by_name="演示",
            text="煤气味",
            label="城乡建设",
            item_code="CJ014",
            unit_code="RQG",
            number=f"SQ{number}",
            lead=number % 100 / 50,
            right=number % 100 > 20 or number % 2 == 0,
        )
        for number in range(count)
    )


def test_an_empty_record_says_what_to_do() -> None:
    shown = as_("chenfang").get(PAGE).content.decode()
    assert "尚未设定精度承诺" in shown
    assert "还没有研判记录" in shown


def test_the_desk_promises_and_sees_it_kept() -> None:
    record(400)
    client = as_("chenfang")
    answer = client.post(f"{PAGE}promise/", {"precision": "95", "enabled": "on"}, follow=True)
    shown = answer.content.decode()
    policy = queries.auto_dispatch_policy(REGION)
    assert policy.enabled
    assert "自动派单运行中" in shown
    above = client.get(f"{PAGE}?above=1").content.decode()
    assert f"共 {policy.above} 件，派对 {policy.right} 件" in above


@pytest.mark.parametrize("precision", ["50", "100", "abc", ""])
def test_a_promise_out_of_reach_is_refused_with_a_reason(precision: str) -> None:
    answer = as_("chenfang").post(f"{PAGE}promise/", {"precision": precision, "enabled": "on"})
    assert answer.status_code == 422
    assert not Promise.objects.exists()


def test_a_citizen_has_no_business_here() -> None:
    assert as_("limei").get(PAGE).status_code in (302, 403, 404)
