"""同一实际控制人每年封顶: pro rata to the last 分, whole awards whole, unknown controllers held, earlier payments counted."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanfu.enterprise.benefits.award import Entry, award_list
from sanfu.enterprise.benefits.controllers import FACT, Claim, Given, Shared, share
from sanfu.enterprise.benefits.snapshot import read_snapshot, replay, rules_bytes, snapshot_bytes
from sanfu.enterprise.benefits.states import LineOutcome
from sanfu.enterprise.registry.content import dictionary
from sanfu.kernel.rules.reading.library import Library

DAY = date(2026, 11, 2)
WAN = 10_000_00  # 分 in 万元
CODES = st.sampled_from(["甲", "乙", "丙", "丁", "戊"])
CLAIMS = st.lists(
    st.builds(Claim, CODES, st.sampled_from(["一", "二", "别"]), st.integers(1, 50)),
    max_size=8,
    unique_by=lambda one: (one.code, one.clause),
)
KNOWN = st.dictionaries(CODES, st.sampled_from(["张", "李"]))
USED = st.dictionaries(CODES, st.integers(0, 40))


def rooms(ceiling: Shared, known: Mapping[str, str], used: Mapping[str, int]) -> dict[str, int]:
    spent = {who: sum(used.get(code, 0) for code in known if known[code] == who) for who in ("张", "李")}
    return {who: max(0, ceiling.limit - amount) for who, amount in spent.items()}


@given(CLAIMS, KNOWN, USED, st.integers(0, 120))
def test_every_fen_of_the_room_is_given_and_each_its_share(
    claims: list[Claim], known: dict[str, str], used: dict[str, int], limit: int
) -> None:
    ceiling = Shared("封顶", frozenset(("一", "二")), limit)
    found = share(claims, ceiling, known, used)
    assert set(found) == {(c.code, c.clause) for c in claims if c.clause in ceiling.clauses}
    for who, room in rooms(ceiling, known, used).items():
        mine = [c for c in claims if c.clause in ceiling.clauses and known.get(c.code) == who]
        total = sum(c.amount for c in mine)
        given_ = [found[c.code, c.clause].amount for c in mine]
        assert sum(given_) == min(total, room)
        for claim, amount in zip(mine, given_, strict=True):
            exact = Fraction(claim.amount * min(total, room), total)
            assert exact - 1 < amount < exact + 1
            assert amount <= claim.amount
    for claim in claims:
        if claim.clause in ceiling.clauses and claim.code not in known:
            assert found[claim.code, claim.clause] == Given(0, held=True)


@given(CLAIMS, st.integers(0, 120))
def test_whole_awards_are_whole_and_none_that_still_fits_is_left_out(claims: list[Claim], limit: int) -> None:
    ceiling = Shared("封顶", frozenset(("一", "二", "别")), limit, whole=True)
    found = share(claims, ceiling, dict.fromkeys("甲乙丙丁戊", "张"), {})
    amounts = {(c.code, c.clause): c.amount for c in claims}
    assert all(one.amount in (0, amounts[key]) for key, one in found.items())
    left = limit - sum(one.amount for one in found.values())
    assert left >= 0
    assert all(amounts[key] > left for key, one in found.items() if not one.amount)


@given(CLAIMS, KNOWN, st.permutations(["甲", "乙", "丙", "丁", "戊"]))
def test_the_order_of_the_list_decides_nothing(
    claims: list[Claim], known: dict[str, str], order: list[str]
) -> None:
    ceiling = Shared("封顶", frozenset(("一", "二")), 60)
    moved = sorted(claims, key=lambda one: order.index(one.code))
    assert share(claims, ceiling, known, {}) == share(moved, ceiling, known, {})


def test_pro_rata_is_the_division_nearest_to_the_exact_shares() -> None:
    """Against all divisions of a small room: none is nearer to the exact shares by its largest deviation."""
    claims = [Claim("甲", "一", 5), Claim("乙", "一", 3), Claim("丙", "一", 2)]
    for room in range(11):
        found = share(claims, Shared("封顶", frozenset("一"), room), dict.fromkeys("甲乙丙", "张"), {})
        got = [found[c.code, c.clause].amount for c in claims]
        exact = [Fraction(c.amount * room, 10) for c in claims]
        every = [
            (a, b - a, room - b)
            for a, b in [*combinations(range(room + 1), 2), *((n, n) for n in range(room + 1))]
        ]
        best = min(max(abs(x - e) for x, e in zip(one, exact, strict=True)) for one in every)
        assert max(abs(x - e) for x, e in zip(got, exact, strict=True)) == best


TEXT = """---
编号: demo-controller
标题: 同一控制人封顶试行办法（演示）
文号: 演示〔2026〕1号
发布机关: 云澄市
层级: 县级
施行: 2026-01-01
标记: 演示
责任: GXJ
---

## 第一条

对省专精特新中小企业奖励 30 万元，同一实际控制人的企业每年合计不超过 50 万元。

```规则
条款 demo-controller-1 专精特新奖励
类别 奖补
条件 「获评」 有效.省专精特新中小企业
给 30万元
封顶 同一实际控制人每年 50万元
```
"""


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.read(dictionary(), [("demo.md", TEXT)])


def entry(code: str, controller: str | None, paid: int = 0) -> Entry:
    row = {"有效.省专精特新中小企业": True, **({FACT: controller} if controller else {})}
    return Entry(code, row, {"demo-controller-1": [paid, paid]} if paid else {})


def test_a_batch_holds_the_enterprises_of_one_controller_to_their_ceiling(library: Library) -> None:
    entries = [entry("A1", "K1"), entry("A2", "K1"), entry("B1", "K2"), entry("C1", None)]
    found = award_list(entries, ["demo-controller-1"], library, DAY, None)
    by_code = {line.code: line for line in found.lines}
    assert {code: line.paid for code, line in by_code.items()} == {
        "A1": 25 * WAN, "A2": 25 * WAN, "B1": 30 * WAN, "C1": 0,
    }  # fmt: skip
    assert by_code["A1"].outcome == LineOutcome.CUT
    assert "A2" in by_code["A1"].reason
    assert by_code["B1"].outcome == LineOutcome.AWARDED
    assert by_code["C1"].outcome == LineOutcome.HELD
    assert found.unknown == 1


def test_what_a_sister_enterprise_had_this_year_counts(library: Library) -> None:
    entries = [entry("A1", "K1", paid=30 * WAN), entry("A2", "K1")]
    found = {line.code: line for line in award_list(entries, ["demo-controller-1"], library, DAY, None).lines}
    assert (found["A1"].outcome, found["A1"].paid) == (LineOutcome.TAKEN, 0)
    assert (found["A2"].outcome, found["A2"].paid) == (LineOutcome.CUT, 20 * WAN)


def test_the_list_is_made_again_from_what_was_kept(library: Library) -> None:
    entries = [entry("A1", "K1"), entry("A2", "K1"), entry("C1", None)]
    keys = ["有效.省专精特新中小企业", FACT]
    kept = snapshot_bytes(entries, keys, dictionary(), {})
    rules = rules_bytes({"demo.md": TEXT}, ["demo-controller-1"], DAY, None)
    assert len(read_snapshot(kept)) == 3
    first = award_list(entries, ["demo-controller-1"], library, DAY, None)
    assert replay(kept, rules, dictionary()).canonical() == first.canonical()
