"""Lists: a file becomes a version only whole, only by two people, and every day has its own version."""

import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from pytest_django.fixtures import Settings

from sanfu.adapters.demo_lists import seed_lists
from sanfu.lists import actions, queries
from sanfu.lists.columns import HEADS, cells_of
from sanfu.lists.content import load_requests
from sanfu.lists.models import ListImport, ListItem, ListVersion
from sanfu.lists.reading import read_list
from sanfu.lists.states import ListKind
from sanfu.lists.versions import VersionState, stands
from sanfu.lists.versions.actions import hash_of
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records import files
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.models import Event
from sanfu.records.queries import verify_chains
from tests.rooms.test_list_files import HEAD, ROW, excel, told

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
REGION = settings.REGION


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path, county: None) -> None:
    settings.MEDIA_ROOT = tmp_path


def cast(login: str, on: date = TODAY) -> Actor:
    return actor_of(User.objects.get(login=login), on=on)


@pytest.fixture
def editor() -> Actor:
    return cast("linadmin")


@pytest.fixture
def approver() -> Actor:
    return cast("xuheng")


def brought(editor: Actor, *rows: list[Any], at: datetime = AT) -> ListVersion:
    row = actions.import_file(name="清单.xlsx", content=excel([HEAD, *(rows or [ROW])]), by=editor, at=at)
    assert row.version is not None, row.report
    return row.version


def published(editor: Actor, approver: Actor, day: date, *rows: list[Any], at: datetime = AT) -> ListVersion:
    version = brought(editor, *rows, at=at)
    actions.submit(version_id=version.id, by=editor, at=at)
    actions.approve(version_id=version.id, by=approver, at=at)
    return actions.publish(version_id=version.id, effective_from=day, by=approver, at=at)


def test_a_good_file_becomes_a_draft_and_is_kept_as_it_came(editor: Actor) -> None:
    content = excel([HEAD, ROW])
    row = actions.import_file(name="清单.xlsx", content=content, by=editor, at=AT)
    assert row.version is not None
    assert (row.rows, row.items, row.errors) == (1, 1, 0)
    assert files.read(row.file) == content
    assert row.version.state == VersionState.DRAFT
    assert [item.lead for item in queries.items_of(row.version)] == ["SWJ"]


def test_a_bad_file_leaves_nothing_but_itself_and_its_report(editor: Actor) -> None:
    wrong = ["T2", *ROW[1:6], "没有这个单位", *ROW[7:]]
    content = excel([HEAD, ROW, wrong])
    row = actions.import_file(name="清单.xlsx", content=content, by=editor, at=AT)
    assert row.version is None
    assert (ListVersion.objects.count(), ListItem.objects.count()) == (0, 0)
    assert files.read(row.file) == content
    (problem,) = row.report["problems"]
    assert problem["place"]["line"] == 3
    assert "没有这个单位" in problem["what"]
    assert problem["todo"]


def test_only_an_editor_imports(approver: Actor) -> None:
    with pytest.raises(NotAllowed, match=r"lists\.edit"):
        actions.import_file(name="清单.xlsx", content=excel([HEAD, ROW]), by=approver, at=AT)
    assert ListImport.objects.count() == 0


def test_the_way_of_a_version_and_its_events(editor: Actor, approver: Actor) -> None:
    version = published(editor, approver, TODAY)
    assert version.state == VersionState.PUBLISHED
    kinds = Event.objects.filter(stream=version.id).order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == [
        f"lists.version_{what}" for what in ("drafted", "submitted", "approved", "published")
    ]
    assert verify_chains(region=REGION)[1] == []


def test_nobody_approves_what_they_edited(editor: Actor, approver: Actor) -> None:
    version = brought(editor)
    both = Actor(
        **{
            **{f: getattr(editor, f) for f in editor.__slots__},
            "permissions": editor.permissions | approver.permissions,
        }
    )
    actions.submit(version_id=version.id, by=both, at=AT)
    with pytest.raises(NotAllowed, match="编辑和审核须是两个人"):
        actions.approve(version_id=version.id, by=both, at=AT)
    version.refresh_from_db()
    assert version.state == VersionState.WAITING


def test_the_database_itself_refuses_a_first_person_approver(editor: Actor) -> None:
    version = brought(editor)
    change: dict[str, Any] = {"approver_id": editor.id, "approved_at": AT}
    with pytest.raises(IntegrityError), transaction.atomic():
        ListVersion.objects.filter(id=version.id).update(**change)
    allowed = {"approver_id": User.objects.get(login="songci").id, "approved_at": AT}
    assert ListVersion.objects.filter(id=version.id).update(**allowed) == 1


def test_rows_of_a_submitted_version_cannot_change(editor: Actor) -> None:
    version = brought(editor)
    actions.submit(version_id=version.id, by=editor, at=AT)
    with pytest.raises(DatabaseError, match="no draft"), transaction.atomic():
        ListItem.objects.filter(version=version).update(name="改名")
    with pytest.raises(DatabaseError, match="no draft"), transaction.atomic():
        ListItem.objects.filter(version=version).delete()
    with pytest.raises(Conflict, match="待审核，不能再改"):
        actions.remove_item(version_id=version.id, code="T1", by=editor, at=AT)


def test_a_version_is_never_deleted(editor: Actor) -> None:
    version = actions.open_draft(actions.Draft(ListKind.SERVICES, "事项", []), by=editor, at=AT)
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        ListVersion.objects.filter(id=version.id).delete()


def test_every_day_has_the_version_of_the_day(editor: Actor, approver: Actor) -> None:
    first = published(editor, approver, date(2026, 1, 1))
    second = published(editor, approver, date(2026, 4, 1), [*ROW[:6], "市城管局", *ROW[7:]])
    assert queries.in_force(ListKind.REQUESTS, date(2025, 12, 31), region=REGION) is None
    for day, expected in [
        (date(2026, 1, 1), first),
        (date(2026, 3, 31), first),
        (date(2026, 4, 1), second),
        (date(2030, 1, 1), second),
    ]:
        assert queries.in_force(ListKind.REQUESTS, day, region=REGION) == expected
    leads = [queries.items_in_force(day, region=REGION) for day in (date(2026, 3, 31), date(2026, 4, 1))]
    assert [found[1][0].lead for found in leads if found] == ["SWJ", "CGJ"]
    assert [one.item.lead for one in queries.history(REGION, ListKind.REQUESTS, "T1")] == ["SWJ", "CGJ"]


def test_another_county_sees_nothing(editor: Actor, approver: Actor) -> None:
    version = published(editor, approver, TODAY)
    assert queries.in_force(ListKind.REQUESTS, TODAY, region="110105") is None
    assert queries.version_of("110105", version.id) is None


def test_publishing_never_reaches_into_the_past(editor: Actor, approver: Actor) -> None:
    published(editor, approver, date(2026, 3, 10))
    with pytest.raises(Refused, match="不能早于今天"):
        published(editor, approver, date(2026, 2, 1))
    with pytest.raises(Refused, match="须晚于上一版的生效日"):
        published(editor, approver, date(2026, 3, 10))
    assert ListVersion.objects.filter(state=VersionState.PUBLISHED).count() == 1


def test_the_difference_from_the_version_in_force(editor: Actor, approver: Actor) -> None:
    published(editor, approver, TODAY)
    changed = [*ROW[:6], "市城管局", *ROW[7:]]
    draft = brought(editor, changed, ["T2", *ROW[1:4], "河岸垃圾", *ROW[5:]])
    found = queries.difference(draft.base, draft)
    assert [one["code"] for one in found.added] == ["T2"]
    ((field,),) = [change.fields for change in found.changed]
    assert (field.column, field.before, field.after) == ("lead", "SWJ", "CGJ")


def test_a_draft_is_edited_row_by_row_and_contradictions_are_refused(editor: Actor) -> None:
    version = brought(editor)
    payload = version.items.get().payload
    actions.put_item(version_id=version.id, payload={**payload, "name": "河面漂浮物"}, by=editor, at=AT)
    twisted = [
        {"when": "区域 = 农村", "lead": "属地镇"},
        {"when": "区域 = 城区 或 区域 = 农村", "lead": "市城管局"},
        {"when": "区域 = 镇区", "lead": "市城管局"},
    ]
    with pytest.raises(Refused, match=r"两条同时适用（例：区域 = 农村）"):
        actions.put_item(version_id=version.id, payload={**payload, "rules": twisted}, by=editor, at=AT)
    assert version.items.get().name == "河面漂浮物"
    event = Event.objects.filter(stream=version.id, kind="lists.item_put").get()
    assert event.data["before"]["name"] == "河道漂浮物"


def test_whoever_edits_a_row_becomes_an_editor(editor: Actor) -> None:
    version = brought(editor)
    steward = cast("shenbian")
    actions.put_item(version_id=version.id, payload=version.items.get().payload, by=steward, at=AT)
    version.refresh_from_db()
    assert set(version.editors) == {editor.id, steward.id}


def test_sending_back_needs_a_reason_and_opens_the_draft(editor: Actor, approver: Actor) -> None:
    version = brought(editor)
    actions.submit(version_id=version.id, by=editor, at=AT)
    with pytest.raises(Refused, match="写明退回的原因"):
        actions.send_back(version_id=version.id, why="  ", by=approver, at=AT)
    actions.send_back(version_id=version.id, why="依据没有写条款", by=approver, at=AT)
    actions.remove_item(version_id=version.id, code="T1", by=editor, at=AT)
    with pytest.raises(Refused, match="没有事项"):
        actions.submit(version_id=version.id, by=editor, at=AT)


def test_moves_out_of_turn_say_what_is_possible(editor: Actor, approver: Actor) -> None:
    version = brought(editor)
    with pytest.raises(Conflict, match="当前状态“草稿”不能“审核通过”"):
        actions.approve(version_id=version.id, by=approver, at=AT)
    actions.discard(version_id=version.id, by=editor, at=AT)
    with pytest.raises(Conflict, match="没有可办的动作"):
        actions.submit(version_id=version.id, by=editor, at=AT)
    with pytest.raises(Refused, match="没有这个清单版本"):
        actions.submit(version_id=uuid.uuid4(), by=editor, at=AT)


def test_search_finds_by_two_characters(editor: Actor) -> None:
    version = brought(editor, ROW, ["T2", *ROW[1:4], "噪声扰民", "楼上太吵", *ROW[6:]])
    rows = queries.rows_of_version(version)
    assert [row.code for row in queries.search(rows, "噪声")] == ["T2"]
    assert [row.code for row in queries.search(rows, "太吵")] == ["T2"]
    assert [row.code for row in queries.search(rows, "T1")] == ["T1"]
    assert queries.search(rows, "地铁").count() == 0
    said = {
        words: queries.codes_said(settings.REGION, ListKind.REQUESTS, words)
        for words in ("太吵", "t1", "地铁")
    }
    assert said == {"太吵": {"T2"}, "t1": {"T1"}, "地铁": set()}


def test_a_search_of_one_character_and_of_signs_does_not_fail(editor: Actor) -> None:
    rows = queries.rows_of_version(brought(editor))
    for words in ("河", "%", "'", "()", "＊＊", "河道 漂浮", "\\"):
        queries.search(rows, words).count()
    assert queries.search(rows, "河").count() == 1


@pytest.mark.slow
def test_the_shipped_list_comes_in_whole_and_reads_back_equal(editor: Actor, approver: Actor) -> None:
    shipped = load_requests(settings.CONTENT / "requests", settings.CONTENT / "organisations" / "demo.yaml")
    version = actions.draft_from_items(shipped.items, title="群众诉求处置责任清单", by=editor, at=AT)
    actions.submit(version_id=version.id, by=editor, at=AT)
    actions.approve(version_id=version.id, by=approver, at=AT)
    actions.publish(version_id=version.id, effective_from=TODAY, by=approver, at=AT)
    found = queries.items_in_force(TODAY, region=REGION)
    assert found is not None
    assert found[1] == shipped.items


def test_hash_tells_content_apart_and_nothing_else() -> None:
    one, two = {"code": "T1", "name": "甲"}, {"name": "甲", "code": "T1"}
    assert hash_of([one]) == hash_of([two])
    assert hash_of([one]) != hash_of([one, one])


@pytest.mark.slow
def test_the_demo_county_has_two_versions_and_seeding_twice_adds_none() -> None:
    assert seed_lists(settings.CONTENT) == 2
    assert seed_lists(settings.CONTENT) == 0
    before, now = (
        queries.in_force(ListKind.REQUESTS, day, region=REGION) for day in (date(2025, 6, 1), TODAY)
    )
    assert before is not None
    assert now is not None
    found = queries.difference(before, now)
    assert {one["code"] for one in found.added} == {"CJ045", "CJ043", "HB003", "JT028", "KX009"}
    assert {change.code for change in found.changed} == {"CJ051", "CJ029", "SM003", "CJ079", "LD001"}
    village = {"规划许可": "无证", "区域": "农村"}
    leads = [
        found.item.decide(village, queries.vocabulary()).outcome
        for version in (before, now)
        if (found := queries.item_of(version, "CJ051"))
    ]
    assert leads == ["CGJ", "@TOWN"]
    assert verify_chains(region=REGION)[1] == []


@pytest.mark.slow
def test_an_exported_list_reads_back_as_the_same_list() -> None:
    shipped = load_requests(settings.CONTENT / "requests", settings.CONTENT / "organisations" / "demo.yaml")
    units = queries.units_of(REGION)
    rows = [list(cells_of(item, units).values()) for item in shipped.items]
    reading = read_list("清单.xlsx", excel([list(HEADS), *rows]), queries.frame_of(REGION))
    assert told(reading) == ""
    assert [item for item, _ in reading.items] == list(shipped.items)


def test_a_version_stands_on_a_day_as_a_reader_understands_it(editor: Actor, approver: Actor) -> None:
    first = published(editor, approver, date(2026, 3, 5))
    published(editor, approver, date(2026, 4, 1))
    first.refresh_from_db()
    said = [stands(first, day)[0] for day in (date(2026, 3, 4), date(2026, 3, 5), date(2026, 4, 1))]
    assert said == ["2026-03-05 起执行", "现行，2026-04-01 起不再执行", "已被取代"]
