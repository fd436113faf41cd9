"""Whether a sentence asks for something (是不是要求): learned from long papers that people labelled sentence by sentence.

Rules name the surroundings that they know; papers of other hands bring others. What is dropped here stands under
未作为要求 on the page, where the drafter sees it.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from sanfu.kernel.duties.judging.papers import LabelledPaper
from sanfu.kernel.duties.judging.splitting import without_number

FEWEST = 40  # labelled sentences of each sort below which nothing is learned


class Asking:
    """Gives the chance, 0..1, that a sentence is a demand; fitted once, holds no state between sentences."""

    def __init__(self, asked: Sequence[str], told: Sequence[str]) -> None:
        texts = [without_number(text) for text in (*asked, *told)]
        labels = [1] * len(asked) + [0] * len(told)
        self._words = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2)
        rows = self._words.fit_transform(texts)
        self._model = LogisticRegression(C=10, class_weight="balanced", max_iter=500).fit(rows, labels)

    def chances(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Chance of each sentence, in order; an empty array for none."""
        if not texts:
            return np.zeros(0)
        rows = self._words.transform([without_number(text) for text in texts])
        return np.asarray(self._model.predict_proba(rows)[:, 1])


def asking_from(papers: Iterable[LabelledPaper]) -> Asking | None:
    """Learn from labelled papers; None when they hold too few sentences of either sort."""
    held = list(papers)
    asked = [paper.text[start:end] for paper in held for start, end, _ in paper.demands]
    told = [words for paper in held for words in paper.told]
    return Asking(asked, told) if min(len(asked), len(told)) >= FEWEST else None
