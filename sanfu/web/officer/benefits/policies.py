"""政策库 and the policy page: clause on the left, rule on the right, and what a change would do."""

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.enterprise.benefits import actions
from sanfu.enterprise.benefits.content import references
from sanfu.enterprise.benefits.editing import join_parts, split_parts
from sanfu.enterprise.benefits.models import PolicyVersion
from sanfu.enterprise.benefits.policies import (
    BEING_WRITTEN,
    Policy,
    find,
    in_force,
    may_edit,
    open_version,
    owner_of,
    visible_versions,
    work_in_progress,
)
from sanfu.kernel.flow import Labelled
from sanfu.kernel.marks import Mark
from sanfu.lists.versions import VersionEvent, VersionState, stands
from sanfu.records.actor import Refused
from sanfu.web.access import once, page
from sanfu.web.components.table import Choice, Column, Search, Table
from sanfu.web.components.versions import VersionSteps
from sanfu.web.officer.benefits.trial import trial_context
from sanfu.web.request import Request


class Force(Labelled):
    """效力 of a policy document on a day."""

    NOW = "now", "现行", "ok"
    LATER = "later", "未施行", "info"
    OVER = "over", "已失效"
    BAD = "bad", "有错误", "danger"
    NEW = "new", "起草中", "warn"


POLICIES = Table(
    "policies",
    title="政策库",
    unit="份",
    tie="",
    columns=[
        Column("title", "政策文件", wide=True, link="officer:benefit_policy", link_args=("id",)),
        Column("number", "文号", wide=True),
        Column("level", "层级"),
        Column("owner", "责任部门"),
        Column("clauses", "条款", kind="number", sort=True),
        Column("force", "效力", tags=Force),
        Column("mark", "核对", tags=Mark),
        Column("start", "施行", kind="date", sort=True),
        Column("version", "版本", kind="number"),
        Column("work", "修订", tags=VersionState),
    ],
    filters=[
        Search(apply=lambda rows, words: [r for r in rows if words in r["title"] + r["number"] + r["id"]]),
        Choice("level", "层级", [(v, v) for v in ("国家级", "省级", "市级", "县级")]),
        Choice("force", "效力", Force.choices()),
    ],
    empty="政策库是空的。请把政策文件放进内容库，或联系系统管理员。",
)


def force_of(policy: Policy, day: date) -> Force:
    """Whether a document binds on a day."""
    document = policy.document
    if policy.written:
        return Force.NEW
    if document.problems:
        return Force.BAD
    if document.start and document.start > day:
        return Force.LATER
    return Force.OVER if document.end and document.end < day else Force.NOW


@page("benefits.see")
def policy_list(request: Request) -> HttpResponseBase:
    """政策库: every document of the county on today, with its version and whether somebody is working on it."""
    policies = in_force(request.actor.region, request.today)
    written = visible_versions(request.actor).filter(state__in=BEING_WRITTEN)
    working = dict(written.values_list("policy", "state"))
    known = {one.id for one in policies}
    fresh = [work_in_progress(request.actor, policy) for policy in sorted(working.keys() - known)]
    policies += [one for one in fresh if one is not None]
    rows = [
        {
            "id": one.id,
            "title": one.document.title,
            "number": one.document.number,
            "level": one.document.level,
            "owner": _owner_name(request, one),
            "clauses": len(one.document.clauses),
            "force": force_of(one, request.today),
            "mark": one.document.mark,
            "start": one.document.start,
            "version": one.number,
            "work": working.get(one.id, ""),
        }
        for one in policies
    ]
    waiting = sum(state == VersionState.WAITING for state in working.values())
    context = {
        "waiting": waiting,
        "references": [d for d in references() if not d.problems],
        "reference_clauses": sum(len(d.clauses) for d in references()),
    }
    return POLICIES.respond(request, rows, "officer/benefits/policies.html", context)


def _owner_name(request: Request, policy: Policy) -> str:
    owner = owner_of(request.actor.region, policy.document)
    return owner.short if owner else policy.document.owner


def find_policy(request: Request, id: str, day: date | None = None) -> Policy:
    """The policy as it stands, or 404."""
    found = find(request.actor.region, id, day or request.today) or work_in_progress(request.actor, id)
    if found is None:
        raise Http404("没有这份政策，可能编号写错；请从政策库重新进入。")
    return found


@page("benefits.see")
def policy(request: Request, id: str) -> HttpResponse:
    """政策页: the text in force, or the version being worked on when the reader may see it."""
    base = find_policy(request, id)
    work = open_version(request.actor, base.id)
    asked = request.GET.get("version")
    chosen = _asked(request, base, asked) if asked else (work if work else None)
    text = chosen.text if chosen else base.document.source
    return render(request, "officer/benefits/policy.html", _context(request, base, chosen, text))


def _asked(request: Request, base: Policy, number: str) -> PolicyVersion | None:
    if number == "0" or not number.isdecimal():
        return None
    found = visible_versions(request.actor).filter(policy=base.id, number=int(number)).first()
    if found is None:
        raise Http404("没有这一版，或不在您可以查看的范围内。")
    return found


def _context(request: Request, base: Policy, version: PolicyVersion | None, text: str) -> dict[str, Any]:
    state = version.state if version else ""
    edits = may_edit(request.actor, base.document) and state in ("", VersionState.DRAFT)
    return {
        "title": base.document.title,
        "crumbs": [("政策库", "officer:benefit_policies")],
        "p": base,
        "version": version,
        "state": VersionState.of(state),
        "force": force_of(base, request.today),
        "about": _about(request, base),
        "pairs": pairs_of(text),
        "text": text,
        "edits": edits,
        "panel": STEPS.panel(request, version) if version else None,
        "note": version.note if version else "",
        "starts_on": (version.effective_from if version else None) or request.today,
        "versions": [
            (one, stands(one, request.today)[0])
            for one in visible_versions(request.actor).filter(policy=base.id).order_by("-number")
        ],
        "old": "" if base.written else base.document.source,
        "golden_text": version.golden if version else "",
        "today": request.today,
        **trial_context(request, base, text, (version.golden or None) if version else None),
    }


def _about(request: Request, base: Policy) -> list[tuple[str, Any]]:
    d = base.document
    return [
        ("文号", d.number),
        ("发布机关", d.issuer),
        ("责任部门", _owner_name(request, base)),
        ("施行", d.start),
        ("失效", d.end),
        ("替代", "、".join(d.replaces)),
        ("核对", d.mark),
        (
            "在用版本",
            f"第{base.number}版" if base.number else ("还没有生效" if base.written else "随平台发布"),
        ),
    ]


def pairs_of(text: str) -> list[dict[str, Any]]:
    """Clause text beside each rule block: headings and prose without fences and front matter."""
    parts = split_parts(text)
    found, held = [], ""
    for part in parts:
        if part.is_rule:
            found.append(
                {
                    "text": held,
                    "block": part.block,
                    "rule": part.text,
                    "rows": part.text.count("\n") + 2,
                    "line": part.line,
                }
            )
            held = ""
        else:
            held = _prose(part.text, first=part.line == 1)
    return found


def _prose(text: str, first: bool) -> str:
    lines = text.split("\n")
    if first and lines and lines[0].strip() == "---":
        end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0)
        lines = lines[end + 1 :]
    return "\n".join(line.lstrip("# ") for line in lines if not line.startswith(("```", "~~~"))).strip()


def posted_text(request: Request, base: Policy) -> str:
    """The rule blocks of the form, put back into the text they came from."""
    version = open_version(request.actor, base.id)
    parts = split_parts(version.text if version else base.document.source)
    said = {
        part.block: request.POST[f"block-{part.block}"]
        for part in parts
        if part.block is not None and f"block-{part.block}" in request.POST
    }
    return join_parts(parts, {k: v for k, v in said.items() if k is not None})


@page("benefits.see")
@require_POST
def try_text(request: Request, id: str) -> HttpResponse:
    """边写边看: what the text in the form parses to, whom it hits, what it costs, what breaks. Writes nothing."""
    base = find_policy(request, id)
    return render(
        request, "officer/benefits/trial.html", trial_context(request, base, posted_text(request, base))
    )


@page("benefits.edit")
@once
@require_POST
def policy_save(request: Request, id: str) -> HttpResponse:
    """存草稿 or 提交复核; a refusal comes back with the text as it was typed."""
    base = find_policy(request, id)
    text = posted_text(request, base)
    note = request.POST.get("note", "").strip()
    version = open_version(request.actor, base.id)
    try:
        if version is None:
            version = actions.draft(base.id, text, note=note, by=request.actor, at=request.now)
        else:
            actions.save(version, text, note=note, by=request.actor, at=request.now)
        if "submit" in request.POST:
            starts = _day(request.POST.get("starts_on", ""))
            actions.submit(version, starts_on=starts, by=request.actor, at=request.now)
            messages.success(request, f"第{version.number}版已提交复核，请另一位复核人员办理。")
        else:
            messages.success(request, f"第{version.number}版草稿已保存，还没有生效。")
    except Refused as refused:
        kept = open_version(request.actor, base.id)
        context = _context(request, base, kept, text) | {"refused": str(refused), "note": note}
        return render(request, "officer/benefits/policy.html", context, status=422)
    return redirect("officer:benefit_policy", id=base.id)


def _day(raw: str) -> date:
    try:
        return date.fromisoformat(raw)
    except ValueError as wrong:
        raise Refused("请填写生效日，例如 2026-12-01。") from wrong


def version_or_404(request: Request, id: uuid.UUID) -> PolicyVersion:
    """A version that this person may see, or 404."""
    found = visible_versions(request.actor).filter(pk=id).first()
    if found is None:
        raise Http404("没有这一版，或不在您可以查看的范围内。")
    return found


E = VersionEvent
STEPS = VersionSteps(
    find=version_or_404, page="officer:benefit_policy", act="officer:benefit_policy_act",
    args=lambda version: [version.policy],
    do={E.APPROVE: actions.approve, E.SEND_BACK: actions.give_back, E.DISCARD: actions.withdraw},
    labels={E.APPROVE: "复核通过", E.DISCARD: "撤回这一版"},
)  # fmt: skip


@page("benefits.see")
@once
def policy_act(request: Request, id: uuid.UUID, event: str) -> HttpResponseBase:
    """复核通过、退回、撤回: one step of a version."""
    return STEPS.respond(request, id, event)
