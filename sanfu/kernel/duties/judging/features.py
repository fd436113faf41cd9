"""Features of one demand (特征): what rules, list and form say, as named numbers that a linear model can weigh.

Nothing here decides. Each number can be read: which rule would speak, how near each of the three lists comes,
whose verbs stand in the text, which forms of burden, which cues of an emergency.
"""

import re
from collections.abc import Sequence

from sanfu.kernel.duties.items import ListType
from sanfu.kernel.duties.judging.facts import Facts
from sanfu.kernel.duties.judging.ladder import RULES, decide
from sanfu.kernel.duties.judging.matching import Candidate, topic_words
from sanfu.kernel.duties.judging.roles import Actor, Side, side_by_list
from sanfu.kernel.duties.judging.verdicts import Decision

TYPES = {ListType.BASIC: "basic", ListType.COOPERATE: "coop", ListType.RECALLED: "recalled"}
FIRM = re.compile(r"公司|集团|银行|支行|[馆院校台厂]$|中心$")
CLAUSE = re.compile(r"[，,；;。！!？?]")


def spoken(facts: Facts) -> list[Decision]:
    """Every rule that would speak on a demand, in the order of the ladder (the first is the ladder's answer)."""
    return [decision for rule in RULES if (decision := rule(facts)) is not None]


def features(facts: Facts, decisions: Sequence[Decision], kind: str) -> dict[str, float]:
    """Named features of one demand; `decisions` are those of `spoken`, `kind` is the kind of document (文种)."""
    found: dict[str, float] = {f"文种={kind}": 1.0, "工单": float(facts.request)}
    first = decisions[0] if decisions else decide(facts)
    found[f"首条={first.verdict.value}"] = 1.0
    for decision in decisions:
        found[f"规则={decision.rule}"] = decision.strength
    found |= _nearness(facts)
    found |= _acts(facts)
    found |= _forms(facts)
    found |= _cues(facts)
    found |= _standing(facts)
    found |= _burden(facts)
    found |= _taken_back(facts)
    found["短"] = float(len(facts.text) < 26)
    found["分句"] = min(6, len(CLAUSE.findall(facts.text))) / 6
    return found


def _nearness(facts: Facts) -> dict[str, float]:
    """How near each list comes, which of them leads, and whether the sender leads the best item."""
    found: dict[str, float] = {}
    ordered = sorted(facts.best.items(), key=lambda pair: -pair[1].score)
    for place, (kind, candidate) in enumerate(ordered):
        name = TYPES[kind]
        found[f"近:{name}"] = 3 * candidate.score
        found[f"第{place + 1}:{name}"] = 1.0
        found[f"本部门:{name}"] = float(candidate.department)
        found[f"点名:{name}"] = float(_named(facts, candidate))
    if ordered:
        top = ordered[0][1].score
        found["近:最高"] = 3 * top
        found["远"] = float(top < facts.limit("unlisted"))
        found["领先"] = 3 * (top - ordered[1][1].score) if len(ordered) > 1 else 0.0
        found[f"领先:{TYPES[ordered[0][0]]}"] = found["领先"]
    return found


def _named(facts: Facts, candidate: Candidate) -> bool:
    words = topic_words(candidate.item, facts.lexicon)
    return any(facts.text[i : i + 2] in words for i in range(len(facts.text) - 1))


def _standing(facts: Facts) -> dict[str, float]:
    """What the lists know of the sender and of the topic: the evidence for 清单外."""
    unknown, own = 1 - facts.known, facts.leads
    far = own is not None and own < facts.limit("unlisted")
    top = facts.candidates[0].cosine if facts.candidates else 0.0
    return {
        "单位无事项": float(own is None),
        "单位是企业": float(bool(FIRM.search(facts.sender))),
        "本单位事项近": 3 * (own or 0.0),
        "本单位事项远": float(far),
        "生词": 2 * unknown,
        "余弦": 3 * top,
    }


def _burden(facts: Facts) -> dict[str, float]:
    """How a matter or its cost is put on the town, clause by clause, and whether the department keeps its part."""
    own, kept = _clauses(facts)
    said = {kind: any(pattern.search(one) for one in own) for kind, pattern in facts.lexicon.burden.items()}
    said.pop("keeps", None)
    near = facts.leads is not None and facts.leads >= facts.limit("shift")
    puts = any(said.values())
    return {
        **{f"负担:{kind}": float(hit) for kind, hit in said.items()},
        "部门自留": float(bool(kept)),
        "放给镇": float(puts),
        "全放给镇": float(puts and not kept),
        "放给镇且单位无事项": float(puts and facts.leads is None),
        "放给镇且本单位事项近": float(puts and near),
        "放给镇且事项远": float(puts and not near),
    }


def puts_on_town(facts: Facts) -> bool:
    """Whether a clause hands the town a matter, its cost, or an undertaking: the evidence that 清单外 needs."""
    own, _ = _clauses(facts)
    patterns = [pattern for kind, pattern in facts.lexicon.burden.items() if kind != "keeps"]
    return any(pattern.search(one) for one in own for pattern in patterns)


def _clauses(facts: Facts) -> tuple[list[str], list[str]]:
    """(clauses left to the town, clauses in which a department acts or the town only helps)."""
    own: list[str] = []
    kept: list[str] = []
    keeps = facts.lexicon.burden.get("keeps")
    others = [facts.lexicon.department, facts.lexicon.assist, *([keeps] if keeps else [])]
    for start, end in facts.segments():
        clause = facts.text[start:end]
        (kept if any(pattern.search(clause) for pattern in others) else own).append(clause)
    return own, kept


def _taken_back(facts: Facts) -> dict[str, float]:
    """Whether the nearest recalled row holds the act that is asked: the row goes before a 配合 row of the same matter."""
    candidate = facts.best.get(ListType.RECALLED)
    if candidate is None:
        return {}
    other = facts.listed.score if facts.listed else 0.0
    share = min(1.5, candidate.score / other) if other else 1.5
    body = f"{candidate.item.name}{candidate.item.method}"
    fines = facts.lexicon.burden.get("fines")
    fined = bool(fines and any(map(fines.search, _clauses(facts)[0]))) and bool(fines and fines.search(body))
    inside = fined or any(verb in body for act in facts.asked() for verb in facts.lexicon.family(act.verb))
    return {"收回占比": share, "收回动作在内": float(inside), "收回动作在内且近": float(inside) * share}


def _acts(facts: Facts) -> dict[str, float]:
    """Whose verbs stand in the text, by the lexicon and by the nearest 配合 and 基本 items."""
    town = [act for act in facts.acts if act.actor is Actor.TOWN]
    found = {
        "镇做部门硬动作": float(any(act.hard and not act.assisted for act in town)),
        "镇做部门软动作": float(
            any(act.side is Side.OWN and not act.hard and not act.assisted for act in town)
        ),
        "镇动作": min(4, sum(act.side is Side.TOWN for act in town)) / 4,
        "协助": float(any(act.assisted for act in facts.acts)),
        "部门动作": float(any(act.actor is Actor.DEPARTMENT for act in facts.acts)),
        "无动作": float(not facts.acts),
    }
    for kind, name in TYPES.items():
        candidate = facts.best.get(kind)
        if candidate is None:
            continue
        sides = [side_by_list(act, candidate.item) for act in town if not act.assisted]
        found[f"清单归部门:{name}"] = float(Side.OWN in sides) * min(1.0, 3 * candidate.score)
        found[f"清单归镇:{name}"] = float(Side.TOWN in sides) * min(1.0, 3 * candidate.score)
    return found


def _forms(facts: Facts) -> dict[str, float]:
    marks = facts.forms()
    found = {f"形式:{mark.kind}": 1.0 for mark in marks}
    found["硬形式"] = min(3, len({mark.kind for mark in marks if mark.hard})) / 3
    found["软形式"] = min(3, len({mark.kind for mark in marks if not mark.hard})) / 3
    found["数量"] = float(facts.quota)
    return found


def emergency_cues(facts: Facts) -> tuple[bool, bool, bool, bool]:
    """(event, saving act, at once, no emergency): cues of an emergency in a demand and its context."""
    events, acts, now, not_now, _ = facts.lexicon.emergency
    named_before = bool(events.search(facts.context)) and not not_now.search(
        facts.context
    )  # 火灾防控 is none
    return (
        bool(events.search(facts.text)) or named_before,
        bool(acts.search(facts.text)),
        bool(now.search(facts.text)) or facts.urgent,
        bool(not_now.search(facts.text)),
    )


def _cues(facts: Facts) -> dict[str, float]:
    event, act, now, not_now = emergency_cues(facts)
    found = {
        "险情": float(event), "救险动作": float(act), "即时": float(now), "非应急": float(not_now),
        "险情且动作": float(event and act), "险情且即时": float(event and now), "紧急文种": float(facts.urgent),
    }  # fmt: skip
    for kind in ("risk", "in_procedure", "undecided", "boundary"):
        found[f"须人工:{kind}"] = float(bool(facts.lexicon.human(kind).search(facts.text)))
    return found
