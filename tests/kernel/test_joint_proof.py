"""Whoever changes one thing in a guide and seals it again is found out: by the guide itself or by its catalogue."""

import ast
import copy
import itertools
import json
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import sanfu.kernel.joint.proving.verify as checker
from sanfu.kernel.joint.catalogue.load import load
from sanfu.kernel.joint.compiling.guide import Order, compile_bundle, guide
from sanfu.kernel.joint.proving.verify import verify
from sanfu.kernel.joint.seal import digest_of, seal_of
from sanfu.kernel.schedule import Axis
from tests.kernel.test_joint_verify import DENSE, at, changes

HOLIDAYS = {date(2026, 3, 5), date(2026, 3, 6)}
WORKED = {date(2026, 3, 7)}
START = date(2026, 3, 2)

# Every feature of a catalogue once: a lapsed text and one not yet in force, an unregistered text and department,
# a pre-review, a limit inside another, days that run on, alternatives, twins, rules on data, implications.
RAW: dict[str, Any] = {
    "departments": {"sj": "市场监管", "sw": "税务", "ga": "公安"},
    "sources": {
        "XKF": {"title": "行政许可法(2019)", "how": "text"},
        "HPF": {"title": "环评法", "how": "excerpt", "repealed": "2026-01-01", "by": "STHJ"},
        "STHJ": {"title": "生态环境法典", "how": "text", "effective": "2026-08-15"},
        "DES": {"title": "本市设计", "how": "design"},
    },
    "fields": {
        "name": {"n": "名称", "share": "电子营业执照"},
        "addr": {"n": "新住所", "t": "address"},
        "province": {"n": "是否跨省", "from": "addr", "t": "bool"},
    },
    "materials": {
        "apply": {"n": "申请表", "get": ["form"]},
        "licence": {"n": "营业执照", "get": ["result:r.licence", "share"], "note": "电子证照亦可"},
        "lease": {"n": "租赁合同", "get": ["defer", "submit"], "note": "一年以上"},
        "site": {"n": "场所证明", "get": ["submit"], "dup_of": "lease"},
        "poa": {"n": "授权书", "get": ["submit"]},
        "fund": {"n": "资金承诺", "get": ["promise"]},
        "audit": {"n": "审计报告", "get": ["result:r.tax", "submit"]},
        "who": {"n": "身份证明", "any_of": ["idcard", "poa"], "get": ["share"]},
        "idcard": {"n": "身份证", "get": ["submit"]},
        "opinion": {"n": "预审意见", "get": ["result:r.plan"]},
    },
    "items": [
        {"id": "reg", "n": "登记", "kind": "行政确认", "dept": "sj", "stat": {"v": 3, "u": "wd", "ext": 3, "src": "XKF§42"},
         "prom": 1, "f": ["name", "addr", "province"], "m": ["apply", "lease", "poa"], "out": ["r.licence"], "visits": 2},
        {"id": "tax", "n": "税务", "dept": "sw", "stat": {"v": 10, "u": "day", "count_as": "day", "src": "HPF§3"}, "prom": 4,
         "needs": [{"r": "r.licence", "mode": "hard", "src": "XKF§8"}], "f": ["name"],
         "m": ["apply", "licence", "site", "fund"], "out": ["r.tax"], "visits": 1},
        {"id": "seal", "n": "印章", "dept": "ga", "when": "q.seal", "prom": 2, "stat": {"v": 2, "u": "wd", "src": "DES"},
         "needs": [{"r": "r.licence", "mode": "soft", "note": "可先刻"}], "m": ["licence", "poa", "who"], "out": ["r.seal"],
         "visits": 1},
        {"id": "bank", "n": "开户", "dept": "xx", "prom": 1, "stat": {"v": 5, "u": "wd", "inside": "tax", "src": "GONE"},
         "needs": [{"any_of": ["r.seal", "r.tax"], "mode": "hard"}], "m": ["poa", "audit"], "visits": 1},
        {"id": "plan", "n": "规划", "dept": "sj", "when": "q.size == 'big' and q.build", "prom": 3,
         "stat": {"v": 20, "u": "wd", "src": "STHJ"}, "out": ["r.plan"], "effective": "2026-06-01", "visits": 1,
         "special": [{"n": "专家评审", "max": 10}]},
        {"id": "build", "n": "施工许可", "dept": "sj", "when": "q.build", "prom": 2, "stat": {"u": "instant"},
         "needs": [{"r": "r.plan", "mode": "soft"}, {"r": "r.land", "mode": "hard", "src": "XKF§8"}],
         "m": ["opinion", "poa"], "m_get": {"opinion": ["result:r.plan", "submit"]}, "visits": 1},
        {"id": "land", "n": "用地", "dept": "sj", "prom": 0, "out": ["r.land"]},
    ],
    "bundles": [
        {"id": "b", "n": "开办", "lead": "sj", "src": "HPF", "items": ["reg", "tax", "seal", "bank", "plan", "build"],
         "pre_review": ["plan"], "cap": {"v": 8, "u": "wd"},
         "questions": [
             {"id": "seal", "n": "是否刻章？", "a": "bool", "derive": "登记信息",
              "rules": [{"if": "staff > 3", "then": True}, {"if": "staff <= 3", "then": False}]},
             {"id": "build", "n": "是否建设？", "a": "bool"},
             {"id": "size", "n": "规模？", "a": {"big": "大", "small": "小"}, "p": [0.3, 0.7]}],
         "implies": ["not build -> size irrelevant"],
         "milestone": {"id": "M", "n": "开业", "gates": ["r.tax", "r.seal"], "src": "XKF§8"}},
    ],
}  # fmt: skip

ORDERS = {
    "asked": Order("b", START),
    "answered": Order("b", START, {"seal": "yes", "build": "yes", "size": "big"}),
    "data": Order("b", START, {"build": "no"}, {"staff": 9.0}),
    "alone": Order("b", START, {"seal": "no", "build": "yes", "size": "small"}, share=False),
    "opinions": Order(
        "b",
        START,
        {"seal": "yes", "build": "yes", "size": "big"},
        prereview=("plan",),
        waive=("seal", "build"),
    ),
}

# What no proof reaches, each with the reason. Everything else is proved, or compared with the catalogue.
UNPROVED = {
    ("materials", "alternatives", "[]", "materials"):
        "how few materials another course of waiting needs is a search of its own; the guide's own count is proved",
    ("input", "calendar", "to"):
        "how far past the last day the calendar carried reaches; every day that counts must lie inside",
}  # fmt: skip


def works(day: date) -> bool:
    return day in WORKED or (day.weekday() < 5 and day not in HOLIDAYS)


CATALOG = load(RAW)
ROWS = CATALOG.raw
DAYS = Axis.of(works, date(2026, 2, 1), 400)


def written(order: Order) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(guide(compile_bundle(CATALOG, order, DAYS))))
    return plain


GUIDES = {name: written(order) for name, order in ORDERS.items()}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Places of everything that is not itself made of parts; an empty list is a leaf."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    parts = list(pairs)
    if not parts:
        yield path
    for key, inner in parts:
        if (*path, key) != ("seal",):
            yield from leaves(inner, (*path, key))


def forged(name: str, path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The guide with one leaf changed, and sealed again as its author would."""
    found = copy.deepcopy(GUIDES[name])
    at(found, path[:-1])[path[-1]] = value
    found["seal"] = seal_of(found)
    return found


def other(name: str, path: tuple[Any, ...]) -> Any:
    """Another value for a leaf: which one differs from place to place, and is the same in every run."""
    return random.Random(f"{name}{path}").choice(list(changes(at(GUIDES[name], path))) or [{"x": "x"}])


def place(path: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple("[]" if isinstance(key, int) else key for key in path)


@pytest.mark.parametrize("name", GUIDES)
def test_the_guides_themselves_are_proved(name: str) -> None:
    assert verify(GUIDES[name]) == []
    assert verify(GUIDES[name], ROWS, works) == []
    assert verify(GUIDES[name], json.loads(json.dumps(ROWS)), works) == []


def test_the_guides_hold_what_is_to_be_proved() -> None:
    """Lapsed texts, pending items, data, opinions, soft waits: none of the proofs below is empty."""
    assert GUIDES["asked"]["items_pending"]
    assert GUIDES["asked"]["questions"]
    assert {row["origin"] for row in GUIDES["data"]["situation"]} == {"given", "data", "logic"}
    assert any(row["opinion"] for row in GUIDES["opinions"]["materials"]["dropped"])
    assert any(row["soft_waits"] for row in GUIDES["answered"]["schedule"])
    assert any(row["lapsed"] for row in GUIDES["answered"]["items"])
    assert {row["confidence"] for row in GUIDES["answered"]["items"]} == {"已核", "节选", "待核", "设计"}
    assert any(row["failed_escapes"] for row in GUIDES["alone"]["materials"]["kept"])
    assert len(GUIDES["answered"]["warnings"]) >= 4


@DENSE
@pytest.mark.parametrize("name", GUIDES)
def test_every_leaf_that_is_shown_is_proved_by_the_guide_alone(name: str, step: int) -> None:
    missed, count = [], 0
    for path in itertools.islice(leaves(GUIDES[name]), 0, None, step):
        if path[0] == "input":
            continue
        value = other(name, path)
        count += 1
        if not verify(forged(name, path, value)):
            missed.append((path, value))
    assert [one for one in missed if place(one[0]) not in UNPROVED] == []
    assert count > 350 / step


@DENSE
@pytest.mark.parametrize("name", GUIDES)
def test_every_leaf_that_is_carried_is_compared_with_the_catalogue(name: str, step: int) -> None:
    missed = [
        (path, other(name, path))
        for path in itertools.islice(leaves(GUIDES[name]), 0, None, step)
        if path[0] == "input" and not verify(forged(name, path, other(name, path)), ROWS, works)
    ]
    assert [one for one in missed if place(one[0]) not in UNPROVED] == []


def test_a_lie_told_twice_is_found_beside_the_catalogue() -> None:
    """The word and what it is proved from are changed together: consistent, and not what the catalogue says."""
    lie = copy.deepcopy(GUIDES["answered"])
    lie["items"][0]["statutory"]["basis"] = lie["input"]["items"][0]["stat"]["src"] = "XKF§43"
    lie["items"][0]["statutory"]["basis_text"] = "《行政许可法》§43"
    lie["seal"] = seal_of(lie)
    assert verify(lie) == []
    assert verify(lie, ROWS) == ["指南所带的事项与目录不同：/0/stat/src 应为 XKF§42，指南写 XKF§43"]


@pytest.mark.parametrize("name", GUIDES)
def test_no_warning_can_be_left_out(name: str) -> None:
    for gone in range(len(GUIDES[name]["warnings"])):
        found = copy.deepcopy(GUIDES[name])
        del found["warnings"][gone]
        found["seal"] = seal_of(found)
        assert any("提示应为" in text for text in verify(found))


def test_no_question_can_be_left_out() -> None:
    assert len(GUIDES["asked"]["questions"]) == 3
    for gone in range(3):
        found = copy.deepcopy(GUIDES["asked"])
        del found["questions"][gone]
        for place_, row in enumerate(found["questions"]):
            row["next"] = place_ == 0
        found["seal"] = seal_of(found)
        assert any("还要问的问题不够" in text for text in verify(found))


def test_a_guide_of_the_earlier_format_is_told_to_be_compiled_again() -> None:
    old = {**GUIDES["asked"], "format": "sanfu-guide/1"}
    assert [text[:9] for text in verify(old)] == ["指南是较早的格式 "[:9]]


def test_another_version_and_another_calendar_are_named() -> None:
    other = {**ROWS, "sources": {**ROWS["sources"], "NEW": {"title": "新法", "how": "text"}}}
    assert [text[:9] for text in verify(GUIDES["asked"], other)] == ["指南写明的目录版本"]
    assert verify(GUIDES["asked"], {"bundles": []}) == ["所给目录中没有“b”这件事"]
    told = verify(GUIDES["asked"], ROWS, lambda day: day.weekday() < 5)
    assert any("2026-03-05" in text and "放假安排" in text for text in told)


def test_a_digest_is_of_the_rows_not_of_their_order_and_a_ring_of_aliases_ends() -> None:
    assert digest_of({"a": 1, "b": [2]}) == digest_of({"b": [2], "a": 1}) != digest_of({"a": 1, "b": ["2"]})
    ring: dict[str, Any] = {"a": []}
    ring["a"].append(ring)
    assert digest_of(ring).startswith("sha256:")
    wide: Any = "x"
    for _ in range(60):
        wide = [wide] * 9  # nine to the sixtieth leaves
    assert digest_of(wide).startswith("sha256:")


def test_the_checker_uses_none_of_the_compilers_code() -> None:
    room = Path(checker.__file__).parent
    own = ("sanfu.kernel.joint.proving.", "sanfu.kernel.joint.seal")
    for path in room.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        used = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        used |= {alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
        assert {m for m in used if m.startswith("sanfu") and not m.startswith(own)} == set(), path.name


@DENSE
def test_random_changes_to_several_leaves_are_found(step: int) -> None:
    dice = random.Random(20260302)
    for _ in range(150 // step):
        name = dice.choice(list(GUIDES))
        found = copy.deepcopy(GUIDES[name])
        for path in dice.sample([p for p in leaves(found) if p[0] != "input"], 2):
            at(found, path[:-1])[path[-1]] = next(iter(changes(at(found, path))), {"x": "x"})
        found["seal"] = seal_of(found)
        assert verify(found)
