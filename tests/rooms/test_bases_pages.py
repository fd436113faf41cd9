"""依据核对 and the law's clocks on pages: lapsed red, doubtful amber, the county's promise beside the law's limit."""

from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from sanfu.adapters.demo_lists import seed_lists
from sanfu.kernel.bases import Standing
from sanfu.measure.bases import survey
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.web.admin.lists.todos import calendar_todos
from sanfu.web.pieces.calendar import missing_notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
DAY = date(2026, 11, 30)


@pytest.fixture(autouse=True)
def _list() -> None:
    """The shipped responsibility list, in force."""
    seed_lists(settings.CONTENT)


def client(login: str) -> Client:
    found = Client()
    found.force_login(User.objects.get(login=login))
    return found


def test_the_survey_names_lists_items_and_what_to_look_up() -> None:
    reverse("home")
    found = survey(settings.REGION, DAY)
    assert {one.list for one in found} >= {"责任清单", "事项目录"}
    assert all(one.says for one in found)
    assert [one for one in found if one.standing is Standing.SOUND] == []
    standings = [list(Standing).index(one.standing) for one in found]
    assert standings == sorted(standings, reverse=True)  # the lapsed first


def test_nothing_of_the_shipped_list_rests_on_a_lapsed_text() -> None:
    found = [one for one in survey(settings.REGION, DAY) if one.list == "责任清单"]
    assert [one for one in found if one.standing is Standing.LAPSED] == []
    assert len(found) < 600


def test_the_page_filters_and_exports_whole() -> None:
    reader = client("linadmin")
    page = reader.get(reverse("officer:bases"))
    assert page.status_code == 200
    assert "依据核对" in page.content.decode()
    narrowed = reader.get(reverse("officer:bases"), {"list": "责任清单", "show": "待核"}).content.decode()
    rows = narrowed.split("</caption>")[-1]
    assert 'data-label="清单">责任清单' in rows
    assert 'data-label="清单">事项目录' not in rows
    sheet = reader.get(reverse("officer:bases"), {"export": "xlsx"})
    assert sheet.status_code == 200
    assert client("limei").get(reverse("officer:bases")).status_code in (403, 404)


def test_the_public_page_of_an_item_shows_the_laws_own_limit() -> None:
    shown = Client().get(reverse("citizen:list_item", args=["DW026"])).content.decode()
    assert "法定期限" in shown
    assert "20个工作日" in shown
    assert "政府信息公开条例" in shown


def test_the_administrator_is_reminded_of_next_years_holidays_from_november() -> None:
    assert missing_notice(date(2026, 10, 31)) is None
    assert missing_notice(date(2026, 11, 1)) == 2027
    assert missing_notice(date(2025, 12, 1)) is None  # 2026 is loaded
    now = datetime(2026, 11, 30, 2, tzinfo=UTC)
    admin, reader = (actor_of(User.objects.get(login=n), on=DAY) for n in ("linadmin", "xuheng"))
    assert [todo.count for todo in calendar_todos(admin, now)] == [1]
    assert calendar_todos(reader, now) == []
