"""Reads buildings and needs from YAML (厂房清单、需求清单) with Chinese or English keys and units in the figures.

BUILDINGS.yaml:
    厂房:
      - 名称: 一号楼
        土地面积: 12000          # ㎡
        耐火等级: 一级
        自动喷淋: 有
        楼层:
          - {层: 1, 层高: 12, 净高: 11, 荷载: 3t, 柱距: 9, 货梯: 5t, 面积: 4000, 振动: 50, 火灾危险性: 丙, 废气: 有}
          - {层: "2-3", 净高: 6.2, 荷载: 1.5t, …}   # several floors alike
NEEDS.yaml:
    需求:
      - {名称: 甲精密, 净高: 5, 荷载: 1.2t, 面积: 2000, 振动: 25, 火灾危险性: 丁, 特征: [精密], 避开: [强振动], 层数: 1, 价值: 3}

Loads in t/m² are turned into kN/m² with a note. A layer height without a clear height is taken less the allowance.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from sanfu.kernel.floors.model import BY_KEY, FIRE_CLASSES, GRAVITY, Building, Floor, Need, Sense, Value

KEYS = {
    "height": ("净高", "clear_height", "net_height", "height", "高度"),
    "storey_height": ("层高", "storey_height", "floor_height", "storey"),
    "load": ("荷载", "楼面荷载", "承重", "load", "floor_load"),
    "span": ("柱距", "跨度", "span", "column_span", "columns", "column", "column_spacing"),
    "lift": ("货梯", "货梯载重", "电梯", "lift", "lifts", "elevator", "freight_lift"),
    "area": ("面积", "可用面积", "使用面积", "area", "floor_area"),
    "gross": ("建筑面积", "gross", "gross_area"),
    "power": ("电力", "电力容量", "用电", "power", "kva"),
    "vibration": ("振动", "防微振", "vibration"),
    "noise": ("噪声", "noise"),
    "fire": ("火灾危险性", "防火类别", "火险", "fire", "fire_class", "hazard"),
    "exhaust": ("废气", "废气排放井", "排气井", "exhaust", "emissions", "emission"),
    "drain": ("排水", "生产排水", "废水", "drain", "waste_water"),
    "ground": ("须在首层", "首层", "ground", "ground_floor"),
    "crane": ("行车", "crane"),
}  # fmt: skip
WORDS = {word: key for key, words in KEYS.items() for word in words}
BUILDINGS = ("厂房", "楼栋", "buildings", "building")
NEEDS = ("需求", "企业", "needs", "tenants", "need")
NAME, ID = ("名称", "名字", "name", "企业"), ("编号", "id", "code")
TRAITS, DISLIKES = ("特征", "traits", "brings"), ("避开", "不能相邻", "dislikes", "avoid", "not_with")
OTHER_KEYS = frozenset((
    *NAME, *ID, *TRAITS, *DISLIKES, "层", "楼层", "层号", "floor", "number", "level", "no", "要求", "requirements", "wants",
    "层数", "floors_wanted", "adjacent", "adjacent_floors", "价值", "产出", "value", "priority", "备注", "note", "说明",
))  # fmt: skip
YES, NO = (
    frozenset(("有", "是", "true", "yes", "y", "1")),
    frozenset(("无", "否", "没有", "false", "no", "n", "0")),
)
CLEAR_LOSS = Decimal("1.0")  # metres from storey height to clear height when only the former is given


class BadFloors(ValueError):
    """A file of buildings or needs that cannot be used; names the place and what to write."""


@dataclass(slots=True)
class Notes:
    """What was converted or assumed, in the order met."""

    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        if line not in self.lines:
            self.lines.append(line)


def read_buildings(raw: Any, notes: Notes, clear_loss: Decimal = CLEAR_LOSS) -> list[Building]:
    """Buildings of a parsed file. BadFloors when there is none."""
    rows = _rows(raw, BUILDINGS, "厂房")
    found = [_building(row, number, notes, clear_loss) for number, row in enumerate(rows, 1)]
    return _distinct(found, "厂房")


def read_needs(raw: Any, notes: Notes) -> list[Need]:
    """Needs of a parsed file. BadFloors when there is none."""
    found = [_need(row, number, notes) for number, row in enumerate(_rows(raw, NEEDS, "需求"), 1)]
    return _distinct(found, "需求")


def _distinct(found: list[Any], what: str) -> list[Any]:
    ids = [one.id for one in found]
    if doubled := [i for i in ids if ids.count(i) > 1]:
        raise BadFloors(f"{what}“{doubled[0]}”写了两次；请用不同的名称或编号")
    return found


def _rows(raw: Any, names: Sequence[str], what: str) -> list[Mapping[str, Any]]:
    if isinstance(raw, Mapping):
        named = next((raw[n] for n in names if n in raw and not isinstance(raw[n], str | int | float)), None)
        raw = named if named is not None else [raw] if raw else []
    if isinstance(raw, Mapping):
        raw = [{"名称": name, **(row or {})} for name, row in raw.items()]
    if not isinstance(raw, list) or not raw or not all(isinstance(r, Mapping) for r in raw):
        raise BadFloors(f"文件里没有{what}；写成 {names[0]}: [{{名称: …}}]")
    return raw


def _get(row: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((row[n] for n in names if row.get(n) is not None), None)


def _building(row: Mapping[str, Any], number: int, notes: Notes, loss: Decimal) -> Building:
    name = str(_get(row, NAME) or _get(row, ID) or f"厂房 {number}")
    floors = _get(row, ("楼层", "floors", "层"))
    if isinstance(floors, Mapping):
        floors = [{"层": key, **(value or {})} for key, value in floors.items()]
    if not isinstance(floors, list) or not floors:
        raise BadFloors(f"{name} 没有楼层；写成 楼层: [{{层: 1, 净高: 11, 荷载: 3t}}]")
    found: list[Floor] = []
    for place, one in enumerate(floors, 1):
        if not isinstance(one, Mapping):
            raise BadFloors(f"{name} 第 {place} 条楼层应写成 {{层: 1, 净高: …}}")
        found += _floors(one, place, name, notes, loss)
    numbers = [f.number for f in found]
    if len(set(numbers)) < len(numbers):
        raise BadFloors(f"{name} 的楼层号重复：{'、'.join(map(str, numbers))}")
    sprinklers = _get(row, ("自动喷淋", "喷淋", "sprinklers", "sprinkler"))
    land = _get(row, ("土地面积", "用地面积", "land", "land_area"))
    return Building(
        str(_get(row, ID) or name), name, tuple(sorted(found, key=lambda f: f.number)),
        None if land is None else _number(land, "土地面积", name, notes),
        None if sprinklers is None else _flag(sprinklers, name), _rating(_get(row, ("耐火等级", "rating", "fire_rating"))),
    )  # fmt: skip


def _rating(raw: Any) -> str:
    text = str(raw or "").strip()
    return {"1": "一级", "2": "二级", "一": "一级", "二": "二级"}.get(text, text)


def _floors(
    row: Mapping[str, Any], place: int, building: str, notes: Notes, loss: Decimal
) -> Iterator[Floor]:
    """One floor, or as many as `2-3` or a list names."""
    said = _get(row, ("层", "楼层", "层号", "floor", "number", "level", "no"))
    values = _values(row, f"{building} {said if said is not None else place} 层", notes)
    storey, gross = values.pop("storey_height", None), values.pop("gross", None)
    if "height" not in values and isinstance(storey, Decimal):
        values["height"] = storey - loss
        notes.add(f"只有层高没有净高的，净高按层高减 {loss:f} 米估，签约前请实测")
    gross = gross if isinstance(gross, Decimal) else values.get("area")
    for number in _numbers(said if said is not None else place, building):
        yield Floor(
            number,
            values,
            storey if isinstance(storey, Decimal) else None,
            gross if isinstance(gross, Decimal) else None,
        )


def _numbers(said: Any, building: str) -> list[int]:
    if isinstance(said, list):
        return [int(n) for n in said]
    text = str(said).strip().upper().removesuffix("层").removesuffix("F").removeprefix("L")
    found = re.fullmatch(r"(-?\d+)\s*[-–—~至]\s*(\d+)", text)
    if found and int(found[1]) <= int(found[2]) <= int(found[1]) + 200:
        return list(range(int(found[1]), int(found[2]) + 1))
    if re.fullmatch(r"-?\d+", text):
        return [int(text)]
    raise BadFloors(f"{building} 的层号“{said}”应写成 1 或 2-3")


def _values(row: Mapping[str, Any], where: str, notes: Notes) -> dict[str, Value]:
    """Figures by parameter key."""
    found: dict[str, Value] = {}
    for word, raw in row.items():
        plain = re.sub(r"[（(].*?[)）]", "", str(word)).strip().lower()
        plain = (
            re.sub(r"^(?:min|max|required|最小|最大|最低|最高)_?", "", plain) if plain not in WORDS else plain
        )
        key = WORDS.get(plain) or WORDS.get(re.sub(r"_?(m2|m|t|kn|kva)$", "", plain))
        if key is None and plain not in OTHER_KEYS:
            notes.add(f"{where} 没有用到“{word}”")
        if key is None or raw is None or str(raw).strip() in ("", "未知", "不详"):
            continue
        unit = "".join(re.findall(r"[（(](.*?)[)）]", str(word))) or (
            plain.rpartition("_")[2] if "_" in plain and plain not in WORDS else ""
        )
        if key == "fire":
            found[key] = _class(raw, where)
        elif key in BY_KEY and BY_KEY[key].sense is Sense.YES:
            found[key] = _flag(raw, where)
        elif key == "load":
            found[key] = _load(raw, unit, where, notes)
        else:
            found[key] = _number(raw, str(word), where, notes)
    return found


def _class(raw: Any, where: str) -> str:
    text = str(raw).strip().removesuffix("类").removesuffix("级")
    if text[:1] not in FIRE_CLASSES:
        raise BadFloors(f"{where} 的火灾危险性“{raw}”应写 {'、'.join(FIRE_CLASSES)}")
    return text[:1]


def _flag(raw: Any, where: str) -> bool:
    word = str(raw).strip().lower()
    if word not in YES | NO:
        raise BadFloors(f"{where} 的“{raw}”应写 有 或 无")
    return word in YES


def _load(raw: Any, unit: str, where: str, notes: Notes) -> Decimal:
    """A load in kN/m². Tonnes are converted; a bare figure below 6 is read as t/m². Both leave a note."""
    text = str(raw).replace("/㎡", "").replace("/m2", "").replace("/m²", "").replace("每平方米", "").strip()
    found = re.fullmatch(r"([\d.]+)\s*(.*)", text)
    if found is None:
        raise BadFloors(f"{where} 的荷载“{raw}”读不成数；写成 1.5t 或 15kN")
    number, own = Decimal(found[1]), (found[2] or unit).lower()
    if own.startswith(("kn", "千牛", "kpa")):
        return number
    if own.startswith(("kg", "公斤", "千克")):
        notes.add("荷载以 kg/㎡ 写的，按 1 t = 9.81 kN 换算")
        return number / 1000 * GRAVITY
    if own.startswith(("t", "吨")):
        notes.add("荷载以 t/㎡ 写的，按 1 t = 9.81 kN 换算")
        return number * GRAVITY
    if own and not own.startswith("/"):
        raise BadFloors(f"{where} 的荷载单位“{own}”不认识；写 t 或 kN")
    if number < 6:
        notes.add("荷载没有写单位，小于 6 的按 t/㎡ 换算，其余按 kN/㎡")
        return number * GRAVITY
    notes.add("荷载没有写单位，小于 6 的按 t/㎡ 换算，其余按 kN/㎡")
    return number


def _number(raw: Any, what: str, where: str, notes: Notes) -> Decimal:
    text = str(raw).strip().replace(",", "")
    found = re.match(r"([-+]?[\d.]+)\s*(\S*)$", text)
    try:
        number = Decimal(found[1]) if found else None
    except InvalidOperation:
        number = None
    if number is None or number < 0 or not number.is_finite():
        raise BadFloors(f"{where} 的{what}“{raw}”读不成数")
    unit = found[2].lower() if found else ""
    if unit in ("mm", "毫米"):
        notes.add("以毫米写的已换算为米")
        return number / 1000
    if unit in ("亩",):
        notes.add("以亩写的已换算为平方米")
        return number * 2000 / 3
    if unit in ("kg", "公斤"):
        notes.add("以公斤写的已换算为吨")
        return number / 1000
    return number


def _need(row: Mapping[str, Any], number: int, notes: Notes) -> Need:
    name = str(_get(row, NAME) or _get(row, ID) or f"需求 {number}")
    inner = _get(row, ("要求", "requirements", "wants"))
    wants = _values({**row, **(inner if isinstance(inner, Mapping) else {})}, name, notes)
    storey = wants.pop("storey_height", None)
    wants.pop("gross", None)
    if "height" not in wants and isinstance(storey, Decimal):
        wants["height"] = storey
        notes.add("需求写的是层高，按净高要求对待")
    floors = _get(row, ("层数", "floors_wanted", "adjacent", "adjacent_floors")) or 1
    value = _get(row, ("价值", "产出", "value", "priority"))
    area = wants.get("area")
    return Need(
        str(_get(row, ID) or name), name, {k: v for k, v in wants.items() if v is not False},
        frozenset(map(str, _get(row, TRAITS) or ())), frozenset(map(str, _get(row, DISLIKES) or ())),
        int(floors), Decimal(1) if value is None else _number(value, "价值", name, notes),
        area if isinstance(area, Decimal) else Decimal(0),
    )  # fmt: skip
