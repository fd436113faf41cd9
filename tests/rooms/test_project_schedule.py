"""许可排期 of a project whose permits are a joint application: its own guide, float, what-if, and no figure from too few."""

import io
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from sanfu.adapters.demo_scenes import cast
from sanfu.grassroots.scenes.actions import intake
from sanfu.grassroots.scenes.models import Application
from sanfu.people.models import User
from sanfu.projects.pipeline import actions, queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
SHEET = (
    "项目代码,项目名称,业主,总投资（亿元）,签约计划,投产计划\nA-1,演示一号项目,甲,1.5,2026-01-05,2027-05-01\n"
)


@pytest.fixture
def page() -> str:
    firm, officer = cast("wangqiang", date(2026, 3, 2)), cast("gaoda", date(2026, 3, 2))
    application: Application = intake.begin("b.move", firm=None, by=firm, at=AT)
    for question, value in {"rename": False, "bank": True}.items():
        application = intake.answer(application, question, value, by=firm, at=AT)
    actions.bring(name="表.csv", content=io.BytesIO(SHEET.encode()), by=officer, at=AT)
    row = queries.projects(officer).get()
    actions.link(row, application=application.case.number, by=officer, at=AT)
    return reverse("officer:project_schedule", args=[row.id])


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(User.objects.get(login="gaoda"))
    return client


def test_the_linked_guide_shows_float_and_answers_what_if(desk: Client, page: str) -> None:
    shown = desk.get(page).content.decode()
    assert "本项目的联合申请" in shown
    assert "可以晚" in shown
    assert "样本太少" in shown
    tried = desk.get(page, {"item": "mv.change", "item_days": "9"}).content.decode()
    assert "改成 9 个工作日" in tried
    assert "比现在早 -" in tried  # nine days instead of one push the end back
    assert "改成 9 个工作日" not in desk.get(page, {"item": "没有", "item_days": "9"}).content.decode()
