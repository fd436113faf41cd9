"""Something for every desk of the demo county (演示): drafts to approve, batches to review, objections to rule on."""

from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings

from sanfu.adapters.demo_scenes import cast
from sanfu.enterprise.benefits import actions as benefits
from sanfu.enterprise.benefits.actions.claims import Stated
from sanfu.enterprise.benefits.claiming import read_typed
from sanfu.enterprise.benefits.models import Batch
from sanfu.enterprise.benefits.policies import find
from sanfu.enterprise.benefits.states import BatchState
from sanfu.enterprise.registry.content import dictionary
from sanfu.grassroots.duties import actions as duties
from sanfu.grassroots.duties.models import Precedent
from sanfu.lists import actions as lists
from sanfu.lists.queries import in_force, payloads
from sanfu.lists.states import ListKind
from sanfu.lists.versions.actions import consult, submit
from sanfu.people.models import Organisation
from sanfu.records.moments import day_of


def list_draft(now: datetime) -> None:
    """The next version of the responsibility list, drafted by one person, waiting for another."""
    editor = cast("linadmin", day_of(now))
    base = in_force(ListKind.REQUESTS, day_of(now), region=editor.region)
    if base is None:
        return
    rows = payloads(base)
    rows[0] = {**rows[0], "says": [*rows[0].get("says", ()), "门口的路坏了没人修"]}
    draft = lists.Draft(ListKind.REQUESTS, base.title, rows, base)
    version = lists.open_draft(draft, by=editor, at=now - timedelta(hours=20))
    lists.submit(version_id=version.id, by=editor, at=now - timedelta(hours=19))


def policy_versions(now: datetime) -> None:
    """One policy version waits for the second officer, one is still being written."""
    officer = cast("jiangyu", day_of(now))
    for name, old, new, done in (
        ("yc-srdi", "给 5万元", "给 6万元", True),
        ("yc-growth", "", "", False),
    ):
        policy = find(officer.region, name, day_of(now))
        if policy is None:
            continue
        text = policy.document.source.replace(old, new) if old else policy.document.source
        version = benefits.draft(
            name, text, note="年度修订（演示）", by=officer, at=now - timedelta(hours=26)
        )
        if done:
            starts = day_of(now) + timedelta(days=40)
            benefits.submit(version, starts_on=starts, by=officer, at=now - timedelta(hours=25))


def _batch(clauses: list[str], title: str, at: datetime) -> Batch:
    return benefits.generate(clauses, title=title, day=day_of(at), by=cast("jiangyu", day_of(at)), at=at)


def reviewed_batch(now: datetime) -> None:
    """A payout batch that its department has checked; another waits for that."""
    made = _batch(["yc-growth-2"], "营业收入上台阶奖励（演示批次）", now - timedelta(days=2))
    benefits.review(
        made, note="名单、信用已核对（演示）", by=cast("jiangyu", day_of(now)), at=now - timedelta(days=1)
    )
    _batch(["yc-growth-3"], "研发投入奖励（演示批次）", now - timedelta(hours=6))


def payable_batch(now: datetime) -> None:
    """A batch whose notice is over: some firms have agreed, the treasury may pay, one firm is still asked."""
    begun = now - timedelta(days=25)
    made = _batch(["yc-upgrade-2"], "智能制造示范奖励（演示批次）", begun)
    officer, second = cast("jiangyu", day_of(begun)), cast("luoqi", day_of(begun))
    benefits.review(made, note="已核对（演示）", by=officer, at=begun)
    benefits.decide(made, minutes="专题会议纪要〔演示〕7号", by=second, at=begun + timedelta(hours=1))
    benefits.publish(made, by=officer, at=begun + timedelta(hours=2))
    benefits.end_notice(made, by=officer, at=now - timedelta(days=2))


def objection_to_notice(now: datetime) -> None:
    """Somebody doubts one line of the list on notice."""
    batch = Batch.objects.filter(case__state=BatchState.NOTICE).order_by("created_at").first()
    line = batch.lines.exclude(state="out").order_by("clause", "pk").first() if batch else None
    if line is not None:
        text = "该企业今年的认定是否为首次，请核查认定文件（演示异议）。"
        benefits.object_to(line, text=text, contact="", at=now - timedelta(hours=3))


def claim(now: datetime) -> None:
    """The demo firm asks for 技改 with its figures, one of which is corrected upwards."""
    words = dictionary()
    pairs = (("技改投资额", "520"), ("新设备投资额", "400"))
    stated = [Stated(key, read_typed(words.fact_of(key), raw), f"{raw}万元") for key, raw in pairs]
    benefits.claim(
        "yc-upgrade-1",
        stated,
        key="demo-claim",
        by=cast("wangqiang", day_of(now)),
        at=now - timedelta(days=1),
    )


def duty_drafts(now: datetime) -> None:
    """A list that waits for approval after consultation, an unsent notice, an admission asked for, a rule proposed from the ruling."""
    steward, drafter = cast("shenbian", day_of(now)), cast("dongmi", day_of(now))
    region = steward.region
    data = (Path(settings.CONTENT) / "duties" / "model_list.yaml").read_bytes()
    town = Organisation.objects.get(region=region, code="BTZ")
    version = duties.import_list(
        town=town,
        name="履职清单调整稿.yaml",
        data=data,
        by=steward,
        at=now - timedelta(days=2),
        mark="演示",
    )
    consult(version, by=steward, at=now - timedelta(days=1))
    submit(version, by=steward, at=now - timedelta(hours=12))
    issuer = Organisation.objects.get(region=region, code=drafter.organisation_code)
    duties.save_document(
        text="请各镇（街道）组织对辖区内加油站开展安全检查，发现违法行为依法处罚，每周五前报送检查台账。",
        title="关于开展加油站安全检查的通知（演示）", kind="通知", issuer=issuer, town=town.id, by=drafter,
        at=now - timedelta(hours=7),
    )  # fmt: skip
    duties.apply_admission(department=issuer, fields=_admission(day_of(now), town), by=drafter, at=now)
    precedent = Precedent.objects.filter(region=region).order_by("at").first()
    if precedent is not None:
        duties.propose_rule(precedent, words=["处罚"], any_issuer=False, by=steward, at=now)


def _admission(on: date, town: Organisation) -> dict[str, object]:
    return {
        "name": "餐饮场所瓶装液化气使用情况摸底", "category": "应急管理及消防", "basis": "市安委办年度工作要点（演示）",
        "power": "检查和处罚由市级部门负责，镇只摸底上报", "staff": "市级部门派驻两人", "money": "按户补助工作经费",
        "town_duty": "摸清辖区使用瓶装液化气的餐饮场所", "temporary": True, "ends_on": on + timedelta(days=90),
        "towns": [town.id],
    }  # fmt: skip
