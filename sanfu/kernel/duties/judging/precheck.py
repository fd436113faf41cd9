"""预检: a document, a list and the lexicon in; a judgement with evidence on every demand out.

One `Checker` serves one version of one list. Documents are judged in batches, so that a year of paper
costs one sparse product instead of ten thousand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from sanfu.kernel.duties.items import DutyList
from sanfu.kernel.duties.judging.deciding import Chances, Gates, settle
from sanfu.kernel.duties.judging.facts import Facts
from sanfu.kernel.duties.judging.features import features, spoken
from sanfu.kernel.duties.judging.ladder import in_doubt, may_be_emergency
from sanfu.kernel.duties.judging.learning import Learned
from sanfu.kernel.duties.judging.lexicon import Lexicon
from sanfu.kernel.duties.judging.matching import Candidate, ListIndex, Words, matching_words, synonym_words
from sanfu.kernel.duties.judging.phrasings import carried
from sanfu.kernel.duties.judging.precedents import PrecedentMemory, Vote
from sanfu.kernel.duties.judging.reading import Sender, facts_of
from sanfu.kernel.duties.judging.rewriting import rewrite, sentence
from sanfu.kernel.duties.judging.splitting import Asks, Demand, Split, split_document
from sanfu.kernel.duties.judging.verdicts import PASSING, Decision, Judgement, Mark, Verdict, whole

BATCH = 512
# A matter that may be an emergency goes to a person, never back; a form put upon it is judged as always.
STOPS_A_MATTER = frozenset({Verdict.OUT, Verdict.SHIFT, Verdict.RECALLED})
REVIEW = "可能是应急事项，不拦截；请人工复核"
CONTEXT_SHARE = 0.5  # how much the title lends to a sentence that does not name its own topic
Row = NDArray[np.float64]


@dataclass(frozen=True)
class Paper:
    """One document to check (公文、工单、工作群通知): who sends it, what kind it is, what it says."""

    text: str
    issuer: str = ""
    kind: str = ""
    number: str = ""
    title: str = ""  # where it stands apart from the text, as in the form of a draft


@dataclass(frozen=True)
class Checked:
    """The answer on one document: its verdict as a whole and one judgement per demand."""

    paper: Paper
    split: Split
    verdict: Verdict
    confidence: float
    judgements: tuple[Judgement, ...]

    @property
    def lead(self) -> Judgement:
        """The judgement that speaks for the document: the first with its verdict, else the first."""
        return next((one for one in self.judgements if one.verdict is self.verdict), self.judgements[0])


class Checker:
    """Judges documents against one list; holds no state between documents."""

    def __init__(
        self,
        duty_list: DutyList,
        lexicon: Lexicon,
        *,
        templates: Mapping[str, str] | None = None,
        memory: PrecedentMemory | None = None,
        aliases: dict[str, str] | None = None,
        learned: Learned | None = None,
        asks: Asks | None = None,
    ) -> None:
        self.lexicon = lexicon
        known = carried(learned.phrasings, learned.source, duty_list) if learned else {}
        self.index = ListIndex(duty_list, lexicon, aliases, known)
        self.learned = learned
        self.asks = asks
        self.templates = templates or {}
        self.memory = memory

    def check(self, paper: Paper) -> Checked:
        return self.check_all([paper])[0]

    def check_all(self, papers: Sequence[Paper]) -> list[Checked]:
        """Judge many documents, in order."""
        checked: list[Checked] = []
        stream = iter(papers)
        while batch := list(islice(stream, BATCH)):
            checked += self._check_batch(batch)
        return checked

    def _check_batch(self, papers: Sequence[Paper]) -> list[Checked]:
        splits = [split_document(paper.text, self.lexicon, self.asks) for paper in papers]
        pairs = [
            (paper, demand) for paper, split in zip(papers, splits, strict=True) for demand in split.demands
        ]
        scores = self._scores(pairs)
        votes = self._votes(pairs)
        read = [
            facts_of(
                demand,
                Sender(paper.issuer, paper.kind, paper.title),
                (scores[0][i], scores[1][i], scores[2][i]),
                self.index,
                self.lexicon,
            )
            for i, (paper, demand) in enumerate(pairs)
        ]
        rules = [spoken(facts) for facts in read]
        chances = self._chances(pairs, read, rules)
        judged = iter(
            [
                self._finish(facts, *self._decided(facts, said, chance), vote)
                for facts, said, chance, vote in zip(read, rules, chances, votes, strict=True)
            ]
        )
        answers = []
        for paper, split in zip(papers, splits, strict=True):
            own = tuple(islice(judged, len(split.demands)))
            answers.append(_checked(paper, split, own))
        return answers

    def _scores(self, pairs: Sequence[tuple[Paper, Demand]]) -> tuple[Row, Row, Row]:
        """Scores of each demand; a demand that does not name its topic borrows from its heading and title."""
        issuers = [paper.issuer for paper, _ in pairs]
        own = self.index.scores([demand.text for _, demand in pairs], issuers)
        contexts = [f"{demand.context} {demand.heading}".strip() for _, demand in pairs]
        if not any(contexts):
            return own
        lent = self.index.scores(contexts, issuers)
        mixed = [
            np.maximum(mine, (1 - CONTEXT_SHARE) * mine + CONTEXT_SHARE * theirs * (theirs > 0))
            for mine, theirs in zip(own, lent, strict=True)
        ]
        return mixed[0], mixed[1], mixed[2]

    def _votes(self, pairs: Sequence[tuple[Paper, Demand]]) -> list[Vote | None]:
        near = self.memory.similarities([demand.text for _, demand in pairs]) if self.memory else None
        if near is None or self.memory is None:
            return [None] * len(pairs)
        return [self.memory.vote(near.getrow(i).toarray()[0]) for i in range(len(pairs))]

    def _chances(
        self,
        pairs: Sequence[tuple[Paper, Demand]],
        read: Sequence[Facts],
        rules: Sequence[Sequence[Decision]],
    ) -> Sequence[Chances | None]:
        """Calibrated chances of the nine verdicts for each demand; None while nothing was learned."""
        if self.learned is None or not pairs:
            return [None] * len(pairs)
        named = [
            features(facts, said, paper.kind)
            for (paper, _), facts, said in zip(pairs, read, rules, strict=True)
        ]
        rows = self.learned.model.probabilities([facts.text for facts in read], named)
        return [dict(zip(Verdict, map(float, row), strict=True)) for row in rows]

    def _decided(
        self, facts: Facts, said: Sequence[Decision], chances: Chances | None
    ) -> tuple[Decision, float]:
        """The decision and its confidence: by the model where there is one, else by the first rule that speaks."""
        if chances is not None:
            return settle(facts, said, chances, Gates.of(self.lexicon))
        decision = said[0] if said else in_doubt(facts)
        return decision, min(0.95, max(0.05, decision.strength))

    def _finish(self, facts: Facts, decision: Decision, confidence: float, vote: Vote | None) -> Judgement:
        candidates = _leading(decision.candidate, facts.candidates)
        numbers: tuple[str, ...] = ()
        suggested = decision.verdict
        if vote is not None:
            decision, confidence = _weigh(decision, confidence, vote)
            numbers = vote.numbers
            suggested = decision.verdict
        if self.learned is None and decision.verdict in STOPS_A_MATTER and may_be_emergency(facts):
            decision = replace(decision, verdict=Verdict.HUMAN, rule="E2", ask=REVIEW)
        low = confidence < self.lexicon.threshold("confidence")
        if self.learned is None and low and decision.verdict is not Verdict.EMERG:
            decision = replace(
                decision, verdict=Verdict.HUMAN, ask=decision.ask or "机器把握不足，请人工确认"
            )
        item = decision.candidate.item if decision.candidate else None
        words: tuple[Words, ...] = ()
        if item is not None:
            words = matching_words(facts.text, item, self.lexicon) or synonym_words(
                facts.text, item, self.lexicon
            )
        marks = decision.marks or _unmatched(facts.text, words)
        text = rewrite(decision, self.templates)
        return Judgement(
            decision.verdict, decision.rule, item, round(confidence, 3), marks, words, decision.reason, text,
            candidates, suggested, decision.ask, numbers, sentence(decision, facts.text, self.templates, self.lexicon),
        )  # fmt: skip


def _leading(first: Candidate | None, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The candidates to show: the item that the verdict speaks of first, then the nearest others."""
    if first is None:
        return tuple(candidates)
    return (first, *(one for one in candidates if one.item.code != first.item.code))[
        : max(1, len(candidates))
    ]


def _weigh(decision: Decision, confidence: float, vote: Vote) -> tuple[Decision, float]:
    """Let near precedents confirm or, when they outweigh the rule, replace the decision. Emergencies stay."""
    if decision.verdict is Verdict.EMERG:
        return decision, confidence
    if vote.verdict is decision.verdict:
        return decision, confidence + (1 - confidence) * vote.weight * vote.similarity
    if vote.weight * vote.similarity > confidence:
        return replace(
            decision, verdict=vote.verdict, rule="P1", reason="PRECEDENT"
        ), vote.weight * vote.similarity
    return decision, confidence * (1 - 0.5 * vote.weight * vote.similarity)


def _unmatched(text: str, words: tuple[Words, ...]) -> tuple[Mark, ...]:
    """When no rule word applies, cite the matched words, or the whole text as what no item covers."""
    if words:
        return tuple(Mark(word.text, word.start, word.end, "事项词") for word in words)
    return (Mark(text, 0, len(text), "未在清单中找到"),)


def _checked(paper: Paper, split: Split, judgements: tuple[Judgement, ...]) -> Checked:
    verdict = whole([(one.verdict, one.confidence) for one in judgements])
    own = [one.confidence for one in judgements if one.verdict is verdict] or [
        one.confidence for one in judgements
    ]
    return Checked(paper, split, verdict, round(sum(own) / len(own), 3), judgements)


def may_send(checked: Checked) -> bool:
    """Whether nothing in the document needs a rewrite or a person."""
    return all(one.verdict in PASSING for one in checked.judgements)
