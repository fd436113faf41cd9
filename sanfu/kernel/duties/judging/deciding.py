"""The answer on one demand (定论): the model's chances, the gates that a county sets, and the rule that explains.

Order of care: a threat to a person's own life goes to a person; what may be an emergency is never stopped; what may
pass or be stopped needs the promised certainty; everything else goes to a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sanfu.kernel.duties.items import ListType
from sanfu.kernel.duties.judging.facts import Facts
from sanfu.kernel.duties.judging.features import emergency_cues, puts_on_town
from sanfu.kernel.duties.judging.ladder import may_be_emergency
from sanfu.kernel.duties.judging.lexicon import Lexicon
from sanfu.kernel.duties.judging.matching import Candidate
from sanfu.kernel.duties.judging.verdicts import BLOCKING, PASSING, Decision, Verdict

STOPPING = BLOCKING | {Verdict.MIXED}
SURE = 0.9  # above this, cues of an emergency do not hold up a verdict: 汛前演练台账 names events, too
REVIEW = "请人工复核：疑似紧急情况，先办后补"
Chances = Mapping[Verdict, float]
LISTS: dict[Verdict, tuple[ListType, ...]] = {
    Verdict.PASS_BASIC: (ListType.BASIC,),
    Verdict.PASS_COOP: (ListType.COOPERATE,),
    Verdict.SHIFT: (ListType.COOPERATE, ListType.BASIC),
    Verdict.RECALLED: (ListType.RECALLED,),
    Verdict.FORM: (ListType.BASIC, ListType.COOPERATE),
    Verdict.MIXED: (ListType.BASIC, ListType.COOPERATE),
    Verdict.EMERG: (ListType.BASIC, ListType.COOPERATE),
}


@dataclass(frozen=True)
class Gates:
    """How sure an answer must be before it stands without a person (把关线), as chances 0..1."""

    passing: float
    stopping: float
    emergency: float
    unlisted: float = 0.0  # for 清单外 where nothing is handed to the town in words that we know

    @classmethod
    def of(cls, lexicon: Lexicon) -> "Gates":
        """The gates that the county has set in its lexicon."""
        return cls(*(lexicon.threshold(f"gate_{name}") for name in ("pass", "stop", "emergency", "unlisted")))


def settle(
    facts: Facts, decisions: Sequence[Decision], chances: Chances, gates: Gates
) -> tuple[Decision, float]:
    """The decision on a demand with its confidence; `decisions` are the rules that spoke, in their order."""
    if decisions and decisions[0].verdict is Verdict.HUMAN and decisions[0].reason == "RISK":
        return decisions[0], max(decisions[0].strength, chances[Verdict.HUMAN])
    verdict = _likeliest(facts, chances, gates)
    confidence = chances[verdict]
    decision = _explained(facts, decisions, verdict, confidence)
    if verdict is Verdict.EMERG and confidence < 0.5:
        decision = replace(decision, ask=REVIEW)
    return decision, confidence


def _likeliest(facts: Facts, chances: Chances, gates: Gates) -> Verdict:
    """The verdict after the gates; what might be an emergency passes instead of being stopped."""
    if chances[Verdict.EMERG] >= gates.emergency:
        return Verdict.EMERG
    verdict = _gated({**chances, Verdict.OUT: 0.0} if _on_a_list(facts) else chances, gates)
    unsure = chances[verdict] < SURE
    if verdict in STOPPING and unsure and _looks_like_emergency(facts):
        return Verdict.EMERG
    if verdict in PASSING and _told(facts) and _events(facts) > 1:
        return Verdict.EMERG
    if verdict is Verdict.OUT and chances[verdict] < gates.unlisted and not puts_on_town(facts):
        return Verdict.HUMAN  # an unknown matter alone is no finding
    return verdict


def _looks_like_emergency(facts: Facts) -> bool:
    """Whether any sign speaks for an event going on: such a demand is not stopped on an unsure verdict."""
    return may_be_emergency(facts) or _told(facts) or _pressing(facts) or _rescue(facts)


def _gated(chances: Chances, gates: Gates) -> Verdict:
    """The likeliest verdict of the likelier side (放行 or 拦下) if that side is sure enough; else 须人工."""
    if max(chances, key=lambda verdict: chances[verdict]) is Verdict.HUMAN:
        return Verdict.HUMAN
    may_pass = sum(chances[verdict] for verdict in PASSING)
    must_stop = sum(chances[verdict] for verdict in STOPPING)
    if max(may_pass, must_stop) < (gates.passing if may_pass >= must_stop else gates.stopping):
        return Verdict.HUMAN
    side = PASSING if may_pass >= must_stop else STOPPING
    return max(side, key=lambda verdict: (chances[verdict], verdict))


def _told(facts: Facts) -> bool:
    """Whether a caller tells of an event that is going on."""
    event, _, _, not_now = emergency_cues(facts)
    return facts.request and event and not not_now


def _on_a_list(facts: Facts) -> bool:
    """Whether an item comes so near that the matter cannot be on no list."""
    near = max((one.score for one in facts.best.values()), default=0.0)
    return near >= facts.limit("surely_listed")


def _events(facts: Facts) -> int:
    """How many different signs of an event the text itself names: 煤气味 and 喊不应 are two."""
    return len({hit.group() for hit in facts.lexicon.emergency[0].finditer(facts.text)})


def _rescue(facts: Facts) -> bool:
    """Whether several signs of an event stand beside a saving act, though no word says at once: 翻了, 落水, 搜救."""
    _, act, _, not_now = emergency_cues(facts)
    return act and not not_now and _events(facts) > 1


def _pressing(facts: Facts) -> bool:
    """Whether an urgent paper asks for a saving act at once, though no event is named in words that we know."""
    _, act, _, not_now = emergency_cues(facts)
    return facts.urgent and act and bool(facts.lexicon.emergency[2].search(facts.text)) and not not_now


def _explained(facts: Facts, decisions: Sequence[Decision], verdict: Verdict, confidence: float) -> Decision:
    """The rule that says the same, as evidence; else a plain finding over the nearest item."""
    same = next((one for one in decisions if one.verdict is verdict), None)
    candidate = nearest(facts, verdict)
    if same is not None:
        return replace(same, candidate=candidate or same.candidate)
    reason = {Verdict.OUT: "UNLISTED", Verdict.HUMAN: "UNSURE"}.get(verdict, "MODEL")
    ask = "与清单事项相近但不足以认定，请编办确认" if verdict is Verdict.HUMAN else ""
    return Decision(verdict, "L1", candidate, confidence, (), reason, ask)


def nearest(facts: Facts, verdict: Verdict) -> Candidate | None:
    """The best item of the lists that a verdict speaks of; the best of all for the others."""
    kinds = LISTS.get(verdict)
    found = (
        [facts.best[kind] for kind in kinds if kind in facts.best] if kinds else list(facts.candidates[:1])
    )
    return max(found, key=lambda candidate: candidate.score, default=None)
