"""Joint applications on the desk: list, one application, permits wall, promised beside achieved."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from sanfu.grassroots.scenes import queries
from sanfu.grassroots.scenes.actions import intake, together
from sanfu.grassroots.scenes.library import axis_for
from sanfu.grassroots.scenes.models import Application, CatalogueVersion, Meeting
from sanfu.grassroots.scenes.states import JOINT_FLOW, JointState
from sanfu.kernel.joint.compiling.whatif import whatif
from sanfu.kernel.joint.export.bpmn import to_bpmn
from sanfu.kernel.joint.export.calendar import to_ics
from sanfu.kernel.joint.export.log import to_ocel, to_xes
from sanfu.records.actor import Refused
from sanfu.web.access import once, page
from sanfu.web.components import enclosures
from sanfu.web.components.cases import due_column, light_column, state_choice
from sanfu.web.components.table import Column, Dates, Flag, Search, Table
from sanfu.web.officer.scenes.downloads import as_file, as_table
from sanfu.web.pieces.guides import guide_context
from sanfu.web.pieces.scenes import branch_rows, joint_steps, late_branches
from sanfu.web.request import Request

CELLS = {"passed": "已领", "passed_lacking": "已领", "none": "不涉及", "prereview": "已有预审意见", "later": "拿地后办",
         "waiting": "待前置", "failed": "未获批准", "refused": "未获批准", "halted": "未获批准"}  # fmt: skip
APPLICATIONS = Table(
    "applications",
    title="联办申请",
    unit="件",
    default_sort="-opened_at",
    columns=[
        Column("number", "编号", link="officer:application", link_args=("id",), sort=True),
        Column("title", "一件事", wide=True),
        Column("firm__short", "申请人"),
        Column("lead__short", "牵头部门"),
        Column("state", "状态", tags=JointState),
        light_column(),
        due_column("最近到期"),
        Column("opened_at", "开始", kind="datetime", sort=True),
    ],
    filters=[
        Search(apply=queries.search),
        state_choice(JOINT_FLOW),
        Flag("late", "有超期分支", condition=queries.with_late_branches),
        Flag("meeting", "联审联验待结论", condition=queries.with_open_meetings),
        Dates("opened_at", "开始日期"),
    ],
    empty="还没有联办申请。企业在“一件事”里提交后会出现在这里。",
)


@page("scenes.see")
@require_GET
def application_list(request: Request) -> HttpResponseBase:
    """联办申请: what the actor may see."""
    rows = queries.visible(request.actor, request.today)
    return APPLICATIONS.respond(request, rows, "officer/scenes/applications.html", {"title": "联办申请"})


def find(request: Request, id: uuid.UUID) -> Application:
    found = queries.access(request.actor, id, request.today)
    if found is None:
        raise Http404("没有这件申请，或不在您可以查看的范围内。")
    return found


OPEN_FILES = ("scenes.handle", "scenes.edit", "scenes.agent")


class OpinionForm(forms.Form):
    """预审意见 of one department on one item, with photos and papers."""

    item = forms.ChoiceField(label="事项")
    agrees = forms.ChoiceField(label="意见", choices=[("1", "同意"), ("0", "不同意")])
    text = forms.CharField(
        label="预审意见", max_length=500, strip=True, widget=forms.Textarea(attrs={"rows": 3})
    )
    enclosures = enclosures.EnclosureField()

    def __init__(self, *args: Any, items: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"] = forms.ChoiceField(label="事项", choices=[(i["id"], i["name"]) for i in items])


@page("scenes.see")
@require_GET
def application(request: Request, id: uuid.UUID) -> HttpResponse:
    """One joint application: every branch, designed beside actual, meetings, mandates, versions."""
    a = find(request, id)
    items = _reviewable(request, a)
    return _shown(request, a, OpinionForm(items=items) if items else None)


@page(*OPEN_FILES)
@require_GET
def enclosure(request: Request, id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """A photo or file that came with an opinion: for who handles the application."""
    return enclosures.serve(request, find(request, id).pk, file_id)


def _shown(request: Request, a: Application, opinion: OpinionForm | None, status: int = 200) -> HttpResponse:
    seen = queries.conformance(a) if a.submitted_at else None
    newest = queries.current_version(request.actor.region)
    context = {
        "title": a.case.number,
        "lead": f"{a.case.title} · {a.case.firm.name if a.case.firm else ''}",
        "crumbs": [("联办申请", "officer:application_list")],
        "a": a, "case": a.case, "state": JointState(a.case.state), "steps": joint_steps(a, rated=False),
        "branches": (rows := branch_rows(a, request.today)), "late": late_branches(rows, request.now), "seen": seen,
        "materials": a.materials.select_related("file").order_by("at"), "opinions": _opinions(request, a),
        "meetings": [_meeting(a, m) for m in a.meetings.order_by("meets_on")],
        "mandates": queries.mandates_given(a.case.firm_id),
        "timeline": enclosures.with_files(
            queries.history(a.pk, rated=False), a.pk, "officer:application_enclosure", may_open=request.actor.may(*OPEN_FILES)
        ),
        "newest": newest, "may_lead": request.actor.may("scenes.compile"),
        "outdated": bool(newest and newest.pk != a.version_id and a.case.closed_at is None),
        "opinion_form": opinion,
        **guide_context(a.guide, _actual(a, seen)),
    }  # fmt: skip
    return render(request, "officer/scenes/application.html", context, status=status)


def _opinion(request: Request, a: Application) -> HttpResponse:
    """Give the opinion that was written; what is refused comes back with the text and the files."""
    by, at = request.actor, request.now
    form = OpinionForm(request.POST, request.FILES, items=_reviewable(request, a))
    valid = form.is_valid()
    kept = enclosures.keep(form, by=by, at=at)
    if not valid:
        return _shown(request, a, form, 422)
    said = form.cleaned_data
    try:
        with transaction.atomic():
            agrees = said["agrees"] == "1"
            intake.give_opinion(a, said["item"], agrees=agrees, text=said["text"], by=by, at=at)
            enclosures.attach(form, kept, case=a.case, done=None, by=by, at=at)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _shown(request, a, form, 422)
    messages.success(request, "预审意见已记录；它不是决定。")
    return redirect("officer:application", id=a.pk)


def _opinions(request: Request, a: Application) -> list[dict[str, Any]]:
    names = {i["id"]: i["name"] for i in a.guide["items"]}
    rows = a.opinions.select_related("unit").order_by("given_on")
    return [{"o": o, "name": names.get(o.item, o.item), "stale": o.valid_until < request.today} for o in rows]


def _reviewable(request: Request, a: Application) -> list[dict[str, Any]]:
    """Items on which the actor's department may give a pre-review opinion now."""
    if a.case.state != JointState.PREREVIEW or not request.actor.may("scenes.handle"):
        return []
    listed = a.guide["input"]["bundle"].get("pre_review", [])
    code = request.actor.organisation_code
    return [i for i in a.guide["items"] if i["id"] in listed and i["dept"] == code]


def _meeting(a: Application, m: Meeting) -> dict[str, Any]:
    names = {i["id"]: i["name"] for i in a.guide["items"]}
    return {"m": m, "items": [(c, names.get(c, c), m.conclusions.get(c, "")) for c in m.items]}


def _actual(a: Application, seen: dict[str, Any] | None) -> dict[str, tuple[float, float]]:
    """Begin and end of every decided branch in working days since the start of the guide."""
    if not seen:
        return {}
    start = date.fromisoformat(a.guide["start"])
    axis = axis_for(start)
    spans: dict[str, tuple[float, float]] = {}
    for event in seen["log"]["events"]:
        if event["item"]:
            day = float(date.fromisoformat(event["at"][:10]).toordinal())
            at = axis.working_days(float(start.toordinal()), max(day, float(start.toordinal())))
            first, _ = spans.get(event["item"], (at, at))
            spans[event["item"]] = (first, at)
    return spans


@page("scenes.compile", "scenes.handle")
@require_POST
@once
def act(request: Request, id: uuid.UUID, act: str) -> HttpResponse:
    """What the desk does with the whole application: opinion, meeting, conclusion, migration."""
    a, by, at, said = find(request, id), request.actor, request.now, request.POST
    match act:
        case "opinion":
            return _opinion(request, a)
        case "convene":
            day = _day(said.get("meets_on", ""))
            together.convene(a, name=said.get("name", "联合踏勘"), items=said.getlist("items"), meets_on=day,
                             place=said.get("place", ""), by=by, at=at)  # fmt: skip
            messages.success(request, "已召集，各部门和企业都能看到时间地点。")
        case "conclude":
            meeting = next((m for m in a.meetings.all() if str(m.pk) == said.get("meeting")), None)
            if meeting is None:
                raise Http404("没有这次联审联验。")
            together.conclude(meeting, {c: said.get(f"c-{c}", "") for c in meeting.items}, by=by, at=at)
            messages.success(request, "结论已记录，各部门据此作出决定。")
        case "migrate":
            newest = queries.current_version(by.region)
            if newest is None:
                raise Refused("还没有已发布的目录。")
            changes = together.migrate(a, newest, why=said.get("why", ""), by=by, at=at)
            messages.success(
                request, f"已迁移到第 {newest.number} 版，改变 {len(changes)} 处，新旧版本都在日志里。"
            )
        case _:
            raise Http404("没有这个操作。")
    return redirect("officer:application", id=id)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("请填写日期。") from None


@page("scenes.compile")
@require_GET
def migration(request: Request, id: uuid.UUID) -> HttpResponse:
    """What the newest version would change for this application, before anybody decides."""
    a = find(request, id)
    newest: CatalogueVersion | None = queries.current_version(request.actor.region)
    if newest is None or newest.pk == a.version_id:
        raise Refused("申请已经按最新目录办理。")
    _, changes = together.preview_migration(a, newest, request.now)
    context = {
        "title": "迁移到新版指南",
        "crumbs": [("联办申请", "officer:application_list")],
        "a": a, "case": a.case, "newest": newest,
        "changes": [(c["label"], c["old"], c["new"]) for c in changes],
    }  # fmt: skip
    return render(request, "officer/scenes/migration.html", context)


@page("scenes.see")
@require_GET
def download(request: Request, id: uuid.UUID, form: str) -> HttpResponse:
    """The application's guide or log in a form that others read."""
    a = find(request, id)
    if form == "ics":
        return as_file(to_ics({**a.guide, "number": a.case.number}), f"{a.case.number}.ics", "text/calendar")
    if form == "bpmn":
        return as_file(to_bpmn(a.guide), f"{a.case.number}.bpmn", "application/xml")
    log = queries.log_of(a)
    if form == "xes":
        return as_file(to_xes([log]), f"{a.case.number}.xes", "application/xml")
    return as_file(to_ocel(log), f"{a.case.number}.ocel.json", "application/json")


@page("scenes.see")
@require_GET
def permits(request: Request) -> HttpResponseBase:
    """证照墙: projects against the permits that make up their bundle."""
    rows = queries.permit_wall(request.actor, request.today)
    for row in rows:
        row["state"] = JointState(row["application"].case.state)
        row["got"] = sum(cell["state"] in ("passed", "passed_lacking") for cell in row["cells"])
        row["pays"] = _pays(row["application"])
    lines = [
        (
            r["application"].case.number,
            r["application"].case.firm.name,
            cell["name"],
            CELLS.get(cell["state"], "办理中"),
        )
        for r in rows
        for cell in r["cells"]
    ]
    sent = as_table(request, "证照墙", ["编号", "企业", "证照", "状态"], lines)
    if sent is not None:
        return sent
    context = {"title": "证照墙", "lead": "每个项目的证到哪一步、预审哪几项最省时间", "rows": rows}
    return render(request, "officer/scenes/permits.html", context)


def _pays(a: Application) -> dict[str, Any] | None:
    """Which lifted waits would save days for a project that is still before its land."""
    compiled = queries.compiled_of(a)
    if compiled is None:
        return None
    waivers = whatif(compiled)["waivers"]
    names = {i["id"]: i["name"] for i in a.guide["items"]}
    best = waivers["best"][-1]
    return {
        "names": [names[c] for c in best["chosen"]],
        "workdays": best["workdays"],
        "now": a.guide["workdays"],
    }


@page("scenes.see")
@require_GET
def results(request: Request) -> HttpResponseBase:
    """设计与实际: promised reductions beside achieved ones, and every deviation."""
    rows = queries.promised_and_achieved(request.actor, request.today)
    heads = [
        "编号",
        "一件事",
        "承诺工作日",
        "实际工作日",
        "承诺材料",
        "实际材料",
        "材料实际压减%",
        "补正",
        "偏离",
    ]
    lines = [
        (r["application"].case.number, r["application"].case.title, r["workdays"]["promised"], r["workdays"]["actual"],
         r["materials"]["promised"], r["materials"]["actual"], r["materials"]["reduced_percent"], r["corrections"],
         r["deviations"])
        for r in rows
    ]  # fmt: skip
    sent = as_table(request, "设计与实际", heads, lines)
    if sent is not None:
        return sent
    context = {"title": "设计与实际", "lead": "承诺的压减与做到的压减放在一起看", "rows": rows}
    return render(request, "officer/scenes/results.html", context)
