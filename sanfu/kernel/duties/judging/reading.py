"""From a demand and its scores to the facts that rules may look at; used alike for judging and for learning."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sanfu.kernel.duties.items import ListType
from sanfu.kernel.duties.judging.facts import Facts
from sanfu.kernel.duties.judging.lexicon import Lexicon
from sanfu.kernel.duties.judging.matching import Candidate, ListIndex
from sanfu.kernel.duties.judging.splitting import Demand

Row = NDArray[np.float64]


@dataclass(frozen=True)
class Sender:
    """Who sends a document, of which kind, under which title (where it stands apart from the text)."""

    issuer: str
    kind: str
    title: str = ""


def facts_of(
    demand: Demand, sender: Sender, row: tuple[Row, Row, Row], index: ListIndex, lexicon: Lexicon
) -> Facts:
    """The facts of one demand from its row of `ListIndex.scores`."""
    return Facts(
        text=demand.text,
        request=bool(lexicon.request_kinds.search(f"{sender.kind} {sender.issuer}")),
        urgent=bool(lexicon.emergency[4].search(f"{sender.kind} {sender.title} {demand.context}")),
        lexicon=lexicon,
        best=best_by_type(row, sender.issuer, index),
        candidates=index.candidates(row, sender.issuer),
        context=f"{sender.title} {demand.context} {demand.heading}",
        preamble=demand.preamble,
        known=index.known(index.topic(index.expand(demand.text))),
        leads=_led(row, sender.issuer, index),
        sender=sender.issuer,
    )


def _led(row: tuple[Row, Row, Row], issuer: str, index: ListIndex) -> float | None:
    """Score of the nearest item that the issuer leads; None when no list names it."""
    own = index.led_by(issuer)
    return float(row[0][own].max()) if own.any() else None


def best_by_type(row: tuple[Row, Row, Row], issuer: str, index: ListIndex) -> dict[ListType, Candidate]:
    """The best item of each of the three lists."""
    best: dict[ListType, Candidate] = {}
    for kind, members in index.is_type.items():
        if members.any():
            best[kind] = index.candidate(int(np.argmax(np.where(members, row[0], -1.0))), row, issuer)
    return best
