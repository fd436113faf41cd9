"""From list items to units: whose turn it is by place and conditions, and what still has to be asked. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sanfu.kernel.conditions import Attribute, Standing, Vocabulary
from sanfu.kernel.text.matcher import ItemSuggestion, SimilarCase
from sanfu.lists.items import RequestItem

TOWN, VILLAGE, PROPERTY = "@TOWN", "@VILLAGE", "@PROPERTY"
# Who is reached when the list names a kind of unit: the town hands on to its village or the estate's keeper.
HANDED_ON = {
    TOWN: "由属地镇（街道）办理",
    VILLAGE: "由属地镇（街道）交村（社区）办理",
    PROPERTY: "由属地镇（街道）交小区物业办理，社区督促",
}
ASK_TOWN = "事情发生在哪个镇（街道）？"

Facts = Mapping[str, str | date]


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """One item's answer to "who": a unit code, or what must be asked first.

    `met`: the condition that settled it, as the list writes it; `read`: facts that the message itself states.
    """

    item: RequestItem
    unit: str
    standing: Standing
    met: str = ""
    read: tuple[tuple[str, str], ...] = ()
    handed_on: str = ""
    ask: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()  # all units that may lead, while it is not settled


def facts_said(text: str, vocabulary: Vocabulary, names: Iterable[str]) -> dict[str, str]:
    """Values of attributes that the message names in so many words; two values of one attribute: neither."""
    found: dict[str, str] = {}
    for name in names:
        attribute = vocabulary.get(name)
        if isinstance(attribute, Attribute):
            named = [value for value in attribute.values if len(value) > 1 and value in text]
            longest = [
                value for value in named if not any(value != other and value in other for other in named)
            ]
            if len(longest) == 1:
                found[name] = longest[0]
    return found


def attributes_tested(item: RequestItem, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Attributes that the item's conditions name."""
    text = " ".join([item.given, *(branch.when or "" for branch in item.branches)])
    return tuple(name for name in vocabulary if name in text)


def unit_of(item: RequestItem, *, text: str, town: str, facts: Facts, vocabulary: Vocabulary) -> UnitChoice:
    """Who leads for this item. `town`: unit code of the place, empty when unknown; given facts beat read ones."""
    read = facts_said(text, vocabulary, attributes_tested(item, vocabulary))
    read = {name: value for name, value in read.items() if name not in facts}
    known = {name: value for name, value in facts.items() if name in vocabulary}
    answer = item.decide({**read, **known}, vocabulary)
    shown = tuple(sorted(read.items()))
    if answer.standing is not Standing.SETTLED or answer.outcome is None:
        leads = tuple(dict.fromkeys(_filled(branch.lead, town) for branch in item.branches))
        questions = tuple(vocabulary[name].ask or name for name in answer.ask)
        return UnitChoice(item, "", answer.standing, read=shown, ask=questions, leads=leads)
    met = ""
    if item.branches and answer.rules:
        met = item.branches[answer.rules[0]].when or "其他情形"
    handed_on = HANDED_ON.get(answer.outcome, "")
    unit = _filled(answer.outcome, town)
    if not unit:
        return UnitChoice(item, "", Standing.ASK, met, shown, handed_on, (ASK_TOWN,))
    return UnitChoice(item, unit, Standing.SETTLED, met, shown, handed_on)


def _filled(code: str, town: str) -> str:
    return town if code in HANDED_ON else code


@dataclass(frozen=True, slots=True)
class Scored:
    """An item that a message fits, with what speaks for it."""

    choice: UnitChoice
    score: float
    words: tuple[str, ...]
    similar: tuple[SimilarCase, ...]

    @classmethod
    def of(cls, suggestion: ItemSuggestion, choice: UnitChoice) -> "Scored":
        words = tuple(evidence.words for evidence in suggestion.evidence)
        return cls(choice, suggestion.score, words, suggestion.similar)


def first_of_each_unit(scored: Sequence[Scored], top: int) -> list[Scored]:
    """Best item of each unit, best first; items whose unit must be asked stand for themselves."""
    seen: set[str] = set()
    kept: list[Scored] = []
    for one in scored:
        name = one.choice.unit or f"?{one.choice.item.code}"
        if name not in seen:
            seen.add(name)
            kept.append(one)
    return kept[:top]


def lead_of(scored: Sequence[Scored]) -> float | None:
    """By how much the first unit leads the second; None when it must be asked who the first is."""
    kept = first_of_each_unit(scored, 2)
    if not kept or not kept[0].choice.unit:
        return None
    return kept[0].score - kept[1].score if len(kept) > 1 else kept[0].score
