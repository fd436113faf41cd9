"""分期兑付: each instalment once, in order, on its own condition; the parts add up to the whole award to the 分."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanfu.enterprise.benefits.award import Entry, award_list
from sanfu.enterprise.benefits.instalments import Paid, due
from sanfu.enterprise.registry.content import dictionary
from sanfu.kernel.rules.language.facts import Value
from sanfu.kernel.rules.reading.library import Library

WAN = 10_000_00  # 分 in 万元
TEXT = """---
编号: demo-parts
标题: 分期兑付试行办法（演示）
文号: 演示〔2026〕2号
发布机关: 云澄市
层级: 县级
施行: 2025-01-01
标记: 演示
责任: GXJ
---

## 第一条

对技改投资按 10% 给予补助，最高 300 万元；当年付一半，上市后付清。

```规则
条款 demo-parts-1 技改补助
类别 奖补
条件 「有投资」 技改投资额 100万元以上
给 技改投资额 的 10%
分期 50% 「验收」
分期 50% 「上市」 当 上市公司
封顶 每项目 300万元
```

## 第二条

对首次获评省专精特新中小企业奖励 30 万元，分三年付清。

```规则
条款 demo-parts-2 三年付清的奖励
类别 奖补
条件 「首次」 首次.省专精特新中小企业
给 30万元
分期 40% 「第一年」
分期 30% 「第二年」
分期 30% 「第三年」
```
"""
PARTS, YEARS = "demo-parts-1", "demo-parts-2"


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.read(dictionary(), [("demo.md", TEXT)])


def run(
    library: Library, clause: str, row: dict[str, Value], ledger: list[int] | None, year: int
) -> tuple[int, str, int]:
    entry = Entry("A1", row, {clause: ledger} if ledger else {})
    listed = award_list([entry], [clause], library, date(year, 11, 2), None)
    paid = sum(line.paid for line in listed.lines)
    return paid, "".join(line.reason for line in listed.lines), listed.unknown


INVESTED: dict[str, Value] = {"技改投资额": 5000 * WAN}  # 10 % is 500万元, the project's ceiling 300万元


def test_the_first_half_is_paid_and_the_second_waits_for_its_condition(library: Library) -> None:
    paid, reason, unknown = run(library, PARTS, {**INVESTED, "上市公司": False}, None, 2026)
    assert (paid, unknown) == (150 * WAN, 0)
    assert "第1期50%（验收）" in reason
    assert run(library, PARTS, INVESTED, None, 2026)[2] == 0  # the first is due whatever the second needs


def test_the_second_half_is_paid_once_its_condition_holds_and_only_once(library: Library) -> None:
    first = [150 * WAN, 150 * WAN, 300 * WAN]
    later = [0, 150 * WAN, 300 * WAN]
    assert run(library, PARTS, {**INVESTED, "上市公司": True}, first, 2026)[0] == 150 * WAN
    assert (
        run(library, PARTS, {"上市公司": True}, later, 2027)[0] == 150 * WAN
    )  # not asked for the investment again
    assert run(library, PARTS, {**INVESTED, "上市公司": False}, later, 2027)[:2] == (0, "")
    assert run(library, PARTS, INVESTED, later, 2027)[2] == 1  # nobody knows whether it is listed: it waits
    assert run(library, PARTS, {"上市公司": True}, [150 * WAN, 300 * WAN, 300 * WAN], 2027)[0] == 0


def test_both_halves_are_due_when_the_second_condition_holds_already(library: Library) -> None:
    assert run(library, PARTS, {**INVESTED, "上市公司": True}, None, 2026)[0] == 300 * WAN


def test_instalments_without_a_condition_come_once_a_year(library: Library) -> None:
    row: dict[str, Value] = {"本年.省专精特新中小企业": True, "历史.省专精特新中小企业": False}
    assert run(library, YEARS, row, None, 2026)[0] == 12 * WAN
    assert run(library, YEARS, row, [12 * WAN, 12 * WAN, 30 * WAN], 2026)[0] == 0
    again: dict[str, Value] = {"本年.省专精特新中小企业": False, "历史.省专精特新中小企业": True}
    assert run(library, YEARS, again, [0, 12 * WAN, 30 * WAN], 2027)[0] == 9 * WAN
    assert run(library, YEARS, again, [0, 21 * WAN, 30 * WAN], 2028)[0] == 9 * WAN
    assert run(library, YEARS, again, [0, 30 * WAN, 30 * WAN], 2029)[0] == 0


@given(decided=st.integers(1, 10**9), starts=st.integers(0, 40))
def test_the_parts_add_up_to_the_award_whenever_they_fall_due(
    library: Library, decided: int, starts: int
) -> None:
    """One batch a year until nothing is due: the sum is the whole award, and no part is ever negative."""
    (clause,) = [clause for _, clause in library.clauses() if clause.id == YEARS]
    ever = 0
    for year in range(2026 + starts, 2032 + starts):
        part = due(clause, decided, Paid(0, ever, decided if ever else 0), {}, date(year, 1, 5))
        assert part.amount >= 0
        ever += part.amount
    assert ever == decided
