"""协议体检 and 要素统筹 through the real forms: what is pasted and uploaded is answered, bad files are refused."""

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from sanfu.people.models import User
from sanfu.projects.promotion import queries
from sanfu.projects.promotion.models import LintDecision
from sanfu.records.actor import machine

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


DRAFT = "第一条 按乙方纳税额的50%给予奖励。\n第二条 甲方提供代办服务。"


def test_what_a_person_decides_is_kept_with_the_basis_of_the_day(desk: Client) -> None:
    page = desk.post(reverse("officer:offer_lint"), {"text": DRAFT}).content.decode()
    assert 'name="decided_0"' in page
    assert 'name="decided_1"' not in page  # nothing to decide where nothing was found
    answer = desk.post(
        reverse("officer:lint_decide"),
        {
            "draft": DRAFT,
            "draft_name": "甲项目协议",
            "decided_0": "rewritten",
            "why_0": "改为按研发投入奖补",
            "decided_1": "",
        },
        follow=True,
    )
    assert "已记下 1 条处置" in answer.content.decode()
    row = LintDecision.objects.get()
    assert (row.answer, row.rule, row.decided, row.draft) == ("forbidden", "L1", "rewritten", "甲项目协议")
    assert row.said[0]["basis"]["document"]
    assert "公平竞争审查条例" in desk.get(reverse("officer:lint_decision", args=[row.id])).content.decode()


def test_a_forbidden_clause_is_kept_only_with_a_reason_and_the_verdict_is_the_servers(desk: Client) -> None:
    refused = desk.post(
        reverse("officer:lint_decide"), {"draft": DRAFT, "decided_0": "kept", "answer_0": "ok"}
    )
    assert refused.status_code in {400, 422}
    assert "写明理由" in refused.content.decode()
    assert desk.post(reverse("officer:lint_decide"), {"draft": DRAFT}).status_code in {400, 422}
    assert desk.post(reverse("officer:lint_decide"), {"draft": DRAFT, "decided_9": "struck"}).status_code in {
        400,
        422,
    }
    assert not LintDecision.objects.exists()


def test_another_unit_does_not_see_the_decisions(desk: Client, county) -> None:
    desk.post(reverse("officer:lint_decide"), {"draft": DRAFT, "decided_0": "struck"})
    row = LintDecision.objects.get()
    stranger = replace(machine(row.region), permissions=frozenset({"promotion.lint"}))
    assert not queries.decisions(stranger).exists()
    assert queries.decisions(replace(stranger, permissions=frozenset({"promotion.see_all"}))).exists()


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
