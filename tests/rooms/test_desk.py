"""The desk: list, record, acts, refusals, waiting lines and the drawing, proved on 履职任务."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from sanfu.grassroots.duties import actions
from sanfu.grassroots.duties.models import Task
from sanfu.grassroots.duties.states import TASK_FLOW
from sanfu.lists.versions.actions import enact
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor
from sanfu.records.moments import day_of
from sanfu.web.components.drawing import flow_rows, flow_svg
from sanfu.web.officer.duties.tasks import DESK
from tests.conftest import Seeding

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_sent")]
LIST = (Path(settings.CONTENT) / "duties" / "model_list.yaml").read_bytes()


def cast(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=day_of(timezone.now()))


def signed_in(login: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(login=login))
    return client


@pytest.fixture(scope="module")
def _sent(seeding: Seeding, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One document of the emergency bureau, sent to 望江镇."""
    now = timezone.now()
    with seeding(), override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")):
        town = Organisation.objects.get(code="WJZ")
        version = actions.import_list(town=town, name="清单.yaml", data=LIST, by=cast("shenbian"), at=now)
        start = day_of(now - timedelta(days=30))
        enact(version, editor=cast("shenbian"), approver=cast("xuheng"), effective_from=start, at=now)
        issuer = Organisation.objects.get(code="YJJ")
        document = actions.save_document(
            text="各镇对存量违法建设立案并作出处罚。", title="", kind="通知", issuer=issuer, town=town.id,
            by=cast("dongmi"), at=now,
        )  # fmt: skip
        actions.send(document, towns=[town], workdays=10, reason="上级部署", by=cast("dongmi"), at=now)


def task() -> Task:
    return Task.objects.select_related("case", "town", "document__issuer", "version__town").get()


def said(page: Any) -> str:
    return str(page.content.decode())


def test_each_sees_the_buttons_that_are_theirs() -> None:
    offered = {
        login: [one["event"] for one in DESK.buttons(task(), cast(login))] for login in ("qianjin", "dongmi")
    }
    assert offered == {"qianjin": ["accept", "object"], "dongmi": ["withdraw"]}
    page = said(signed_in("qianjin").get(DESK.url("", task().case_id)))
    assert "接办" in page
    assert "撤回" not in page.partition("流程图")[0]


def test_an_act_moves_the_case_and_the_second_of_two_is_told_so() -> None:
    town, url = signed_in("qianjin"), DESK.url("act", task().case_id, "accept")
    seen = task().case.version
    assert town.post(url, {"version": seen}).status_code == 302
    assert task().case.state == "handling"
    late = town.post(url, {"version": seen}, follow=True)
    assert "现在是“办理中”" in said(late)
    assert [one["label"] for one in DESK.timeline(task(), cast("qianjin"))] == ["下发", "接办"]


def test_what_is_refused_comes_back_with_what_was_typed() -> None:
    town = signed_in("qianjin")
    town.post(DESK.url("act", task().case_id, "accept"), {"version": task().case.version})
    url = DESK.url("act", task().case_id, "finish")
    short = town.post(url, {"said": "已", "version": task().case.version})
    assert short.status_code == 422
    assert "已</textarea>" in said(short)
    stale = town.post(url, {"said": "已按职责办理完毕。", "version": task().case.version - 1})
    assert stale.status_code == 409
    assert "已按职责办理完毕。" in said(stale)
    for unread in ("一", "1e3", "9" * 12):  # taken for no version, a stale form would go through
        unsure = town.post(url, {"said": "已按职责办理完毕。", "version": unread})
        assert (unsure.status_code, "版本号" in said(unsure)) == (422, True)
    assert task().case.state == "handling"


def test_who_may_not_is_refused_even_with_the_address() -> None:
    url = DESK.url("act", task().case_id, "accept")
    assert signed_in("dongmi").post(url, {"version": 1}, follow=True).status_code == 200
    assert task().case.state == "issued"
    assert signed_in("wangqiang").get(url).status_code in (302, 403)


def test_a_waiting_line_is_the_list_that_it_opens() -> None:
    lines = DESK.todos(cast("qianjin"), timezone.now())
    assert [(line.label, line.count) for line in lines if line.count] == [("待签收的履职任务", 1)]
    page = said(signed_in("qianjin").get(next(line.url for line in lines if line.count)))
    assert task().case.number in page
    assert not any(line.count for line in DESK.todos(cast("dongmi"), timezone.now()))


def test_the_list_exports() -> None:
    answer = signed_in("qianjin").get(DESK.url("list"), {"export": "csv"})
    assert task().case.number in b"".join(answer.streaming_content).decode("utf-8-sig")


def test_the_drawing_has_every_state_and_marks_this_one() -> None:
    drawn = str(flow_svg(TASK_FLOW, "handling"))
    assert all(f">{state.label}</text>" in drawn for state in TASK_FLOW.states)
    assert drawn.count('class="box here"') == 1
    rows = flow_rows(TASK_FLOW, {"duties.receive": "接收履职任务"})
    assert [row["event"] for row in rows] == [row.event.label for row in TASK_FLOW.table]
    assert "接收履职任务" in rows[0]["who"]
