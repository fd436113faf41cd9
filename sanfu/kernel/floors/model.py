"""Floors, needs and tests (楼层、需求): every requirement is one test of one floor, so conflicts can be counted exactly.

Floor loads are kept in kN/m² (1 t/m² = 9.81 kN/m²). Unknown floor data make a test unknown, never failed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

GRAVITY = Decimal("9.81")  # kN per t: 1 t/m² of load is 9.81 kN/m²
FIRE_CLASSES = ("戊", "丁", "丙", "乙", "甲")  # the danger of what is made or stored, from least


class Sense(StrEnum):
    """How a floor's figure must stand to the need's."""

    AT_LEAST = "不小于"
    AT_MOST = "不大于"
    YES = "须有"
    AMONG = "属于"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A property that floors have and needs ask for."""

    key: str
    label: str
    unit: str
    sense: Sense


# The order is that in which conflicts are named.
PARAMETERS = (
    Parameter("height", "净高", "米", Sense.AT_LEAST),
    Parameter("load", "楼面荷载", "kN/㎡", Sense.AT_LEAST),
    Parameter("span", "柱距", "米", Sense.AT_LEAST),
    Parameter("lift", "货梯载重", "吨", Sense.AT_LEAST),
    Parameter("area", "可用面积", "㎡", Sense.AT_LEAST),
    Parameter("power", "电力", "千伏安", Sense.AT_LEAST),
    Parameter("vibration", "振动", "微米/秒", Sense.AT_MOST),
    Parameter("noise", "噪声", "分贝", Sense.AT_MOST),
    Parameter("fire", "火灾危险性", "类", Sense.AMONG),
    Parameter("exhaust", "废气排放井", "", Sense.YES),
    Parameter("drain", "生产排水", "", Sense.YES),
    Parameter("ground", "须在首层", "", Sense.YES),
    Parameter("crane", "行车", "吨", Sense.AT_LEAST),
)
BY_KEY = {p.key: p for p in PARAMETERS}

Value = Decimal | bool | str


@dataclass(frozen=True, slots=True)
class Floor:
    """One floor by its number (1 is the ground); `has` by parameter key, absent when not known."""

    number: int
    has: Mapping[str, Value] = field(default_factory=dict)
    storey_height: Decimal | None = None  # 层高, from slab to slab
    gross: Decimal | None = None  # 建筑面积 of the floor in m²


@dataclass(frozen=True, slots=True)
class Building:
    """A building from the ground up; `rating` is its fire resistance (一级、二级)."""

    id: str
    name: str
    floors: tuple[Floor, ...]
    land: Decimal | None = None
    sprinklers: bool | None = None
    rating: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """What one firm wants: `wants` by parameter key; `traits` are what it brings to neighbours."""

    id: str
    name: str
    wants: Mapping[str, Value] = field(default_factory=dict)
    traits: frozenset[str] = frozenset()
    dislikes: frozenset[str] = frozenset()
    floors: int = 1  # adjacent floors wanted
    value: Decimal = Decimal(1)  # what placing it is worth (产出、租金 …)
    area: Decimal = Decimal(0)


def holds(parameter: Parameter, wanted: Value, floor: Floor) -> bool | None:
    """Whether a floor meets one requirement; None when the floor's figure is not known."""
    if parameter.key == "ground":
        return floor.number == 1 or wanted is False
    found = floor.has.get(parameter.key)
    if found is None:
        return None
    if parameter.sense is Sense.YES:
        return bool(found) or wanted is False
    if parameter.sense is Sense.AMONG:
        return _danger(str(wanted)) <= _danger(str(found))
    if not isinstance(found, Decimal) or not isinstance(wanted, Decimal):
        return None
    return found >= wanted if parameter.sense is Sense.AT_LEAST else found <= wanted


def _danger(word: str) -> int:
    """The place of 丙 or 丙类 in the order of danger; ValueError for no class."""
    return FIRE_CLASSES.index(word[:1])
