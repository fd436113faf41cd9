"""同一实际控制人封顶 in a whole batch: exact, explained, replayed; an unknown controller is unknown, not uncapped."""

from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sanfu.enterprise.benefits import actions, queries
from sanfu.enterprise.benefits.award import award_list
from sanfu.enterprise.benefits.bundling import AwardLine
from sanfu.enterprise.benefits.card import Standing, card
from sanfu.enterprise.benefits.policies import in_force, paying_clauses
from sanfu.enterprise.benefits.snapshot import Entry
from sanfu.enterprise.benefits.states import LineOutcome
from sanfu.enterprise.benefits.trial import city_on
from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.queries import own, profile
from sanfu.kernel.rules.judging.verdict import judge
from sanfu.kernel.rules.reading.library import Library
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, Refused

REGION = "329900"
AT = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
DAY = date(2026, 6, 1)
WAN = 10**6
FRONT = "---\n编号: t\n标题: 试\n文号: 试1号\n发布机关: 试\n层级: 县级\n施行: 2026-01-01\n---\n\n# 试\n\n## 一\n\n原文。\n\n"


def listed(
    rule: str, *firms: tuple[str, str | None, int, int], chosen: tuple[str, ...] = ("t-1",)
) -> list[AwardLine]:
    """firms: code, controller, last year's revenue in 万元, 万元 paid for t-1 this year."""
    library = Library.read(dictionary(), [("t.md", f"{FRONT}```规则\n{rule}\n```\n")])
    assert not library.documents[0].problems, library.documents[0].problems
    entries = [
        Entry(
            code,
            {"上年.营业收入": revenue * WAN, **({"实际控制人": who} if who else {})},
            {"t-1": [paid * WAN, paid * WAN]} if paid else {},
        )
        for code, who, revenue, paid in firms
    ]
    found = award_list(entries, chosen, library, DAY, None)
    listed.unknown = found.unknown  # type: ignore[attr-defined]
    return list(found.lines)


CAP = "条款 t-1 试\n条件 上年.营业收入 100万元以上\n给 上年.营业收入 的 10%\n封顶 同一实际控制人每年 100万元\n次序 {}"


@pytest.mark.parametrize(
    ("order", "paid"), [("就高", [20, 80, 0]), ("按名单", [60, 40, 0]), ("按比例", [60, 80, 10])]
)
def test_the_order_of_the_clause_cuts(order: str, paid: list[int]) -> None:
    firms = [("A", "K1", 600, 0), ("B", "K1", 800, 0), ("C", "K1", 100, 0), ("D", "K2", 900, 0)]
    lines = listed(CAP.format(order), *firms)
    if order == "按比例":
        paid = [40, 53, 7]
    assert [round(line.paid / WAN) for line in lines] == [*paid, 90]
    assert sum(line.paid for line in lines[:3]) == 100 * WAN
    assert lines[3].reason == ""
    assert "同一实际控制人3家企业共用每年封顶100万元" in lines[0].reason
    if order == "就高":
        assert lines[2].outcome is LineOutcome.CAPPED
        assert "本企业第1位" in lines[1].reason
        assert "…B 80万元、…A 20万元、…C 0元" in lines[0].reason


def test_what_a_sister_was_paid_this_year_counts_even_when_she_is_not_listed_again() -> None:
    lines = listed(CAP.format("就高"), ("A", "K1", 600, 70), ("B", "K1", 800, 0))
    assert [(line.outcome, line.paid // WAN) for line in lines] == [
        (LineOutcome.TAKEN, 0),
        (LineOutcome.CUT, 30),
    ]
    assert "本年已用70万元" in lines[1].reason


def test_without_a_known_controller_nothing_is_paid_and_nothing_refused() -> None:
    lines = listed(CAP.format("就高"), ("A", None, 600, 0), ("B", "K1", 800, 0))
    assert [(line.code, line.outcome, line.paid // WAN) for line in lines] == [
        ("A", LineOutcome.HELD, 0),
        ("B", LineOutcome.AWARDED, 80),
    ]
    assert "实际控制人未知" in lines[0].reason
    assert listed.unknown == 1  # type: ignore[attr-defined]


def test_more_awards_at_once_than_can_be_compared_are_refused_with_what_to_do() -> None:
    more = [f"条款 t-{n} 试\n条件 上年.营业收入 100万元以上\n给 1万元" for n in range(2, 19)]
    chosen = tuple(f"t-{n}" for n in range(1, 19))
    firms = [("A", "K1", 600, 0), ("B", "K1", 800, 0)]
    with pytest.raises(Refused, match=r"（A、B）不能合并计算：一家企业有 18 项同时命中，.*请分批办理"):
        listed("\n\n".join([CAP.format("就高"), *more]), *firms, chosen=chosen)


# ---- the demo county


def who(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=DAY)


@pytest.mark.django_db
@pytest.mark.usefixtures("firms")
def test_a_batch_of_the_county_keeps_every_cap_and_replays() -> None:
    batch = actions.generate(["yc-lead-1"], title="", day=DAY, by=who("jiangyu"), at=AT)
    city = city_on(REGION, DAY)
    controller = {one.code: one.row.get("实际控制人") for one in city.profiles}
    paid: dict[Any, int] = defaultdict(int)
    for line in batch.lines.exclude(outcome=LineOutcome.HELD).select_related("enterprise"):
        paid[controller[line.enterprise.credit_code]] += line.paid
    assert None not in paid
    assert max(paid.values()) == 30 * WAN, "some group reaches the cap, none passes it"
    cut = batch.lines.filter(outcome=LineOutcome.CUT)
    assert cut.exists()
    assert all("按金额比例" in line.reason for line in cut)
    clause = next(c for _, c in paying_clauses(in_force(REGION, DAY), DAY) if c.id == "yc-lead-1")
    won = [n for n, row in enumerate(city.rows) if judge(clause, row, DAY, dictionary()).status == "符合"]
    nameless = [n for n in won if controller[city.profiles[n].code] is None]
    assert nameless
    assert batch.lines.count() == len(won)
    assert batch.lines.filter(outcome=LineOutcome.HELD, paid=0).count() == len(nameless)
    assert batch.unknown >= len(nameless)
    run = city.run([clause])[0]
    assert set(nameless) <= set(run.unknown)
    assert len(run.hits) == len(won) - len(nameless)
    assert queries.replayed(batch)["same"]


@pytest.mark.django_db
@pytest.mark.usefixtures("firms")
def test_the_card_asks_for_an_unknown_controller() -> None:
    firm = own(who("wangqiang"))
    assert firm
    me = profile(firm, DAY)
    clauses = paying_clauses(in_force(REGION, DAY), DAY)
    assert "yc-lead-1" in {i.clause.id for i in card(me, clauses, DAY, dictionary())[Standing.ENTITLED]}
    del me.row["实际控制人"]
    (item,) = [
        i for i in card(me, clauses, DAY, dictionary())[Standing.MISSING] if i.clause.id == "yc-lead-1"
    ]
    assert [question.column for question in item.questions] == ["实际控制人"]
