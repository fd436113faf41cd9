"""What every list of cases has: the state and the light to filter by, and the due date to sort by."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Q
from django.utils import timezone

from sanfu.cases.models import Case
from sanfu.cases.queries import DUE, days_of, in_light, in_state, reading
from sanfu.kernel.clocks import Light, Unit
from sanfu.kernel.flow import Flow
from sanfu.records.moments import begin_of, day_of
from sanfu.web.components import cells
from sanfu.web.components.table import Choice, Column


def light_tag(case: Case) -> tuple[str, str] | None:
    """Word and tone of the light of a case; None where no clock runs, however it ended."""
    return Light(case.light).tag if case.due_at else None


def state_choice(flow: Flow[Any, Any]) -> Choice:
    """状态: one state of the flow."""
    return Choice(
        "state",
        "状态",
        [(str(state), state.label) for state in flow.states],
        conditions={str(state): partial(in_state, flow, state) for state in flow.states},
    )


def light_choice() -> Choice:
    """时限: one light, by the words of the column."""
    return Choice(
        "light",
        "时限",
        Light.choices(),
        conditions={str(light): partial(in_light, light) for light in Light},
    )


LEFT = (("late", "已超期"), ("today", "今天到期"), ("3", "3 天内"), ("7", "7 天内"), ("later", "7 天以后"))


def left_choice() -> Choice:
    """剩余时间: how long until the earliest limit of a case runs out."""
    return Choice("left", "剩余时间", LEFT, conditions={key: partial(_left, key) for key, _ in LEFT})


def _left(key: str) -> Q:
    now = timezone.now()
    if key == "late":
        return DUE & Q(due_at__lt=now)
    today = begin_of(day_of(now))
    if key == "later":
        return DUE & Q(due_at__gte=today + timedelta(days=8))
    days = {"today": 1}.get(key) or int(key) + 1
    return DUE & Q(due_at__gte=now, due_at__lt=today + timedelta(days=days))


def due_column(label: str = "到期") -> Column:
    """到期: sorted by it, cases with a running clock come first, both ways."""
    return Column("due_at", label, kind="datetime", sort=True, among=DUE)


def light_column() -> Column:
    """时限: the light of the clock that presses most; nothing where none runs, however it ended."""
    return Column(
        "light",
        "时限",
        needs=("due_at",),
        render=lambda row: cells.status(Light(row["light"])) if row["due_at"] else cells.plain(None),
        export_as=lambda row: Light(row["light"]).label if row["due_at"] else "",
    )


def clock_rows(case: Case, at: datetime) -> list[dict[str, Any]]:
    """The clocks of a case for `components/clocks.html`: light, due, what is left in words, basis, the day list."""
    shown = []
    for clock in case.clocks.order_by("started_at", "name"):
        now, rule = reading(clock, at), clock.rule
        unit = Unit(rule["unit"]).label
        word, tone = now.light.tag
        if clock.stopped_at:
            word, tone = ("超期完成", "danger") if clock.stopped_at > clock.due_at else ("按期", "ok")
        shown.append(
            {
                "name": clock.name,
                "due_at": clock.due_at,
                "word": word,
                "tone": tone,
                "stopped_at": clock.stopped_at,
                "provisional": clock.provisional,
                "left": left_in_words(float(now.remaining), unit),
                "unit": unit,
                "n": rule["n"],
                "basis": rule.get("basis", ""),
                "days": [
                    {"date": d.date, "counts": d.counted, "label": d.why, "total": short_number(d.total)}
                    for d in days_of(clock, at)
                ],
            }
        )
    return shown


def left_in_words(remaining: float, unit: str) -> str:
    """还剩 3 个工作日, 超 2 小时: what is left of a clock as people say it."""
    measure = "小时" if unit == "自然小时" else "个" + unit
    word = "还剩" if remaining >= 0 else "超"
    return f"{word} {short_number(abs(remaining))} {measure}"


def short_number(value: Any) -> str:
    """3 or 2.5: at most one place."""
    return f"{float(value):.1f}".removesuffix(".0")
