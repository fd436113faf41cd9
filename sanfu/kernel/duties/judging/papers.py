"""Labelled long papers (长文): what is a demand sentence by sentence, and how well the splitter finds it.

Line by line: `@ id|unit|kind` begins a paper, `P` a paragraph, `X text` is no demand, `D verdict|code|due|text` is one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sanfu.kernel.duties.judging.lexicon import Lexicon
from sanfu.kernel.duties.judging.splitting import Asks, Demand, split_document

LEAST_SHARE = 0.6  # of a labelled demand that a found one must hold: a run-in heading may stand apart


class UnreadablePapers(ValueError):
    """The file of labelled papers cannot be used; the message names the line."""


@dataclass
class LabelledPaper:
    """One paper: its text, the labelled demands as (start, end, due) into it, and the sentences that ask nothing."""

    id: str
    text: str = ""
    demands: list[tuple[int, int, str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def add(self, words: str) -> tuple[int, int]:
        """Append words to the text and return their place [start, end)."""
        start = len(self.text)
        self.text += words
        return start, len(self.text)


@dataclass(frozen=True)
class SplitFigures:
    """Counts over all papers: labelled demands, found ones, right ones, and right due dates among the right."""

    labelled: int
    found: int
    right: int
    due_right: int
    missed: tuple[str, ...]
    extra: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """Shares 0..1 beside the counts and the texts that went wrong."""
        return {
            "precision": self.right / self.found if self.found else 0.0,
            "recall": self.right / self.labelled if self.labelled else 0.0,
            "due_right": self.due_right / self.right if self.right else 0.0,
            "labelled": self.labelled,
            "found": self.found,
            "missed": list(self.missed),
            "extra": list(self.extra),
        }


def read_papers(text: str) -> list[LabelledPaper]:
    """Parse a file of labelled papers; raises UnreadablePapers naming the first bad line."""
    papers: list[LabelledPaper] = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("@"):
            papers.append(LabelledPaper(line[1:].split("|")[0].strip()))
        elif not papers or not _add(papers[-1], line):
            raise UnreadablePapers(f"第 {number} 行：应以 @、P、X 或 D 开头，D 行为“D 判定|编号|期限|要求”")
    if not papers:
        raise UnreadablePapers("没有读到任何长文；每份以“@ 编号|单位|文种”开头")
    return papers


def _add(paper: LabelledPaper, line: str) -> bool:
    """Add one line to a paper; False when it is none of the forms."""
    if line.strip() == "P":
        paper.text = paper.text.rstrip("\n") + "\n"
    elif line.startswith("X "):
        paper.add(line[2:])
        paper.told.append(line[2:].strip())
    elif line.startswith("D ") and line.count("|") >= 3:
        _, _, due, words = line[2:].split("|", 3)
        paper.demands.append((*paper.add(words), due.strip()))
    else:
        return False
    return True


def split_figures(
    papers: Sequence[LabelledPaper],
    lexicon: Lexicon,
    asking: Callable[[LabelledPaper], Asks | None] = lambda _: None,
) -> SplitFigures:
    """Split every paper and compare the demands found with the labelled ones; `asking` gives what judges one paper."""
    right = due_right = found = labelled = 0
    missed: list[str] = []
    extra: list[str] = []
    for paper in papers:
        demands = list(split_document(paper.text, lexicon, asking(paper)).demands)
        found, labelled = found + len(demands), labelled + len(paper.demands)
        for start, end, due in paper.demands:
            same = next((one for one in demands if _covers(one, start, end)), None)
            if same is None:
                missed.append(f"{paper.id} {paper.text[start:end]}")
                continue
            demands.remove(same)
            right += 1
            due_right += _same_due(due, same.deadline)
        extra += [f"{paper.id} {one.text}" for one in demands]
    return SplitFigures(labelled, found, right, due_right, tuple(missed), tuple(extra))


def _covers(demand: Demand, start: int, end: int) -> bool:
    """Whether a found demand lies inside a labelled one and holds most of it."""
    inside = demand.start >= start - 1 and demand.end <= end + 1
    return inside and demand.end - demand.start >= LEAST_SHARE * (end - start)


def _same_due(label: str, found: str) -> bool:
    """Whether two readings name the same moment: one may carry a word more (于12月10日前)."""
    return label == found or bool(label and found and (label in found or found in label))
