"""企业预警 on the desk: the month's list, one alert with its reasons and curves, what the officer found."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from sanfu.enterprise.monitoring import actions, queries
from sanfu.enterprise.monitoring.models import Alert
from sanfu.enterprise.monitoring.states import ALERT_FLOW, AlertEvent, AlertState
from sanfu.enterprise.registry.content import industry_name
from sanfu.kernel.clocks import Light
from sanfu.kernel.monitoring.panel import SERIES, SERIES_UNITS, SERIES_WORDS, month_text
from sanfu.records.actor import Actor, Refused
from sanfu.web.access import once, page
from sanfu.web.components.cases import due_column, left_choice, light_choice, light_column, state_choice
from sanfu.web.components.chart import Chart
from sanfu.web.components.desk import Act, CaseDesk, Wait
from sanfu.web.components.fields import Area
from sanfu.web.components.table import Column, Search, Table
from sanfu.web.request import Request

S, E = AlertState, AlertEvent

ALERTS = Table(
    "monitor-alerts",
    title="企业预警",
    unit="条",
    default_sort="-alert__score",
    columns=[
        Column("number", "编号", link="officer:monitor_alert", sort=True),
        Column("alert__enterprise__name", "企业", wide=True),
        Column("alert__enterprise__town__short", "镇（街道）"),
        Column("alert__month", "月份", render=lambda row: month_text(row["alert__month"]), sort=True),
        Column("alert__score", "风险", render=lambda row: _level(row["alert__score"]), sort=True),
        Column("state", "状态", tags=AlertState),
        light_column(),
        due_column(),
        Column("opened_at", "产生时间", kind="datetime", sort=True),
    ],
    filters=[Search(apply=queries.search), state_choice(ALERT_FLOW), light_choice(), left_choice()],
    empty="没有预警。月度数据入库并研判后，需要核查的企业会出现在这里。",
)


def _level(score: float) -> str:
    return "高" if score >= 0 else "中" if score >= -2 else "低"


def _said(chance: float) -> str:
    """A chance without false certainty."""
    return "九成以上" if chance > 0.9 else "不到一成" if chance < 0.1 else f"约 {chance:.0%}"


class FindingForm(forms.Form):
    said = Area(
        label="核查情况", min_length=4, max_length=1000, help_text="看到了什么、问了谁；会用于校准以后的预警"
    )


def _officer_acts(alert: Alert, actor: Actor, event: AlertEvent) -> bool:
    """The verifying department, or the firm's town."""
    return bool(set(alert.case.units) & set(actor.units))


def _facts(alert: Alert) -> list[tuple[str, Any]]:
    firm = alert.enterprise
    return [
        ("企业", firm.name),
        ("统一社会信用代码", firm.credit_code),
        ("行业", industry_name(firm.industry)),
        ("镇（街道）", firm.town.short if firm.town else ""),
        ("研判月份", month_text(alert.month)),
        ("属实的可能", f"{_said(alert.chance)}（按演示县校准，随本市核查结果调整）"),
        ("标记", "演示" if firm.demo else ""),
    ]


def _more(request: Request, alert: Alert) -> dict[str, Any]:
    raising = [part for part in alert.parts if part["points"] > 0.05]
    lowering = [part for part in alert.parts if part["points"] < -0.05]
    rest = alert.score - alert.base - sum(p["points"] for p in raising) - sum(p["points"] for p in lowering)
    return {
        "alert": alert,
        "raising": raising,
        "lowering": lowering,
        "rest": rest,
        "charts": [_chart(alert, series) for series in SERIES if series in alert.curves],
    }


def _chart(alert: Alert, series: str) -> Chart:
    rows = alert.curves[series]
    names = {
        "value": "本企业",
        "expected": "按同行和本企业常态应有",
        "low": "平时波动下沿",
        "high": "平时波动上沿",
    }
    return Chart(
        id=f"curve-{series}",
        title=SERIES_WORDS[series],
        kind="line",
        unit=SERIES_UNITS[series],
        x=[row["month"] for row in rows],
        series={name: [_round(row[key]) for row in rows] for key, name in names.items()},
        x_label="月份",
    )


def _round(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


DESK = CaseDesk(
    name="monitor_alert",
    title="企业预警",
    flow=ALERT_FLOW,
    table=ALERTS,
    see=("monitoring.see",),
    cases=queries.alerts,
    find=queries.alert,
    who=_officer_acts,
    facts=_facts,
    bulk=(E.WATCH, E.REJECT),
    acts={
        E.CONFIRM: Act(FindingForm, actions.confirm, "企业确有困难；在处置完之前不再重复预警。", "danger"),
        E.WATCH: Act(FindingForm, actions.watch, "暂时说不清，下月再看。"),
        E.REJECT: Act(FindingForm, actions.reject, "没有问题；写明原因，帮助系统少误报。"),
        E.SETTLE: Act(FindingForm, actions.settle, "写明为企业做了什么。", "primary"),
    },
    waiting=(
        Wait(S.OPEN, "monitoring.verify", "待核查的企业预警"),
        Wait(Light.RED, "monitoring.verify", "超期的企业预警", "danger", "clock-alert"),
    ),
    labels={"open": "产生预警"},
    more=_more,
    template="officer/monitoring/alert.html",
)
todos = DESK.todos


@page("monitoring.run")
@once
@require_POST
def workload(request: Request) -> HttpResponse:
    """每周核查量: the slider."""
    try:
        made = actions.set_workload(
            float(request.POST.get("per_week") or 0), by=request.actor, at=request.now
        )
    except (ValueError, Refused) as refused:
        said = str(refused) if isinstance(refused, Refused) else "请填一个数。"
        messages.error(request, said)
    else:
        messages.success(request, f"每周核查量改为 {made.per_week:g} 家，从下次研判起生效。")
    return redirect("officer:monitor_upload")


@page("monitoring.run")
@once
@require_POST
def run(request: Request) -> HttpResponse:
    """运行月度研判: the newest month as a job."""
    month = queries.newest_month(request.actor.region, request.now)
    if month is None:
        messages.error(request, "还没有月度数据，请先导入。")
    else:
        try:
            actions.ask_for_month(month, by=request.actor, at=request.now)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"{month_text(month)} 的研判已交给后台，稍后刷新企业预警。")
    return redirect("officer:monitor_upload")
