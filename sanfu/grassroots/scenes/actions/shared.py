"""What several writes of a joint application need: compile, pin, digest, who acts for the firm."""

import hashlib
import json
from datetime import date, datetime
from fractions import Fraction
from math import ceil
from typing import Any

from django.db.models import Min

from sanfu.cases.actions import Changes, Stepped, step
from sanfu.cases.timing import Rule
from sanfu.grassroots.scenes import queries
from sanfu.grassroots.scenes.library import axis_for
from sanfu.grassroots.scenes.models import Application, Branch, CatalogueVersion
from sanfu.grassroots.scenes.rules import GUARDS, Said
from sanfu.grassroots.scenes.states import BRANCH_FLOW, JOINT_FLOW, LACKING, BranchEvent, JointEvent
from sanfu.kernel.clocks import ClockRule, Unit
from sanfu.kernel.joint.catalogue.problems import CatalogError
from sanfu.kernel.joint.compiling.guide import Order, compile_bundle, guide
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.moments import day_of


def digest_of(data: Any) -> str:
    """Hash of data in one canonical form."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def compiled_guide(
    version: CatalogueVersion,
    bundle: str,
    *,
    answers: dict[str, Any],
    facts: dict[str, Any],
    on: date,
    prereview: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The guide of a situation under one catalogue version; Refused with the catalogue's own words."""
    try:
        order = Order(bundle, on, answers, facts, prereview=prereview)
        compiled = compile_bundle(queries.catalog_of(version), order, axis_for(on))
    except CatalogError as error:
        raise Refused(";".join(problem.message for problem in error.problems)) from error
    plain: dict[str, Any] = json.loads(json.dumps(guide(compiled), ensure_ascii=False, default=str))
    return plain


def for_firm(application: Application, by: Actor, at: datetime) -> dict[str, Any]:
    """Who acts for the firm: its own person, or an agent with a mandate in force. NotAllowed otherwise."""
    if by.organisation == application.case.firm_id:
        return {}
    mandate = queries.mandate_of(by, application.case.firm_id, day_of(at))
    if mandate is None:
        raise NotAllowed("只有本企业经办人，或持有效委托书的帮办代办员可以办理；请企业先出具委托。")
    return {"agent": True, "mandate": str(mandate.id)}


def move(application: Application, event: JointEvent, *, by: Actor, at: datetime, **more: Any) -> Stepped:
    done = step(application.pk, JOINT_FLOW, event, by=by, at=at, **more)
    application.case.refresh_from_db()
    return done


def move_branch(
    branch: Branch,
    event: BranchEvent,
    *,
    by: Actor,
    at: datetime,
    said: Said | None = None,
    data: dict[str, Any] | None = None,
    changes: Changes | None = None,
    expected: int | None = None,
) -> Stepped:
    record = {"item": branch.item, **(data or {})}
    return step(
        branch.pk, BRANCH_FLOW, event, by=by, at=at, guards=GUARDS, facts=said or Said(), data=record,
        changes=changes, expected=expected,
    )  # fmt: skip


def clock_rules(application: Application, item: str) -> dict[str, Rule]:
    """The promised and the statutory clock of an item, as its pinned guide says."""
    row = next(r for r in application.guide["schedule"] if r["id"] == item)
    entry = next(i for i in application.guide["items"] if i["id"] == item)
    limit = entry["statutory"]
    whole = float(row["days"]).is_integer()
    # Clocks count whole days: a promise of half a day ends with the working day, and says so.
    promised = "本县承诺" if whole else f"本县承诺{row['days']:g}天，时钟按整日进位"
    rules = {"承诺": _rule(row["days"], row["unit"], promised, "")}
    if limit["unit"] in ("wd", "day") and limit["value"]:
        rules["法定"] = _rule(limit["value"], limit["count_as"], "法定时限", limit["basis"])
    return rules


def cap_rule(application: Application) -> dict[str, Rule]:
    cap = (application.guide["input"]["bundle"] or {}).get("cap")
    return (
        {"联办上限": _rule(cap["v"], cap.get("u", "wd"), "联合办理上限", cap.get("src", ""))} if cap else {}
    )


def lacking_rule(application: Application, on: date) -> dict[str, Rule]:
    """容缺补正: calendar days until the first material that was put off must come; none when none was."""
    days = application.materials.filter(deferred=True, file=None).aggregate(first=Min("due_on"))["first"]
    if days is None:
        return {}
    left = max((days - on).days, 0)
    # The firm was told a day; it does not move over a holiday.
    return {LACKING: Rule(ClockRule(Unit.DAY, Fraction(left), roll=False), "容缺承诺书", "本县容缺口径")}


def _rule(days: float, unit: str, source: str, basis: str) -> Rule:
    kind = Unit.DAY if unit == "day" else Unit.WORKDAY
    return Rule(ClockRule(kind, Fraction(ceil(days))), source, basis)
