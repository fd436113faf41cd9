"""Conditions of list items against brute force over every case their attributes allow."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.conditions import (
    ALWAYS,
    All,
    Among,
    AnyOf,
    Attribute,
    Condition,
    ConditionError,
    DateAttribute,
    During,
    FindingKind,
    Not,
    Rule,
    RuleTable,
    Standing,
    Vocabulary,
    holds,
    parse,
    show,
)

VOCABULARY = Vocabulary(
    [
        Attribute("产权", ("市政道路", "小区共有", "农村公路"), "路灯装在哪里？"),
        Attribute("许可", ("有", "无")),
        Attribute("时段", ("白天", "夜间", "中高考期间或夜间施工禁令期")),
        Attribute("非机动车停放", ("划线内", "划线外")),
        DateAttribute("发生日期"),
    ]
)
SMALL = Vocabulary(
    [Attribute("甲", ("a", "b", "c")), Attribute("乙", ("x", "y")), Attribute("丙", ("1", "2"))]
)
DAY0 = date(2026, 1, 1)


def truth(condition: Condition, case: dict[str, str | date]) -> bool:
    """An independent reading of the language for one complete case."""
    if isinstance(condition, Among):
        return case[condition.name] in condition.values
    if isinstance(condition, During):
        day = case[condition.name]
        assert isinstance(day, date)
        return (condition.start or day) <= day <= (condition.end or day)
    if isinstance(condition, Not):
        return not truth(condition.part, case)
    answers = [truth(part, case) for part in condition.parts]
    return all(answers) if isinstance(condition, All) else any(answers)


def cases(vocabulary: Vocabulary, days: tuple[date, ...] = ()) -> Iterator[dict[str, str | date]]:
    choices = [days if isinstance(a, DateAttribute) else a.values for a in vocabulary.values()]
    for values in product(*choices):
        yield dict(zip(vocabulary, values, strict=True))


def single_tests(vocabulary: Vocabulary) -> st.SearchStrategy[Condition]:
    strategies: list[st.SearchStrategy[Condition]] = []
    for name, attribute in vocabulary.items():
        if isinstance(attribute, DateAttribute):
            days = st.integers(0, 9).map(lambda n: DAY0 + timedelta(days=n))
            pair = st.tuples(days, days).map(sorted)
            strategies.append(pair.map(lambda p, name=name: During(name, p[0], p[1])))
            strategies.append(days.map(lambda d, name=name: During(name, d, None)))
            strategies.append(days.map(lambda d, name=name: During(name, None, d)))
            continue
        chosen = st.sets(st.sampled_from(attribute.values), min_size=1, max_size=len(attribute.values) - 1)
        strategies.append(
            chosen.map(
                lambda some, name=name, attribute=attribute: Among(
                    name, tuple(v for v in attribute.values if v in some)
                )
            )
        )
    return st.one_of(strategies)


def conditions(vocabulary: Vocabulary) -> st.SearchStrategy[Condition]:
    def grow(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.one_of(parts.map(All), parts.map(AnyOf), inner.map(Not))

    return st.recursive(single_tests(vocabulary), grow, max_leaves=5)


# ---- text -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("产权 = 市政道路 且 时段 = 夜间", "产权 = 市政道路 且 时段 = 夜间"),
        ("产权＝市政道路且时段是夜间", "产权 = 市政道路 且 时段 = 夜间"),
        ("产权 属于 市政道路、农村公路", "产权 ≠ 小区共有"),
        ("许可 ≠ 有", "许可 = 无"),
        ("时段 = 中高考期间或夜间施工禁令期 或 许可 = 无", "时段 = 中高考期间或夜间施工禁令期 或 许可 = 无"),
        ("非机动车停放 = 划线外", "非机动车停放 = 划线外"),
        ("非（许可 = 有 且 时段 = 夜间）", "非 (许可 = 有 且 时段 = 夜间)"),
        ("（许可 = 有 或 时段 = 夜间）且 产权 = 农村公路", "(许可 = 有 或 时段 = 夜间) 且 产权 = 农村公路"),
        ("发生日期 在 ２０２６-1-1 至 2026-03-31", "发生日期 在 2026-01-01 至 2026-03-31"),
        ("发生日期 自 2026-07-01", "发生日期 自 2026-07-01"),
        ("任何情形", "任何情形"),
    ],
)
def test_reads_what_people_write_and_prints_one_form(text: str, printed: str) -> None:
    assert show(parse(text, VOCABULARY), VOCABULARY) == printed
    assert parse(printed, VOCABULARY) == parse(text, VOCABULARY)


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("产全 = 市政道路", 1, "是不是“产权”"),
        ("产权 = 市政路", 6, "是不是“市政道路”"),
        ("产权 = 市政道路 时段 = 夜间", 11, "这里应是 且、或"),
        ("(产权 = 市政道路", 1, "括号没有合上"),
        ("产权 = 市政道路 且", 12, "还没有写完"),
        ("产权 大于 市政道路", 4, "后面应写 ="),
        ("发生日期 在 2026-02-30 至 2026-03-01", 8, "日历上没有"),
        ("发生日期 在 2026-03-01 至 2026-02-01", 7, "早于起点"),
        ("产权 不属于 市政道路、小区共有、农村公路", 22, "永远不成立"),
        ("", 1, "还没有写完"),
    ],
)
def test_says_where_and_what_is_wrong(text: str, column: int, says: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text, VOCABULARY)
    assert caught.value.column == column, str(caught.value)
    assert says in caught.value.message


@settings(max_examples=50, deadline=None)
@given(condition=conditions(VOCABULARY))
def test_printed_text_reads_back_with_the_same_meaning(condition: Condition) -> None:
    text = show(condition, VOCABULARY)
    again = parse(text, VOCABULARY)
    assert show(again, VOCABULARY) == text
    days = tuple(DAY0 + timedelta(days=n) for n in (-1, 0, 4, 9, 10))
    assert all(truth(condition, case) == truth(again, case) for case in cases(VOCABULARY, days))


# ---- three-valued answers ---------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(condition=conditions(VOCABULARY), data=st.data())
def test_holds_is_exact_for_partial_facts(condition: Condition, data: st.DataObject) -> None:
    days = tuple(DAY0 + timedelta(days=n) for n in range(-1, 11))
    everything = list(cases(VOCABULARY, days))
    case = data.draw(st.sampled_from(everything))
    known = data.draw(st.sets(st.sampled_from(list(VOCABULARY))))
    facts = {name: case[name] for name in known}
    answers = {truth(condition, c) for c in everything if all(c[n] == v for n, v in facts.items())}
    assert holds(condition, facts, VOCABULARY) == (answers.pop() if len(answers) == 1 else None)


def test_a_tautology_holds_although_nothing_is_known() -> None:
    assert holds(parse("许可 = 有 或 许可 = 无", VOCABULARY), {}, VOCABULARY) is True
    assert holds(parse("许可 = 有", VOCABULARY), {}, VOCABULARY) is None
    assert holds(ALWAYS, {}, VOCABULARY) is True


# ---- tables of rules --------------------------------------------------------------------------------------


@st.composite
def tables(draw: st.DrawFn) -> RuleTable[str]:
    some = draw(st.lists(conditions(SMALL), min_size=1, max_size=4))
    rules = [Rule(when, draw(st.sampled_from("PQR"))) for when in some]
    if draw(st.booleans()):
        rules.append(Rule(None, draw(st.sampled_from("PQR"))))
    scope = draw(st.one_of(st.just(ALWAYS), conditions(SMALL)))
    return RuleTable(SMALL, rules, scope)


def applying(table: RuleTable[str], case: dict[str, str | date]) -> set[int]:
    """Numbers of the rules that apply to a complete case."""
    hit = {n for n, rule in enumerate(table.rules) if rule.when is not None and truth(rule.when, case)}
    last = {n for n, rule in enumerate(table.rules) if rule.when is None}
    return hit or last


def outcomes(table: RuleTable[str], case: dict[str, str | date]) -> frozenset[str]:
    return frozenset(table.rules[n].outcome for n in applying(table, case))


@pytest.mark.slow
@settings(max_examples=70, deadline=None)
@given(table=tables(), data=st.data())
def test_decide_agrees_with_every_completion_and_asks_the_fewest(
    table: RuleTable[str], data: st.DataObject
) -> None:
    case = data.draw(st.sampled_from(list(cases(SMALL))))
    known = data.draw(st.sets(st.sampled_from(list(SMALL))))
    facts = {name: case[name] for name in known}
    left = [c for c in cases(SMALL) if all(c[n] == v for n, v in facts.items()) and truth(table.given, c)]
    decision = table.decide(facts)
    kinds = {outcomes(table, c) for c in left}
    if not left:
        assert decision.standing is Standing.OUTSIDE
    elif len(kinds) == 1:
        (only,) = kinds
        assert (decision.standing is Standing.GAP) == (not only)
        assert (decision.standing is Standing.CONFLICT) == (len(only) > 1)
        assert (decision.standing is Standing.SETTLED) == (len(only) == 1)
        if len(only) == 1:
            assert decision.outcome in only
    else:
        assert decision.standing is Standing.ASK
        unknown = [name for name in SMALL if name not in facts]
        assert settles(table, left, decision.ask)
        for smaller in combinations(unknown, len(decision.ask) - 1):
            assert not settles(table, left, smaller)


def settles(table: RuleTable[str], left: list[dict[str, str | date]], asked: tuple[str, ...]) -> bool:
    seen: dict[tuple[str | date, ...], frozenset[str]] = {}
    for case in left:
        answer = tuple(case[name] for name in asked)
        if seen.setdefault(answer, outcomes(table, case)) != outcomes(table, case):
            return False
    return True


@pytest.mark.slow
@settings(max_examples=70, deadline=None)
@given(table=tables())
def test_check_finds_exactly_the_overlaps_and_gaps(table: RuleTable[str]) -> None:
    valid = [case for case in cases(SMALL) if truth(table.given, case)]
    findings = table.check()
    overlaps = {f.rules for f in findings if f.kind is FindingKind.OVERLAP}
    expected = {
        (a, b)
        for case in valid
        for a, b in combinations(sorted(applying(table, case)), 2)
        if table.rules[a].outcome != table.rules[b].outcome
    }
    assert overlaps == expected
    gaps = [f for f in findings if f.kind is FindingKind.GAP]
    assert bool(gaps) == any(not applying(table, case) for case in valid)
    for finding in findings:
        if finding.kind in {FindingKind.OVERLAP, FindingKind.GAP}:
            assert_smallest(table, valid, finding.kind, finding.rules, dict(finding.witness))


def assert_smallest(
    table: RuleTable[str],
    valid: list[dict[str, str | date]],
    kind: FindingKind,
    rules: tuple[int, ...],
    witness: dict[str, str],
) -> None:
    """The witness always shows the defect, and no combination of fewer facts does."""

    def shows(facts: dict[str, str | date]) -> bool:
        left = [case for case in valid if all(case[n] == v for n, v in facts.items())]
        if kind is FindingKind.GAP:
            return bool(left) and all(not applying(table, case) for case in left)
        return bool(left) and all(set(rules) <= applying(table, case) for case in left)

    assert shows(dict(witness))
    for names in combinations(SMALL, len(witness) - 1) if witness else ():
        for values in product(*(SMALL[name].values for name in names)):  # type: ignore[union-attr]
            assert not shows(dict(zip(names, values, strict=True)))


@pytest.mark.slow
@settings(max_examples=70, deadline=None)
@given(table=tables())
def test_a_rule_that_is_called_idle_changes_nothing_when_removed(table: RuleTable[str]) -> None:
    valid = [case for case in cases(SMALL) if truth(table.given, case)]
    reported = {
        f.rules[0]: f.kind for f in table.check() if f.kind not in {FindingKind.OVERLAP, FindingKind.GAP}
    }
    for number, rule in enumerate(table.rules):
        hits = [case for case in valid if number in applying(table, case)]
        if number in reported and reported[number] is not FindingKind.REDUNDANT:
            assert not hits
        if rule.when is not None and not any(truth(rule.when, case) for case in cases(SMALL)):
            assert reported[number] is FindingKind.CONTRADICTION
        if not hits:
            assert number in reported
    kept = [n for n in range(len(table.rules)) if n not in reported]
    for case in valid:
        assert {table.rules[n].outcome for n in applying(table, case) if n in kept} == outcomes(table, case)


def test_seeded_defects_of_a_street_light_topic_are_found_with_the_smallest_example() -> None:
    table = RuleTable(
        VOCABULARY,
        [
            Rule(parse("产权 = 市政道路", VOCABULARY), "CGJ"),
            Rule(parse("产权 属于 市政道路、小区共有 且 时段 = 夜间", VOCABULARY), "@PROPERTY"),
            Rule(parse("产权 = 市政道路 且 产权 = 农村公路 且 许可 = 有", VOCABULARY), "@TOWN"),
        ],
    )
    found = {finding.kind: finding for finding in table.check()}
    assert found[FindingKind.OVERLAP].rules == (0, 1)
    assert found[FindingKind.OVERLAP].example() == "产权 = 市政道路 且 时段 = 夜间"
    assert found[FindingKind.GAP].example() == "产权 = 农村公路"
    assert found[FindingKind.CONTRADICTION].detail == "产权 = 市政道路 与 产权 = 农村公路 不能同时成立"


def test_date_ranges_are_cut_so_that_one_example_speaks_for_all_days() -> None:
    table = RuleTable(
        VOCABULARY,
        [
            Rule(parse("发生日期 截至 2026-06-30", VOCABULARY), "old"),
            Rule(parse("发生日期 自 2026-07-02", VOCABULARY), "new"),
        ],
    )
    (gap,) = table.check()
    assert gap.kind is FindingKind.GAP
    assert gap.example() == "发生日期 = 2026-07-01"
    assert table.decide({"发生日期": date(2026, 6, 30)}).outcome == "old"
    assert table.decide({"发生日期": date(2026, 7, 1)}).standing is Standing.GAP
    assert table.decide({}).ask == ("发生日期",)


def test_unknown_value_is_refused_with_the_domain() -> None:
    table = RuleTable(VOCABULARY, [Rule(parse("许可 = 有", VOCABULARY), 1), Rule(None, 2)])
    with pytest.raises(ValueError, match="可用：有、无"):
        table.decide({"许可": "不知道"})
    assert table.decide({"产权": "没见过的值"}).ask == ("许可",), "facts off the topic do not matter"


def test_too_wide_a_topic_is_refused_not_computed() -> None:
    wide = Vocabulary([Attribute(f"属性{n:02}", ("甲", "乙")) for n in range(21)])
    rule = Rule(All(tuple(Among(name, ("甲",)) for name in wide)), 1)
    with pytest.raises(ValueError, match="拆成几个事项"):
        RuleTable(wide, [rule])
