"""组件总览: every component in every state on one page, for those who build pages and for the tests."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods

from sanfu.kernel.flow import Labelled
from sanfu.lists.versions import Matter, VersionState, flow_of
from sanfu.records.places import county_map
from sanfu.web.access import once, page, refuse
from sanfu.web.components import cells
from sanfu.web.components.chart import Chart
from sanfu.web.components.drawing import flow_rows, flow_svg
from sanfu.web.components.enclosures import EnclosureField
from sanfu.web.components.map import MapView, Mark
from sanfu.web.components.table import Choice, Column, Dates, Flag, Search, Table
from sanfu.web.context import trail
from sanfu.web.design_samples import pieces, whole_pages
from sanfu.web.request import Request


class State(Labelled):
    """States of the example list."""

    NEW = "new", "待签收", "warn"
    DOING = "doing", "办理中", "info"
    DONE = "done", "已办结", "ok"
    LATE = "late", "已超期", "danger"
    VOID = "void", "已撤销"


TOWNS = ("望江镇", "南泾镇", "北塘桥镇", "青圩镇", "澄东街道")
TITLES = (
    "路灯不亮影响夜间出行",
    "小区门口车辆乱停放",
    "企业门前道路积水",
    "咨询灵活就业参保补贴如何申请",
    "工地夜间施工噪声扰民",
)


def _left(row: Any) -> Any:
    days = row["left"]
    if days < 0:
        return format_html('{}<span class="over">超 {} 个工作日</span>', cells.bar(100, "danger"), -days)
    return format_html("{}剩 {} 个工作日", cells.bar(100 - days * 20, "warn" if days < 2 else ""), days)


SHOWCASE = Table(
    "showcase",
    title="示例列表",
    unit="件",
    default_sort="-accepted",
    tie="",
    columns=[
        Column("number", "编号", link="design", link_args=(), sort=True),
        Column("title", "标题", wide=True),
        Column("town", "镇（街道）", sort=True),
        Column("state", "状态", tags=State),
        Column("left", "办理时限", render=_left, export_as=lambda row: row["left"], sort=True),
        Column("amount", "数量", kind="number", sort=True),
        Column("accepted", "受理日期", kind="date", sort=True),
        Column("note", "备注", hidden=True),
        Column("act", "操作", virtual=True, sticky=True, render=lambda _: format_html('<a href="#lists">{}</a>', "查看")),
    ],
    filters=[
        Search(fields=("number", "title")),
        Choice("state", "状态", State.choices()),
        Choice("town", "镇（街道）", [(t, t) for t in TOWNS]),
        Dates("accepted", "受理日期"),
        Flag("urgent", "只看紧急"),
    ],
    empty="点右上角“登记诉求”录入第一件，或导入 Excel。",
)  # fmt: skip


def _rows(today: date) -> list[dict[str, Any]]:
    return [
        {
            "number": f"329900-2026-{i:06d}", "title": TITLES[i % 5], "town": TOWNS[i * 7 % 5],
            "state": list(State)[i % 5], "left": i % 7 - 1, "amount": i * 37 % 4000,
            "accepted": today - timedelta(days=i), "note": "演示", "urgent": i % 4 == 0,
        }
        for i in range(1, 58)
    ]  # fmt: skip


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(
        label="标题", max_length=40, min_length=4, help_text="4 到 40 字，说清什么事、在哪里。"
    )
    phone = forms.RegexField(
        r"^1\d{10}$", label="联系电话",
        error_messages={"invalid": "电话应为 11 位手机号，现在的内容无法回访；请核对后重填。"},
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="类别", choices=[("", "请选择"), ("a", "咨询"), ("b", "投诉"), ("c", "建议")]
    )
    day = forms.DateField(label="发生日期", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    address = forms.CharField(label="地址", required=False)
    urgent = forms.ChoiceField(
        label="紧急程度",
        widget=forms.RadioSelect,
        choices=[("0", "一般"), ("1", "紧急"), ("2", "特急")],
        initial="0",
    )
    units = forms.MultipleChoiceField(
        label="协办单位", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[("CGJ", "市城管局"), ("ZJJ", "市住建局"), ("SWJ", "市水务局")],
    )  # fmt: skip
    content = forms.CharField(label="内容", widget=forms.Textarea(attrs={"rows": 4}), required=False)
    enclosures = EnclosureField(public=True)
    agree = forms.BooleanField(label="同意向承办单位提供联系方式", required=False)
    file = forms.FileField(label="附件", required=False)


class PlaceForm(forms.Form):
    """Fields for the components that stand alone."""

    area = forms.CharField(label="所在村（社区）", required=False)
    proof = forms.FileField(label="证明材料", required=False)
    lon = forms.FloatField(required=False)
    lat = forms.FloatField(required=False)


AREAS = [
    {"value": "329900101", "label": "望江镇", "children": [
        {"value": "329900101001", "label": "江口村"}, {"value": "329900101002", "label": "渡头社区"}]},
    {"value": "329900102", "label": "南泾镇", "children": [{"value": "329900102001", "label": "泾南社区"}]},
]  # fmt: skip
TREE = [
    {"label": "城乡建设", "count": 86, "open": True, "children": [
        {"label": "市政设施", "count": 31, "children": [{"label": "路灯", "count": 9}, {"label": "井盖", "count": 6}]},
        {"label": "物业管理", "count": 28}]},
    {"label": "劳动和社会保障", "count": 42, "children": [{"label": "拖欠工资", "count": 11}]},
]  # fmt: skip
MESSAGE = "我是望江镇渡头社区居民，小区东门外的路灯从上周五开始就不亮了，晚上老人出门很不安全，请尽快修好。"


def _charts() -> dict[str, Chart]:
    months = [f"{m}月" for m in range(1, 12)]
    taken = [812, 640, 905, 988, 1104, 1076, 1190, 1133, 1208, 1246, 1286]
    closed = [790, 655, 880, 970, 1090, 1080, 1166, 1140, 1190, 1221, 1240]
    rate = [93.1, 94.0, 92.4, 94.8, 95.9, 96.2, 96.0, 96.8, 97.1, 97.0, 97.4]
    links = [f"/design/?q={m}" for m in months]
    return {
        "bars": Chart("bars", "近 11 个月受理与办结", months, {"受理": taken, "办结": closed, "按期办结率": rate},
                      unit="件", lines=("按期办结率",), links=links, note="演示数据"),
        "rank": Chart("rank", "各镇（街道）在办量", TOWNS, {"在办": [64, 51, 37, 22, 18]}, kind="rank", unit="件"),
        "line": Chart("line", "平均办理时长", months, {"工作日": [v / 20 for v in rate]}, kind="line", unit="工作日"),
        "pie": Chart("pie", "诉求来源", ["热线", "网上", "窗口", "网格"], {"件数": [620, 388, 142, 136]}, kind="pie", unit="件"),
        "none": Chart("none", "没有数据的图", [], {"件数": []}),
    }  # fmt: skip


def _days(start: date) -> list[dict[str, Any]]:
    out, total = [], 0
    for i in range(8):
        day = start + timedelta(days=i)
        counts = day.weekday() < 5 and i > 0
        total += counts
        label = "受理日不计" if i == 0 else ("工作日" if counts else "休息日")
        out.append(
            {"date": day, "counts": counts, "label": label, "total": total, "due": counts and total == 5}
        )
        if total == 5:
            break
    return out


def _context(request: Request, form: forms.Form) -> dict[str, Any]:
    now: datetime = request.now
    return {
        "title": "组件总览",
        "lead": "页面只用这里的组件；每个组件的每种状态都在本页。",
        "crumbs": trail(("系统管理", "")),
        "form": form,
        "areas": AREAS,
        "place": PlaceForm(),
        "tree": TREE,
        "charts": _charts(),
        "days": _days(request.today),
        "steps": [
            {"label": "网上申报", "state": "done", "note": "11-18 09:12"},
            {"label": "统一受理", "state": "done", "note": "11-18 10:30"},
            {"label": "并联审批", "state": "now", "note": "3/5 已通过"},
            {"label": "汇总发证", "state": "todo", "note": "预计 11-30"},
        ],
        "steps_bad": [
            {"label": "提交", "state": "done"},
            {"label": "核验", "state": "bad", "note": "材料不符"},
            {"label": "兑付", "state": "todo"},
        ],
        "timeline": [
            {"label": "派单至市城管局", "state": "done", "at": now - timedelta(hours=5), "by": "陈芳", "note": "依据：责任清单“路灯不亮”"},
            {"label": "退单", "state": "bad", "at": now - timedelta(hours=4), "by": "孙伟", "note": "认为属供电公司：产权未移交"},
            {"label": "裁定：仍由市城管局办理", "state": "done", "at": now - timedelta(hours=3), "by": "陈芳"},
            {"label": "办理中", "state": "now", "at": now - timedelta(hours=1), "by": "孙伟"},
        ],
        "facts": [("编号", "329900-2026-000812"), ("来源", "12345 热线"), ("受理时间", now), ("承办单位", "市城管局"), ("回访结果", None), ("是否公开", True)],
        "changes": [("承办单位", "市住建局", "市城管局"), ("期限（工作日）", 7, 5), ("依据", None, "责任清单第 3 版"), ("类别", "市政", "市政")],
        "old": "市住建局负责城区路灯维修，7个工作日内办结。",
        "new": "市城管局负责已移交路灯的维修，5个工作日内办结并回访。",
        "message": MESSAGE,
        "spans": [(MESSAGE.index(w), MESSAGE.index(w) + len(w), why) for w, why in (("望江镇", "属地"), ("路灯", "事项"), ("不亮", "情形"))],
        "jobs": [
            {"label": "导入诉求", "state": "running", "done": 640, "total": 2000, "poll_url": "/design/progress/?done=640", "cancel_url": "/design/progress/"},
            {"label": "重算指标", "state": "waiting", "done": 0, "total": 0},
            {"label": "导入清单", "state": "done", "done": 486, "total": 486, "message": "486 行全部通过检查。"},
            {"label": "导入企业名录", "state": "failed", "done": 120, "total": 300, "message": "第 121 行统一社会信用代码校验位不对；前 120 行未写入。"},
            {"label": "生成台账", "state": "cancelled", "done": 12, "total": 60},
        ],
        "tabs": [("all", "全部", "/design/?tab=all", 57), ("mine", "待我办理", "/design/?tab=mine", 6), ("done", "已办结", "/design/?tab=done", None)],
    }  # fmt: skip


@page("system.manage")
@once
@require_http_methods(["GET", "POST"])
def overview(request: Request) -> HttpResponseBase:
    """组件总览: the live catalogue; its form answers like a real one, and with errors shows them."""
    if request.method == "POST":
        return refuse(
            request, "design/overview.html", _with_lists(request, SampleForm(request.POST, request.FILES))
        )
    if "export" in request.GET or request.headers.get("HX-Target") == "list-showcase":
        context = _with_lists(request, SampleForm())
        return SHOWCASE.respond(request, _rows(request.today), "design/overview.html", context)
    return render(request, "design/overview.html", _with_lists(request, SampleForm()))


def _with_lists(request: Request, form: forms.Form) -> dict[str, Any]:
    return {
        **_context(request, form),
        "table": SHOWCASE.read(request, _rows(request.today)),
        "nothing": SHOWCASE.read(request, [], prefix="none-"),
        "states": list(State),
        "drawn": _map(),
        **_desk(request),
        **pieces(request.now),
    }


def _map() -> MapView:
    """Orders as points and clusters over the county's towns."""
    spots = [one for one in county_map().spots if one.kind != "road"]
    tones = ("danger", "warn", "info", "ok")
    marks = [
        Mark(*one.middle, f"{TITLES[n % len(TITLES)]}（{one.name}）", "#map", tones[n % 4])
        for n, one in enumerate(spots[:26])
    ]
    return MapView(marks=marks, title="示例地图")


SAMPLE = Matter(
    "示例清单", event="design.sample", edit=("system.manage",), approve=("system.manage",), consult=True
)


def _desk(request: Request) -> dict[str, Any]:
    """What the desk brings: the steps of a version, a clock, the drawing of a flow."""
    flow = flow_of(SAMPLE)
    steps = [
        {"label": label, "state": state, "note": note}
        for label, state, note in (
            ("起草", "done", "沈编 2026-11-02"), ("征求意见", "done", ""), ("审核", "now", ""), ("公布", "todo", ""),
            ("执行", "todo", ""),
        )
    ]  # fmt: skip
    return {
        "panel": {
            "version": {"number": 3, "doc_no": "", "content_hash": "5f3a9c01d2e4b6"},
            "word": "待审核", "tone": "warn", "stages": steps, "said": "",
            "acts": [{"label": "审核通过", "url": "#", "asks": True, "primary": True, "danger": False}],
        },
        "clocks": [
            {
                "name": "办结", "word": "临期", "tone": "warn", "due_at": request.now, "left": "还剩 3 小时",
                "n": 5, "unit": "工作日", "basis": "示例", "days": [], "stopped_at": None, "provisional": False,
            }
        ],
        "drawing": flow_svg(flow, VersionState.WAITING),
        "moves": flow_rows(flow),
    }  # fmt: skip


@page("system.manage")
@require_GET
def wall(request: Request) -> HttpResponse:
    """The dark wall style."""
    return render(request, "design/wall.html", {"title": "三服务运行总览", "charts": _charts()})


@page("system.manage")
@require_GET
def whole(request: Request, name: str) -> HttpResponse:
    """A component that is a page of its own, with invented rows; its buttons lead nowhere."""
    if name not in (known := whole_pages()):
        raise Http404("没有这个示例页。")
    template, context = known[name]
    return render(request, template, {"crumbs": [("组件总览", "design")], **context})


@page("system.manage")
@require_GET
def paper(request: Request) -> HttpResponse:
    """The print style."""
    return render(request, "design/paper.html", {"title": "办理告知单（样式）", "days": _days(request.today)})


@page("system.manage")
@require_http_methods(["GET", "POST"])
def progress(request: Request) -> HttpResponse:
    """A job that moves by itself, for the progress component: GET moves it on, POST stops it."""
    asked = request.GET.get("done", "")
    done = min(2000, (int(asked) if asked.isdecimal() and len(asked) < 6 else 0) + 200)
    stopped = request.method == "POST"
    job = {
        "label": "导入诉求", "total": 2000, "done": 640 if stopped else done,
        "state": "cancelled" if stopped else ("done" if done == 2000 else "running"),
        "poll_url": f"/design/progress/?done={done}", "cancel_url": "/design/progress/",
        "message": "已停止，已导入的行保留。" if stopped else "",
    }  # fmt: skip
    return render(request, "design/progress.html", {"job": job})
