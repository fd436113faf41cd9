"""协议体检 and 要素统筹 through the real forms: what is pasted and uploaded is answered, bad files are refused."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from sanfu.people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(county) -> Client:
    client = Client()
    client.force_login(User.objects.get(login="gaoda"))
    return client


def test_a_pasted_draft_is_answered_clause_by_clause(desk: Client) -> None:
    answer = desk.post(
        reverse("officer:offer_lint"),
        {"text": "第一条 按乙方纳税额的50%给予奖励。\n第二条 甲方提供代办服务。"},
    )
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "L1" in text
    assert "公平竞争审查条例" in text


def test_an_empty_draft_and_a_broken_file_are_refused(desk: Client) -> None:
    assert desk.post(reverse("officer:offer_lint"), {"text": ""}).status_code in {400, 422}
    broken = SimpleUploadedFile("协议.docx", b"PK\x03\x04broken")
    assert desk.post(reverse("officer:offer_lint"), {"file": broken}).status_code in {400, 422}


def test_two_tables_give_a_plan_with_reasons(desk: Client) -> None:
    projects = SimpleUploadedFile(
        "项目.csv", "编号,名称,层级,得分,土地\nA,甲,省级,9,20\nB,乙,县级,5,30\n".encode()
    )
    factors = SimpleUploadedFile("要素.csv", "要素,类型,单位,供给\n土地,总量,亩,40\n".encode())
    answer = desk.post(reverse("officer:allocate"), {"projects": projects, "factors": factors}, follow=True)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "一、放不进去：土地（12 月要 30，余 20亩）" in text
    assert "四、怎样能进" in text


def test_a_table_that_cannot_be_read_says_why(desk: Client) -> None:
    projects = SimpleUploadedFile("项目.csv", "编号,得分,土地\nA,9,二十\n".encode())
    factors = SimpleUploadedFile("要素.csv", "要素,供给\n土地,40\n".encode())
    answer = desk.post(reverse("officer:allocate"), {"projects": projects, "factors": factors})
    assert answer.status_code in {400, 422}
    assert "不是数" in answer.content.decode()
