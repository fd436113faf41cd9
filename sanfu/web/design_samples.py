"""Invented examples for the component overview: whole pages of components, and drawings that need data of their own."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django import forms

from sanfu.records.places import county_map
from sanfu.web.components.gantt import gantt
from sanfu.web.components.parcel_map import Shape, parcel_map

TITLES = ("路灯不亮影响夜间出行", "小区门口车辆乱停放", "企业门前道路积水")


class ReasonForm(forms.Form):
    """What an act asks for."""

    words = forms.CharField(label="说明", widget=forms.Textarea(attrs={"rows": 3}))


def pieces(now: datetime) -> dict[str, Any]:
    """Context of the overview for the schedule, the parcels, the files of a timeline and the errors of a sheet."""
    bars = [
        {"id": "a", "name": "企业投资项目备案", "begin_workday": 0, "end_workday": 1, "days": 1, "slack": 4, "critical": False},
        {"id": "b", "name": "设计方案审查", "begin_workday": 0, "end_workday": 7, "days": 7, "slack": 0, "critical": True},
        {"id": "c", "name": "施工许可", "begin_workday": 7, "end_workday": 9, "days": 2, "slack": 0, "critical": True},
    ]  # fmt: skip
    towns = county_map().areas[:3]
    shapes = [
        Shape([[list(one.geometry.exterior.coords)]], "#parcels", f"{one.name} 12.5 亩（演示）", tone)
        for one, tone in zip(towns, ("ok", "warn", "danger"), strict=False)
    ]
    files = [
        {"name": "现场.jpg", "picture": True, "url": "", "taken": "", "place": "", "shown": False},
        {
            "name": "会办纪要.pdf",
            "picture": False,
            "url": "/design/",
            "taken": "",
            "place": "",
            "shown": False,
        },
    ]
    return {
        "schedule": gantt(bars, {"a": (0.0, 2.0)}),
        "parcels": parcel_map(shapes, "示例宗地"),
        "row_errors": [
            {"line": 3, "column": "联系电话", "value": "1390512", "what": "不是 11 位手机号", "instead": "填 11 位手机号，不加空格"},
            {"line": 7, "column": "受理日期", "value": "2026-02-30", "what": "没有这一天", "instead": "填写真实日期，如 2026-02-28"},
        ],
        "with_files": [{"label": "现场核查", "state": "done", "at": now, "by": "孙伟", "note": "线路老化，已更换", "files": files}],
    }  # fmt: skip


def _lines() -> list[dict[str, Any]]:
    return [
        {
            "case": SimpleNamespace(number=f"329900-2026-{n:06d}", title=title, lead=SimpleNamespace(short="市城管局")),
            "url": "/design/", "state": "待签收", "says": "", "pick": "", "why": "已由别人签收",
        }
        for n, title in enumerate(TITLES, 1)
    ]  # fmt: skip


def whole_pages() -> dict[str, tuple[str, dict[str, Any]]]:
    """Name → template and context of components that are a page of their own."""
    act = {"label": "签收", "hint": "签收后首次响应开始计时。", "about": None}
    results = [
        {"number": line["case"].number, "title": line["case"].title, "url": "/design/", "ok": n != 1, "said": "已签收" if n != 1 else line["why"]}
        for n, line in enumerate(_lines())
    ]  # fmt: skip
    return {
        "bulk": ("components/bulk.html", {
            "title": "成批签收", "act": act, "code": "sign", "form": None, "will": _lines()[:2], "wont": _lines()[2:],
            "gone": 1, "query": "", "back": "/design/", "most": 200, "full": False,
        }),
        "bulk-done": ("components/bulk_done.html", {"title": "成批签收", "lines": results, "done": 2, "back": "/design/"}),
        "version-act": ("components/version_act.html", {
            "title": "退回修改：示例清单第 3 版", "form": ReasonForm(), "submit": "退回修改", "back": "/design/",
        }),
    }  # fmt: skip
