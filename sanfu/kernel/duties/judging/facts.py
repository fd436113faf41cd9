"""What the rules of a verdict may look at: the text, its acts and forms, and the list items that come near."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sanfu.kernel.duties.items import DutyItem, ListType
from sanfu.kernel.duties.judging.lexicon import Lexicon
from sanfu.kernel.duties.judging.matching import Candidate
from sanfu.kernel.duties.judging.roles import (
    SEGMENT,
    Act,
    Actor,
    FormMark,
    Side,
    form_marks,
    read_acts,
    side_by_list,
)


@dataclass
class Facts:
    """What the rules may look at; computed once per demand."""

    text: str
    request: bool
    urgent: bool
    lexicon: Lexicon
    best: dict[ListType, Candidate]
    candidates: Sequence[Candidate]
    context: str = ""  # title and headings: they may name the event, never an act
    preamble: str = ""  # what happened, told beside the demands
    known: float = 1.0  # share of the topic that the lists have words for
    leads: float | None = None  # score of the nearest item that the sender leads; None when it leads none
    sender: str = ""
    acts: list[Act] = field(init=False)
    quota: bool = field(init=False)

    def __post_init__(self) -> None:
        self.acts = read_acts(self.text, self.lexicon, request=self.request)
        self.quota = bool(self.lexicon.quota.search(self.text))

    def limit(self, name: str) -> float:
        return self.lexicon.threshold(name)

    @property
    def listed(self) -> Candidate | None:
        """The better of 基本 and 配合."""
        pair = [self.best[kind] for kind in (ListType.BASIC, ListType.COOPERATE) if kind in self.best]
        return max(pair, key=lambda candidate: candidate.score, default=None)

    def score(self, kind: ListType) -> float:
        return self.best[kind].score if kind in self.best else 0.0

    def forms(self) -> list[FormMark]:
        item = self.listed.item if self.listed and self.listed.score >= self.limit("listed") else None
        return form_marks(self.text, self.lexicon, item)

    def shifted(self, item: DutyItem) -> list[Act]:
        """Acts that the text puts on the town although they are the department's."""
        found = []
        for act in self.acts:
            if act.actor is not Actor.TOWN or act.assisted:
                continue
            by_list = side_by_list(act, item)
            if by_list is Side.OWN or (by_list is None and act.hard):
                found.append(act)
        return found

    def asked(self) -> list[Act]:
        """Acts that the text itself asks of the town, without those it only helps with."""
        return [act for act in self.acts if act.actor is Actor.TOWN and not act.assisted]

    def segments(self) -> list[tuple[int, int]]:
        return [(found.start(), found.end()) for found in SEGMENT.finditer(self.text)]
