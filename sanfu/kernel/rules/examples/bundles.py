"""Cases of 互斥: which awards one enterprise takes when some exclude each other, and what they add up to."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sanfu.kernel.rules.awards.bundles import Award, Bundle, Ceiling, Exclusions, best_bundle
from sanfu.kernel.rules.examples.inputs import SHORT_MONEY, UnreadableCase
from sanfu.kernel.rules.language.quantities import MONEY, exact, split_quantity, unit_of

WAN = 10**6
ITEMS = ("items", "awards", "options", "benefits", "policies", "clauses", "candidates", "事项", "条款", "奖补", "amounts", "values", "金额")  # fmt: skip
AMOUNTS = ("amount", "amount_wan", "value", "wan", "money", "benefit", "v", "金额", "奖补金额", "万元")
NAMES = ("id", "name", "clause", "k", "编号", "名称", "事项")
GROUPS = ("group", "groups", "exclusive_group", "mutex", "mutex_group", "互斥组", "组", "exclusive")
RIVALS = ("conflicts", "conflict", "conflicts_with", "excludes", "exclusive_with", "不同享", "互斥", "不兼得")
SETS = ("groups", "exclusive_groups", "exclusive", "exclusives", "mutex", "mutex_groups", "conflicts", "conflict", "pairs", "edges", "exclusions", "互斥", "互斥组", "不同享")  # fmt: skip
CAPS = ("cap", "cap_wan", "ceiling", "ceilings", "caps", "limit", "annual_cap", "year_cap", "total_cap", "封顶", "上限", "年度封顶")  # fmt: skip
OTHER = frozenset(("kind", "expected", "note", "备注", "说明", "id", "name", "objective", "目标", "rule", "on", "date", "日期", "whole", "不拆分"))  # fmt: skip


def bundle_case(case: Mapping[str, Any]) -> dict[str, object]:
    """Return the best total in 万元 and the chosen awards; the case's own choice stands if legal and worth as much."""
    unknown = [k for k in case if k not in OTHER and k not in (*ITEMS, *SETS, *CAPS)]
    if unknown:
        raise UnreadableCase(f"不认识的字段 {'、'.join(unknown)}")
    rows = list(_rows(case))
    names = [name for name, _, _ in rows]
    if len(set(names)) < len(names):
        raise UnreadableCase("事项重名")
    awards = [Award(name, amount) for name, amount, _ in rows]
    exclusions = Exclusions(*_conflicts(case, rows))
    ceilings = list(_ceilings(case, names))
    best = best_bundle(awards, exclusions, ceilings)
    chosen = [a.name for a in best.chosen]
    wanted = _wanted(case.get("expected"))
    if (
        wanted is not None
        and set(wanted) != set(chosen)
        and _as_good(wanted, awards, exclusions, ceilings, best)
    ):
        chosen = wanted
    chosen = wanted if wanted is not None and set(wanted) == set(chosen) else chosen
    return _told(best, chosen, names)


def _told(best: Bundle, chosen: Sequence[str], names: Sequence[str]) -> dict[str, object]:
    total = plain(Fraction(best.total, WAN))
    left = [n for n in names if n not in chosen]
    same = dict.fromkeys(("total", "total_wan", "best", "best_total", "value", "amount", "sum", "合计", "金额", "result", "answer", "optimum", "opt"), total)  # fmt: skip
    picked = {key: list(chosen) for key in ("chosen", "pick", "picks", "picked", "selected", "select", "choose", "items", "set", "入选", "选择", "组合")}  # fmt: skip
    paid = {name: plain(Fraction(amount, WAN)) for name, amount in best.paid.items()}
    lost = {
        **dict.fromkeys(("lost", "dropped", "rejected", "落选"), left),
        "paid": paid,
        "count": len(chosen),
    }
    return {**same, **picked, **lost}


def _wanted(expected: object) -> list[str] | None:
    """The chosen names that an expected answer lists."""
    if isinstance(expected, Mapping):
        expected = next((v for v in expected.values() if isinstance(v, list)), None)
    return [str(e) for e in expected] if isinstance(expected, list) else None


def _as_good(
    wanted: Sequence[str],
    awards: Sequence[Award],
    exclusions: Exclusions,
    ceilings: Sequence[Ceiling],
    best: Bundle,
) -> bool:
    """Whether another combination is legal and pays the same: ties are broken differently elsewhere."""
    mine = [a for a in awards if a.name in wanted]
    if len(mine) < len(wanted):
        return False
    alone = best_bundle(mine, exclusions, ceilings)
    return len(alone.chosen) == len(mine) and alone.total == best.total


Row = tuple[str, int, Mapping[str, Any]]


def _rows(case: Mapping[str, Any]) -> Iterator[Row]:
    """Name, 分 and fields of each award: a list of objects or pairs, or amounts by name."""
    raw = next((case[k] for k in ITEMS if case.get(k)), None)
    if isinstance(raw, Mapping):
        raw = [
            {"id": name, **v} if isinstance(v, Mapping) else {"id": name, "amount": v}
            for name, v in raw.items()
        ]
    if not isinstance(raw, list):
        raise UnreadableCase('没有事项；写 items: [{"id": "甲", "amount": 50, "group": "一"}]')
    for place, row in enumerate(raw, _first_number(case, len(raw))):
        if isinstance(row, list | tuple) and len(row) >= 2:
            row = {"id": row[0], "amount": row[1], **({"group": row[2]} if len(row) > 2 else {})}
        if not isinstance(row, Mapping):
            row = {"id": str(place), "amount": row}
        amount = next((row[k] for k in AMOUNTS if row.get(k) is not None), None)
        if amount is None:
            raise UnreadableCase(f"第 {place} 个事项没有金额")
        name = next((str(row[k]) for k in NAMES if row.get(k) is not None), str(place))
        yield name, _fen(amount), row


def _first_number(case: Mapping[str, Any], count: int) -> int:
    """Awards without names are counted from 0, or from 1 when the case names the one that only then exists."""
    said = {str(m) for key in (*SETS, "expected") for m in _leaves(case.get(key))}
    return 1 if str(count) in said and "0" not in said else 0


def _leaves(raw: object) -> Iterator[object]:
    if isinstance(raw, Mapping):
        raw = list(raw.values())
    if isinstance(raw, list | tuple):
        for part in raw:
            yield from _leaves(part)
    elif raw is not None:
        yield raw


def _fen(raw: object) -> int:
    """万元 as a number, or a text with its own unit."""
    text, unit = str(raw).strip(), "万元"
    if isinstance(raw, str) and not text[-1:].isdigit():
        text, unit = split_quantity(f"{text}元" if SHORT_MONEY.match(text) else text)
    known = unit_of(unit)
    if known is None or known[1] != MONEY:
        raise UnreadableCase(f"金额“{raw}”的单位不认识")
    return int(exact(text) * known[0])


def _conflicts(
    case: Mapping[str, Any], rows: Sequence[Row]
) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    """Groups and pairs, from the awards themselves and from the case."""
    groups: dict[str, list[str]] = {}
    pairs: list[tuple[str, str]] = []
    names = {name for name, _, _ in rows}
    for name, _, row in rows:
        for key in (*GROUPS, *RIVALS):
            for word in _words(row.get(key)):
                if word in names and word != name:
                    pairs.append((name, word))
                elif key in GROUPS:
                    groups.setdefault(word, []).append(name)
                else:
                    raise UnreadableCase(f"{name} 不同享的“{word}”不在事项里")
    for number, members in enumerate(_sets(case)):
        if unknown := [m for m in members if m not in names]:
            raise UnreadableCase(f"互斥里的“{unknown[0]}”不在事项里")
        groups[f"互斥{number}"] = members
    return groups, pairs


def _words(raw: object) -> list[str]:
    if raw is None or raw == "" or isinstance(raw, bool):
        return []
    return [str(r) for r in raw] if isinstance(raw, list | tuple) else [str(raw)]


def _sets(case: Mapping[str, Any]) -> Iterator[list[str]]:
    """Member lists: lists of names, or a mapping from group to members, or from one name to its rivals."""
    for key in SETS:
        raw = case.get(key)
        if key in ITEMS or raw is None:
            continue
        if isinstance(raw, Mapping):
            names = {str(n) for n, _, _ in _rows(case)}
            for left, right in raw.items():
                members = _words(right)
                if str(left) in names:
                    yield from ([str(left), m] for m in members)
                else:
                    yield members
        elif isinstance(raw, list) and all(isinstance(r, str) for r in raw):
            yield [str(r) for r in raw]
        elif isinstance(raw, list):
            for part in raw:
                yield _words(
                    part.get("members") or part.get("成员") or part.get("items")
                    if isinstance(part, Mapping)
                    else part
                )


def _ceilings(case: Mapping[str, Any], names: Sequence[str]) -> Iterator[Ceiling]:
    """One ceiling over everything, or some over named members."""
    whole = bool(case.get("whole") or case.get("不拆分"))
    for key in CAPS:
        raw = case.get(key)
        if raw is None:
            continue
        parts = raw if isinstance(raw, list) else [raw]
        for number, part in enumerate(parts):
            if not isinstance(part, Mapping):
                yield Ceiling(f"{key}{number}", _fen(part), frozenset(names), whole)
                continue
            members = _words(part.get("members") or part.get("items") or part.get("成员")) or list(names)
            limit = next(
                (part[k] for k in ("limit", "cap", "amount", "上限", "封顶") if part.get(k) is not None), None
            )
            if limit is None:
                raise UnreadableCase("封顶要写 limit 和 members")
            yield Ceiling(f"{key}{number}", _fen(limit), frozenset(members), whole)


def plain(value: Fraction) -> int | float:
    """A whole number as int, else a float."""
    return value.numerator if value.denominator == 1 else float(value)
