"""履职 from import to evaluation: two persons publish, a town objects and its clock stops, a ruling teaches."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from sanfu.grassroots.duties import actions, queries, versions
from sanfu.grassroots.duties.models import Admission, Document, ListVersion, Objection, Task
from sanfu.grassroots.duties.states import TASK_FLOW, AdmissionState, Ruling
from sanfu.grassroots.posts import actions as post_actions
from sanfu.grassroots.posts import queries as post_queries
from sanfu.grassroots.posts.models import PostVersion
from sanfu.grassroots.posts.tables import table_json, table_of
from sanfu.lists.versions import VersionState, in_force
from sanfu.lists.versions.actions import enact
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.queries import timeline
from tests.conftest import Seeding

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_published")]
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # 10:00 in China
LIST = (Path(settings.CONTENT) / "duties" / "model_list.yaml").read_bytes()
SHIFTED = "各镇对存量违法建设立案并作出处罚。"


def actor(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=MONDAY.date())


def unit(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def _published(seeding: Seeding, folder: Path) -> None:
    """The model list in force in two towns; written once, with its file."""
    with seeding(), override_settings(MEDIA_ROOT=folder):
        for code in ("WJZ", "NJZ"):
            version = actions.import_list(
                town=unit(code),
                name="清单.yaml",
                data=LIST,
                by=actor("shenbian"),
                at=MONDAY - timedelta(days=60),
            )
            enact(
                version,
                editor=actor("shenbian"),
                approver=actor("xuheng"),
                effective_from=date(2026, 1, 5),
                doc_no="演示1号",
                at=MONDAY - timedelta(days=59),
            )


@pytest.fixture
def lists(_published: None, county: None, settings: Any, folder: Path) -> dict[str, ListVersion]:
    settings.MEDIA_ROOT = folder
    return {code: ListVersion.objects.get(town=unit(code)) for code in ("WJZ", "NJZ")}


def sent(
    text: str = SHIFTED, towns: tuple[str, ...] = ("WJZ", "NJZ"), reason: str = "上级部署"
) -> list[Task]:
    by = actor("dongmi")
    document = actions.save_document(
        text=text, title="", kind="通知", issuer=unit("YJJ"), town=unit("WJZ").id, by=by, at=MONDAY
    )
    return actions.send(
        document, towns=[unit(code) for code in towns], workdays=10, reason=reason, by=by, at=MONDAY
    )


def test_a_task_of_march_is_judged_by_marchs_list(lists: dict[str, ListVersion]) -> None:
    town = unit("WJZ")
    later = actions.import_list(town=town, name="b.yaml", data=LIST, by=actor("shenbian"), at=MONDAY)
    by = {"editor": actor("shenbian"), "approver": actor("xuheng")}
    later = enact(later, **by, effective_from=date(2026, 4, 1), doc_no="2", at=MONDAY)
    assert versions.in_force(town.region, town.id, date(2026, 3, 31)) == lists["WJZ"]
    assert versions.in_force(town.region, town.id, date(2026, 4, 1)) == later
    assert versions.in_force(town.region, town.id, date(2025, 1, 1)) is None
    lists["WJZ"].refresh_from_db()
    assert lists["WJZ"].state == VersionState.REPLACED
    third = actions.import_list(town=town, name="c.yaml", data=LIST, by=actor("shenbian"), at=MONDAY)
    with pytest.raises(Refused, match="生效日"):
        enact(third, **by, effective_from=date(2026, 2, 1), doc_no="3", at=MONDAY)


def test_a_file_that_is_no_list_is_refused_with_the_remedy(
    county: None, settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(Refused, match="不能作为清单导入"):
        actions.import_list(town=unit("WJZ"), name="a.yaml", data=b"town: x", by=actor("shenbian"), at=MONDAY)


def test_sending_against_the_pre_check_needs_a_reason_but_an_emergency_does_not(
    lists: dict[str, ListVersion],
) -> None:
    with pytest.raises(Refused, match="理由"):
        sent(reason="")
    document = Document.objects.get(state="checked")
    assert document.verdict == "SHIFT"
    (task,) = sent("台风红色预警，各镇立即组织低洼地群众转移。", ("WJZ",), "")
    assert task.verdict == "EMERG"


def test_objection_stops_the_towns_clock_and_a_rejected_one_starts_it_again(
    lists: dict[str, ListVersion],
) -> None:
    task = sent(towns=("WJZ",))[0]
    town, steward = actor("qianjin"), actor("shenbian")
    handling = task.case.clocks.get(name="办理")
    actions.accept(task, by=town, at=MONDAY)
    objection = actions.object_to(task, grounds="", by=town, at=MONDAY + timedelta(hours=1))
    assert objection.evidence[0]["item"]["code"] == "P-CJ-01"
    assert task.case.clocks.get(name="办理").light == "paused"
    assert task.case.clocks.get(name="裁定").stopped_at is None
    actions.rule_on(
        objection, ruling=Ruling.REJECTED, verdict="PASS_COOP", said="本件由部门执法，镇只做现场秩序。",
        by=steward, at=MONDAY + timedelta(days=2),
    )  # fmt: skip
    task.case.refresh_from_db()
    assert task.case.state == "handling"
    assert task.case.clocks.get(name="办理").due_at > handling.due_at
    with pytest.raises(Conflict):
        actions.rule_on(
            objection, ruling=Ruling.UPHELD, verdict="SHIFT", said="再裁一次试试看", by=steward, at=MONDAY
        )
    assert [row["kind"] for row in timeline(task.case_id)] == [
        "task.open",
        "task.accept",
        "task.object",
        "task.reject",
    ]


def test_the_issuer_takes_a_task_back_but_not_one_that_awaits_a_ruling(lists: dict[str, ListVersion]) -> None:
    second, first = sent()
    with pytest.raises(NotAllowed):
        actions.recall(first, said="文件口径有变", by=actor("qianjin"), at=MONDAY)
    with pytest.raises(Refused):
        actions.recall(first, said="", by=actor("dongmi"), at=MONDAY)
    actions.recall(first, said="文件口径有变", by=actor("dongmi"), at=MONDAY)
    first.case.refresh_from_db()
    assert first.case.state == "withdrawn"
    assert not first.case.clocks.filter(stopped_at=None).exists()
    actions.object_to(second, grounds="", by=actor("qianjin"), at=MONDAY)
    with pytest.raises(Refused):
        actions.recall(second, said="文件口径有变", by=actor("dongmi"), at=MONDAY)


def test_a_town_never_sees_another_towns_objection_or_task(lists: dict[str, ListVersion]) -> None:
    first, second = sent()
    objection = actions.object_to(first, grounds="", by=actor("qianjin"), at=MONDAY)
    other, own, steward = actor("hetao"), actor("qianjin"), actor("shenbian")
    assert not queries.objections(other).exists()
    assert queries.objection(other, objection.id) is None
    assert queries.task(other, first.case_id) is None
    assert queries.task(other, second.case_id) == second
    assert queries.objection(own, objection.id) == objection
    assert queries.objection(steward, objection.id) == objection
    assert queries.objection(actor("dongmi"), objection.id) == objection
    with pytest.raises(NotAllowed):
        actions.object_to(first, grounds="替别镇提一个异议", by=other, at=MONDAY)


def test_a_ruling_teaches_the_next_judgement_and_can_become_a_tested_rule(
    lists: dict[str, ListVersion],
) -> None:
    task = sent(towns=("WJZ",))[0]
    objection = actions.object_to(task, grounds="", by=actor("qianjin"), at=MONDAY)
    steward = actor("shenbian")
    precedent = actions.rule_on(
        objection,
        ruling=Ruling.UPHELD,
        verdict="SHIFT",
        said="立案处罚属部门职责，退回改写。",
        by=steward,
        at=MONDAY,
    )
    again, _ = actions.judge(
        text=SHIFTED, issuer=unit("YJJ"), kind="通知", town=unit("WJZ").id, on=MONDAY.date()
    )
    assert precedent.number in again["demands"][0]["precedents"]
    assert queries.similar_precedents(steward.region, SHIFTED)[0]["number"] == precedent.number
    rule = actions.propose_rule(
        precedent, words=["违法建设", "立案"], any_issuer=False, by=steward, at=MONDAY
    )
    assert rule.tested == {"about": 1, "against": [], "sound": True}
    actions.adopt_rule(rule, by=steward, at=MONDAY)
    judged, _ = actions.judge(
        text="请各镇张贴违法建设立案公告，协助送达。", issuer=unit("YJJ"), kind="通知",
        town=unit("WJZ").id, on=MONDAY.date(),
    )  # fmt: skip
    assert judged["demands"][0]["rule"] == rule.number
    assert judged["verdict"] == "SHIFT"


@pytest.mark.slow
def test_a_rule_that_a_ruling_contradicts_is_not_adopted(lists: dict[str, ListVersion]) -> None:
    steward = actor("shenbian")
    rulings = []
    for verdict, ruling in (("SHIFT", Ruling.UPHELD), ("PASS_COOP", Ruling.REJECTED)):
        objection = actions.object_to(sent(towns=("WJZ",))[0], grounds="", by=actor("qianjin"), at=MONDAY)
        rulings.append(
            actions.rule_on(
                objection, ruling=ruling, verdict=verdict, said="按清单第三条裁定。", by=steward, at=MONDAY
            )
        )
    rule = actions.propose_rule(rulings[0], words=["违法建设"], any_issuer=True, by=steward, at=MONDAY)
    assert rule.tested["against"] == [rulings[1].number]
    with pytest.raises(Refused, match="不一致"):
        actions.adopt_rule(rule, by=steward, at=MONDAY)


def test_admission_needs_power_people_money_and_a_temporary_duty_ends_by_itself(
    lists: dict[str, ListVersion],
) -> None:
    fields = {
        "name": "寄递末端网点安全巡查", "category": "安全稳定", "basis": "演示文件", "power": "执法检查和处罚",
        "staff": "", "money": "每镇每年2万元", "town_duty": "巡查快递网点，发现上报", "temporary": True,
        "ends_on": date(2026, 3, 31), "towns": [unit("WJZ").id],
    }  # fmt: skip
    text = "各镇巡查寄递末端快递网点，发现问题上报。"
    ask = {"text": text, "issuer": unit("YJJ"), "kind": "通知", "town": unit("WJZ").id}
    before, _ = actions.judge(**ask, on=date(2026, 3, 3))
    with pytest.raises(Refused, match="人随事转"):
        actions.apply_admission(department=unit("YJJ"), fields=fields, by=actor("dongmi"), at=MONDAY)
    row = actions.apply_admission(
        department=unit("YJJ"), fields={**fields, "staff": "下沉2人"}, by=actor("dongmi"), at=MONDAY
    )
    steward = actor("shenbian")
    with pytest.raises(Refused, match="司法"):
        actions.decide_admission(
            row, opinions={"编办": "同意"}, approve=True, decision="x", by=steward, at=MONDAY
        )
    opinions = {"编办": "同意", "司法": "合法", "镇（街道）": "同意"}
    actions.decide_admission(
        row, opinions=opinions, approve=True, decision="演示会议纪要", by=steward, at=MONDAY
    )
    during, _ = actions.judge(**ask, on=date(2026, 3, 3))
    after, _ = actions.judge(**ask, on=date(2026, 4, 1))
    assert before["verdict"] == after["verdict"] != "PASS_COOP"
    assert during["verdict"] == "PASS_COOP"
    assert during["demands"][0]["item"]["code"].startswith("准-")
    assert actions.expire_admissions(region=row.region, on=date(2026, 3, 31), by=steward, at=MONDAY) == 0
    assert actions.expire_admissions(region=row.region, on=date(2026, 4, 1), by=steward, at=MONDAY) == 1
    assert Admission.objects.get(id=row.id).state == AdmissionState.EXPIRED


def test_burden_replay_and_evaluation_come_from_the_log(lists: dict[str, ListVersion]) -> None:
    first, _ = sent()
    sent("各镇做好低保对象年度复核。", ("WJZ",))
    objection = actions.object_to(first, grounds="", by=actor("qianjin"), at=MONDAY)
    steward = actor("shenbian")
    actions.rule_on(
        objection, ruling=Ruling.UPHELD, verdict="SHIFT", said="立案处罚属部门职责。", by=steward,
        at=MONDAY + timedelta(hours=3),
    )  # fmt: skip
    span = {"since": MONDAY - timedelta(days=1), "until": MONDAY + timedelta(days=1)}
    heat = queries.burden(steward, **span, hours={"demand": 4})
    assert heat["cells"]["市应急局", "望江镇"]["document"] == 2
    assert heat["cells"]["市应急局", "望江镇"]["hours"] == 8
    report = queries.evaluation(steward, **span)
    assert report["tasks"] == 3
    assert report["blocked"] == pytest.approx(2 / 3)
    assert report["on_list"] == pytest.approx(1 / 3)
    assert report["false_block"] == 0.0
    assert report["rulings"]["median"] == pytest.approx(3)
    draft = actions.import_list(
        town=unit("WJZ"), name="只有一项.psv", by=steward, at=MONDAY,
        data="基本|城乡建设|B-1|违法建设立案处罚|||||违法建设 处罚".encode(),
    )  # fmt: skip
    shown = queries.replay(steward, draft=draft, since=date(2026, 1, 1))
    assert shown["documents"] == 2
    assert [(row["was"], row["is"]) for row in shown["changed"]] == [("主责", "清单外")]


def test_both_sides_rate_each_other_but_not_themselves(lists: dict[str, ListVersion]) -> None:
    actions.rate(rated=unit("YJJ"), score=4, reason="", by=actor("qianjin"), at=MONDAY)
    actions.rate(rated=unit("WJZ"), score=5, reason="", by=actor("dongmi"), at=MONDAY)
    with pytest.raises(Refused):
        actions.rate(rated=unit("NJZ"), score=5, reason="", by=actor("qianjin"), at=MONDAY)
    with pytest.raises(Refused, match="事实"):
        actions.rate(rated=unit("YJJ"), score=1, reason="", by=actor("qianjin"), at=MONDAY)
    assert len(queries.ratings(unit("WJZ").region, "2026-Q1")) == 2


def test_every_move_of_a_task_names_who_may_make_it() -> None:
    assert all(move.who for move in TASK_FLOW.table)


@pytest.mark.slow
def test_posts_are_derived_levelled_and_looks_are_logged(lists: dict[str, ListVersion]) -> None:
    steward = actor("shenbian")
    version = lists["WJZ"]
    first = post_actions.derive(
        town=unit("WJZ"), duty_list=versions.list_of(version), list_version=version.id, by=steward, at=MONDAY
    )
    assert post_queries.faults(first) == []
    second = post_actions.level(first, by=steward, at=MONDAY)
    assert second.after["most"] <= second.before["most"]
    table = table_of(second.table)
    assert table_of(table_json(table)) == table
    post_actions.look(second, post="G-15", person="R-01", by=steward, at=MONDAY)
    assert post_queries.looks(second)[0]["person"] == "R-01"
    assert post_queries.version(actor("hetao"), second.id) is None
    assert post_queries.version(actor("qianjin"), second.id) == second
    with pytest.raises(NotAllowed):
        post_actions.level(first, by=actor("qianjin"), at=MONDAY)
    enact(second, editor=steward, approver=actor("xuheng"), effective_from=MONDAY.date(), at=MONDAY)
    held = in_force(PostVersion, MONDAY.date(), region=first.region, town_id=first.town_id)
    assert (first.number, held) == (1, second)


def test_uploads_keep_the_original_and_a_scan_says_what_to_do(
    county: None, settings: object, tmp_path: Path
) -> None:
    from pypdf import PdfWriter

    settings.MEDIA_ROOT = tmp_path
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    buffer = BytesIO()
    writer.write(buffer)
    with pytest.raises(Refused, match="没有文字层"):
        actions.read_upload(name="扫描.pdf", data=buffer.getvalue(), by=actor("dongmi"), at=MONDAY)
    assert not Objection.objects.exists()


NOTICE = "关于治违工作的通知\n各镇（街道）：\n一、各镇对存量违法建设立案并作出处罚。\n二、各镇结合巡查发现违法建设及时上报。\n某市城市管理局\n2026年3月2日"


def drafted(lists: dict[str, ListVersion], text: str) -> Document:
    drafter = actor("dongmi")
    issuer = Organisation.objects.get(id=next(iter(drafter.units)))
    return actions.save_document(
        text=text, title="", kind="通知", issuer=issuer, town=lists["WJZ"].town_id, by=drafter, at=MONDAY
    )


def test_an_adopted_rewrite_changes_the_text_in_place_and_checks_again(lists: dict[str, ListVersion]) -> None:
    document = drafted(lists, NOTICE)
    first = document.judged["demands"][0]
    assert not document.judged["may_send"]
    assert first["sentence"].startswith("一、")  # keeps its number
    assert "{" not in first["sentence"]
    assert "待明确" not in first["sentence"]
    actions.rewrite(
        document, demand=1, was=first["text"], text=first["sentence"], by=actor("dongmi"), at=MONDAY
    )
    document.refresh_from_db()
    assert first["sentence"] in document.text
    assert first["text"] not in document.text
    assert [one["number"] for one in document.judged["demands"]] == [1, 2]
    assert document.judged["demands"][0]["verdict"] != first["verdict"]
    assert "duties.document_rewritten" in [event["kind"] for event in timeline(document.id)]
    with pytest.raises(Conflict):  # somebody else had the old page open
        actions.rewrite(
            document, demand=1, was=first["text"], text="各镇知悉。", by=actor("dongmi"), at=MONDAY
        )


def test_only_the_drafting_unit_rewrites_and_not_after_sending(lists: dict[str, ListVersion]) -> None:
    document = drafted(lists, NOTICE)
    first = document.judged["demands"][0]["text"]
    with pytest.raises(NotAllowed):
        actions.rewrite(document, demand=1, was=first, text="各镇知悉。", by=actor("qianjin"), at=MONDAY)
    actions.withdraw(document, by=actor("dongmi"), at=MONDAY)
    with pytest.raises(Conflict):
        actions.rewrite(document, demand=1, was=first, text="各镇知悉。", by=actor("dongmi"), at=MONDAY)


def test_what_is_no_demand_is_shown_as_such_and_nothing_is_lost(lists: dict[str, ListVersion]) -> None:
    judged = drafted(lists, NOTICE).judged
    assert judged["left_out"] == ["关于治违工作的通知", "各镇（街道）：", "某市城市管理局", "2026年3月2日"]
    said = "".join([*judged["left_out"], *(one["text"] for one in judged["demands"])])
    assert sorted(said.replace("\n", "")) == sorted(NOTICE.replace("\n", ""))
