"""The county's map of open orders, for the cockpit, the walls and whoever supervises."""

from django.urls import reverse

from sanfu.grassroots.tickets.queries import by_town
from sanfu.records.actor import Actor
from sanfu.records.places import county_map
from sanfu.web.components.map import Area, MapView


def orders_by_town(actor: Actor) -> MapView:
    """Open orders by town, deeper where there are more, red where some are late; each opens to its rows."""
    counted = {row["code"]: row for row in by_town(actor)}
    most = max((row["open"] for row in counted.values()), default=0) or 1
    areas = []
    for place in county_map().areas:
        row = counted.get(place.code, {"id": None, "open": 0, "red": 0})
        note = f"{row['open']}件" + (f"，超期{row['red']}件" if row["red"] else "")
        url = (
            f"{reverse('officer:ticket_list')}?town={row['id']}"
            if row["id"] and actor.may("tickets.see")
            else ""
        )
        tone = "danger" if row["red"] else "info" if row["open"] else "muted"
        areas.append(Area(place.geometry, place.name, note, url, tone, row["open"] / most))
    return MapView(areas=areas, title="各镇（街道）在办诉求")
