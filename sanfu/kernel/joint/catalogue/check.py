"""Faults that make a catalogue unusable: cycles, dangling names, materials nobody can obtain, idle
questions."""

from collections.abc import Iterable, Iterator
from typing import Any

from sanfu.kernel.joint.catalogue.catalog import Bundle, Catalog, Item
from sanfu.kernel.joint.catalogue.conditions import Condition, is_decided_by
from sanfu.kernel.joint.catalogue.implications import short
from sanfu.kernel.joint.catalogue.problems import Problem


def problems(catalog: Catalog) -> list[Problem]:
    """Every fault, in reading order; empty when the catalogue can be compiled."""
    found = [*_dangling(catalog), *_obtainable(catalog), *_bundles(catalog)]
    return found or list(_cycles(catalog))


def effective_ways(catalog: Catalog, material: str, own: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The ways that hold at one item: its own `m_get` replaces the dictionary's."""
    return own or catalog.materials[material].ways


def _dangling(catalog: Catalog) -> Iterator[Problem]:
    for item in catalog.items.values():
        for need in item.needs:
            for result in need.results:
                if result not in catalog.producers:
                    yield Problem("dangling", item.id, f"前置结果 {result} 没有任何事项产出")
        for required in item.materials:
            if required.material not in catalog.materials:
                yield Problem("dangling", item.id, f"材料 {required.material} 不在材料字典中")
        if catalog.fields:
            for name in item.fields:
                if name not in catalog.fields:
                    yield Problem("dangling", item.id, f"字段 {name} 不在字段字典中")
    for material in catalog.materials.values():
        for other in (*material.any_of, *([material.duplicate_of] if material.duplicate_of else [])):
            if other not in catalog.materials:
                yield Problem("dangling", material.id, f"引用的材料 {other} 不在材料字典中")
    for code in _used_materials(catalog):
        for way in catalog.materials[code].ways:
            if way.startswith("result:") and way[7:] not in catalog.producers:
                yield Problem("dangling", code, f"取得方式引用的结果 {way[7:]} 没有任何事项产出")


def _used_materials(catalog: Catalog) -> Iterable[str]:
    """Materials that some item asks for, with the alternatives they name; idle dictionary rows may wait."""
    todo = [r.material for item in catalog.items.values() for r in item.materials if not r.ways]
    seen: dict[str, None] = {}
    while todo:
        code = todo.pop()
        if code in seen or code not in catalog.materials:
            continue
        seen[code] = None
        todo += catalog.materials[code].any_of
    return sorted(seen)


def _obtainable(catalog: Catalog) -> Iterator[Problem]:
    for item in catalog.items.values():
        for required in item.materials:
            for way in required.ways:
                if way.startswith("result:") and way[7:] not in catalog.producers:
                    yield Problem("dangling", item.id, f"m_get 引用的结果 {way[7:]} 没有任何事项产出")
    for code in _used_materials(catalog):
        if not _has_way(catalog, code, ()):
            name = catalog.materials[code].name
            users = "、".join(
                i.id for i in catalog.items.values() if any(r.material == code for r in i.materials)
            )
            yield Problem("unobtainable", code, f"材料“{name}”没有任何取得方式，谁也拿不到(用于 {users})")


def _has_way(catalog: Catalog, code: str, seen: tuple[str, ...]) -> bool:
    if code in seen or code not in catalog.materials:
        return False
    material = catalog.materials[code]
    others = (*material.any_of, *([material.duplicate_of] if material.duplicate_of else []))
    return bool(material.ways) or any(_has_way(catalog, other, (*seen, code)) for other in others)


def conditions_of(item: Item) -> Iterator[Condition]:
    """Every condition under which something at this item changes."""
    if item.when:
        yield item.when
    yield from (need.when for need in item.needs if need.when)
    yield from (required.when for required in item.materials if required.when)


def _bundles(catalog: Catalog) -> Iterator[Problem]:
    for bundle in catalog.bundles.values():
        missing = [code for code in bundle.items if code not in catalog.items]
        for code in missing:
            yield Problem("dangling", bundle.id, f"事项 {code} 不在目录中")
        for code in sorted({c for c in bundle.items if bundle.items.count(c) > 1}):
            yield Problem("duplicate", bundle.id, f"事项 {code} 列了两次")
        if not bundle.items:
            yield Problem("missing", bundle.id, "没有任何事项")
        gates = [str(g) for g in (bundle.milestone or {}).get("gates", ())]
        for result in gates:
            if result not in catalog.producers:
                yield Problem("dangling", bundle.id, f"里程碑卡口 {result} 没有任何事项产出")
        for code in bundle.prereview:
            if code not in catalog.items:
                yield Problem("dangling", bundle.id, f"预审事项 {code} 不在目录中")
        if not missing:
            yield from _questions(catalog, bundle)


def _questions(catalog: Catalog, bundle: Bundle) -> Iterator[Problem]:
    conditions = [c for code in bundle.items for c in conditions_of(catalog.items[code])]
    domains: dict[str, tuple[Any, ...]] = {f"q.{q.id}": q.values for q in bundle.questions}
    known = {*domains}
    for condition in conditions:
        for name in condition.names:
            if name.startswith("q.") and name not in known:
                yield Problem("question", bundle.id, f"条件“{condition.text}”用到没有的情形 {name}")
    useful = {q for q in domains if any(q in c.names and is_decided_by(c, q, domains) for c in conditions)}
    for implication in bundle.implications:
        if f"q.{implication.question}" in useful:
            useful |= {f"q.{short(name)}" for name in implication.when.names}
    for question in bundle.questions:
        if f"q.{question.id}" not in useful:
            yield Problem("idle-question", bundle.id, f"情形“{question.id} {question.text}”什么也决定不了")


def _cycles(catalog: Catalog) -> Iterator[Problem]:
    """Items that can never start: whatever order is chosen, each waits for another of them."""
    waits = {item.id: list(_waits(catalog, item)) for item in catalog.items.values()}
    done: set[str] = set()
    while True:
        ready = {
            code
            for code, groups in waits.items()
            if code not in done and all(set(g) & done for g, _ in groups)
        }
        if not ready:
            break
        done |= ready
    stuck = [code for code in waits if code not in done]
    if stuck:
        path = _walk(waits, stuck[0], done)
        yield Problem("cycle", path[0], f"先后关系成环：{' → '.join(path)}", tuple(path))


def _waits(catalog: Catalog, item: Item) -> Iterator[tuple[tuple[str, ...], str]]:
    """What an item waits for: groups of producers of which one must be finished, and why."""
    for need in item.needs:
        if need.mode != "gate" and not (need.mode == "soft" and item.soft_waived):
            yield tuple(p for r in need.results for p in catalog.producers.get(r, ())), "/".join(need.results)
    for required in item.materials:
        if not required.when:
            producers = only_results(catalog, required.material, required.ways)
            if producers:
                yield producers, required.material


def only_results(catalog: Catalog, material: str, own: tuple[str, ...]) -> tuple[str, ...]:
    """Producers of a material that can come from nowhere but an item of the catalogue; else empty."""
    entry = catalog.materials[material]
    ways = effective_ways(catalog, material, own)
    if entry.any_of or entry.duplicate_of or not all(way.startswith("result:") for way in ways):
        return ()
    return tuple(p for way in ways for p in catalog.producers.get(way[7:], ()))


def _walk(waits: dict[str, list[tuple[tuple[str, ...], str]]], start: str, done: set[str]) -> list[str]:
    """Follow unmet waits until an item comes back: that stretch is the cycle, in the order of work."""
    path = [start]
    while True:
        group = next(g for g, _ in waits[path[-1]] if not set(g) & done)
        step = group[0]
        if step in path:
            return [step, *reversed(path[path.index(step) :])]
        path.append(step)
