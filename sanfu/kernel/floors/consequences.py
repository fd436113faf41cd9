"""What a building's storeys bring with them (高度与层数的后果): fire class, compartments, fire lift, plot ratio.

Every figure comes from content with its document and mark; nothing here is a legal number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sanfu.kernel.floors.model import Building
from sanfu.kernel.land.far import FarRule, Storey, count


@dataclass(frozen=True, slots=True)
class FireRule:
    """Limits of the fire code as content: metres, m², and classes."""

    high_above: Decimal
    lift_above: Decimal
    compartments: Mapping[str, Decimal]  # m² of a 丙类 compartment in a high building by fire resistance
    sprinkler_factor: Decimal
    basis: str
    mark: str


@dataclass(frozen=True, slots=True)
class Consequence:
    """One sentence, the figure it follows from, its basis and mark. `certain` False: a fact of the building is missing."""

    words: str
    basis: str
    mark: str
    certain: bool = True


def height_of(building: Building) -> Decimal | None:
    """Sum of the storey heights; None when one is not known. The roof and its parapet are not counted."""
    heights = [f.storey_height for f in building.floors]
    return sum((h for h in heights if h is not None), Decimal(0)) if heights and None not in heights else None


def consequences(building: Building, fire: FireRule, far: FarRule) -> list[Consequence]:
    """Sentences for the building's page, each with its basis."""
    height = height_of(building)
    if height is None:
        return [Consequence("有楼层没有层高，防火类别和容积率待补", fire.basis, fire.mark, certain=False)]
    found = [_class(building, height, fire)]
    if height > fire.high_above and len(building.floors) > 1:
        found += [_compartment(building, fire)]
        if height > fire.lift_above:
            found.append(
                Consequence(
                    f"高 {height:f} 米，超过 {fire.lift_above:f} 米，要设消防电梯", fire.basis, fire.mark
                )
            )
    return found + _plot_ratio(building, far)


def _class(building: Building, height: Decimal, fire: FireRule) -> Consequence:
    high = height > fire.high_above and len(building.floors) > 1
    name = "高层厂房" if high else "多层厂房" if len(building.floors) > 1 else "单层厂房"
    limits = "，不得布置甲类，乙类须耐火等级一级" if high else ""
    return Consequence(
        f"{len(building.floors)} 层、高 {height:f} 米，属{name}{limits}", fire.basis, fire.mark
    )


def _compartment(building: Building, fire: FireRule) -> Consequence:
    size = fire.compartments.get(building.rating)
    if size is None:
        return Consequence("没有写耐火等级，丙类防火分区面积待定", fire.basis, fire.mark, certain=False)
    if building.sprinklers:
        size *= fire.sprinkler_factor
    how = (
        "有自动喷淋"
        if building.sprinklers
        else "没有自动喷淋"
        if building.sprinklers is False
        else "喷淋未写，按没有"
    )
    words = f"耐火等级{building.rating}、{how}：丙类每个防火分区不超过 {size:f} ㎡"
    return Consequence(words, fire.basis, fire.mark, certain=building.sprinklers is not None)


def _plot_ratio(building: Building, far: FarRule) -> list[Consequence]:
    storeys = [
        Storey(Fraction(f.storey_height), Fraction(f.gross))
        for f in building.floors
        if f.storey_height is not None and f.gross is not None
    ]
    if len(storeys) < len(building.floors):
        return [Consequence("有楼层没有建筑面积，容积率待补", far.basis, far.mark, certain=False)]
    counted = count(storeys, far)
    doubled = (
        f"，第 {'、'.join(map(str, counted.doubled))} 层层高超过 {float(far.double_above):g} 米按两倍"
        if counted.doubled
        else ""
    )
    words = f"建筑面积 {float(counted.gross):,.0f} ㎡，计容 {float(counted.counted):,.0f} ㎡{doubled}"
    if building.land:
        words += f"，容积率 {float(counted.ratio(Fraction(building.land))):.2f}"
    return [Consequence(words, far.basis, far.mark)]


def read_fire_rule(raw: Mapping[str, Any]) -> FireRule:
    """The fire limits of `content/floors/rules.yaml`. KeyError names what is missing."""
    return FireRule(
        Decimal(str(raw["高层厂房"]["value"])), Decimal(str(raw["消防电梯"]["value"])),
        {str(k): Decimal(str(v)) for k, v in raw["丙类防火分区"]["value"].items()},
        Decimal(str(raw["喷淋倍数"]["value"])), str(raw["高层厂房"]["document"]), str(raw["高层厂房"]["mark"]),
    )  # fmt: skip
