"""Learning from labelled demands (学习): the phrasings that find an item and the model that weighs the rules.

Features of a labelled demand are taken with a memory that does not hold the demand itself; otherwise each would
find its own words and the model would believe retrieval too much.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sanfu.kernel.duties.items import DutyList
from sanfu.kernel.duties.judging.facts import Facts
from sanfu.kernel.duties.judging.features import features, spoken
from sanfu.kernel.duties.judging.lexicon import Lexicon
from sanfu.kernel.duties.judging.matching import ListIndex
from sanfu.kernel.duties.judging.model import Sample, VerdictModel
from sanfu.kernel.duties.judging.phrasings import Phrasings, phrasings_of
from sanfu.kernel.duties.judging.reading import Sender, facts_of
from sanfu.kernel.duties.judging.splitting import Demand, split_document
from sanfu.kernel.duties.judging.verdicts import Verdict

FOLDS = 10


@dataclass(frozen=True)
class Taught:
    """One labelled document: text, sender, kind, verdict and the codes of its item, as in a case file."""

    text: str
    issuer: str
    kind: str
    verdict: Verdict
    codes: str = ""


@dataclass(frozen=True)
class Learned:
    """What labelled demands gave: known phrasings by item code of `source`, and the fitted model."""

    source: DutyList
    phrasings: Phrasings
    model: VerdictModel


def learn(taught: Sequence[Taught], source: DutyList, lexicon: Lexicon) -> Learned:
    """Fit phrasings and model on labelled documents that make one demand; ValueError when there are too few."""
    single = _single(taught, lexicon)
    if len(single) < 50:
        raise ValueError(f"只有 {len(single)} 条单项样例，不足以学习；至少要 50 条")
    return Learned(
        source,
        phrasings_of([(demand.text, case.codes) for case, demand in single]),
        VerdictModel(samples(single, source, lexicon)),
    )


def _single(taught: Sequence[Taught], lexicon: Lexicon) -> list[tuple[Taught, Demand]]:
    """Documents that are one demand; of several only the whole has a label."""
    found = []
    for case in taught:
        demands = split_document(case.text, lexicon).demands
        if len(demands) == 1:
            found.append((case, demands[0]))
    return found


def samples(single: Sequence[tuple[Taught, Demand]], source: DutyList, lexicon: Lexicon) -> list[Sample]:
    """Features of each demand, taken with the phrasings of the other folds only."""
    fold = np.random.default_rng(11).permutation(len(single)) % FOLDS
    made: dict[int, Sample] = {}
    for number in range(FOLDS):
        others = [single[i] for i in range(len(single)) if fold[i] != number]
        index = ListIndex(
            source, lexicon, phrasings=phrasings_of([(demand.text, case.codes) for case, demand in others])
        )
        inside = [i for i in range(len(single)) if fold[i] == number]
        for i, facts in zip(inside, _facts([single[i] for i in inside], index, lexicon), strict=True):
            case = single[i][0]
            named = features(facts, spoken(facts), case.kind)
            group = case.codes.split()[0] if case.codes else f"#{i}"
            made[i] = Sample(facts.text, named, case.verdict, group)
    return [made[i] for i in range(len(single))]


def _facts(single: Sequence[tuple[Taught, Demand]], index: ListIndex, lexicon: Lexicon) -> list[Facts]:
    rows = index.scores([demand.text for _, demand in single], [case.issuer for case, _ in single])
    return [
        facts_of(demand, Sender(case.issuer, case.kind), (rows[0][i], rows[1][i], rows[2][i]), index, lexicon)
        for i, (case, demand) in enumerate(single)
    ]
