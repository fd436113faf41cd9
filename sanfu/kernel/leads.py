"""招商线索: overlap of two leads with its reasons, admission in three values, offers that differ, the funnel to the aim."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from statistics import median
from typing import Any

from sanfu.kernel.flow import Labelled
from sanfu.kernel.rules.language.quantities import exact

FORM = re.compile(
    r"[（(].*?[)）]|股份有限公司|有限责任公司|有限公司|集团|控股|公司|项目|[一二三四五六]期|第[一二三四五六]期|\s"
)
CODE = re.compile(r"[^0-9A-Z]")


@dataclass(frozen=True, slots=True)
class Profile:
    """What identifies a lead: investor, its code, who stands behind it, the product; telephone only as a hash."""

    name: str
    code: str = ""
    shareholders: tuple[str, ...] = ()
    product: str = ""
    phone: str = ""


def core(name: str) -> str:
    """A firm's name without legal form, brackets and phase: what is left when it is renamed a little."""
    return FORM.sub("", name).strip()


def keys(profile: Profile) -> tuple[str, ...]:
    """What only one zone can hold at a time, sorted: the code and the core of the name."""
    code = CODE.sub("", profile.code.upper())
    found = {f"code:{code}"} if code else set()
    if len(core(profile.name)) >= 2:
        found.add(f"name:{core(profile.name)}")
    return tuple(sorted(found))


def overlap(one: Profile, other: Profile) -> tuple[str, ...]:
    """Reasons why two leads may be one: code, name, investor behind, telephone, product. Empty when none speaks for it."""
    found = []
    codes = [CODE.sub("", p.code.upper()) for p in (one, other)]
    if codes[0] and codes[0] == codes[1]:
        found.append("统一社会信用代码相同")
    if core(one.name) and core(one.name) == core(other.name):
        found.append("名称去掉组织形式和期次后相同")
    behind = {core(s) for s in (*one.shareholders, one.name)} & {
        core(s) for s in (*other.shareholders, other.name)
    }
    behind -= {"", core(one.name) if core(one.name) == core(other.name) else ""}
    if behind:
        found.append(f"股东相同：{'、'.join(sorted(behind))}")
    if one.phone and one.phone == other.phone:
        found.append("联系电话相同")
    if near(one.product, other.product):
        found.append("产品相近")
    return tuple(found)


def near(one: str, other: str) -> bool:
    """At least two thirds of the two-letter pieces in common."""
    first, second = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (one, other))
    return bool(first and second) and Fraction(len(first & second), len(first | second)) >= Fraction(2, 3)


class Answer(Labelled):
    """One admission rule of one lead."""

    MEETS = "符合", "符合", "ok"
    FAILS = "不符合", "不符合", "danger"
    UNKNOWN = "待核实", "待核实", "warn"


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule with what the lead states."""

    fact: str
    answer: Answer
    words: str
    basis: str


def admit(rules: Sequence[Mapping[str, Any]], facts: Mapping[str, str]) -> list[Judged]:
    """准入 rule by rule; a fact not stated is unknown. Rules: at_least, at_most, none_of, one_of over one fact."""
    return [_judge(rule, str(facts.get(str(rule["fact"]), "") or "").strip()) for rule in rules]


def _judge(rule: Mapping[str, Any], value: str) -> Judged:
    fact, basis = str(rule["fact"]), f"{rule['basis']}（{rule.get('mark', '待核')}）"
    want = _wanted(rule)
    if not value:
        return Judged(fact, Answer.UNKNOWN, f"{fact}没有填，要求{want}", basis)
    if "none_of" in rule or "one_of" in rule:
        good = value not in rule.get("none_of", ()) and ("one_of" not in rule or value in rule["one_of"])
    else:
        try:
            figure = exact(value)
        except ValueError:
            return Judged(fact, Answer.UNKNOWN, f"{fact}“{value}”不是数，要求{want}", basis)
        good = (
            figure >= Fraction(str(rule["at_least"]))
            if "at_least" in rule
            else figure <= Fraction(str(rule["at_most"]))
        )
    return Judged(fact, Answer.MEETS if good else Answer.FAILS, f"{fact} {value}，要求{want}", basis)


def _wanted(rule: Mapping[str, Any]) -> str:
    unit = rule.get("unit", "")
    if "at_least" in rule:
        return f"不低于 {rule['at_least']} {unit}".strip()
    if "at_most" in rule:
        return f"不高于 {rule['at_most']} {unit}".strip()
    if "none_of" in rule:
        return f"不属于{'、'.join(rule['none_of'])}"
    return f"属于{'、'.join(rule['one_of'])}"


def chain_of(product: str, chains: Mapping[str, Iterable[str]]) -> tuple[tuple[str, str], ...]:
    """(产业链, word that hit) of a product text; empty when no chain is named in it."""
    hits = [(chain, word) for chain, words in chains.items() for word in words if word in product]
    return tuple({chain: (chain, word) for chain, word in reversed(hits)}.values())[::-1]


def differing(offers: Sequence[tuple[str, Mapping[str, str]]]) -> list[str]:
    """Sentences on terms that two zones offer one firm differently; a term that only one names differs too."""
    found = []
    terms = dict.fromkeys(term for _, offer in offers for term in offer)
    for term in terms:
        said = {zone: (offer.get(term) or "").strip() or "没有写" for zone, offer in offers}
        if len(set(said.values())) > 1:
            found.append(f"{term}：" + "，".join(f"{zone} {value}" for zone, value in said.items()))
    return found


@dataclass(frozen=True, slots=True)
class Passage:
    """One lead's way: the day it entered each stage, in order; the last stage is where it stands."""

    stages: tuple[tuple[str, date], ...]
    amount: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the funnel: how many reached it, how many stand there, the middle dwell time in days, the share that went on."""

    stage: str
    reached: int
    standing: int
    dwell: float | None
    onward: Fraction | None
    longest: int = 0


@dataclass(frozen=True, slots=True)
class Funnel:
    """The stages, how many count toward the aim, how many more leads the aim needs at this year's rates; None: not to be said."""

    steps: tuple[Step, ...]
    counted: int
    aim: int
    needed: int | None
    notes: tuple[str, ...] = field(default_factory=tuple)


def funnel(
    passages: Sequence[Passage], order: Sequence[str], aim: int, threshold: Fraction, today: date
) -> Funnel:
    """Leads by stage. Those that reached the last stage with at least `threshold` count.

    Needed is (aim − counted) ÷ share of ended and standing leads that came to count; unknown when none did.
    """
    steps = []
    for place, stage in enumerate(order):
        entered = [(p, days[stage]) for p in passages if stage in (days := dict(p.stages))]
        later = set(order[place + 1 :])
        onward = [p for p, _ in entered if later & {name for name, _ in p.stages}]
        standing = [(p, day) for p, day in entered if p.stages[-1][0] == stage]
        spent = [(_next(p, stage, today) - day).days for p, day in entered]
        share = Fraction(len(onward), len(entered)) if entered and later else None
        steps.append(
            Step(stage, len(entered), len(standing), float(median(spent)) if spent else None, share,
                 max(((today - day).days for _, day in standing), default=0))
        )  # fmt: skip
    counted = sum(p.stages[-1][0] == order[-1] and p.amount >= threshold for p in passages)
    rest = max(0, aim - counted)
    needed = None if not counted else -(-rest * len(passages) // counted)
    notes = () if counted else ("还没有计入目标的项目，按比例推算不了还要多少线索",)
    return Funnel(tuple(steps), counted, aim, needed, notes)


def _next(passage: Passage, stage: str, today: date) -> date:
    names = [name for name, _ in passage.stages]
    place = names.index(stage)
    return passage.stages[place + 1][1] if place + 1 < len(names) else today
