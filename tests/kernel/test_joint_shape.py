"""Messy catalogues: what can mean one thing is read, everything else is refused with its place, nothing breaks."""

import copy
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sanfu.kernel.joint.catalogue.load import load
from sanfu.kernel.joint.catalogue.problems import CatalogError
from sanfu.kernel.joint.compiling.guide import Order, compile_bundle, guide
from sanfu.kernel.joint.proving.verify import verify
from sanfu.kernel.schedule import Axis

START = date(2026, 3, 2)
AXIS = Axis.of(lambda day: day.weekday() < 5, date(2026, 1, 1), 400)
RAW: dict[str, Any] = {
    "materials": {"m": {"n": "M", "get": ["submit"]}},
    "items": [
        {
            "id": "a",
            "dept": "d",
            "stat": {"v": 5, "u": "wd"},
            "prom": 2,
            "f": ["x"],
            "m": ["m"],
            "out": ["r.a"],
        },
        {
            "id": "b",
            "dept": "d",
            "prom": 1,
            "needs": [{"r": "r.a", "mode": "hard"}],
            "m": ["m"],
            "out": ["r.b"],
        },
    ],
    "bundles": [{"id": "x", "n": "X", "items": ["a", "b"]}],
}
Change = Callable[[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]], Any]


def changed(change: Change) -> dict[str, Any]:
    raw = copy.deepcopy(RAW)
    change(raw, raw["items"][0], raw["items"][1], raw["bundles"][0])
    return raw


def compiled(raw: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(
        json.dumps(guide(compile_bundle(load(raw), Order("x", START), AXIS)), default=str)
    )
    assert verify(plain) == []
    return plain


READ: list[tuple[Change, float]] = [
    (lambda c, a, b, x: None, 3),
    (lambda c, a, b, x: (c.pop("materials"), a.pop("m"), b.pop("m")), 3),
    (lambda c, a, b, x: c.update(items={"a": {"out": "r.a"}, "b": {"needs": "r.a"}}), 0),
    (lambda c, a, b, x: b.update(needs={"r": "r.a"}), 3),
    (lambda c, a, b, x: a.update(stat=5), 3),
    (lambda c, a, b, x: a.update(stat={"v": 5, "u": "工作日"}), 3),
    (lambda c, a, b, x: a.pop("prom"), 6),
    (lambda c, a, b, x: a.update(prom={"v": 7, "u": "自然日"}), 6),
    (lambda c, a, b, x: a.update(prom="3"), 4),
    (lambda c, a, b, x: a.update(prom=1 / 3), 1.33),
    (lambda c, a, b, x: (a.update(id=1), x.update(items=[1, "b"])), 3),
    (lambda c, a, b, x: b.update(out=["r.a"]), 3),  # b makes what it needs: a has to make it first
    (lambda c, a, b, x: a.update(needs=[{"r": "r.b", "mode": "gate"}]), 3),
    (lambda c, a, b, x: x.update(items="a"), 2),
    (lambda c, a, b, x: x.update(items=["b"]), 1),
    (lambda c, a, b, x: b.update(when=False), 2),
]


@pytest.mark.parametrize(("change", "days"), READ)
def test_is_read_and_proved(change: Change, days: float) -> None:
    assert compiled(changed(change))["workdays"] == days


REFUSED: list[tuple[Change, str]] = [
    (lambda c, a, b, x: a.update(stat="5 wd"), "[number] a"),
    (lambda c, a, b, x: a.update(stat={"v": 5, "u": "month"}), "[unit] a:不认识的时限单位“month”"),
    (lambda c, a, b, x: a.update(prom=-1), "[number] a"),
    (lambda c, a, b, x: a.update(prom=float("nan")), "[number] a"),
    (lambda c, a, b, x: a.update(needs=["r.a"]), "[cycle] a:先后关系成环：a → a"),
    (lambda c, a, b, x: a.update(needs=["r.b"]), "a → b → a"),
    (lambda c, a, b, x: b.update(needs=[{"mode": "hard"}]), "[missing] b:有一条前置没有写结果"),
    (lambda c, a, b, x: b.update(needs=[3]), "[shape] b:前置应写成"),
    (lambda c, a, b, x: b.update(needs=[{"r": {"r": 1}}]), "[shape] b:r 应为编码的列表，收到字典"),
    (lambda c, a, b, x: b.update(needs=["r.z"]), "[dangling] b:前置结果 r.z 没有任何事项产出"),
    (lambda c, a, b, x: c["materials"].update(m=None), "[unobtainable] m"),
    (lambda c, a, b, x: c["materials"].update(m={"any_of": ["m"]}), "[unobtainable] m"),
    (lambda c, a, b, x: c["items"].append(dict(a)), "[duplicate] a"),
    (lambda c, a, b, x: c.update(items=["a"]), "[shape] items 第 1 项"),
    (lambda c, a, b, x: c.update(items=3), "[shape] items:应为列表"),
    (lambda c, a, b, x: c.update(bundles=["x"]), "[shape] bundles 第 1 项"),
    (lambda c, a, b, x: c.update(departments=["d"]), "[shape] departments"),
    (lambda c, a, b, x: c.update(sources={"L": {"repealed": "soon"}}), "[shape] L:repealed 应为日期"),
    (lambda c, a, b, x: a.update(visits="两次"), "[shape] a:visits 应为 0 或正整数"),
    (lambda c, a, b, x: a.update(visits=-3), "[shape] a:visits"),
    (lambda c, a, b, x: a.update(m_when=["m"]), "[shape] a:m_when"),
    (lambda c, a, b, x: a.update(special="公示"), "[shape] a:special"),
    (lambda c, a, b, x: a.update(when=["q.a"]), "[shape] a:when"),
    (lambda c, a, b, x: a.update(when="__import__('os')"), "[condition] a"),
    (lambda c, a, b, x: x.update(items=[]), "[missing] x:没有任何事项"),
    (lambda c, a, b, x: x.update(milestone="开工"), "[shape] x:milestone"),
    (lambda c, a, b, x: x.update(prereview_days="x"), "[shape] x:prereview_days"),
    (lambda c, a, b, x: x.update(questions=["q"]), "[shape] x:questions"),
    (lambda c, a, b, x: x.update(questions=[{"n": "Q?"}]), "[missing] x:有一个情形问题没有编码"),
    (lambda c, a, b, x: x.update(questions=[{"id": "q", "p": ["x", 1]}]), "[shape] x/q:p 应为"),
    (lambda c, a, b, x: x.update(questions=[{"id": "q"}]), "[idle-question] x"),
]


@pytest.mark.parametrize(("change", "told"), REFUSED, ids=[told for _, told in REFUSED])
def test_is_refused_with_its_place(change: Change, told: str) -> None:
    with pytest.raises(CatalogError) as refused:
        load(changed(change))
    assert told in str(refused.value)


def test_endless_aliases_are_refused_at_once() -> None:
    value: Any = ["x"]
    for _ in range(40):
        value = [value] * 9
    with pytest.raises(CatalogError) as refused:
        load({"items": value, "bundles": []})
    assert "收到列表" in str(refused.value)


def test_too_many_questions_that_hang_together_are_refused() -> None:
    count = 30
    raw = {
        "items": [
            {"id": f"i{k}", "prom": 1, "when": f"q.q{k} and not q.q{(k + 1) % count}"} for k in range(count)
        ],
        "bundles": [
            {
                "id": "x",
                "items": [f"i{k}" for k in range(count)],
                "questions": [{"id": f"q{k}"} for k in range(count)],
            }
        ],
    }
    with pytest.raises(CatalogError, match="30 个情形问题互相牵连"):
        compile_bundle(load(raw), Order("x", START), AXIS)


def test_two_hundred_items_that_wait_for_each_other_are_proved() -> None:
    """Long chains of waits used to make the checker try every path; it must stay quick."""
    count = 120
    items = [
        {"id": f"i{k}", "prom": k % 7 + 1, "needs": [f"r{j}" for j in range(max(0, k - 9), k, 4)],
         "m": [f"m{j % 40}" for j in range(k, k + 6)], "out": [f"r{k}"]}
        for k in range(count)
    ]  # fmt: skip
    ways = [["submit"], ["share"], ["result:r3", "submit"], ["defer", "submit"]]
    raw = {
        "materials": {f"m{j}": {"get": ways[j % 4]} for j in range(40)},
        "items": items,
        "bundles": [{"id": "x", "items": [item["id"] for item in items]}],
    }
    assert len(compiled(raw)["schedule"]) == count
