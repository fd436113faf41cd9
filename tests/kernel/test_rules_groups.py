"""同一实际控制人封顶: the best combination of a group against trying everything, and who is served first."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.rules.awards.bundles import Award, Ceiling, Exclusions, Options
from sanfu.kernel.rules.awards.groups import Group, Member, Shared, share_group
from sanfu.kernel.rules.language.tree import ORDERS

CLAUSES = "甲乙丙丁"
amounts = st.integers(0, 9)


@st.composite
def groups(draw: st.DrawFn) -> tuple[list[Member], Exclusions, list[Shared]]:
    members = [
        Member(
            f"企{n}",
            tuple(Award(c, draw(amounts)) for c in CLAUSES if draw(st.booleans())),
            (Ceiling("每年", draw(st.integers(0, 20)), frozenset(draw(st.sets(st.sampled_from(CLAUSES)))), draw(st.booleans())),),
        )
        for n in range(draw(st.integers(1, 3)))
    ]  # fmt: skip
    pairs = draw(st.lists(st.tuples(st.sampled_from(CLAUSES), st.sampled_from(CLAUSES)), max_size=2))
    split = draw(st.integers(0, 4))
    parts = [frozenset(CLAUSES[:split]), frozenset(CLAUSES[split : split + draw(st.integers(0, 2))])]
    shared = [
        Shared(f"共{n}", draw(st.integers(0, 20)), part, draw(st.sampled_from(ORDERS)), draw(st.booleans()), draw(st.integers(0, 5)))
        for n, part in enumerate(parts)
        if part
    ]  # fmt: skip
    return members, Exclusions({}, pairs), shared


def brute(members: list[Member], exclusions: Exclusions, shared: list[Shared]) -> int:
    """The most the group can be paid: every legal combination of every enterprise."""
    best = 0
    for bundles in product(*(list(Options(m.awards, exclusions, m.ceilings)) for m in members)):
        total = sum(b.total for b in bundles)
        for cap in shared:
            asked = sum(b.paid[a.name] for b in bundles for a in b.chosen if a.clause in cap.members)
            if asked > cap.room:
                total = total - (asked - cap.room) if not cap.whole else -1
                if total < 0:
                    break
        best = max(best, total)
    return best


@settings(max_examples=200, deadline=None)
@given(groups())
def test_the_group_is_paid_what_trying_everything_finds(
    case: tuple[list[Member], Exclusions, list[Shared]],
) -> None:
    members, exclusions, shared = case
    found = share_group(members, exclusions, shared)
    assert found.total == brute(members, exclusions, shared)
    _legal(found, members, exclusions, shared)
    assert share_group(members, exclusions, shared) == found


def _legal(found: Group, members: list[Member], exclusions: Exclusions, shared: list[Shared]) -> None:
    for member in members:
        bundle = found.bundles[member.name]
        names = [a.clause for a in bundle.chosen]
        assert not any(b in exclusions.rivals.get(a, ()) for a in names for b in names)
        assert {a.name for a in bundle.chosen} | {x.award.name for x in bundle.lost} == {
            a.name for a in member.awards
        }
        for award in bundle.chosen:
            assert award.amount - bundle.paid[award.name] == bundle.cut.get(award.name, 0)
    for cap in shared:
        uses = found.uses[cap.name]
        assert sum(u.paid for u in uses) <= cap.room
        assert all(u.paid == found.bundles[u.member].paid[u.clause] for u in uses)
        if cap.whole:
            assert all(u.paid in (0, u.asked) for u in uses)
        if cap.order != "按比例":
            short = next((n for n, u in enumerate(uses) if u.paid < u.asked), len(uses))
            assert all(u.paid == 0 for u in uses[short + 1 :]), "who comes later gets only what is left"


def members(*said: int) -> list[Member]:
    return [Member(f"企{n}", (Award("甲", amount),)) for n, amount in enumerate(said)]


@pytest.mark.parametrize(
    ("order", "paid"),
    [("就高", [0, 80, 20]), ("按名单", [30, 70, 0]), ("按比例", [20, 53, 27])],
)
def test_the_order_of_the_clause_decides_who_is_cut(order: str, paid: list[int]) -> None:
    found = share_group(members(30, 80, 40), Exclusions({}), [Shared("共", 100, frozenset("甲"), order)])
    assert [b.total for b in found.bundles.values()] == paid
    assert found.total == 100


def test_what_was_paid_before_counts() -> None:
    found = share_group(
        members(30, 80), Exclusions({}), [Shared("共", 100, frozenset("甲"), "就高", used=90)]
    )
    assert [u.paid for u in found.uses["共"]] == [10, 0]


def test_an_enterprise_moves_to_a_clause_outside_the_ceiling_when_the_group_gains() -> None:
    group = [Member("企0", (Award("甲", 60),)), Member("企1", (Award("甲", 50), Award("乙", 40)))]
    found = share_group(group, Exclusions({"择一": "甲乙"}), [Shared("共", 60, frozenset("甲"))])
    assert found.total == 100
    assert [a.clause for a in found.bundles["企1"].chosen] == ["乙"]
    assert found.moved == {"企1"}
    slack = share_group(group, Exclusions({"择一": "甲乙"}), [Shared("共", 200, frozenset("甲"))])
    assert not slack.moved
    assert slack.total == 110


def test_an_award_that_may_not_be_split_is_whole_or_nothing() -> None:
    found = share_group(members(60, 50, 45), Exclusions({}), [Shared("共", 100, frozenset("甲"), whole=True)])
    assert sorted(b.total for b in found.bundles.values()) == [0, 45, 50]


def test_a_clause_under_two_shared_ceilings_is_refused() -> None:
    with pytest.raises(ValueError, match="两个实际控制人封顶"):
        share_group(
            members(1), Exclusions({}), [Shared("一", 1, frozenset("甲")), Shared("二", 1, frozenset("甲"))]
        )
