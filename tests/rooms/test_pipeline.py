"""项目库与专题会: a messy sheet, dated series with reasons, days lost once, a frozen pack equal to page and Word."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import docx
import pytest

from sanfu.adapters.demo_scenes import cast
from sanfu.projects.pipeline import actions, queries
from sanfu.projects.pipeline.intake import take
from sanfu.projects.pipeline.papers import word_of
from sanfu.projects.pipeline.rules import Stop, days_lost, light, likely_same, progress
from sanfu.records.actor import Conflict, NotAllowed, Refused
from sanfu.records.moments import day_of
from sanfu.records.queries import timeline

NOW = datetime(2026, 3, 20, 2, tzinfo=UTC)
HEAD = "项目代码,项目名称,业主,总投资（亿元）,开工计划,开工实际,投产计划,2026-01计划,2026-01实际（万元）\n"
GOOD = "A-1,演示一号项目,演示甲公司,1.5,2025-06-01,2025-07-01,2026-12-31,1000万元,800\n"


def test_a_sheet_is_converted_and_its_bad_rows_are_named() -> None:
    sheet = (
        HEAD + GOOD + "A-2,演示二号,,2,2026-06-01,,2026-01-01,,\nA-3,演示三号,,0.01,,,,,500\nA-4,,,1,,,,,\n"
    )
    taken = take(sheet.encode("gb18030"), "表.csv")
    assert [row.total for row in taken.rows] == [Decimal("15000.00")]
    assert taken.rows[0].spent == {"2026-01": "800.0"}
    assert any("换算" in note for note in taken.rows[0].notes)
    why = dict(taken.refused)
    assert "颠倒" in why[3]
    assert "超过总投资" in why[4]
    assert "没有项目名称" in why[5]


def test_overlapping_blockers_are_counted_once() -> None:
    stops = [
        Stop("甲", date(2026, 1, 1), date(2026, 1, 11)),
        Stop("乙", date(2026, 1, 6), date(2026, 1, 16)),
        Stop("丙", date(2026, 2, 1)),
    ]
    assert days_lost(stops, date(2026, 2, 3)) == 15 + 2


def test_lights_and_the_s_curve_by_month() -> None:
    base = date(2026, 6, 1)
    assert light(base, date(2026, 6, 2), None, 0, 30)[0] == "red"
    assert light(base, date(2026, 5, 1), date(2026, 6, 2), 0, 30)[0] == "amber"
    assert light(base, date(2026, 5, 1), date(2026, 6, 1), 31, 30)[0] == "red"
    assert light(None, None, None, 0, 30)[0] == "unknown"
    told = progress({"2026-01": Decimal(10), "2026-02": Decimal(50)}, {"2026-01": Decimal(20)}, "2026-01")
    assert told == {"baseline": Decimal(10), "actual": Decimal(20), "difference": Decimal(10)}


def test_renamed_and_split_projects_are_pointed_at() -> None:
    rows = [
        ("1", "", "精密部件一期项目", "演示甲有限公司"),
        ("2", "", "精密部件二期项目", "演示乙有限公司"),
        ("3", "", "冷链仓储", "演示丙"),
    ]
    assert [(a, b) for a, b, _ in likely_same(rows)] == [("1", "2")]


@pytest.mark.django_db
class TestRegister:
    @pytest.fixture
    def officer(self, county):
        return cast("gaoda", day_of(NOW))

    @pytest.fixture
    def row(self, officer):
        actions.bring(name="表.csv", content=io.BytesIO((HEAD + GOOD).encode()), by=officer, at=NOW)
        return queries.projects(officer).get()

    def test_a_moved_date_keeps_the_baseline_and_says_who_and_why(self, officer, row) -> None:
        actions.move_date(
            row, milestone="投产", series="plan", day=date(2027, 3, 1), why="设备延期", by=officer, at=NOW
        )
        mark = row.milestones.get(name="投产")
        assert (mark.baseline, mark.plan) == (date(2026, 12, 31), date(2027, 3, 1))
        event = list(timeline(row.pk))[-1]
        assert (event["data"]["was"], event["data"]["why"]) == ("2026-12-31", "设备延期")
        with pytest.raises(Refused, match="颠倒"):
            actions.move_date(
                row, milestone="投产", series="plan", day=date(2020, 1, 1), why="试", by=officer, at=NOW
            )
        with pytest.raises(Refused, match="今天之后"):
            actions.move_date(
                row, milestone="投产", series="actual", day=date(2027, 1, 1), why="试", by=officer, at=NOW
            )

    def test_a_pack_stays_as_it_was_frozen_and_word_says_the_same(self, officer, row) -> None:
        stop = actions.block(
            row, what="缺排污指标", owner="市生态环境局", since=date(2026, 1, 2), by=officer, at=NOW
        )
        pack = actions.freeze(month="2026-03", by=officer, at=NOW)
        actions.unblock(stop, said="已解决", by=officer, at=NOW)
        with pytest.raises(Conflict):
            actions.unblock(stop, said="又", by=officer, at=NOW)
        again = actions.freeze(month="2026-03", by=officer, at=NOW)
        pack.refresh_from_db()
        assert (pack.edition, again.edition) == (1, 2)
        assert pack.body["lights"]["red"] == 1
        assert again.body["lights"]["red"] == 0
        text = _text(word_of(pack.body))
        for said in ("缺排污指标", "市生态环境局", "77", pack.body["actual"], "少于 30 个"):
            assert said in text

    def test_a_decision_is_owed_until_a_day(self, officer, row) -> None:
        pack = actions.freeze(month="2026-02", by=officer, at=NOW)
        with pytest.raises(Refused, match="今天之前"):
            actions.decide(pack, text="一周内答复", owner="市供电", due=date(2026, 3, 1), by=officer, at=NOW)
        made = actions.decide(
            pack, text="一周内答复", owner="市供电", due=date(2026, 3, 27), by=officer, at=NOW
        )
        assert actions.freeze(month="2026-03", by=officer, at=NOW).body["decisions"][0]["state"] == "办理中"
        actions.finish(made, said="已答复", by=officer, at=NOW)
        with pytest.raises(Conflict):
            actions.finish(made, said="再", by=officer, at=NOW)

    def test_another_unit_sees_nothing_and_may_not_meet(self, officer, row) -> None:
        town = cast("xiangjin", day_of(NOW))
        assert not queries.projects(town).exists()
        with pytest.raises(NotAllowed):
            actions.freeze(month="2026-03", by=town, at=NOW)


def _text(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
