"""项目库与专题会: a messy sheet, dated series with reasons, days lost once, a frozen pack equal to page and Word."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import docx
import pytest

from sanfu.adapters import demo_projects, demo_resources
from sanfu.adapters.demo_scenes import cast
from sanfu.cases.models import Case
from sanfu.grassroots.scenes.library import land_plan
from sanfu.projects.pipeline import actions, queries
from sanfu.projects.pipeline.actions import deciding, hearing, promising
from sanfu.projects.pipeline.intake import take
from sanfu.projects.pipeline.papers import word_of
from sanfu.projects.pipeline.rules import Stop, days_lost, light, likely_same, progress
from sanfu.projects.pipeline.standing import standing
from sanfu.projects.pipeline.states import Kept
from sanfu.records.actions import append
from sanfu.records.actor import Conflict, NotAllowed, Refused
from sanfu.records.ids import new_id
from sanfu.records.models import Event
from sanfu.records.moments import day_of
from sanfu.records.queries import timeline
from sanfu.web.officer.pipeline.schedule import scheduled

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

    def test_next_months_sheet_continues_the_series_and_doubles_nothing(self, officer, row) -> None:
        said = "2026-01计划,2026-01实际（万元）"
        head = HEAD.replace(said, f"{said},2026-02实际（万元）").replace("业主", "业主,负责人")
        later = head + GOOD.replace("甲公司", "甲公司,某某").replace("2026-12-31", "2027-02-01").replace(
            ",800", ",900,700"
        )
        other = "B-9,演示一号项目,,,1,,,,,,\n合计,,,,2.5,,,,,,\n"
        taken = actions.bring(
            name="二月.csv", content=io.BytesIO((later + other).encode()), by=officer, at=NOW
        )
        first, second = queries.projects(officer).order_by("number")
        assert (first.pk, second.code) == (row.pk, "B-9"), "another code is another project, a total is none"
        assert first.spent == {"2026-01": "900.0", "2026-02": "700.0"}
        assert first.milestones.get(name="投产").plan == date(2026, 12, 31), "a date is moved with its reason"
        notes = "；".join(taken.rows[0].notes)
        assert f"已在库（{row.number}），更新了实际 2026-01、2026-02的投资" in notes
        assert "投产计划与库里不同" in notes
        assert "没有读入的列：负责人" in "；".join(taken.notes)
        event = list(timeline(row.pk))[-1]
        assert event["data"]["was"] == {"spent": {"2026-01": "800.0", "2026-02": ""}}

    def test_a_project_cannot_spend_more_than_its_total_month_by_month(self, officer, row) -> None:
        more = (HEAD + GOOD).replace("2026-01", "2026-02").replace(",800", ",14500")
        with pytest.raises(Refused, match="超过总投资"):
            actions.bring(name="二月.csv", content=io.BytesIO(more.encode()), by=officer, at=NOW)
        row.refresh_from_db()
        assert row.spent == {"2026-01": "800.0"}

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

    def test_a_decision_is_a_case_with_a_clock_of_the_unit_that_owes_it(self, officer, row) -> None:
        pack = actions.freeze(month="2026-02", by=officer, at=NOW)
        owed = {"text": "一周内答复指标来源", "owner": "市生态环境局", "by": officer, "at": NOW}
        with pytest.raises(Refused, match="今天之前"):
            deciding.decide(pack, due=date(2026, 3, 1), **owed)
        with pytest.raises(Refused, match="没有“市供电”"):
            deciding.decide(pack, due=date(2026, 3, 27), **{**owed, "owner": "市供电"})
        made = deciding.decide(pack, due=date(2026, 3, 27), **owed)
        assert day_of(made.case.due_at) == date(2026, 3, 27)
        assert actions.freeze(month="2026-03", by=officer, at=NOW).body["decisions"][0]["state"] == "办理中"
        with pytest.raises(NotAllowed):
            deciding.report(made, said="我们答复了", by=officer, at=NOW)
        unit = replace(
            officer, units=frozenset({made.case.lead_id}), permissions=frozenset({"pipeline.answer"})
        )
        deciding.report(made, said="已答复来源", by=unit, at=NOW)
        assert (
            actions.freeze(month="2026-03", by=officer, at=NOW).body["decisions"][0]["state"]
            == "已报结果，待销号"
        )
        deciding.send_back(made, why="没有写来源", by=officer, at=NOW)
        deciding.report(made, said="来源是减排项目", by=unit, at=NOW)
        deciding.finish(made, said="", by=officer, at=NOW)
        made.refresh_from_db()
        assert (made.done, made.said, made.case.state) == (date(2026, 3, 20), "来源是减排项目", "done")

    def test_promises_are_judged_by_facts_and_renegotiated_as_versions(self, officer, row) -> None:
        given = {
            "kind": "税收",
            "amount": Decimal(500),
            "clause": "第六条",
            "remedy": "",
            "by": officer,
            "at": NOW,
        }
        old, open_one = (promising.promise(row, year=year, **given) for year in (2025, 2026))
        assert [queries.kept(one, 2026) for one in (old, open_one)] == [Kept.UNKNOWN, Kept.NOT_DUE]
        with pytest.raises(Refused, match="来源"):
            promising.state_fact(old, fact=Decimal(400), source=" ", by=officer, at=NOW)
        promising.state_fact(old, fact=Decimal(400), source="税务局年报", by=officer, at=NOW)
        assert queries.kept(old, 2026) is Kept.BROKEN
        again = promising.promise(
            row, year=2025, **{**given, "amount": Decimal(400), "clause": "补充协议第一条"}
        )
        assert (again.version, queries.kept(again, 2026), row.promises.count()) == (2, Kept.KEPT, 3)

    def test_two_ledgers_are_held_together_and_neither_is_changed(self, officer, row) -> None:
        text = "统计台账\n项目代码,项目名称,总投资（亿元）,累计完成投资\nA-1,演示一号（改名）项目,1.5,900\n,新冒出的项目,2,1\n,坏行,很多,1\n"
        made = promising.check_ledger(
            month="2026-03", name="统计.csv", content=io.BytesIO(text.encode("gb18030")), by=officer, at=NOW
        )
        kinds = sorted(what for _, what, _ in made.result["rows"])
        assert kinds == ["只在统计台账", "名称不同", "累计完成不同"]
        assert [line for line, _ in made.result["refused"]] == [5]
        row.refresh_from_db()
        assert row.spent == {"2026-01": "800.0"}

    def test_permits_are_read_in_the_joint_application_and_linked_once(self, officer, row) -> None:
        with pytest.raises(Refused, match="没有编号"):
            actions.link(row, application="LB-没有", by=officer, at=NOW)
        case = Case.objects.create(
            region=row.region, kind="joint", number="LB1", title="九证", state="draft", opened_at=NOW
        )
        Case.objects.create(
            region=row.region,
            kind="branch",
            number="LB1-1",
            title="施工许可",
            state="waiting",
            parent=case,
            opened_at=NOW,
        )
        actions.link(row, application="LB1", by=officer, at=NOW)
        parent, found = queries.permits(row)
        assert parent is not None
        assert [one["name"] for one in found] == ["施工许可"]
        actions.bring(
            name="表.csv",
            content=io.BytesIO((HEAD + GOOD.replace("A-1", "B-1")).encode()),
            by=officer,
            at=NOW,
        )
        other = queries.projects(officer).exclude(pk=row.pk).get()
        with pytest.raises(Refused, match="已关联"):
            actions.link(other, application="LB1", by=officer, at=NOW)

    def test_an_adopted_option_becomes_one_project_however_often_it_is_heard(self, officer) -> None:
        data = {"number": "DL1", "parcel": "演示-001", "way": "自主改造", "cost": "5200"}
        append(stream=new_id(), kind="land.adopted", by=officer, at=NOW, data=data)
        event = Event.objects.get(kind="land.adopted")
        hearing.heard(event)
        hearing.heard(event)
        made = queries.projects(officer).get()
        assert (made.name, made.total) == ("演示-001 自主改造项目", Decimal(5200))
        gaps = [{"factor": "用地", "unit": "亩", "supply": 40, "wanted": 50, "gap": 10, "short": ["乙"]}]
        append(
            stream=new_id(),
            kind="resources.adopted",
            by=officer,
            at=NOW,
            data={"number": "YS1", "gaps": gaps},
        )
        for _ in range(2):
            hearing.gaps_heard(Event.objects.get(kind="resources.adopted"))
        body = actions.freeze(month="2026-03", by=officer, at=NOW).body
        assert body["gaps"]["rows"] == gaps
        assert "YS1" in _text(word_of(body))

    def test_the_pack_tells_what_was_moved_since_the_last_meeting(self, officer, row) -> None:
        actions.freeze(month="2026-02", by=officer, at=NOW)
        later = NOW + timedelta(days=3)
        actions.move_date(
            row, milestone="投产", series="plan", day=date(2027, 3, 1), why="设备延期", by=officer, at=later
        )
        body = actions.freeze(month="2026-03", by=officer, at=later).body
        assert [(c["milestone"], c["was"], c["is"]) for c in body["changes"]] == [
            ("投产", "2026-12-31", "2027-03-01")
        ]
        assert "设备延期" in _text(word_of(body))

    def test_no_forecast_lies_in_the_past(self, officer, row) -> None:
        with pytest.raises(Refused, match="不能早于今天"):
            actions.move_date(
                row, milestone="投产", series="forecast", day=date(2026, 3, 19), why="试", by=officer, at=NOW
            )
        actions.move_date(
            row,
            milestone="投产",
            series="forecast",
            day=date(2026, 12, 1),
            why="设备已到",
            by=officer,
            at=NOW,
        )
        assert queries.told_of(row, "2026-03", day_of(NOW))["own_forecast"] == "2026-12-01"
        # the forecast's day goes by, then the baseline's, and nothing was finished: the one is no forecast, the other is missed
        assert queries.told_of(row, "2026-12", date(2026, 12, 2))["own_forecast"] == ""
        missed = queries.told_of(row, "2027-01", date(2027, 1, 5))
        assert (missed["light"], "已过 5 天" in missed["why"]) == ("red", True)

    def test_work_outside_the_countys_reach_carries_its_caveat(self, row) -> None:
        plan, start = land_plan(), date(2026, 3, 2)
        prereviewed = scheduled(plan, "prereview", start, {})
        assert prereviewed["beyond"] == 0
        assert any(
            "企业自己招标或发包" in name for name in prereviewed["done"]
        )  # its days were spent before, by the firm
        plain = scheduled(plan, "plain", start, {})
        named = {one["name"]: one["beyond"] for one in plain["rows"] if one["beyond"]}
        assert named["施工招标或直接发包并签订合同"] == "企业自己招标或发包"
        assert named["设计方案审查与批前公示"] == "法定批前公示期"
        assert 0 < plain["beyond"] <= plain["days"]

    def test_the_list_says_stage_light_and_the_next_milestone_and_follows_every_act(
        self, officer, row
    ) -> None:
        today = date(2026, 3, 20)
        (shown,) = standing(officer, today)
        assert (shown["stage"], shown["next"], shown["next_day"]) == ("开工", "投产", date(2026, 12, 31))
        assert (shown["light"], shown["counted"], shown["late"]) == ("green", True, False)
        actions.block(row, what="缺指标", owner="市生态环境局", since=date(2026, 1, 2), by=officer, at=NOW)
        (shown,) = standing(officer, today)
        assert shown["light"] == "red"
        assert "77 天" in shown["why"]
        actions.move_date(
            row, milestone="投产", series="plan", day=date(2026, 3, 1), why="试", by=officer, at=NOW
        )
        (shown,) = standing(officer, today)
        assert (shown["next_day"], shown["late"]) == (date(2026, 3, 1), True)

    def test_the_demo_meeting_shows_the_gaps_of_the_adopted_plan(self, officer) -> None:
        for seeded in (demo_projects.projects, demo_resources.resources, demo_projects.meeting):
            seeded(NOW)
        pack = queries.packs(officer).get()
        assert pack.body["gaps"]["rows"]
        live = queries.pack_of(officer, "2026-03", day_of(NOW))
        assert live["gaps"]["rows"]
        assert live["changes"]
        assert [one["state"] for one in live["decisions"]] == ["办理中"]

    def test_another_unit_sees_nothing_and_may_not_meet(self, officer, row) -> None:
        town = cast("xiangjin", day_of(NOW))
        assert not queries.projects(town).exists()
        with pytest.raises(NotAllowed):
            actions.freeze(month="2026-03", by=town, at=NOW)


def _text(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
