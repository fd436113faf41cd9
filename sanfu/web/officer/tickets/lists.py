"""The list of orders and the supervision wall."""

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from sanfu.cases.queries import OPEN
from sanfu.grassroots.tickets import queries
from sanfu.grassroots.tickets.states import TICKET_FLOW, Channel, RequestType, TicketState, Urgency
from sanfu.kernel.clocks import Light
from sanfu.records.actor import Actor
from sanfu.records.moments import said
from sanfu.web.access import page
from sanfu.web.components.bulk import Bulk
from sanfu.web.components.cases import due_column, left_choice, light_choice, light_column, state_choice
from sanfu.web.components.cells import DASH
from sanfu.web.components.paging import FRESH_COUNT
from sanfu.web.components.table import Choice, Column, Dates, Search, Table
from sanfu.web.officer.tickets.bulk import bulk
from sanfu.web.officer.tickets.choices import (
    callers_of_county,
    item_heading,
    items_of_county,
    towns_of_county,
    units_of_county,
)
from sanfu.web.pieces.orders_map import orders_by_town
from sanfu.web.request import Request

BULK: Bulk = bulk(lambda: TICKETS)
TICKETS: Table = Table(
    "tickets",
    title="诉求工单",
    unit="件",
    default_sort="due_at",
    then="-opened_at",
    bulk=BULK,
    columns=[
        Column("number", "编号", link="officer:ticket", link_args=("id",), sort=True),
        Column("title", "诉求", wide=True),
        Column("ticket__kind", "类型"),
        Column("urgency", "紧急", tags=Urgency, sort=True),
        Column("lead__short", "主办单位"),
        Column("state", "状态", tags=TicketState),
        light_column(),
        due_column(),
        Column("opened_at", "受理时间", kind="datetime", sort=True),
        Column("ticket__class_path", "分类", hidden=True),
        Column(
            "ticket__item_code",
            "清单事项",
            hidden=True,
            render=lambda row: item_heading(row) or DASH,
            export_as=item_heading,
        ),
        Column("ticket__channel", "渠道", tags=Channel, hidden=True),
        Column("ticket__caller__name", "回访人", hidden=True),
        Column("ticket__place", "地点", hidden=True),
    ],
    filters=[
        Search(apply=queries.search, hint="编号、标题，两个字就能查"),
        state_choice(TICKET_FLOW),
        light_choice(),
        left_choice(),
        Choice("unit", "主办单位", units_of_county, lookup="lead"),
        Choice("town", "属地", towns_of_county, lookup="ticket__area"),
        Search(
            "item",
            "清单事项",
            apply=lambda rows, words: queries.of_item(settings.REGION, rows, words),
            hint="选一项，或写几个字，如 路灯",
            offers=lambda: [heading for _, heading in items_of_county()],
        ),
        Choice("kind", "类型", [(k.value, k.value) for k in RequestType], lookup="ticket__kind"),
        Choice("channel", "渠道", Channel.choices(), lookup="ticket__channel"),
        Choice("caller", "回访人", callers_of_county, lookup="ticket__caller"),
        Dates("opened_at", "受理日期"),
    ],
    empty="没有符合条件的工单。来电请点“登记诉求”，成批数据请点“批量导入”。",
)


TAB_SECONDS = 10


def tab_counts(actor: Actor) -> dict[str, int]:
    """Numbers of the tabs: fresh while few orders are open, at most ten seconds old when many are."""
    # Whoever sees the whole county shares one answer; others see their own rows, so they share with nobody.
    whose = (
        "all" if actor.may(queries.PARTS.see_all) else f"{actor.id}:{hash((actor.units, actor.permissions))}"
    )
    key = f"tickets:tabs:{actor.region}:{whose}"
    kept: dict[str, int] | None = cache.get(key)
    if kept is None:
        kept = queries.counts(actor)
        if sum(n for name, n in kept.items() if not name.startswith("light_")) > FRESH_COUNT:
            cache.set(key, kept, TAB_SECONDS)
    return kept


def _tab(key: str, label: str, query: str, count: int | None = None) -> tuple[str, str, str, int | None]:
    return key, label, f"?{query}", count


@page("tickets.see")
def ticket_list(request: Request) -> HttpResponseBase:
    """诉求工单: every order the actor may see."""
    counted = tab_counts(request.actor)
    tabs = [
        _tab("", "全部", ""),
        *(
            _tab(str(state), state.label, f"state={state}", counted[str(state)])
            for state in TicketState
            if state in TICKET_FLOW.groups["open"] and counted[str(state)]
        ),
        _tab("red", "超期", "light=red", counted.get("light_red", 0)),
    ]
    current = request.GET.get("state") or ("red" if request.GET.get("light") == "red" else "")
    context = {"title": "诉求工单", "tabs": tabs, "current": current}
    return TICKETS.respond(request, queries.visible(request.actor), "officer/tickets/list.html", context)


PRESSING, UNITS = 12, 12  # lines that the smallest screen shows without scrolling


@page("tickets.supervise", "measure.see")
def wall(request: Request) -> HttpResponse:
    """督办大屏: what presses most, units and towns, on a screen that renews itself and says when it cannot."""
    rows = queries.visible(request.actor).filter(OPEN)
    pressing = rows.filter(Q(light=Light.RED) | Q(light=Light.ORANGE) | Q(light=Light.YELLOW))
    context = {
        "title": "接诉即办督办",
        "counts": tab_counts(request.actor),
        "units": queries.by_unit(request.actor, limit=UNITS),
        "pressing": pressing.order_by("due_at").values(
            "id", "number", "title", "lead__short", "due_at", "light"
        )[:PRESSING],
        "drawn": orders_by_town(request.actor),
        "loaded": said(request.now, "%H:%M:%S"),
    }
    response = render(request, "officer/tickets/wall.html", context)
    response["Cache-Control"] = "no-cache"
    return response
