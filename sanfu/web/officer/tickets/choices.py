"""What filters and forms of orders offer: units, towns, callers and items of the county, by headings."""

from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from sanfu.grassroots.tickets import queries
from sanfu.match.queries import list_of
from sanfu.people.queries import HANDLING_KINDS, organisations
from sanfu.records.moments import day_of
from sanfu.web.components.column import Row

# They change rarely and stand on every page of the list.
CHOICES_SECONDS = 60


def _kept(name: str, ask: Callable[[], list[tuple[str, str]]]) -> list[tuple[str, str]]:
    key = f"tickets:choices:{settings.REGION}:{name}"
    known: list[tuple[str, str]] | None = cache.get(key)
    if known is None:
        known = ask()
        cache.set(key, known, CHOICES_SECONDS)
    return known


def _organisations(*kinds: str) -> list[tuple[str, str]]:
    return [(str(one["id"]), one["short"]) for one in organisations(settings.REGION, kinds=kinds)]


def units_of_county() -> list[tuple[str, str]]:
    """Units that lead orders: id and short name."""
    return _kept("units", lambda: _organisations(*HANDLING_KINDS))


def towns_of_county() -> list[tuple[str, str]]:
    """Towns and zones: id and short name."""
    return _kept("towns", lambda: _organisations("town", "zone"))


def callers_of_county() -> list[tuple[str, str]]:
    """Who may call back today: id and name."""
    return _kept("callers", lambda: queries.callers(settings.REGION, day_of(timezone.now())))


def items_of_county() -> list[tuple[str, str]]:
    """Items of the responsibility list: code and heading, in the order of the list."""
    return _kept("items", _items)


def _items() -> list[tuple[str, str]]:
    published = queries.item_headings(settings.REGION)
    shipped = () if published else list_of(settings.REGION, day_of(timezone.now()))[1]
    return list(published.items()) or [(item.code, item.name) for item in shipped]


def item_heading(row: Row) -> str:
    """The item of an order by its heading; the code alone when no list of the county ever had it."""
    code = str(row["ticket__item_code"] or "")
    return dict(items_of_county()).get(code, code) if code else ""
