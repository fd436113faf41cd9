"""Known phrasings (说法): how people have put a listed matter, taken from labelled demands and rulings.

A published list speaks in its own words; a notice in others. Each labelled demand with an item lends its words
to that item, so that the next one who speaks like it finds the row. A county whose list has other codes
gets the phrasings of the modelled item that its own row resembles most.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from sanfu.kernel.duties.items import DutyItem, DutyList

ALIKE = 0.45  # cosine of two rows of two lists above which they are the same matter
Phrasings = Mapping[str, tuple[str, ...]]


def phrasings_of(pairs: Sequence[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Texts by item code, from (text, codes) pairs; a text with several codes names no single item."""
    found: dict[str, list[str]] = {}
    for text, codes in pairs:
        parts = codes.split()
        if len(parts) == 1:
            found.setdefault(parts[0], []).append(text)
    return {code: tuple(texts) for code, texts in found.items()}


def carried(phrasings: Phrasings, source: DutyList, target: DutyList) -> dict[str, tuple[str, ...]]:
    """The phrasings of one list under the codes of another, where two rows are alike; others are left out."""
    known = [item for item in source if item.code in phrasings]
    if not known or not len(target):
        return {}
    if all((same := target.by_code(item.code)) is not None and same.name == item.name for item in known):
        return dict(phrasings)
    texts = [_text(item) for item in [*known, *target]]
    rows = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True).fit_transform(texts)
    alike = np.asarray((rows[: len(known)] @ rows[len(known) :].T).todense())
    found: dict[str, tuple[str, ...]] = {}
    for i, item in enumerate(known):
        for j, other in enumerate(target):
            alike[i, j] *= item.list_type is other.list_type
        best = int(alike[i].argmax())
        if alike[i, best] >= ALIKE:
            code = target.items[best].code
            found[code] = (*found.get(code, ()), *phrasings[item.code])
    return found


def _text(item: DutyItem) -> str:
    return f"{item.name} {' '.join(item.keywords)} {item.superior_duty} {item.town_duty}"
