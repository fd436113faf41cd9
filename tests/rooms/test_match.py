"""The match room: suggestions with reasons, corrections that teach at once, a promise that is kept or switched off."""

import json
import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import ProgrammingError, transaction

from sanfu.kernel.conditions import Standing
from sanfu.lists.queries import vocabulary
from sanfu.match import actions, learned, queries
from sanfu.match.models import Decision, Refit
from sanfu.match.rules import facts_said, unit_of
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.models import Job
from sanfu.records.queries import events_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county", "fresh_matcher")]
REGION = "329900"
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
LAMP = "和平路门口的路灯全灭了，黑灯瞎火走路都不敢走"


@pytest.fixture
def fresh_matcher() -> Iterator[None]:
    learned.forget()
    yield
    learned.forget()


def who(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=DAY)


def suggest(text: str, **more: object) -> queries.Suggested:
    return queries.suggest(text, region=REGION, on=DAY, **more)  # type: ignore[arg-type]


def item(code: str) -> queries.RequestItem:
    return next(one for one in queries.list_of(REGION, DAY)[1] if one.code == code)


# --- suggestions


def test_the_likely_item_comes_with_its_reason() -> None:
    found = suggest(LAMP, facts={"设施位置": "市政道路"})
    first = found.units[0]
    assert (first.item, first.unit, first.unit_name) == ("CJ001", "CGJ", "市城管局")
    assert first.met == "设施位置 = 市政道路"
    assert "CJ001" in first.reason
    assert any("路灯" in word for word in first.words)
    assert found.type == "求助"


def test_an_unknown_fact_is_asked_not_guessed() -> None:
    first = suggest(LAMP).units[0]
    assert first.unit == ""
    assert first.ask == "设施装在哪里、归谁管？"
    assert not first.unit, "who leads must be asked first"
    assert "市城管局" in first.unit_name


def test_a_fact_that_the_message_states_is_read_and_said() -> None:
    first = suggest("市政道路上的路灯全灭了，黑灯瞎火走路都不敢走").units[0]
    assert first.unit == "CGJ"
    assert "原文写明设施位置为市政道路" in first.reason


def test_two_stated_values_are_no_fact() -> None:
    both = facts_said("市政道路和公路上都有", vocabulary(), ["设施位置"])
    assert both == {}


def test_the_town_is_taken_from_the_text() -> None:
    choice = unit_of(item("CJ001"), text="", town="WJZ", facts={"设施位置": "村内"}, vocabulary=vocabulary())
    assert (choice.unit, choice.handed_on) == ("WJZ", "由属地镇（街道）办理")
    unknown = unit_of(item("CJ001"), text="", town="", facts={"设施位置": "村内"}, vocabulary=vocabulary())
    assert unknown.standing is Standing.ASK
    assert unknown.ask == ("事情发生在哪个镇（街道）？",)
    found = suggest("望江镇村里的路灯全灭了", facts={"设施位置": "村内"})
    assert found.units[0].unit == "WJZ"


def test_units_are_three_different_ones() -> None:
    for text in (LAMP, "老板拖欠我们三个月工资不给", "楼下烧烤店油烟熏得睡不着", "孩子上学报名要什么材料"):
        units = [one.unit or one.item for one in suggest(text).units]
        assert 1 <= len(units) <= 3
        assert len(set(units)) == len(units)


def test_what_is_not_ours_is_flagged_with_the_way_to_go() -> None:
    found = suggest("火车票退票手续费太高，高铁晚点两小时怎么赔")
    assert "铁路" in found.flag
    assert "12306" in found.elsewhere
    assert not suggest(LAMP).flag


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_nothing_is_said_of_nothing(text: str) -> None:
    assert suggest(text) == queries.Suggested()


def test_a_suggestion_can_be_kept_as_data() -> None:
    assert json.loads(json.dumps(suggest(LAMP).as_data(), ensure_ascii=False))["units"][0]["item"] == "CJ001"


# --- corrections


def test_a_correction_teaches_at_once_and_is_kept_for_ever() -> None:
    text = "门口石狮子被人偷走了一只，监控也没拍到，怎么办"
    by = who("chenfang")
    before = suggest(text)
    wanted = "CJ004"
    assert before.units[0].item != wanted
    row = actions.correct(
        text=text, item_code=wanted, unit_code="CGJ", by=by, at=AT, suggested=before.as_data(), number="SQ1"
    )
    after = suggest(text)
    assert after.units[0].item == wanted
    assert after.units[0].similar[0].startswith("SQ1")
    assert suggest("石狮子被人偷走了一只，监控没拍到").units[0].item == wanted
    assert suggest(LAMP).units[0].item == "CJ001"
    assert [event.kind for event in events_of(row.id)] == ["match.decided"]
    with pytest.raises(ProgrammingError), transaction.atomic():
        Decision.objects.filter(pk=row.pk).update(item_code="CJ001")
    with pytest.raises(ProgrammingError), transaction.atomic():
        Decision.objects.filter(pk=row.pk).delete()


def test_a_correction_of_another_process_is_seen() -> None:
    text = "门口石狮子被人偷走了一只"
    suggest(text)
    held = next(iter(learned._held.values()))
    actions.correct(text=text, item_code="CJ004", by=who("chenfang"), at=AT)
    assert len(held.taught) == 0
    assert suggest(text).units[0].item == "CJ004"
    assert len(held.taught) == 1


def test_a_rebuilt_matcher_knows_what_was_corrected() -> None:
    text = "门口石狮子被人偷走了一只"
    actions.correct(text=text, item_code="CJ004", by=who("chenfang"), at=AT)
    learned.forget()
    assert suggest(text).units[0].item == "CJ004"


def test_the_later_decision_about_an_order_counts() -> None:
    text, source = "门口石狮子被人偷走了一只", actions.new_id()
    by = who("chenfang")
    actions.correct(text=text, item_code="CJ001", by=by, at=AT, source=source)
    actions.correct(text=text, item_code="CJ004", by=by, at=AT + timedelta(hours=1), source=source)
    assert [row.item_code for row in learned._latest_of_each_source(REGION)] == ["CJ004"]


def test_phones_are_not_kept_in_what_is_learned() -> None:
    row = actions.correct(text="路灯坏了，我的电话13812345678", item_code="CJ001", by=who("chenfang"), at=AT)
    assert "13812345678" not in row.text


@pytest.mark.parametrize(
    ("login", "text", "code", "error"),
    [
        ("limei", "路灯坏了", "CJ001", NotAllowed),
        ("chenfang", "   ", "CJ001", Refused),
        ("chenfang", "路灯坏了", "没有", Refused),
    ],
)
def test_what_cannot_be_learned_is_refused(login: str, text: str, code: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        actions.correct(text=text, item_code=code, by=who(login), at=AT)
    assert not Decision.objects.exists()


@pytest.mark.slow
def test_after_many_decisions_a_refit_is_asked_for_and_taken_up_behind() -> None:
    by = who("chenfang")
    suggest(LAMP)
    for number in range(actions.REFIT_AFTER):
        actions.correct(text=f"路灯不亮第{number}盏", item_code="CJ001", by=by, at=AT)
    assert Job.objects.filter(kind="match.refit").count() == 1
    old = next(iter(learned._held.values()))
    row = actions.refit(by=by, at=AT)
    assert (row.number, row.decisions) == (1, actions.REFIT_AFTER)
    started: list[threading.Thread] = []
    original = threading.Thread.start
    threading.Thread.start = lambda self: started.append(self)  # type: ignore[method-assign]
    try:
        assert suggest(LAMP).units  # the old one goes on answering
        suggest(LAMP)
    finally:
        threading.Thread.start = original  # type: ignore[method-assign]
    assert len(started) == 1
    learned._held[(REGION, None)] = learned.build(REGION, queries.list_of(REGION, DAY)[1])
    new = next(iter(learned._held.values()))
    assert new is not old
    assert new.number == 1
    assert Refit.objects.count() == 1


# --- the promise


def record(count: int, *, good_above: float = 0.5, seed: int = 1) -> None:
    """Decided orders: above a lead almost always right, below it a coin."""
    generator = random.Random(seed)
    rows = []
    for number in range(count):
        lead = generator.random() * 2
        right = generator.random() < (0.99 if lead > good_above else 0.5)
        rows.append(
            Decision(
                region=REGION,
                at=AT + timedelta(minutes=number),
                by_name="演示",
                text=f"路灯{number}",
                label="城乡建设",
                item_code="CJ001",
                unit_code="CGJ",
                lead=lead,
                right=right,
            )
        )
    Decision.objects.bulk_create(rows)


def test_without_a_promise_everything_goes_to_people() -> None:
    policy = queries.auto_dispatch_policy(REGION)
    assert not policy.enabled
    assert policy.threshold is None
    assert "尚未设定" in policy.why


def test_too_few_decided_orders_cannot_prove_a_promise() -> None:
    actions.promise(precision=0.95, enabled=True, by=who("chenfang"), at=AT)
    record(50)
    policy = queries.auto_dispatch_policy(REGION)
    assert not policy.enabled
    assert "120" in policy.why


def test_the_policy_shows_what_was_really_kept_with_its_rows() -> None:
    actions.promise(precision=0.95, enabled=True, by=who("chenfang"), at=AT)
    record(600)
    policy = queries.auto_dispatch_policy(REGION)
    assert policy.enabled
    assert policy.threshold is not None
    assert policy.rows.count() == policy.above
    assert policy.rows.filter(right=True).count() == policy.right
    assert policy.kept == policy.right / policy.above
    assert policy.kept >= 0.95
    assert all(row.lead is not None and row.lead >= policy.threshold for row in policy.rows)
    sure = queries.Suggested(
        units=(queries.UnitSuggestion("CGJ", "", "CJ001", "", "", ""),), lead=policy.threshold
    )
    assert policy.sends(sure)
    assert not policy.sends(replace(sure, lead=policy.threshold - 0.01))
    assert not policy.sends(replace(sure, flag="可能不属本级"))
    assert not policy.sends(queries.Suggested())


def test_a_broken_promise_switches_itself_off() -> None:
    actions.promise(precision=0.95, enabled=True, by=who("chenfang"), at=AT)
    record(300)
    late = [
        Decision(
            region=REGION,
            at=AT + timedelta(days=1, minutes=number),
            by_name="演示",
            text="x",
            label="城乡建设",
            item_code="CJ001",
            unit_code="CGJ",
            lead=1.8,
            right=number % 2 == 0,
        )
        for number in range(300)
    ]
    Decision.objects.bulk_create(late)
    policy = queries.auto_dispatch_policy(REGION)
    assert not policy.enabled
    assert "已自动停用" in policy.why


def test_confidence_comes_from_the_record() -> None:
    assert queries.confidence_of(REGION, 1.0) is None
    record(400)
    low, high = queries.confidence_of(REGION, 0.1), queries.confidence_of(REGION, 1.9)
    assert low is not None
    assert high is not None
    assert low < 0.7 < 0.9 < high


@pytest.mark.parametrize("precision", [0.5, 1.0])
def test_a_promise_out_of_reach_is_refused(precision: float) -> None:
    with pytest.raises(Refused):
        actions.promise(precision=precision, enabled=True, by=who("chenfang"), at=AT)
