"""已收到: the receipt of an order is seen by the browser that sent it, whichever copy of the form was answered, and by no other."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from sanfu.web.models import Submission
from sanfu.web.visitors import SENT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
FORM = {"body": "望江镇幸福路三盏路灯晚上不亮，请修一修。", "kind": "求助", "_once": "k1"}


def browser(mark: str = "a" * 32) -> Client:
    client = Client()
    client.cookies[settings.CSRF_COOKIE_NAME] = mark
    return client


def test_the_sender_sees_the_receipt_and_nobody_else_does() -> None:
    sender = browser()
    there = sender.post("/ask/", FORM).headers["Location"]
    assert sender.get(there).status_code == 200
    assert browser("b" * 32).get(there).status_code == 404
    assert Client().get(there).status_code == 404


def test_a_double_click_that_lost_the_first_answer_still_sees_the_receipt() -> None:
    there = browser().post("/ask/", FORM).headers["Location"]
    again = browser()  # the same browser: the mark of the first answer never reached it
    assert again.post("/ask/", FORM).headers["Location"] == there
    assert SENT not in again.cookies
    assert again.get(there).status_code == 200
    Submission.objects.update(at=timezone.now() - timedelta(minutes=11))
    assert again.get(there).status_code == 404, "who comes later to a shared computer reads no code"


def test_the_mark_of_one_order_opens_no_other() -> None:
    first, second = browser(), browser("b" * 32)
    one = first.post("/ask/", FORM).headers["Location"]
    two = second.post("/ask/", FORM | {"_once": "k2", "body": FORM["body"] + "谢谢"}).headers["Location"]
    assert one != two
    assert first.get(two).status_code == 404
    forged = Client()
    forged.cookies[SENT] = "forged"
    assert forged.get(one).status_code == 404
