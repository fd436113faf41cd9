"""What the county decided about pre-checking, read from content/ once: words, wording, worked cases."""

from collections.abc import Sequence
from functools import lru_cache

from sanfu.kernel.duties.items import DutyList
from sanfu.kernel.duties.judging.asking import Asking, asking_from
from sanfu.kernel.duties.judging.evaluation import LabelledCase, precedents_of, read_cases
from sanfu.kernel.duties.judging.learning import Learned, Taught, learn
from sanfu.kernel.duties.judging.lexicon import Lexicon, parse_lexicon
from sanfu.kernel.duties.judging.papers import LabelledPaper, read_papers
from sanfu.kernel.duties.judging.precedents import Precedent, PrecedentMemory
from sanfu.kernel.duties.judging.precheck import Checker
from sanfu.kernel.duties.lists.plain import read_yaml
from sanfu.records.content import CONTENT
from sanfu.records.content import read_yaml as read_content

DUTIES = CONTENT / "duties"
KEPT_APART = frozenset(
    {"untouched", "edges_kept", "fourth_kept"}
)  # labelled files that nothing may learn from


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    return parse_lexicon(read_content(DUTIES / "lexicon.yaml"))


@lru_cache(maxsize=1)
def templates() -> dict[str, str]:
    return {str(key): str(value or "") for key, value in read_content(DUTIES / "rewrites.yaml").items()}


@lru_cache(maxsize=1)
def worked_cases() -> tuple[LabelledCase, ...]:
    """The hand-labelled cases that teach the checker; files kept for testing (untouched, …_kept) never do."""
    found: list[LabelledCase] = []
    for path in sorted((DUTIES / "cases").glob("*.psv")):
        if path.stem not in KEPT_APART:
            found += read_cases(path.read_text(encoding="utf-8"))
    return tuple(found)


@lru_cache(maxsize=1)
def labelled_papers() -> tuple[LabelledPaper, ...]:
    """The long papers that teach what a demand looks like; those kept for testing never do."""
    return tuple(read_papers((DUTIES / "cases" / "papers.txt").read_text(encoding="utf-8")))


@lru_cache(maxsize=64)
def asking(without: str = "") -> Asking | None:
    """What the labelled papers teach; `without` is the text of one that must not judge itself."""
    return asking_from(paper for paper in labelled_papers() if paper.text != without)


@lru_cache(maxsize=1)
def model_list() -> DutyList:
    return read_yaml((DUTIES / "model_list.yaml").read_text(encoding="utf-8")).duty_list


@lru_cache(maxsize=8)
def learned_from(cases: tuple[LabelledCase, ...]) -> Learned:
    """What these labelled cases teach over the modelled list: phrasings and the fitted model."""
    taught = [Taught(case.paper.text, case.issuer, case.kind, case.verdict, case.code) for case in cases]
    return learn(taught, model_list(), lexicon())


def checker(
    duty_list: DutyList,
    precedents: Sequence[Precedent] | None = None,
    *,
    cases: tuple[LabelledCase, ...] | None = None,
) -> Checker:
    """A checker on the county's words, taught by the worked cases and remembering the given precedents.

    `cases` are what it learns from in place of the worked cases; with none at all the rules decide alone.
    """
    taught = worked_cases() if cases is None else cases
    remembered = precedents_of(taught) if precedents is None else precedents
    words = lexicon()
    return Checker(
        duty_list,
        words,
        templates=templates(),
        memory=PrecedentMemory(remembered, words.threshold("precedent")) if remembered else None,
        learned=learned_from(taught) if taught else None,
        asks=asking(),
    )
