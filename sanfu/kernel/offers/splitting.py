"""A draft agreement as clauses: articles (第三条), numbered items (一、（一）1.), paragraphs; with their place."""

import re
from dataclasses import dataclass

ARTICLE = re.compile(r"^\s*(第[一二三四五六七八九十百零〇\d]+[条款章节])[\s:：、.]*")
ITEM = re.compile(
    r"^\s*([一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)]|\d+(?:\.\d+)*[.、．)）](?!\d)|[①-⑳])\s*"
)
INLINE = re.compile(r"(?=(?:[（(][一二三四五六七八九十]+[）)]))")
HEADING = 14  # letters up to which an article's line without a full stop is its heading


@dataclass(frozen=True)
class Clause:
    """One clause: its label (第三条（二）), its text and where the text begins in the document."""

    label: str
    text: str
    start: int


def split(text: str) -> list[Clause]:
    """Clauses of a draft in order; headings without a promise are kept as clauses of their own article."""
    out: list[Clause] = []
    article, number = "", 0
    for line in re.finditer(r"[^\n]+", text):
        raw = line.group()
        if not raw.strip():
            continue
        found = ARTICLE.match(raw)
        begin = 0
        if found:
            article, begin = found.group(1), found.end()
        for piece_start, piece in _pieces(raw, begin):
            if not piece.strip():
                continue
            item = ITEM.match(piece)
            label = (item.group(1).rstrip("、.．") if item else "").strip()
            body_start = item.end() if item else len(piece) - len(piece.lstrip())
            body = piece[body_start:].rstrip()
            if len(body) < 2:
                continue
            number += 1
            out.append(
                Clause(f"{article}{label}" or f"第{number}段", body, line.start() + piece_start + body_start)
            )
    return out


def _pieces(line: str, begin: int) -> list[tuple[int, str]]:
    """A line cut before （一）（二）… when it holds several of them."""
    cuts = [found.start() for found in INLINE.finditer(line, begin)]
    if len(cuts) < 2:
        return [(begin, line[begin:])]
    ends = [*cuts[1:], len(line)]
    head = [(begin, line[begin : cuts[0]])] if line[begin : cuts[0]].strip() else []
    return head + [(cut, line[cut:end]) for cut, end in zip(cuts, ends, strict=True)]
