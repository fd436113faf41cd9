"""The drafter's pre-check pane: paste or upload, see each demand's verdict with evidence, then send or take back."""

import uuid

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.grassroots.duties import actions, queries, versions
from sanfu.grassroots.duties.models import Document
from sanfu.grassroots.duties.states import DocumentState
from sanfu.kernel.duties.judging.verdicts import Verdict
from sanfu.records.actor import Refused
from sanfu.records.files import path_of
from sanfu.records.models import StoredFile
from sanfu.web.access import once, page, refuse
from sanfu.web.components.table import Choice, Column, Table
from sanfu.web.officer.duties import show
from sanfu.web.officer.duties.forms import CheckForm, SendForm
from sanfu.web.request import Request

DOCUMENTS = Table(
    "duty-documents",
    title="发文预检",
    unit="份",
    default_sort="-drafted_at",
    columns=[
        Column("number", "编号", link="officer:duty_document", sort=True),
        Column("title", "标题", wide=True),
        Column("issuer__short", "发文部门"),
        Column("kind", "文种"),
        Column("verdict", "预检结论", tags=Verdict),
        Column("state", "状态", tags=DocumentState),
        Column("drafted_name", "拟稿人"),
        Column("drafted_at", "预检时间", kind="datetime", sort=True),
    ],
    filters=[
        Choice("verdict", "结论", Verdict.choices()),
        Choice("state", "状态", DocumentState.choices()),
    ],
    empty="还没有预检过的文稿。点“预检文稿”，粘贴正文或上传文件。",
)


@page("duties.precheck")
def document_list(request: Request) -> HttpResponseBase:
    """发文预检: own department's drafts."""
    return DOCUMENTS.respond(
        request, queries.documents(request.actor), "officer/duties/documents.html", {"may_check": True}
    )


@page("duties.precheck")
@once
def check(request: Request) -> HttpResponseBase:
    """预检文稿: paste or upload, against the list of the chosen town on this day."""
    form = CheckForm(request.POST or None, request.FILES or None, region=request.actor.region)
    context = {
        "title": "预检文稿",
        "form": form,
        "crumbs": [("发文预检", "officer:duty_documents")],
        "submit": "开始预检",
    }
    if request.method == "POST":
        if not form.is_valid():
            return refuse(request, "officer/duties/form.html", context)
        try:
            document = _check(request, form)
        except Refused as problem:
            form.add_error(None, str(problem))
            return refuse(request, "officer/duties/form.html", context)
        return redirect("officer:duty_document", document.id)
    return render(request, "officer/duties/form.html", context)


def _check(request: Request, form: CheckForm) -> Document:
    said = form.cleaned_data
    source: StoredFile | None = None
    notes: tuple[str, ...] = ()
    text = said["text"]
    if said["file"]:
        source, read = actions.read_upload(
            name=said["file"].name, data=said["file"].read(), by=request.actor, at=request.now
        )
        notes, text = read.notes, read.text
    issuer = queries.own_unit(request.actor)
    return actions.save_document(
        text=text, title=said["title"], kind=said["kind"], issuer=issuer, town=said["town"].id,
        source=source, notes=notes, by=request.actor, at=request.now,
    )  # fmt: skip


def document_or_404(request: Request, document_id: uuid.UUID) -> Document:
    found = queries.document(request.actor, document_id)
    if found is None:
        raise Http404("没有这份文稿，或不属于本单位。")
    return found


@page("duties.precheck")
def document_page(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One checked draft: the whole text coloured by demand, then each demand with evidence on both sides."""
    document = document_or_404(request, id)
    items = {item.code: item for item in versions.list_of(document.version)} if document.version else {}
    own = document.issuer_id in request.actor.units
    context = {
        "title": document.title,
        "crumbs": [("发文预检", "officer:duty_documents")],
        "document": document,
        "verdict": Verdict(document.verdict),
        "state": DocumentState(document.state),
        "demands": show.demands(document.judged, items),
        "summary": show.summary(document.judged),
        "left_out": document.judged.get("left_out", ()),
        "may_send": document.judged["may_send"],
        "may_rewrite": own and document.state == "checked",
        "spans": show.whole_text(document.text, document.judged),
        "send": SendForm(region=request.actor.region)
        if own and document.state == "checked" and request.actor.may("duties.send")
        else None,
        "tasks": document.tasks.select_related("case", "town") if document.state == "sent" else (),
    }
    return render(request, "officer/duties/document.html", context)


@page("duties.precheck")
@require_POST
@once
def rewrite(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """采纳改写: the sentence goes into the text where the demand stood, and the text is checked again."""
    document = document_or_404(request, id)
    number = request.POST.get("demand", "")
    if not number.isdecimal():
        raise Refused("没有说明改写哪一项，请回到预检结果重试。")
    actions.rewrite(
        document, demand=int(number), was=request.POST.get("was", "").replace("\r\n", "\n"),
        text=request.POST.get("text", ""), by=request.actor, at=request.now,
    )  # fmt: skip
    messages.success(request, f"第 {number} 项已改写，全文已重新预检。")
    return redirect("officer:duty_document", id)


@page("duties.send")
@require_POST
@once
def send(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """下发 to the chosen towns; a stopped document needs a reason."""
    document = document_or_404(request, id)
    form = SendForm(request.POST, region=request.actor.region)
    if not form.is_valid():
        raise Refused("请选择接收的镇（街道），并填写办理时限。")
    said = form.cleaned_data
    tasks = actions.send(
        document, towns=list(said["towns"]), workdays=said["workdays"], reason=said["reason"],
        by=request.actor, at=request.now,
    )  # fmt: skip
    messages.success(request, f"已下发到 {len(tasks)} 个镇（街道）。")
    return redirect("officer:duty_document", id)


@page("duties.send")
@require_POST
@once
def withdraw(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """撤回 a draft that was not sent."""
    actions.withdraw(document_or_404(request, id), by=request.actor, at=request.now)
    messages.success(request, "已撤回，未下发。")
    return redirect("officer:duty_document", id)


@page("duties.precheck")
def original(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """The file as it was uploaded."""
    document = document_or_404(request, id)
    if document.source is None:
        raise Http404("这份文稿是粘贴的，没有原件。")
    path = path_of(document.source.region, document.source.sha256)
    return FileResponse(path.open("rb"), as_attachment=True, filename=document.source.name)
