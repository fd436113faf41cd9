"""The verdict on one demand: an ordered table of rules over the matched item, the acts and the forms.

Every rule is a small function that sees the same `Facts` and either decides or stays silent; the first that
decides names itself in the verdict. Scores come from `matching`, words and thresholds from content.
"""

import re
from collections.abc import Callable, Sequence

from sanfu.kernel.duties.items import DutyItem, ListType
from sanfu.kernel.duties.judging.facts import Facts
from sanfu.kernel.duties.judging.lexicon import Lexicon
from sanfu.kernel.duties.judging.matching import topic_words
from sanfu.kernel.duties.judging.roles import (
    Act,
    Actor,
    FormMark,
    Side,
    counts_as_form,
    form_marks,
    side_by_list,
)
from sanfu.kernel.duties.judging.surroundings import PREAMBLE
from sanfu.kernel.duties.judging.verdicts import Decision, Mark, Verdict

Rule = Callable[[Facts], Decision | None]


def _mark_all(acts: Sequence[Act], role: str) -> tuple[Mark, ...]:
    return tuple(Mark(act.verb, act.start, act.end, role) for act in acts)


def _form_marks(marks: Sequence[FormMark]) -> tuple[Mark, ...]:
    return tuple(Mark(mark.words, mark.start, mark.end, f"形式：{mark.kind}") for mark in marks)


def _clear(score: float, threshold: float) -> float:
    """How clearly a score passes its threshold, 0..1."""
    return max(0.0, min(1.0, 0.5 + (score - threshold) / (2 * threshold)))


def person_at_risk(facts: Facts) -> Decision | None:
    """A threat to life comes before any list: a person must look, and call for help."""
    for kind, reason in (("risk", "RISK"), ("unreasonable", "UNREASONABLE"), ("in_procedure", "PROCEDURE")):
        hit = facts.lexicon.human(kind).search(facts.text)
        if hit and (kind == "risk" or facts.request):
            mark = Mark(hit.group(), hit.start(), hit.end(), "须人工")
            return Decision(
                Verdict.HUMAN, "H1", facts.listed, 0.95, (mark,), reason, "先评估人身风险，再定承办"
            )
    return None


def _event(facts: Facts) -> re.Match[str] | None:
    """Where the event is named: in the demand, in title and headings, or in what the document tells before."""
    events = facts.lexicon.emergency[0]
    places = (facts.text, facts.context, facts.preamble)
    return next((hit for hit in map(events.search, places) if hit), None)


def may_be_emergency(facts: Facts) -> bool:
    """Whether an event is named that calls for action now: such a demand is never stopped, a person looks at it.

    Now is what the demand says, the kind or title of the document, or a preamble that tells the event.
    """
    events, _, now, not_now, _ = facts.lexicon.emergency
    if not_now.search(facts.text) or not_now.search(facts.context) or not _event(facts):
        return False
    told = events.search(facts.preamble) and now.search(facts.preamble)
    return bool(facts.urgent or now.search(facts.text) or told)


def emergency(facts: Facts) -> Decision | None:
    """An event and an act that saves, at once: never blocked."""
    event, soon = _event(facts), facts.lexicon.emergency[2].search(facts.text)
    act = facts.lexicon.emergency[1].search(facts.text)
    if not (act and may_be_emergency(facts)):
        return None
    marks = tuple(
        Mark(hit.group(), hit.start(), hit.end(), role)
        for hit, role in ((event, "应急事件"), (act, "应急动作"), (soon, "即时"))
        if hit and hit.string is facts.text
    )
    return Decision(Verdict.EMERG, "E1", facts.listed, 0.9, marks, "EMERGENCY")


def missing_fact(facts: Facts) -> Decision | None:
    """The owner depends on a fact that the text does not give."""
    for row in facts.lexicon.conditionals:
        thing, place = row.words.search(facts.text), row.when.search(facts.text)
        if thing and place and not row.unless.search(facts.text):
            marks = tuple(Mark(hit.group(), hit.start(), hit.end(), "条件") for hit in (thing, place))
            return Decision(Verdict.HUMAN, "H2", facts.listed, 0.85, marks, row.code, row.ask)
    return None


def duplicate_data(facts: Facts) -> Decision | None:
    """Fields that another office already holds are to be shared, not asked again; the rest may be asked."""
    lexicon = facts.lexicon
    verb, noun = lexicon.data_verbs.search(facts.text), lexicon.data_nouns.search(facts.text)
    if not (verb and (noun or lexicon.held.search(facts.text))):
        return None
    held = list(lexicon.held.finditer(facts.text))
    count = lexicon.data_count.search(facts.text)
    many = count is not None and _number(count.group(1)) >= lexicon.data_threshold("threshold")
    again = lexicon.repeated.search(facts.text)
    if not (many or again or len(held) >= lexicon.data_threshold("held_threshold")):
        return None
    hits = [*held, *([count] if many and count else []), *([again] if again else [])]
    marks = tuple(Mark(hit.group(), hit.start(), hit.end(), "数据") for hit in hits)
    return Decision(Verdict.MIXED, "D1", facts.listed, 0.7, marks, "DATA_DUP")


def _number(words: str) -> int:
    digits = {char: i for i, char in enumerate("零一二三四五六七八九")}
    if words.isdigit():
        return int(words)
    tens, _, ones = words.partition("十")
    return digits.get(tens, 1) * 10 + digits.get(ones, 0) if "十" in words else digits.get(words, 0)


def recalled(facts: Facts) -> Decision | None:
    """A duty that the department took back, sent again: by its own verb, as a number to reach, or as such."""
    candidate = facts.best.get(ListType.RECALLED)
    if candidate is None or candidate.score < facts.limit("recalled"):
        return None
    other = facts.listed
    rival = other.score if other else 0.0
    item = candidate.item
    if not _names_item(facts.text, item, facts.lexicon) and topic_words(item, facts.lexicon):
        return None
    own = [act for act in facts.shifted(item) if _verb_in(act, item, facts.lexicon)]
    own += [act for act in facts.asked() if act.verb in item.name and act not in own]
    named = any(act.verb in item.name for act in own)
    if candidate.score < facts.limit("recall_named" if named else "sibling") * rival:
        return None
    target = bool(facts.lexicon.target_reason.search(item.recall_reason)) and (
        facts.quota or counts_as_form(form_marks(facts.text, facts.lexicon, None), True)
    )
    burdened = any(mark.hard for mark in form_marks(facts.text, facts.lexicon, None))
    theirs = (
        other is not None and other.item.list_type is ListType.COOPERATE and bool(facts.shifted(other.item))
    )
    clear = "recall_clear" if (theirs and not own) or facts.request else "recall_lead"
    leads = candidate.score >= rival * facts.limit(clear) and not burdened
    if not (own or target or (leads and not _only_light(facts))):
        return None
    strength = _clear(candidate.score, facts.limit("recalled")) * (1.0 if own or target else 0.85)
    reason = "KPI" if target else "CERT" if facts.lexicon.certificate.search(facts.text) else "RECALLED"
    return _with_passing_part(
        facts, Decision(Verdict.RECALLED, "R1", candidate, strength, _mark_all(own, "已收回的动作"), reason)
    )


def _verb_in(act: Act, item: DutyItem, lexicon: Lexicon) -> bool:
    """Whether an act, or a verb of its family, stands in the item's own name or method."""
    body = f"{item.name}{item.method}"
    return any(verb in body for verb in lexicon.family(act.verb))


def _only_light(facts: Facts) -> bool:
    """Only what a town always does: seeing, telling, helping; nothing decided, counted or filled in."""
    acts = [act for act in facts.acts if act.actor is not Actor.DEPARTMENT]
    light = all(act.side is Side.TOWN or act.assisted for act in acts) and bool(acts)
    return light and not facts.quota and not facts.request


def form_burden(facts: Facts) -> Decision | None:
    """Bodies, staff, rankings, screenshots: proof of work in place of work."""
    marks = facts.forms()
    if not counts_as_form(marks, facts.quota):
        return None
    hard = sum(mark.hard for mark in marks)
    decision = Decision(
        Verdict.FORM, "F1", facts.listed, min(1.0, 0.55 + 0.15 * hard), _form_marks(marks), "FORM"
    )
    return _with_passing_part(facts, decision)


def _with_passing_part(facts: Facts, decision: Decision) -> Decision:
    """Turn a block into 混合 when another part of the same sentence is the town's own duty."""
    part = _passing_part(facts, decision)
    if part is None:
        return decision
    start, end = part
    mark = Mark(facts.text[start:end], start, end, "可派部分")
    return Decision(
        Verdict.MIXED,
        f"M{decision.rule}",
        facts.listed,
        decision.strength * 0.9,
        (*decision.marks, mark),
        decision.reason,
    )


def _passing_part(facts: Facts, decision: Decision) -> tuple[int, int] | None:
    """A clause without blocked words that names the listed item and asks the town to do it."""
    listed = facts.listed
    if listed is None or listed.score < facts.limit("part"):
        return None
    forms = form_marks(facts.text, facts.lexicon, listed.item)
    blocked = [(mark.start, mark.end) for mark in decision.marks]
    blocked += [(mark.start, mark.end) for mark in forms]
    for start, end in facts.segments():
        clause = facts.text[start:end]
        if any(left < end and start < right for left, right in blocked) or PREAMBLE.match(clause.strip()):
            continue
        if facts.lexicon.quota.search(clause) or not _names_item(clause, listed.item, facts.lexicon):
            continue
        if (
            decision.rule == "R1"
            and decision.candidate
            and _names_item(clause, decision.candidate.item, facts.lexicon)
        ):
            continue
        acts = [act for act in facts.acts if start <= act.start < end]
        theirs = facts.shifted(listed.item)
        if any(act.actor is Actor.DEPARTMENT or act in theirs or _own_verb(act, listed.item) for act in acts):
            continue
        if acts or facts.lexicon.directive.search(clause):
            return start, end
    return None


def _own_verb(act: Act, item: DutyItem) -> bool:
    """Whether an act is a department's verb that the item's town side does not name."""
    return act.side is Side.OWN and not act.assisted and side_by_list(act, item) is not Side.TOWN


def _names_item(clause: str, item: DutyItem, lexicon: Lexicon) -> bool:
    """Whether a clause names what the item is about; the list's words for colloquial ones count too."""
    words = topic_words(item, lexicon)
    expanded = clause + " ".join(adds for pattern, adds in lexicon.synonyms if pattern.search(clause))
    return any(expanded[i : i + 2] in words for i in range(len(expanded) - 1))


def shifted(facts: Facts) -> Decision | None:
    """The department's own verb written as the town's."""
    listed = facts.listed
    if listed is None or listed.score < facts.limit("shift") or (facts.request and not facts.acts):
        return None
    acts = facts.shifted(listed.item)
    if not acts:
        return None
    if facts.lexicon.empowered.search(facts.text):
        return None
    if listed.item.list_type is ListType.BASIC:
        acts = [act for act in acts if act.hard]
        cooperating = facts.best.get(ListType.COOPERATE)
        if not acts:
            return None
        if cooperating and cooperating.score >= facts.limit("sibling") * listed.score:
            listed = cooperating
    by_list = any(side_by_list(act, listed.item) is Side.OWN for act in acts)
    strength = _clear(listed.score, facts.limit("shift")) * (1.0 if by_list else 0.85)
    decision = Decision(Verdict.SHIFT, "S1", listed, strength, _mark_all(acts, "部门动词"), "DUTY_SHIFT")
    return _with_own_part(facts, decision, acts)


def _with_own_part(facts: Facts, decision: Decision, acts: list[Act]) -> Decision:
    """混合 only when a separate clause asks for a listed town act other than look-and-tell."""
    item = decision.candidate.item if decision.candidate else None
    for start, end in facts.segments():
        inside = [act for act in facts.acts if start <= act.start < end]
        if (
            not inside
            or any(act in acts for act in inside)
            or any(act.actor is not Actor.TOWN for act in inside)
        ):
            continue
        clause = facts.text[start:end]
        if (
            item
            and any(
                act.verb in item.town_duty and not facts.lexicon.chain.fullmatch(act.verb) for act in inside
            )
            and _names_item(facts.text, item, facts.lexicon)
        ):
            mark = Mark(clause, start, end, "可派部分")
            return Decision(
                Verdict.MIXED,
                "MS1",
                decision.candidate,
                decision.strength * 0.8,
                (*decision.marks, mark),
                "DUTY_SHIFT",
            )
    return decision


def undecided(facts: Facts) -> Decision | None:
    """Words that say that nobody has decided yet, or a boundary that only a ruling can draw."""
    for kind, reason in (("undecided", "UNDECIDED"), ("boundary", "BOUNDARY")):
        hit = facts.lexicon.human(kind).search(facts.text)
        listed = facts.listed
        sure = listed is not None and listed.score >= facts.limit("listed") * 1.6
        if hit and not (
            kind == "boundary" and sure and listed and hit.group() in listed.item.fields().get("name", "")
        ):
            mark = Mark(hit.group(), hit.start(), hit.end(), "须人工")
            return Decision(Verdict.HUMAN, "H3", listed, 0.7, (mark,), reason, "这一动作由谁牵头")
    return None


def on_list(facts: Facts) -> Decision | None:
    """The same matter as a listed item, in the town's own verbs."""
    listed = facts.listed
    if listed is None or listed.score < facts.limit("listed"):
        return None
    basic = listed.item.list_type is ListType.BASIC
    acts = [act for act in facts.acts if act.side is Side.TOWN or act.assisted]
    verdict, rule = (Verdict.PASS_BASIC, "B1") if basic else (Verdict.PASS_COOP, "C1")
    return Decision(
        verdict, rule, listed, _clear(listed.score, facts.limit("listed")), _mark_all(acts, "镇动词")
    )


def off_list(facts: Facts) -> Decision | None:
    """Nothing on any list comes near: the road is 准入, not a notice."""
    top = facts.candidates[0] if facts.candidates else None
    if top is not None and top.score >= facts.limit("unlisted"):
        return None
    if facts.request:
        return Decision(Verdict.HUMAN, "H4", top, 0.6, (), "UNMATCHED", "清单中没有相近事项，请人工派单")
    gap = facts.limit("unlisted") - (top.score if top else 0.0)
    return Decision(
        Verdict.OUT, "O1", top, min(1.0, 0.6 + gap * 2), _mark_all(facts.acts, "清单外动作"), "UNLISTED"
    )


def in_doubt(facts: Facts) -> Decision:
    """Between the two thresholds the machine does not decide."""
    top = facts.candidates[0] if facts.candidates else None
    return Decision(Verdict.HUMAN, "H5", top, 0.5, (), "UNSURE", "与清单事项相近但不足以认定，请编办确认")


RULE_NAMES = {
    "H1": "人身风险或已入程序",
    "E1": "应急豁免",
    "E2": "可能应急，人工复核",
    "H2": "缺少关键事实",
    "R1": "已收回事项再派",
    "D1": "部门已掌握的数据",
    "F1": "形式加码",
    "S1": "部门动词写给镇",
    "H3": "尚无定论",
    "B1": "基本履职",
    "C1": "配合履职",
    "O1": "清单外",
    "H4": "诉求无相近事项",
    "H5": "把握不足",
    "P1": "参照先例",
}


def rule_name(code: str) -> str:
    """What a rule is about, for people; a 混合 rule is named by the block inside it."""
    inner = code[1:] if code.startswith("M") else code
    name = RULE_NAMES.get(inner, "条件规则")
    return f"部分可派，{name}" if code.startswith("M") else name


RULES: tuple[Rule, ...] = (
    person_at_risk,
    emergency,
    missing_fact,
    recalled,
    duplicate_data,
    form_burden,
    shifted,
    undecided,
    on_list,
    off_list,
)


def decide(facts: Facts) -> Decision:
    """The first rule that speaks."""
    for rule in RULES:
        decision = rule(facts)
        if decision is not None:
            return decision
    return in_doubt(facts)
