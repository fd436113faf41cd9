"""One policy document on one page: front matter, clause text, rules and golden cases, checked while it is written."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.enterprise.benefits import actions
from sanfu.enterprise.benefits.content import parsed, skeleton
from sanfu.enterprise.benefits.editing import sealed
from sanfu.enterprise.benefits.models import PolicyVersion
from sanfu.enterprise.benefits.policies import Policy, may_edit, open_version
from sanfu.kernel.opening import Unopened, decoded
from sanfu.lists.versions import VersionState
from sanfu.records.actor import NotAllowed, Refused
from sanfu.web.access import once, page
from sanfu.web.officer.benefits.policies import find_policy
from sanfu.web.officer.benefits.trial import trial_context
from sanfu.web.request import Request

LONGEST = 400_000  # characters of one document


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _uploaded(request: Request) -> str:
    """The text of an uploaded .md or .txt; Refused when it is no text."""
    given = request.FILES.get("file")
    if given is None:
        raise Refused("请先选择 .md 或 .txt 文件，再按“读入文件”。")
    content = given.read(4 * LONGEST + 1)
    if len(content) > 4 * LONGEST:
        raise Refused(f"文件太大；一份政策文件不超过{LONGEST // 10_000}万字，请核对是否选错文件。")
    try:
        if "\x00" not in (text := decoded(content)):
            return _clean(text)
    except Unopened:
        pass
    raise Refused(f"“{given.name}”不是文本文件；请另存为 UTF-8 的 .md 再读入，或把全文粘贴到编辑框。")


def _context(
    request: Request,
    base: Policy | None,
    version: PolicyVersion | None,
    text: str,
    golden: str,
    **more: Any,
) -> dict[str, Any]:
    starts = (version.effective_from if version else None) or request.today
    return {
        "title": base.document.title if base else "起草新政策",
        "crumbs": [("政策库", "officer:benefit_policies")],
        "p": base,
        "version": version,
        "state": VersionState(version.state) if version else None,
        "text": text,
        "old": base.document.source if base and not base.written else "",
        "golden_text": golden,
        "old_golden": base.golden_text if base else "",
        "note": version.note if version else "",
        "starts_on": starts,
        **trial_context(request, base, text, golden, whole=True),
        **more,
    }


def _editable(request: Request, id: str) -> tuple[Policy, PolicyVersion | None]:
    base = find_policy(request, id)
    version = open_version(request.actor, base.id)
    if version is not None and version.state != VersionState.DRAFT:
        raise Refused(f"第{version.number}版已提交复核，不能再改；要改请复核人退回，或先撤回。")
    if not may_edit(request.actor, base.document):
        raise NotAllowed("只能修改本部门牵头的政策；请联系责任部门的政策专员。")
    return base, version


@page("benefits.edit")
@once
def document(request: Request, id: str) -> HttpResponse:
    """整份编辑: the whole document of a policy, as it stands or as its draft says."""
    base, version = _editable(request, id)
    if request.method == "POST":
        return _posted(request, base, version)
    text = version.text if version else base.document.source
    golden = (version.golden if version else "") or base.golden_text
    return render(request, "officer/benefits/document.html", _context(request, base, version, text, golden))


@page("benefits.edit")
@once
def document_new(request: Request) -> HttpResponse:
    """起草新政策: from the skeleton, a pasted text or an uploaded file."""
    if request.method == "POST":
        return _posted(request, None, None)
    text = skeleton(request.actor.organisation_code, request.today)
    return render(request, "officer/benefits/document.html", _context(request, None, None, text, ""))


@page("benefits.edit")
@require_POST
def document_try(request: Request, id: str = "") -> HttpResponse:
    """边写边看: errors with line and column, golden cases, checks, whom it hits. Writes nothing."""
    base = find_policy(request, id) if id else None
    text, golden = _said(request)
    return render(
        request, "officer/benefits/trial.html", trial_context(request, base, text, golden, whole=True)
    )


def _said(request: Request) -> tuple[str, str]:
    text = _clean(request.POST.get("source", ""))
    if len(text) > LONGEST:
        raise Refused(f"全文超过{LONGEST // 10_000}万字，没有保存；请核对是否粘贴了别的内容。")
    return text, _clean(request.POST.get("golden", ""))


def _posted(request: Request, base: Policy | None, version: PolicyVersion | None) -> HttpResponse:
    """读入、重记校验值、存草稿、提交; whatever goes wrong, the text comes back as it was typed."""
    text, golden = _said(request)
    refused, note = "", request.POST.get("note", "").strip()
    try:
        if "load" in request.POST:
            text = _uploaded(request)
            messages.info(request, "已读入文件，还没有保存；请看右边的检查结果。")
        elif "seal" in request.POST:
            text = _sealed(base, text)
            messages.info(request, "已按现在的条款原文重记校验值，还没有保存。")
        else:
            return _kept(request, base, version, text, golden, note)
    except Refused as said:
        refused = str(said)
        version = open_version(request.actor, base.id) if base else None
    shown = _context(request, base, version, text, golden, refused=refused)
    shown["note"] = note
    return render(request, "officer/benefits/document.html", shown, status=422 if refused else 200)


def _sealed(base: Policy | None, text: str) -> str:
    document = parsed(base.document.name if base else "新政策", text)
    if not document.clauses:
        raise Refused("还没有读出条款，没有校验值可记；请先把规则写对。")
    return sealed(document)


def _kept(
    request: Request, base: Policy | None, version: PolicyVersion | None, text: str, golden: str, note: str
) -> HttpResponse:
    by, at = request.actor, request.now
    if version is not None:
        actions.save(version, text, note=note, golden=golden, by=by, at=at)
    elif base is not None:
        version = actions.draft(base.id, text, note=note, golden=golden, by=by, at=at)
    else:
        version = actions.draft_new(text, note=note, golden=golden, by=by, at=at)
    if "submit" not in request.POST:
        messages.success(request, f"第{version.number}版草稿已保存，还没有生效。")
        return redirect("officer:benefit_document", id=version.policy)
    try:
        starts = date.fromisoformat(request.POST.get("starts_on", ""))
        actions.submit(version, starts_on=starts, by=by, at=at)
    except (Refused, ValueError) as said:
        why = str(said) if isinstance(said, Refused) else "请填写生效日，例如 2026-12-01。"
        messages.error(request, f"草稿已保存，但没有提交：{why}")
        return redirect("officer:benefit_document", id=version.policy)
    messages.success(request, f"第{version.number}版已提交复核，请另一位复核人员办理。")
    return redirect("officer:benefit_policy", id=version.policy)


@page("benefits.see")
def document_text(request: Request, id: str) -> HttpResponse:
    """The document as a .md file: as it stands, or a version by number."""
    base = find_policy(request, id)
    if base.written and open_version(request.actor, id) is None:
        raise Http404("没有这份政策，或不在您可以查看的范围内。")
    response = HttpResponse(base.document.source, content_type="text/markdown; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{base.id}.md"'
    return response
