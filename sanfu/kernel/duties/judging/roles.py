"""Who does what in a demand (角色): the acts of a sentence, their actor, and whose verb each one is."""

import re
from dataclasses import dataclass
from enum import StrEnum

from sanfu.kernel.duties.items import DutyItem
from sanfu.kernel.duties.judging.lexicon import Lexicon

SEGMENT = re.compile(r"[^，,；;。：:！!？?\n]+")
HAND_TO = re.compile(r"(?:由|交|报|向|送|请|提请|移交|移送|上报|通知|会同|联系|报告|告知)$")


class Actor(StrEnum):
    TOWN = "镇"
    DEPARTMENT = "部门"
    CITIZEN = "群众"


class Side(StrEnum):
    """Whose verb an act is."""

    OWN = "部门动词"
    TOWN = "镇动词"


@dataclass(frozen=True)
class Act:
    """One verb with its place [start, end) in the demand's text."""

    verb: str
    start: int
    end: int
    actor: Actor
    side: Side
    assisted: bool
    hard: bool = False


@dataclass(frozen=True)
class FormMark:
    """A burden form found in the text (形式加码)."""

    kind: str
    hard: bool
    words: str
    start: int
    end: int


def read_acts(text: str, lexicon: Lexicon, *, request: bool = False) -> list[Act]:
    """Every act of a sentence, in order. In a request (工单) verbs are the citizen's until a town is."""
    blank = lexicon.not_an_act.sub(lambda found: "\0" * len(found.group()), text)
    acts: list[Act] = []
    subject = Actor.CITIZEN if request else Actor.TOWN
    for segment in SEGMENT.finditer(blank):
        mentions = _mentions(blank, segment.start(), segment.end(), lexicon)
        if mentions:
            subject = mentions[0][1]
        for found in lexicon.verbs.finditer(blank, segment.start(), segment.end()):
            actor = _actor(found.start(), mentions, subject)
            assisted = _assisted(blank, segment.start(), found.start(), found.group(), lexicon)
            hard = found.group() in lexicon.own_hard
            own = hard or found.group() in lexicon.own_soft
            side = Side.OWN if own else Side.TOWN
            acts.append(Act(found.group(), found.start(), found.end(), actor, side, assisted, hard))
    return acts


def _mentions(text: str, start: int, end: int, lexicon: Lexicon) -> list[tuple[int, Actor]]:
    found = [(hit.start(), Actor.DEPARTMENT) for hit in lexicon.department.finditer(text, start, end)]
    found += [(hit.start(), Actor.TOWN) for hit in lexicon.town.finditer(text, start, end)]
    return sorted(found)


def _actor(place: int, mentions: list[tuple[int, Actor]], subject: Actor) -> Actor:
    """The last actor named before the verb in its segment, else the subject carried on."""
    before = [actor for at, actor in mentions if at < place]
    return before[-1] if before else subject


def _assisted(text: str, start: int, place: int, verb: str, lexicon: Lexicon) -> bool:
    """Whether 协助/配合 stands before the verb in the same segment (协助 itself is a town's verb)."""
    return bool(lexicon.assist.search(text, start, place)) and verb not in {"协助", "配合"}


def side_by_list(act: Act, item: DutyItem) -> Side | None:
    """Whose verb the list says this is: the town's text first, then the department's; None when silent."""
    town = item.town_duty or (item.name if not item.departments else "")
    if act.verb in town:
        return Side.TOWN
    if act.verb in item.superior_duty:
        return Side.OWN
    return None


def form_marks(text: str, lexicon: Lexicon, item: DutyItem | None) -> list[FormMark]:
    """Burden forms in the text, without those that the item's own text asks for (危房排查要“建台账”)."""
    permitted = f"{item.name}{item.town_duty}" if item else ""
    marks: list[FormMark] = []
    for kind, hard, pattern in lexicon.form:
        for found in pattern.finditer(text):
            words = found.group()
            if words and words not in permitted and not (kind == "台账" and "台账" in permitted):
                marks.append(FormMark(kind, hard, words, found.start(), found.end()))
    return marks


def counts_as_form(marks: list[FormMark], quota: bool) -> bool:
    """One hard form counts; soft forms count when two kinds meet or one meets a number."""
    if any(mark.hard for mark in marks):
        return True
    kinds = {mark.kind for mark in marks}
    return len(kinds) >= 2 or (len(kinds) == 1 and quota)
