"""The checker finds every change to a guide: by the seal, and where it was renewed, by proving it again."""

import copy
import itertools
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from sanfu.kernel.joint.catalogue.load import load
from sanfu.kernel.joint.compiling.guide import Order, compile_bundle, guide
from sanfu.kernel.joint.proving.verify import verify
from sanfu.kernel.joint.seal import seal_of
from sanfu.kernel.schedule import Axis

AXIS = Axis.of(lambda day: day.weekday() < 5, date(2026, 1, 1), 400)
RAW: dict[str, Any] = {
    "departments": {"sj": "市场监管", "sw": "税务", "ga": "公安"},
    "sources": {"XKF": {"title": "行政许可法(2019)", "how": "text"}},
    "fields": {
        "name": {"n": "名称", "share": "电子营业执照"},
        "addr": {"n": "新住所"},
        "province": {"n": "是否跨省", "from": "addr"},
    },
    "materials": {
        "apply": {"n": "申请表", "get": ["form"]},
        "licence": {"n": "营业执照", "get": ["result:r.licence", "share"]},
        "lease": {"n": "租赁合同", "get": ["defer", "submit"]},
        "site": {"n": "场所证明", "get": ["submit"], "dup_of": "lease"},
        "poa": {"n": "授权书", "get": ["submit"]},
        "fund": {"n": "资金承诺", "get": ["promise"]},
    },
    "items": [
        {"id": "reg", "n": "登记", "kind": "行政确认", "dept": "sj", "stat": {"v": 3, "u": "wd", "ext": 3, "src": "XKF§42"},
         "prom": 1, "f": ["name", "addr", "province"], "m": ["apply", "lease", "poa"], "out": ["r.licence"], "visits": 2},
        {"id": "tax", "n": "税务", "dept": "sw", "stat": {"v": 10, "u": "day", "count_as": "day"}, "prom": 4,
         "needs": [{"r": "r.licence", "mode": "hard", "src": "XKF§8"}], "f": ["name"],
         "m": ["apply", "licence", "site", "fund"], "out": ["r.tax"], "visits": 1},
        {"id": "seal", "n": "印章", "dept": "ga", "when": "q.seal", "prom": 2, "needs": [{"r": "r.licence", "mode": "soft"}],
         "m": ["licence", "poa"], "out": ["r.seal"], "visits": 1},
        {"id": "bank", "n": "开户", "dept": "sj", "prom": 1,
         "needs": [{"any_of": ["r.seal", "r.tax"], "mode": "hard"}], "m": ["poa"], "visits": 1},
    ],
    "bundles": [
        {"id": "b", "n": "开办", "lead": "sj", "items": ["reg", "tax", "seal", "bank"],
         "questions": [{"id": "seal", "n": "是否刻章？", "a": "bool"}],
         "milestone": {"id": "M", "n": "开业", "gates": ["r.tax", "r.seal"], "src": "XKF§8"}},
    ],
}  # fmt: skip


def written() -> dict[str, Any]:
    order = Order("b", date(2026, 3, 2), {"seal": "yes"})
    plain: dict[str, Any] = json.loads(json.dumps(guide(compile_bundle(load(RAW), order, AXIS))))
    return plain


def changes(value: Any) -> Iterator[Any]:
    """Other values in the place of one."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value + 1, value - 1)
    elif isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        yield from ((date.fromisoformat(value) + timedelta(n)).isoformat() for n in (-1, 1))
    elif isinstance(value, str):
        yield value + "x"
    elif value is None:
        yield "x"
    elif isinstance(value, list):
        yield from ([*value, "x"], *([value[:-1], [*value, value[0]]] if value else []))
    elif isinstance(value, dict):
        yield from ({k: v for k, v in value.items() if k != gone} for gone in value)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        if path or key not in ("input", "seal"):
            yield from places(inner, (*path, key))


def at(tree: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        tree = tree[key]
    return tree


def tampered(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    found = copy.deepcopy(GUIDE)
    at(found, path[:-1])[path[-1]] = value
    return found


GUIDE = written()


def test_the_guide_itself_is_proved() -> None:
    assert verify(GUIDE) == []
    assert (GUIDE["workdays"], GUIDE["critical_path"]) == (4, ["reg", "tax"])
    again = json.loads(json.dumps(dict(reversed(GUIDE.items())), ensure_ascii=True, indent=3))
    assert verify(again) == []


# Each of some 1,500 changes is a proof of its own: every seventh in the fast run, all of them in the slow one.
DENSE = pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.slow)])


def all_changes(step: int) -> Iterator[tuple[tuple[Any, ...], Any]]:
    every = ((path, value) for path in places(GUIDE) for value in changes(at(GUIDE, path)))
    return itertools.islice(every, 0, None, step)


@DENSE
def test_every_single_change_is_found(step: int) -> None:
    assert [path for path, value in all_changes(step) if not verify(tampered(path, value))] == []


@DENSE
def test_every_single_change_is_found_without_the_seal(step: int) -> None:
    """The seal is renewed after each change, so that only the proofs can object."""
    missed, count = [], 0
    for path, value in all_changes(step):
        found = tampered(path, value)
        found["seal"] = seal_of(found)
        count += 1
        if not verify(found):
            missed.append((path, value))
    assert missed == []
    assert count > 700 // step


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("items", 1, "promised", "value"), 3, "tax 的承诺时限 value 应为 4"),
        (("input", "items", 1, "prom"), 3, "tax"),
        (("input", "items", 1, "needs"), [], "前置与目录不符"),
        (("input", "materials", "fund", "get"), ["submit"], "免交理由“promised”不成立"),
        (("input", "materials", "poa", "get"), ["share"], "不交也能办成"),
        (("input", "answers", "seal"), False, "事项与情形不符"),
        (("input", "calendar", "days_off"), ["2026-03-03"], "应为"),
        (("schedule", 0, "slack"), 1, "reg 的余量 1 不成立"),
        (("materials", "kept", 0, "items"), [], "列出的事项与需要它的事项不符"),
        (("reductions", "days", "baselines", 0, "workdays"), 99, "法定时限逐项串联应为"),
        (("milestone", "day"), "2026-03-03", "里程碑“开业”应为"),
        (("format",), "sanfu-guide/9", "格式应为"),
        (("workdays",), 3, "总工作日应为 4"),
    ],
)
def test_objections_name_what_is_wrong(path: tuple[Any, ...], value: Any, told: str) -> None:
    found = tampered(path, value)
    found["seal"] = seal_of(found)
    assert any(told in objection for objection in verify(found)), verify(found)


def test_a_guide_without_a_seal_is_not_proved() -> None:
    bare = {key: value for key, value in GUIDE.items() if key != "seal"}
    assert [text for text in verify(bare) if "没有封印" in text]
    for damaged in ({}, {"input": 3}):
        assert "残缺" in verify(damaged)[0]


def test_one_row_for_a_result_and_one_for_an_opinion_of_it() -> None:
    """Two items that drop a material by the same result, one of them on an opinion, are told apart."""
    order = Order("b", date(2026, 3, 2), {"seal": "yes"}, waive=("seal",))
    lifted = json.loads(json.dumps(guide(compile_bundle(load(RAW), order, AXIS))))
    rows = [row for row in lifted["materials"]["dropped"] if row["id"] == "licence"]
    assert [(row["items"], row["opinion"]) for row in rows] == [(["tax"], False), (["seal"], True)]
    assert verify(lifted) == []
