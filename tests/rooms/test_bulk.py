"""Bulk acts: the preview says what will and won't happen, each row is done by its own action, one refusal stops no other."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from sanfu.grassroots.tickets import actions
from sanfu.grassroots.tickets.models import Ticket
from sanfu.people.models import User
from sanfu.people.views.actions import MOST, save
from sanfu.people.views.models import ListView
from sanfu.records.actor import Refused
from sanfu.records.ids import new_id
from tests.rooms.test_tickets import AT as NOW
from tests.rooms.test_tickets import dispatched, fresh, handling, taken, unit, who

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
AFTER = NOW + timedelta(days=2)
BULK, LIST = "/desk/tickets/bulk/", "/desk/tickets/"


def signed_in(login: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(login=login))
    return client


def post(client: Client, act: str, rows: list[Any], **more: str) -> Any:
    return client.post(BULK, {"act": act, "pick": rows, **more})


def picks(answer: Any) -> list[str]:
    """The rows that the preview would do, as its form sends them."""
    return re.findall(r'name="pick" value="([^"]+)"', answer.content.decode())


def confirm(client: Client, act: str, rows: list[str], **more: str) -> str:
    answer = client.post(
        BULK, {"act": act, "pick": rows, "confirm": "1", "_once": str(new_id()), **more}, follow=True
    )
    return str(answer.content.decode())


def test_the_preview_tells_what_will_and_what_will_not_happen_and_writes_nothing() -> None:
    mine, others, done = dispatched(), dispatched("ZJJ"), handling()
    client = signed_in("sunwei")
    answer = post(client, "sign", [str(t.pk) for t in (mine, others, done)])
    told = answer.content.decode()
    assert [one.partition(":")[0] for one in picks(answer)] == [str(mine.pk)]
    assert "现在是“办理中”，不能签收" in told
    assert others.case.number not in told  # not in the reader's scope: not even its number
    assert "有 1 件已不在您可以查看的范围内" in told
    assert fresh(mine).case.state == "dispatched"


def test_one_row_that_changed_meanwhile_is_told_and_stops_no_other() -> None:
    first, second = dispatched(), dispatched()
    client = signed_in("sunwei")
    rows = picks(post(client, "sign", [str(first.pk), str(second.pk)]))
    actions.supervise(fresh(first), demand="尽快", by=who("wushuang"), at=NOW)  # its version has moved on
    told = confirm(client, "sign", rows)
    assert "共 2 件，办成 1 件" in told
    assert (fresh(first).case.state, fresh(second).case.state) == ("dispatched", "handling")


def test_sent_twice_is_done_once() -> None:
    ticket = dispatched()
    client = signed_in("sunwei")
    rows, key = picks(post(client, "sign", [str(ticket.pk)])), str(new_id())
    sent = {"act": "sign", "pick": rows, "confirm": "1", "_once": key}
    places = {client.post(BULK, sent).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    assert "共 1 件，办成 1 件" in client.get(places.pop()).content.decode()


def test_an_act_without_its_permission_is_no_act() -> None:
    ticket = taken()
    assert post(signed_in("sunwei"), "dispatch", [str(ticket.pk)]).status_code == 404
    assert "派单</button>" not in signed_in("sunwei").get(LIST).content.decode()


def test_everything_that_matches_is_sent_to_one_unit_but_what_does_not_match_is_not() -> None:
    waiting, elsewhere = [taken() for _ in range(3)], dispatched()
    client = signed_in("chenfang")
    rows = picks(post(client, "dispatch", [], all="1", query="state=received"))
    assert {one.partition(":")[0] for one in rows} == {str(t.pk) for t in waiting}
    assert "请选择" in confirm(client, "dispatch", rows)  # the form asks first
    told = confirm(client, "dispatch", rows, unit="CGJ", reason="清单 CJ001")
    assert "共 3 件，办成 3 件" in told
    assert {fresh(t).case.lead for t in waiting} == {unit("CGJ")}
    assert fresh(elsewhere).case.version == elsewhere.case.version


def test_call_backs_go_only_to_who_may_call() -> None:
    from tests.rooms.test_tickets import replied

    ticket = replied()
    actions.approve(ticket, by=who("zhouli"), at=AFTER)
    caller, stranger = User.objects.get(login="chenfang"), User.objects.get(login="sunwei")
    with pytest.raises(Refused):
        actions.assign_callback(fresh(ticket), stranger, by=who("chenfang"), at=NOW)
    client = signed_in("chenfang")
    rows = picks(post(client, "callbacks", [str(ticket.pk)]))
    assert "办成 1 件" in confirm(client, "callbacks", rows, caller=str(caller.pk))
    assert Ticket.objects.get(pk=ticket.pk).caller == caller
    assert ticket.case.number in client.get(LIST, {"caller": str(caller.pk)}).content.decode()


def test_chosen_rows_are_exported_and_no_others() -> None:
    from io import BytesIO

    from python_calamine import CalamineWorkbook

    one, _ = taken(), taken()
    answer = post(signed_in("chenfang"), "export", [str(one.pk)])
    sheet = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    rows = sheet.get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == [one.case.number]


def test_a_shared_view_is_seen_in_the_own_organisation_only_and_narrows_no_scope() -> None:
    save("超期的", of="tickets", query="light=red&page=3", shared=True, by=who("sunwei"), at=NOW)
    save("自己的", of="tickets", query="state=handling", shared=False, by=who("sunwei"), at=NOW)
    assert ListView.objects.get(name="超期的").query == "light=red"
    mine = signed_in("sunwei").get(LIST).content.decode()
    assert "超期的" in mine
    assert "自己的" in mine
    assert "超期的" not in signed_in("chenfang").get(LIST).content.decode()
    for n in range(MOST - 2):
        save(f"{n}", of="tickets", query="", shared=False, by=who("sunwei"), at=NOW)
    with pytest.raises(Refused):
        save("太多", of="tickets", query="", shared=False, by=who("sunwei"), at=NOW)


def test_columns_are_kept_by_person() -> None:
    client, other = signed_in("chenfang"), signed_in("sunwei")
    every = {"every": ["title", "ticket__place"], "usual": ["title"], "on": ["ticket__place"]}
    client.post("/views/columns/", {"list": "tickets", "back": LIST, "query": "state=received", **every})
    taken()
    shown = client.get(LIST).content.decode()
    assert 'data-label="地点"' in shown
    assert 'data-label="诉求"' not in shown
    assert 'data-label="地点"' not in other.get(LIST).content.decode()


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:x"])
def test_a_form_leads_back_into_the_platform_only(back: str) -> None:
    answer = signed_in("chenfang").post("/views/", {"list": "tickets", "back": back, "name": "x"})
    assert answer.headers["Location"] == "/home/"
