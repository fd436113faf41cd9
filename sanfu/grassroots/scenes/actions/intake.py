"""Writes of the applicant: answer, fill, upload once, submit; pre-review before the land, signing after."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO

from django.db import transaction

from sanfu.cases.actions import Changes, Opening, note, open_case
from sanfu.cases.models import Case
from sanfu.grassroots.scenes import queries, rules
from sanfu.grassroots.scenes.actions.catalogue import import_shipped
from sanfu.grassroots.scenes.actions.shared import (
    cap_rule,
    compiled_guide,
    digest_of,
    for_firm,
    lacking_rule,
    move,
    move_branch,
)
from sanfu.grassroots.scenes.library import defaults
from sanfu.grassroots.scenes.models import Application, Branch, Opinion, Submitted
from sanfu.grassroots.scenes.room import BRANCH, JOINT
from sanfu.grassroots.scenes.states import (
    BRANCH_FLOW,
    JOINT_FLOW,
    LACKING,
    BranchEvent,
    JointEvent,
    JointState,
)
from sanfu.kernel.joint.compiling.guide import find_bundle
from sanfu.people.models import Organisation
from sanfu.people.queries import organisation
from sanfu.records import files
from sanfu.records.actions import number
from sanfu.records.actor import Actor, NotAllowed, Refused, machine
from sanfu.records.moments import day_of

SIGNING_ITEM_KIND = "外部事件"


@transaction.atomic
def begin(
    bundle: str, *, firm: Organisation | None, by: Actor, at: datetime, known: Mapping[str, Any] | None = None
) -> Application:
    """Open a draft. An agent names the firm that gave the mandate; a firm's person acts for the own firm.

    known: fields of the form that a register of the platform already holds (统一社会信用代码 …).
    """
    version = queries.current_version(by.region) or import_shipped(by=machine(by.region), at=at)
    found = find_bundle(queries.catalog_of(version), bundle)
    owner = firm.id if firm else by.organisation
    if owner != by.organisation and queries.mandate_of(by, owner, day_of(at)) is None:
        raise NotAllowed("没有这家企业的有效委托书，不能代办。")
    lead = organisation(by.region, found.lead)
    opening = Opening(
        JOINT.code, number("LB", by=by, at=at), found.name, lead=lead.id if lead else None,
        units=frozenset({lead.id} if lead else ()), applicant=by.id, firm=owner,
        pinned={"catalogue": version.number, "digest": version.digest},
    )  # fmt: skip
    case = open_case(opening, JOINT_FLOW, by=by, at=at)
    application = Application.objects.create(
        case=case,
        region=by.region,
        bundle=found.id,
        version=version,
        facts={**_known_facts(case, by), **(known or {})},
    )
    return _recompile(application, at)


def _known_facts(case: Case, by: Actor) -> dict[str, Any]:
    """What the account itself says of the firm and of the person who applies."""
    firm = case.firm
    return {"agent.name": by.name, **({"org.name": firm.name, "org.code": firm.code} if firm else {})}


def _recompile(application: Application, at: datetime, prereview: tuple[str, ...] = ()) -> Application:
    application.guide = compiled_guide(
        application.version, application.bundle, answers=application.answers, facts=application.facts,
        on=day_of(at), prereview=prereview,
    )  # fmt: skip
    application.digest = digest_of(application.guide)
    application.save()
    return application


def _in_draft(application: Application) -> None:
    if application.case.state != JointState.DRAFT:
        raise Refused("申请已经提交，不能再改；需要补正时会由部门一次性告知。")


@transaction.atomic
def answer(application: Application, question: str, value: Any, *, by: Actor, at: datetime) -> Application:
    """Answer one question; later answers that no longer fit are dropped, and the guide is compiled anew."""
    _in_draft(application)
    for_firm(application, by, at)
    answers = {**application.answers, question: value}
    if value is None:
        answers.pop(question)
    application.answers = answers
    made = _recompile(application, at)
    note(
        application.case,
        "answer",
        by=by,
        at=at,
        data={"question": question, "answer": value, **_in_words(made, question)},
    )
    return made


def _in_words(application: Application, question: str) -> dict[str, str]:
    """The question and its answer as the applicant read them; an answer taken back has none."""
    told = {row["id"]: row for key in ("situation", "questions") for row in application.guide[key]}
    row = told.get(question, {})
    return {"asked": row.get("text", ""), "answered": row.get("label", "")}


@transaction.atomic
def fill(application: Application, form: Mapping[str, str], *, by: Actor, at: datetime) -> Application:
    """Keep typed fields, until the application is submitted or the land is signed."""
    if application.case.state not in (JointState.DRAFT, JointState.PREREVIEW):
        raise Refused("申请已经提交，表单不能再改；需要补正时会由部门一次性告知。")
    for_firm(application, by, at)
    known = {f["id"]: f for f in application.guide["form"]["fields"]}
    unknown = sorted(set(form) - set(known))
    if unknown:
        raise Refused(f"表单里没有这些字段：{'、'.join(unknown)}")
    kept = {**application.form, **{k: v.strip()[:2000] for k, v in form.items()}}
    application.form = {k: v for k, v in kept.items() if v}
    note(application.case, "fill", by=by, at=at, data={"fields": sorted(form)})
    application.save(update_fields=["form"])
    return application


@transaction.atomic
def upload(
    application: Application, material: str, *, name: str, content: BinaryIO, by: Actor, at: datetime
) -> Submitted:
    """Upload a material once for the whole application; a wrong, oversized or executable file is refused."""
    for_firm(application, by, at)
    title, row = _wanted(application, material)
    if row and row.file_id and application.case.state not in (JointState.DRAFT, JointState.PREREVIEW):
        raise Refused(f"“{title}”已经提交过一份，各部门共用，不必再交。")
    stored = files.store(name=name, content=content, by=by, at=at)
    submitted, _ = Submitted.objects.update_or_create(
        application=application, material=material,
        defaults={"region": by.region, "name": title, "file": stored, "at": at},
    )  # fmt: skip
    data = {"material": material, "name": title, "file": stored.sha256, "deferred": submitted.deferred}
    note(application.case, "upload", by=by, at=at, data=data)
    _late_materials_came(application, submitted, by=by, at=at)
    return submitted


def _late_materials_came(application: Application, last: Submitted, *, by: Actor, at: datetime) -> None:
    """The clock 容缺补正 stops when the last material that was put off is there."""
    waiting = application.materials.filter(deferred=True, file=None).exists()
    if (
        last.deferred
        and not waiting
        and application.case.clocks.filter(name=LACKING, stopped_at=None).exists()
    ):
        move(application, JointEvent.COMPLETE, by=by, at=at, data={"materials_complete": True})


@transaction.atomic
def defer(application: Application, material: str, *, by: Actor, at: datetime) -> Submitted:
    """Promise a material for later (容缺): it stays on the list, with a day of its own."""
    for_firm(application, by, at)
    kept = next((m for m in application.guide["materials"]["kept"] if m["id"] == material), None)
    if kept is None or not kept["deferred"]:
        raise Refused("这份材料不能容缺，请现在提交。")
    due = day_of(at) + timedelta(days=setting(application, "defer_days"))
    submitted, _ = Submitted.objects.update_or_create(
        application=application, material=material,
        defaults={"region": by.region, "name": kept["name"], "deferred": True, "due_on": due, "at": at},
    )  # fmt: skip
    data = {"material": material, "name": kept["name"], "due_on": due.isoformat()}
    note(application.case, "defer", by=by, at=at, data=data)
    return submitted


def setting(application: Application, name: str) -> int:
    """A number of days that the bundle sets itself, or the county's default."""
    return int(application.guide["input"]["bundle"].get(name, defaults()[name]))


def _wanted(application: Application, material: str) -> tuple[str, Submitted | None]:
    row = application.materials.filter(material=material).first()
    kept = {m["id"]: m["name"] for m in application.guide["materials"]["kept"]}
    if material in kept:
        return kept[material], row
    if row:
        return row.name, row
    dropped = {m["id"]: m["detail"] for m in application.guide["materials"]["dropped"]}
    if material in dropped:
        raise Refused(f"这份材料不用交：{dropped[material]}。")
    raise Refused("这份申请不需要这份材料。")


def obstacles(application: Application) -> list[str]:
    """What still stands between a draft and its submission, in words."""
    found = [f"请先回答：{text}" for text in rules.missing_answers(application.guide)]
    found += [f"表单还缺：{name}" for name in rules.unfilled(application.guide, application.form)]
    given = queries.materials_by_code(application)
    kept = application.guide["materials"]["kept"]
    return found + [f"还没有上传：{m['name']}" for m in kept if m["id"] not in given]


@transaction.atomic
def submit(application: Application, *, by: Actor, at: datetime, expected: int | None = None) -> Application:
    """Submit once: pin the guide, open a branch per item, start the cap clock."""
    agent = for_firm(application, by, at)
    found = obstacles(application)
    if found:
        raise Refused(";".join(found))
    if _needs_signing(application):
        raise Refused("这件事从签订出让合同起算：还没拿地请先“提交预审”，拿地后填合同编号转正。")
    _recompile(application, at)
    return _launch(application, JointEvent.SUBMIT, agent, by=by, at=at, expected=expected)


def _needs_signing(application: Application) -> bool:
    return any(i["kind"] == SIGNING_ITEM_KIND for i in application.guide["items"])


def _launch(
    application: Application, event: JointEvent, data: dict[str, Any], *, by: Actor, at: datetime,
    expected: int | None, converted: tuple[str, ...] = (),
) -> Application:  # fmt: skip
    application.submitted_at = at
    application.save(update_fields=["submitted_at"])
    units = {u.id for i in application.guide["items"] if (u := organisation(by.region, i["dept"]))}
    pinned = {
        "catalogue": application.version.number,
        "digest": application.version.digest,
        "guide": application.digest,
    }
    clocks = {**cap_rule(application), **lacking_rule(application, day_of(at))}
    changes = Changes(add_units=frozenset(units), clocks=clocks, pinned=pinned)
    move(
        application,
        event,
        by=by,
        at=at,
        data={**data, "guide": application.digest},
        changes=changes,
        expected=expected,
    )
    for item in application.guide["items"]:
        open_branch(application, item["id"], by=by, at=at, prereviewed=item["id"] in converted)
    arrive(application, by=machine(by.region), at=at)
    return application


def open_branch(
    application: Application, item: str, *, by: Actor, at: datetime, prereviewed: bool = False
) -> Branch:
    """One branch case for one item; whoever has no department of that code gets the lead department's."""
    entry = next(i for i in application.guide["items"] if i["id"] == item)
    lead = organisation(by.region, entry["dept"]) or application.case.lead
    place = application.branches.count() + 1
    opening = Opening(
        BRANCH.code, f"{application.case.number}-{place:02}", entry["name"], lead=lead.id if lead else None,
        units=frozenset({lead.id} if lead else ()), firm=application.case.firm_id, parent=application.pk,
        pinned={"guide": application.digest}, data={"item": item},
    )  # fmt: skip
    case = open_case(opening, BRANCH_FLOW, by=by, at=at)
    return Branch.objects.create(
        case=case,
        region=by.region,
        application=application,
        item=item,
        name=entry["name"],
        prereviewed=prereviewed,
    )


def arrive(application: Application, *, by: Actor, at: datetime) -> None:
    """Branches whose prerequisites are all granted may be accepted; those that can never be are ended."""
    waits = {row["id"]: row["waits"] for row in application.guide["schedule"]}
    moved = True
    while moved:
        moved = False
        states = queries.states_of(application)
        for branch in application.branches.filter(case__state="waiting").select_related("case"):
            groups = waits.get(branch.item, [])
            if rules.arrived(groups, states):
                move_branch(branch, BranchEvent.ARRIVE, by=by, at=at)
            elif rules.hopeless(groups, states):
                move_branch(branch, BranchEvent.HALT, by=by, at=at, data={"reason": "所等待的事项未获通过"})
                moved = True


@transaction.atomic
def ask_prereview(application: Application, *, by: Actor, at: datetime) -> Application:
    """Ask for pre-review opinions before the land is signed: nothing is decided and no clock runs."""
    agent = for_firm(application, by, at)
    if not application.guide["input"]["bundle"].get("pre_review"):
        raise Refused("这件事没有可以预审的事项，请直接提交。")
    questions = rules.missing_answers(application.guide)
    if questions:
        raise Refused(";".join(f"请先回答：{text}" for text in questions))
    units = {u.id for i in application.guide["items"] if (u := organisation(by.region, i["dept"]))}
    changes = Changes(add_units=frozenset(units))
    move(application, JointEvent.PREREVIEW, by=by, at=at, data=agent, changes=changes)
    return application


@transaction.atomic
def give_opinion(
    application: Application, item: str, *, agrees: bool, text: str, by: Actor, at: datetime
) -> Opinion:
    """预审意见 of one department. It decides nothing, and it ages."""
    if application.case.state != JointState.PREREVIEW:
        raise Refused("只有预审中的申请才能出预审意见。")
    entry = next((i for i in application.guide["items"] if i["id"] == item), None)
    bundle = application.guide["input"]["bundle"]
    if entry is None or item not in bundle.get("pre_review", []):
        raise Refused("这个事项不能预审。")
    unit = organisation(by.region, entry["dept"])
    if unit is None or unit.id not in by.units or not by.may("scenes.handle"):
        raise NotAllowed(f"预审意见由{entry['dept_name']}出具。")
    if not text.strip():
        raise Refused("请写明预审意见。")
    day = day_of(at)
    until = day + timedelta(days=setting(application, "prereview_valid_days"))
    opinion = Opinion.objects.create(
        region=by.region, application=application, item=item, agrees=agrees, text=text.strip(), given_on=day,
        valid_until=until, unit=unit, by_name=by.name,
    )  # fmt: skip
    note(
        application.case,
        "opinion",
        by=by,
        at=at,
        data={"item": item, "agrees": agrees, "until": until.isoformat()},
    )
    return opinion


def convertible(application: Application, on: date) -> tuple[list[str], list[str]]:
    """Items whose latest opinion agrees and is still valid, and those that are out of date or refused."""
    latest = {o.item: o for o in application.opinions.order_by("given_on", "id")}
    good = [i for i, o in latest.items() if o.agrees and o.valid_until >= on]
    return good, [i for i in latest if i not in good]


@transaction.atomic
def sign(
    application: Application, *, contract: str, by: Actor, at: datetime, expected: int | None = None
) -> Application:
    """签订出让合同: the clock begins; valid opinions become decisions after conversion, stale ones do not."""
    agent = for_firm(application, by, at) if not by.may("scenes.compile") else {}
    if not contract.strip():
        raise Refused("请填写出让合同编号（电子监管号）。")
    application.form = {**application.form, "land.contract": contract.strip()}
    found = obstacles(application)
    if found:
        raise Refused(";".join(found))
    good, stale = convertible(application, day_of(at))
    application.contract_number = contract.strip()[:60]
    _recompile(application, at, prereview=tuple(good))
    application.opinions.filter(item__in=good, agrees=True).update(converted_at=at)
    data = {**agent, "contract": contract.strip(), "converted": good, "not_converted": stale}
    _launch(application, JointEvent.SIGN, data, by=by, at=at, expected=expected, converted=tuple(good))
    return _settle_signing(application, at)


def _settle_signing(application: Application, at: datetime) -> Application:
    """The signing itself is done by being recorded: its branch is accepted and closed by the platform."""
    clerk = Actor(None, "系统（合同登记）", application.region, permissions=frozenset({"scenes.handle"}))
    kinds = {i["id"]: i["kind"] for i in application.guide["items"]}
    for branch in application.branches.select_related("case"):
        if kinds.get(branch.item) == SIGNING_ITEM_KIND:
            move_branch(branch, BranchEvent.ACCEPT, by=clerk, at=at)
            move_branch(
                branch, BranchEvent.PASS, by=clerk, at=at, data={"number": application.contract_number}
            )
            branch.result_number = application.contract_number
            branch.save(update_fields=["result_number"])
    arrive(application, by=clerk, at=at)
    return application
