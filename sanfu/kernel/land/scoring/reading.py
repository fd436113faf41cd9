"""Reads an evaluation scheme from a mapping of YAML or JSON; refuses one whose weights miss 100.

The published shape (`upper`, `lower`, each `k`, `w`, `base`) reads as well as Chinese keys.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from sanfu.kernel.land.scoring.headings import Headings
from sanfu.kernel.land.scoring.schemes import (
    ANYWHERE,
    HUNDRED,
    SET_LABELS,
    SET_NAMES,
    Exclusion,
    Grades,
    Indicator,
    Missing,
    Rounding,
    Scheme,
    SchemeError,
    Veto,
)

NOT_SETS = frozenset(("upper_keys", "lower_keys"))


def read_scheme(raw: Mapping[str, Any], headings: Headings) -> Scheme:
    """A scheme of its mapping; `headings` know numerator and denominator of common indicators. SchemeError."""
    if not isinstance(raw, Mapping):
        raise SchemeError("方案应是一个对象，写有 upper（规上）或 lower（规下）指标")
    words = _get(raw, "sets", "指标", "套")
    groups = dict(words) if isinstance(words, Mapping) else {}
    if isinstance(words, list):
        groups["upper"] = words
    for key, value in raw.items():
        name = SET_NAMES.get(str(key).strip().lower())
        if name and isinstance(value, list) and key not in NOT_SETS:
            groups[name] = value
    year = _year(_get(raw, "year", "年度", "年份"))
    common = {
        "missing": _get(raw, "missing", "缺项", "缺失"),
        "cap": _get(raw, "cap", "封顶"),
        "base_rule": _get(raw, "base_rule", "基准规则"),
        "bases": _get(raw, "bases", "基准值"),
    }
    found = {
        SET_NAMES.get(str(name).strip().lower(), str(name)): _indicators(
            str(name), rows, year, common, raw, headings
        )
        for name, rows in groups.items()
    }
    if not found:
        raise SchemeError("方案里没有带权重的指标；写 upper: [{k: 亩均税收, w: 30, base: 24.1}, …]")
    return Scheme(
        id=str(_get(raw, "id", "编号") or ""),
        name=str(_get(raw, "name", "名称") or _get(raw, "region", "地区") or _get(raw, "id") or "方案"),
        year=year,
        region=str(_get(raw, "region", "地区") or ""),
        mark=str(_get(raw, "mark", "status", "标记") or "待核"),
        source=str(_get(raw, "source", "来源") or ""),
        sets=found,
        floor=_floor(raw),
        bonus_limit=_decimal(_get(raw, "bonus_limit", "加分上限"), "加分上限"),
        grades=_grades(raw),
        exclusions=tuple(_exclusion(r) for r in _get(raw, "exclusions", "排除") or ()),
        vetoes=tuple(_veto(r) for r in _get(raw, "vetoes", "veto", "否决") or ()),
        notes=tuple(str(n) for n in _listed(_get(raw, "note", "notes", "说明"))),
    )


def _get(raw: Mapping[str, Any], *names: str) -> Any:
    return next((raw[n] for n in names if raw.get(n) is not None), None)


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _year(raw: Any) -> int:
    found = re.search(r"\d{4}", str(raw or ""))
    return int(found[0]) if found else 0


def _decimal(raw: Any, what: str) -> Decimal | None:
    if raw is None or str(raw).strip() in ("", "无", "不封顶", "none"):
        return None
    text = str(raw).strip().replace("％", "%")
    try:
        number = Decimal(text.removesuffix("%").removesuffix("倍").replace(",", ""))
    except InvalidOperation:
        raise SchemeError(f"{what}“{raw}”不是数") from None
    if not number.is_finite():
        raise SchemeError(f"{what}“{raw}”不是数")
    return number


def _indicators(
    name: str,
    rows: Any,
    year: int,
    common: Mapping[str, Any],
    raw: Mapping[str, Any],
    headings: Headings,
) -> tuple[Indicator, ...]:
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not rows:
        raise SchemeError(f"{SET_LABELS.get(name, name)}的指标应是一个列表")
    found = tuple(_indicator(row, year, common, raw, headings) for row in rows)
    total = sum((i.weight for i in found), Decimal(0))
    if total != HUNDRED:
        listed = "+".join(str(i.weight) for i in found)
        raise SchemeError(f"{SET_LABELS.get(name, name)}权重之和应为 100，现为 {listed}={total}")
    names = [i.name for i in found]
    if len(set(names)) < len(names):
        raise SchemeError(f"{SET_LABELS.get(name, name)}指标重名：{'、'.join(names)}")
    return found


def _indicator(
    row: Any, year: int, common: Mapping[str, Any], raw: Mapping[str, Any], headings: Headings
) -> Indicator:
    if not isinstance(row, Mapping):
        raise SchemeError(f"指标应写成 {{k: 名称, w: 权重, base: 基准}}，读到 {row!r}")
    name = str(_get(row, "k", "name", "指标", "名称", "key") or "").strip()
    weight = _decimal(_get(row, "w", "weight", "权重"), f"{name}的权重")
    if not name or weight is None or weight < 0:
        raise SchemeError(f"指标 {row!r} 要有名称和不小于 0 的权重")
    key = headings.indicator(name) or name
    known = headings.definitions.get(key) or {}
    numerator, denominator = _definition(name, row, raw, known)
    times = re.search(r"([\d.]+)\s*倍", str(_get(row, "base_rule", "基准规则") or common["base_rule"] or ""))
    return Indicator(
        name, weight, key, str(_get(row, "unit", "单位") or known.get("单位", "")),
        _bases(row, name, year, common["bases"]),
        Decimal(times[1]) if times else _decimal(_get(row, "times_mean", "均值倍数"), f"{name}的均值倍数"),
        _cap(_get(row, "cap", "封顶") or common["cap"], name),
        _missing(name, _get(row, "missing", "缺项") or common["missing"]),
        numerator, denominator, bool(_get(row, "lower_is_better", "反向")),
    )  # fmt: skip


def _definition(
    name: str, row: Mapping[str, Any], raw: Mapping[str, Any], known: Mapping[str, Any]
) -> tuple[str, str]:
    """Numerator and denominator: of the row, of the scheme's `defs`, else of the shared definitions."""
    own = _get(row, "numerator", "分子"), _get(row, "denominator", "分母")
    if all(own):
        return str(own[0]), str(own[1])
    written = (raw.get("defs") or raw.get("定义") or {}).get(name)
    if isinstance(written, str) and written.count("/") == 1 and not known:
        above, below = written.split("/")
        return above.strip(), re.sub(r"[（(].*", "", below).strip()
    return str(known.get("分子", "")), str(known.get("分母", ""))


def _bases(row: Mapping[str, Any], name: str, year: int, common: Any) -> dict[tuple[int, str], Decimal]:
    """`base: 24.1`, `base: {甲镇: 20, "*": 24.1}`, or `bases: {2022: {甲镇: 20}}` here or for the whole scheme."""
    found: dict[tuple[int, str], Decimal] = {}

    def put(when: int, raw: Any) -> None:
        pairs = raw.items() if isinstance(raw, Mapping) else [(ANYWHERE, raw)]
        for district, value in pairs:
            number = _decimal(value, f"{name}的基准值")
            if number is None:
                continue
            if number <= 0:
                raise SchemeError(f"{name}的基准值应大于 0，读到 {value}")
            where = ANYWHERE if str(district) in ("*", "全县", "全市", "default") else str(district)
            found[(when, where)] = number

    single = _get(row, "base", "基准", "基准值")
    if single is not None:
        put(year, single)
    for when, value in (_get(row, "bases", "各年基准") or {}).items():
        put(int(when), value)
    shared = (common or {}).get(name) if isinstance(common, Mapping) else None
    if shared is not None:
        put(year, shared)
    return found


def _cap(raw: Any, name: str) -> Decimal | None:
    """1.5, 1.5倍, 150% or a sentence that names one of them: multiples of the weight."""
    if raw is None:
        return None
    text = str(raw)
    if found := re.search(r"(\d+(?:\.\d+)?)\s*倍", text):
        return Decimal(found[1])
    if found := re.search(r"(\d+(?:\.\d+)?)\s*[%％]", text):
        return Decimal(found[1]) / 100
    return _decimal(raw, f"{name}的封顶")


def _missing(name: str, raw: Any) -> Missing:
    """The rule for one indicator: a mapping by name, a word, or a sentence that names the indicator."""
    if isinstance(raw, Mapping):
        raw = raw.get(name) or raw.get("*")
    if raw is None:
        return Missing.OPEN
    text = str(raw)
    word = {
        "mean": Missing.MEAN,
        "average": Missing.MEAN,
        "zero": Missing.ZERO,
        "full": Missing.FULL,
        "open": Missing.OPEN,
    }
    if text.lower() in word:
        return word[text.lower()]
    sentence = len(text) > 8
    if sentence and name not in text and not (name.startswith("单位排放") and "排放" in text):
        return Missing.OPEN
    if "平均" in text or "均值" in text:
        return Missing.MEAN
    return Missing.ZERO if "零" in text or "0" in text else Missing.FULL if "基准" in text else Missing.OPEN


def _floor(raw: Mapping[str, Any]) -> Decimal | None:
    """Negative indicators score 0 unless the scheme says that it has no floor."""
    said = _get(raw, "floor", "下限")
    if said is None or (isinstance(said, str) and not re.fullmatch(r"-?\d+(\.\d+)?", said.strip())):
        return None if str(said).strip() in ("无", "none", "False") else Decimal(0)
    return None if said is False else _decimal(said, "下限")


def _grades(raw: Mapping[str, Any]) -> Grades:
    """`grades: {A: 20, B: 60, C: 95, D: 100}`, or the published words 前20%, 20%(不含)-60%, 26%-70%, 后5%."""
    said = _get(raw, "grades", "分档", "等级")
    if not isinstance(said, Mapping):
        return Grades()
    names, until = [], []
    for name, value in said.items():
        end = _until(str(value))
        if end is not None:
            names.append(re.sub(r"[（(].*", "", str(name)))
            until.append(end)
    if until and (sorted(until) != until or len(set(until)) < len(until) or until[-1] != HUNDRED):
        raise SchemeError(f"分档应逐档递增，最后一档到 100%，读到 {'、'.join(map(str, until))}")
    rounding = {
        "floor": Rounding.FLOOR,
        "ceil": Rounding.CEILING,
        "ceiling": Rounding.CEILING,
        "round": Rounding.HALF_UP,
    }
    word = str(_get(raw, "rounding", "取整") or Rounding.HALF_UP)
    ties = str(_get(raw, "ties", "同分") or "up")
    try:
        return Grades(
            tuple(names), tuple(until), rounding.get(word) or Rounding(word), ties not in ("down", "就低")
        )
    except ValueError:
        raise SchemeError(f"取整“{word}”不认识；可写 {'、'.join(Rounding)}") from None


def _until(text: str) -> Decimal | None:
    """The cumulative percent at which a grade ends; None for a grade outside the ranking (T, 不定等级)."""
    plain = text.replace("％", "%").replace(" ", "")
    if re.fullmatch(r"\d+(\.\d+)?%?", plain):
        return Decimal(plain.rstrip("%"))
    if plain.startswith("后"):
        return HUNDRED
    found = re.findall(r"(\d+(?:\.\d+)?)%", plain)
    return Decimal(found[-1]) if found and not re.search(r"[一-鿿]{4,}", plain) else None


def _exclusion(row: Mapping[str, Any]) -> Exclusion:
    return Exclusion(
        str(row["id"]), str(_get(row, "name", "名")), str(_get(row, "fact", "事实")),
        int(_get(row, "years", "年") or 0), str(_get(row, "grade", "档") or "T"), str(_get(row, "basis", "依据") or ""),
    )  # fmt: skip


def _veto(row: Mapping[str, Any]) -> Veto:
    return Veto(
        str(row["id"]),
        str(_get(row, "name", "名")),
        str(_get(row, "fact", "事实")),
        str(_get(row, "basis", "依据") or ""),
    )
