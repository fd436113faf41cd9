"""Clock rules as data: every shipped table is total and single-valued, and a broken one shows why."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from sanfu.kernel.clocks import CHINA, ClockError, ClockTable, Unit, rule_of
from sanfu.records.content import CONTENT, BadContent, clock_tables, read_clock_table, read_yaml
from tests.kernel.calendars import KEEPER

PLACES = clock_tables()


@pytest.mark.parametrize("place", PLACES)
def test_every_combination_has_exactly_one_rule(place: str) -> None:
    table = read_clock_table(place)
    assert table.source["mark"] in {"已核", "节选", "待核", "演示"}
    for facts in table.combinations():
        assert table.pick(**facts).clocks["办结"].n > 0


def test_1357() -> None:
    table = read_clock_table("nanfeng")
    start = datetime(2025, 9, 30, 22, 0, tzinfo=CHINA)
    ordinary = table.pick(channel="hotline", type="投诉", urgency="一般").clocks
    due = {name: KEEPER.due(rule, start).isoformat() for name, rule in ordinary.items()}
    assert due == {
        "受理": "2025-09-30T22:00:00+08:00",
        "首次响应": "2025-10-01T01:00:00+08:00",
        "签收": "2025-10-09T10:30:00+08:00",
        "办结": "2025-10-14",
        "回访": "2025-10-11",
    }
    assert table.pick(channel="police", type="求助", urgency="疑难").clocks["办结"].n == 7


def test_places_differ() -> None:
    days = {
        place: read_clock_table(place).pick(channel="web", type="投诉", urgency="一般").clocks["办结"].n
        for place in ("guangdong", "shandong")
    }
    assert days == {"guangdong": 15, "shandong": 5}
    assert read_clock_table("demo").limits["extension"]["n"] == 10


def table(rows: list[dict[str, object]]) -> ClockTable:
    clock = {"办结": {"n": 5, "unit": "workday"}}
    return ClockTable.parse(
        {
            "id": "t",
            "title": "试",
            "source": {},
            "dimensions": {"type": ["咨询", "投诉"], "urgency": ["急", "缓"], "channel": ["a", "b", "c"]},
            "rows": [{"clocks": clock, **row} for row in rows],
        }
    )


def test_gaps_and_overlaps_are_shown_by_example() -> None:
    broken = table(
        [
            {"id": "一", "when": {"type": "咨询"}},
            {"id": "二", "when": {"type": "投诉", "urgency": "急"}},
            {"id": "三", "when": {"urgency": "急", "channel": "b"}},
        ]
    )
    assert {str(one) for one in broken.defects()} == {
        "type=咨询、urgency=急、channel=b同时落入一、三",
        "type=投诉、urgency=急、channel=b同时落入二、三",
        "type=投诉、urgency=缓、channel=a没有规则",
        "type=投诉、urgency=缓、channel=b没有规则",
        "type=投诉、urgency=缓、channel=c没有规则",
    }


def test_an_unknown_fact_asks() -> None:
    sound = table([{"id": "一", "when": {"type": "咨询"}}, {"id": "二", "when": {"type": "投诉"}}])
    assert sound.defects() == []
    assert sound.pick(type="投诉").id == "二"
    assert [row.id for row in sound.possible(urgency="急")] == ["一", "二"]
    with pytest.raises(ClockError, match="请补充：type"):
        sound.pick(urgency="急")
    with pytest.raises(ClockError, match="不认识type=表扬"):
        sound.pick(type="表扬")
    with pytest.raises(ClockError, match="没有登记的type=表扬"):
        table([{"id": "一", "when": {"type": "表扬"}}])


def test_a_broken_file_is_refused_with_its_name(tmp_path: Path) -> None:
    raw = read_yaml(CONTENT / "clocks" / "demo.yaml")
    raw["rows"] = raw["rows"][1:]
    (tmp_path / "broken.yaml").write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    with pytest.raises(BadContent, match=r"broken\.yaml.*urgency=特急没有规则"):
        read_clock_table("broken", tmp_path)
    (tmp_path / "broken.yaml").write_text("id: [", encoding="utf-8")
    with pytest.raises(
        BadContent, match=r"broken\.yaml 第[12]行第\d列"
    ):  # the two YAML readers point to its ends
        read_clock_table("broken", tmp_path)


STATUTORY = ("licences", "procedures")
GOLDEN = read_yaml(CONTENT / "calendar" / "clocks.golden.yaml")["cases"]


def statutory(name: str) -> dict[str, Any]:
    return read_yaml(CONTENT / "clocks" / f"{name}.yaml")


@pytest.mark.parametrize("name", STATUTORY)
def test_every_statutory_period_says_its_text_day_and_mark(name: str) -> None:
    raw = statutory(name)
    for source in raw["sources"].values():
        assert source["document"]
        assert source["mark"] in {"已核", "节选", "待核"}
    for one in raw["periods"]:
        source, article = one["basis"].split(maxsplit=1)
        assert article.startswith("第"), one["id"]
        assert isinstance(one["from"], date), one["id"]
        assert one.get("mark", raw["sources"][source]["mark"]) in {"已核", "节选", "待核"}, one["id"]
        rule_of({**raw["start"], **raw["roll"], **one["rule"]})


def test_a_pause_has_a_cap_only_with_a_text_that_sets_one() -> None:
    raw = statutory("licences")
    for pause in raw["pauses"]:
        if "cap" in pause:
            assert pause["cap_mark"], pause["id"]
            assert not pause["basis"].startswith("XKF"), pause["id"]


def test_every_clock_of_the_procedures_has_its_golden_dates() -> None:
    shown = {case["period"] for case in GOLDEN if "period" in case}
    wanted = set()
    for one in statutory("procedures")["periods"]:
        wanted |= {f"procedures/{one['id']}"} | (
            {f"procedures/{one['id']}+extension"} if "extension" in one else set()
        )
    assert wanted <= shown


@pytest.mark.parametrize("case", [c for c in GOLDEN if "period" in c], ids=lambda case: str(case["period"]))
def test_a_golden_date_counts_the_period_of_the_content(case: dict[str, Any]) -> None:
    place, _, extended = case["period"].partition("+")
    name, _, period = place.partition("/")
    one = next(one for one in statutory(name)["periods"] if one["id"] == period)
    assert "before" not in one
    n = one["rule"]["n"] + (one["extension"]["n"] if extended else 0)
    assert case["rule"] == {**one["rule"], "n": n}


def test_periods_that_count_back_are_named_as_such() -> None:
    back = {one["id"]: one["rule"]["n"] for one in statutory("licences")["periods"] if "before" in one}
    assert back == {"hearing_notice": 7, "renewal_request": 30}


def test_statutory_periods_are_complete_and_counted() -> None:
    periods = {one["id"]: one for one in statutory("licences")["periods"]}
    joint = periods["joint_decision"]
    assert (joint["rule"]["n"], joint["extension"]["n"]) == (45, 15)
    decision = rule_of(periods["decision"]["rule"])
    assert decision.unit is Unit.WORKDAY
    assert KEEPER.due(decision, date(2025, 9, 15)) == date(2025, 10, 17)
