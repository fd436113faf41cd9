"""What rules do not foresee: how near a clause stands to worked clauses, by letters and by what is negated.

A linear model over grams of one to four characters; numbers and names are made alike first. It only speaks where no
rule does, and never against an innocent wording (open to all, prohibited, set by law).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

NUMBERS = re.compile(r"\d+(?:\.\d+)?")
CHINESE_NUMBERS = re.compile(r"[一二三四五六七八九十百千两]+(?=年|月|日|期|次|万|亿|元|个|成|折|倍|号|家)")
NAMES = re.compile(r"某[一-龥]{1,10}?(?:有限)?公司|[一-龥]{2,12}有限(?:责任)?公司")
GRAMS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Worked:
    """One worked clause: its text, the answer that a person gave and the rule that it breaks."""

    text: str
    answer: str
    rule: str = ""


@dataclass(frozen=True)
class Likeness:
    """How likely a clause is forbidden, the rule it is nearest to, and the worked clause most like it."""

    forbidden: float
    rule: str
    like: Worked


class Learned:
    """A model fitted to worked clauses; `negator` marks what stands after a prohibition."""

    def __init__(self, worked: Sequence[Worked], negator: re.Pattern[str], strength: float = 20.0) -> None:
        self.worked, self.negator = tuple(worked), negator
        self.grams = TfidfVectorizer(analyzer=self._features, sublinear_tf=True)
        self.matrix = self.grams.fit_transform([one.text for one in worked])
        self.answers = LogisticRegression(C=strength, class_weight="balanced", max_iter=500)
        self.answers.fit(self.matrix, [one.answer for one in worked])
        broken = [k for k, one in enumerate(worked) if one.answer == "forbidden"]
        self.rules = LogisticRegression(C=strength, class_weight="balanced", max_iter=500)
        self.rules.fit(self.matrix[broken], [worked[k].rule for k in broken])
        self.broken = np.array(broken)

    def _features(self, text: str) -> list[str]:
        plain = NAMES.sub("乙方", CHINESE_NUMBERS.sub("0", NUMBERS.sub("0", text)))
        found = [plain[i : i + size] for size in GRAMS for i in range(len(plain) - size + 1)]
        for part in re.findall(r"[^，,。；;：:]+", plain):
            denied = self.negator.search(part)
            if denied is not None:
                after = part[denied.start() : denied.start() + 14]
                found += ["¬" + after[i : i + 2] for i in range(len(after) - 1)]
        return found

    def like(self, text: str) -> Likeness:
        """Probability that a person would forbid the clause, with the nearest worked clause as its reason."""
        row = self.grams.transform([text])
        place = list(self.answers.classes_).index("forbidden")
        share = float(self.answers.predict_proba(row)[0][place])
        rule = str(self.rules.predict(row)[0])
        own = [k for k in self.broken if self.worked[k].rule == rule]
        nearest = own[int(np.argmax((self.matrix[own] @ row.T).toarray().ravel()))]
        return Likeness(share, rule, self.worked[nearest])
