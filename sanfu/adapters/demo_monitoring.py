"""Monthly series of the demo county's enterprises (演示): invented, with planted events, judged month by month."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.conf import settings

from sanfu.adapters.demo_scenes import cast
from sanfu.enterprise.monitoring import actions
from sanfu.enterprise.monitoring.content import new_years
from sanfu.enterprise.monitoring.models import Alert, Reading
from sanfu.enterprise.registry.models import Enterprise
from sanfu.kernel.monitoring.panel import FLAGS
from sanfu.kernel.monitoring.worlds import Setting, World, make_world
from sanfu.records.actor import machine
from sanfu.records.moments import day_of

SEED, MONTHS = 20260401, 36
SOURCE = "FGW"  # the department that gathers the series of the others


def monitoring(now: datetime) -> None:
    """36 months for each enterprise, one judged month, and three alerts that an officer has looked into."""
    region = settings.REGION
    firms = list(
        Enterprise.objects.filter(region=region).order_by("credit_code").values_list("id", flat=True)
    )
    if not firms or Reading.objects.filter(region=region).exists():
        return
    today = day_of(now)
    last = today.year * 12 + today.month - 2  # the month before this one
    by = machine(region, "演示数据")
    world = make_world(SEED, last - MONTHS + 1, new_years(), Setting(firms=len(firms)))
    actions.add_readings(readings_of(world, firms), source=SOURCE, by=by, at=now)
    actions.add_marks(marks_of(world, firms), source=SOURCE, by=by, at=now)
    actions.run_month(last, by=by, at=now)
    _verified(now)


def readings_of(world: World, firms: list[UUID]) -> Iterator[tuple[UUID, int, list[float | None]]]:
    """Rows of `add_readings` for the firms of a world, in its order."""
    for index, firm in enumerate(firms):
        for month in range(world.panel.months):
            numbers = world.panel.values[index, month]
            values = [None if value != value else float(f"{value:.5g}") for value in numbers]
            yield firm, world.panel.first + month, values


def marks_of(world: World, firms: list[UUID]) -> Iterator[tuple[UUID, int, str]]:
    """Rows of `add_marks` for the firms of a world."""
    for firm, month, kind in zip(*world.panel.flags.nonzero(), strict=True):
        yield firms[firm], world.panel.first + int(month), FLAGS[kind]


def _verified(now: datetime) -> None:
    """An officer has been to the first firms of the list."""
    officer = cast("jiangyu", day_of(now))
    found = list(Alert.objects.filter(region=officer.region).order_by("-score")[:3])
    said = (
        (actions.confirm, "现场查看，两条生产线停了一条，正在协调订单（演示）"),
        (actions.reject, "厂房检修两周，下月恢复（演示）"),
        (actions.watch, "负责人外出，约下周再看（演示）"),
    )
    for alert, (act, words) in zip(found, said, strict=False):
        act(alert, said=words, by=officer, at=now)
