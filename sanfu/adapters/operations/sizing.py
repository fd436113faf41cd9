"""规模 (sizing): how a county grows per row, measured on its own tables, and what a town, city or nation would need."""

from dataclasses import dataclass

import psycopg

LEAST = 50  # rows below which a table says nothing about its growth
# Orders a year: a town of 50,000, a county of 500,000, a city of 5 million, a province of 50 million, 1.4 billion people.
LEVELS = (
    ("town", 50_000),
    ("county", 500_000),
    ("city", 5_000_000),
    ("province", 50_000_000),
    ("nation", 1_400_000_000),
)
YEARLY = 0.3  # orders of 12345 a person and year: a city of 10 million with 3 million orders (assumption, set by --yearly)
# What the shapes follow from: orders a second that `./test --bench load` bears on one two-core machine, and disks, an assumption.
TOGETHER_A_SECOND, TOGETHER_DISK = 5, 500 * 2**30  # beside everything else on one machine
MACHINE_A_SECOND, MACHINE_DISK = 20, 4 * 2**40  # of a machine that is only the database
GROUPS = {
    "order": ("tickets_", "cases_", "match_decision"),
    "event": ("records_event", "records_stream", "records_outbox"),
    "message": ("people_message",),
    "firm": ("registry_",),
}


@dataclass(frozen=True, slots=True)
class Growth:
    """What one order adds: bytes of its own tables, events, bytes of an event; indexes counted."""

    orders: int
    order_bytes: float
    events_per_order: float
    event_bytes: float

    @property
    def bytes_per_order(self) -> float:
        return self.order_bytes + self.events_per_order * self.event_bytes


def tables(address: str) -> dict[str, tuple[int, int]]:
    """Rows and bytes, indexes included, of every table of the schema in use."""
    with psycopg.connect(address, autocommit=True) as connection:
        names = connection.execute(
            "SELECT c.oid::regclass::text, c.relname, pg_total_relation_size(c.oid) FROM pg_class c "
            "WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace"
        ).fetchall()
        found = {}
        for quoted, name, size in names:
            row = connection.execute(f"SELECT count(*) FROM ONLY {quoted}").fetchone()
            found[name] = (int(row[0]) if row else 0, int(size))
    return found


def growth(found: dict[str, tuple[int, int]]) -> Growth | None:
    """Growth per order, or None when there are too few to say."""
    orders = found.get("tickets_ticket", (0, 0))[0]
    events = found.get("records_event", (0, 0))[0]
    if orders < LEAST or not events:
        return None

    def size(group: str) -> int:
        return sum(bytes_ for name, (_, bytes_) in found.items() if name.startswith(GROUPS[group]))

    return Growth(orders, size("order") / orders, events / orders, size("event") / events)


def plan(one: Growth, *, yearly: float, years: int) -> list[dict[str, object]]:
    """What each level needs after so many years: orders, events, disk, orders a second at ten times the mean."""
    rows: list[dict[str, object]] = []
    for name, people in LEVELS:
        orders = people * yearly
        disk = orders * years * one.bytes_per_order
        rows.append(
            {
                "level": name,
                "people": people,
                "orders_a_year": round(orders),
                "events": round(orders * years * one.events_per_order),
                "disk_gib": round(disk / 2**30, 1),
                "peak_a_second": round(orders / 31_557_600 * 10, 2),
                "shape": _shape(orders, disk),
            }
        )
    return rows


def _shape(orders: float, disk: float) -> str:
    peak = orders / 31_557_600 * 10
    if peak <= TOGETHER_A_SECOND and disk < TOGETHER_DISK:
        return "one machine, one county"
    if peak <= MACHINE_A_SECOND and disk < MACHINE_DISK:
        return "one database machine, web machines beside it"
    return f"{max(2, round(peak / MACHINE_A_SECOND))} county groups, each a database of its own, chosen by host name"


def limits() -> str:
    """The limits that the shapes follow from, in one line."""
    return (
        f"limits: {MACHINE_A_SECOND} orders a second and {MACHINE_DISK // 2**40} TiB on a database machine; "
        f"{TOGETHER_A_SECOND} and {TOGETHER_DISK // 2**30} GiB where all is on one (./test --bench load measures the first)"
    )
