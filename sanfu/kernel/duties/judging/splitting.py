"""Splitting a document into demands (拆解): headings, numbering, sentences; spans into the original."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sanfu.kernel.duties.judging.lexicon import Lexicon
from sanfu.kernel.duties.judging.surroundings import (
    OWN_PLAN,
    PREAMBLE,
    names_a_town,
    stays_with_the_sender,
    surrounds,
)

LEVELS = (
    re.compile(r"^\s*[一二三四五六七八九十]+、"),
    re.compile(r"^\s*[（(][一二三四五六七八九十]+[）)]"),
    re.compile(r"^\s*\d{1,2}\s*[.．、](?!\d(?!\d{3}年))"),
    re.compile(r"^\s*[（(]\d{1,2}[）)]"),
)
ROW = re.compile(
    r"^\s*\d{1,3}(?:[　\t]\s*|\s{2,})(?=[^\d\s])"
)  # a table's row: number, gap, cells; never a heading
NUMBER = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in (*LEVELS, ROW)))
CELL = re.compile(r"(?:内容|任务|措施|要求|责任单位|牵头单位|配合单位|责任主体|时限|完成时间)[：:]([^；。]*)")
RESPONSIBLE = re.compile(r"(?:责任|牵头|配合)(?:单位|主体)[：:]([^；。]*)")
INLINE = re.compile(r"(?=(?:[一二三四五六七八九]是(?!否))|(?:第[一二三四五六七八九]，)|[①②③④⑤⑥⑦⑧⑨])")
SENTENCE = re.compile(r"[^。；！？!?;\n]+[。；！？!?;\n]?")
TITLE = re.compile(
    r"(?:关于|印发).{2,60}(?:通知|方案|函|意见|细则|纪要|通报|办法|预案)|(?:通知|方案|工作提示|细则|纪要|函|要点|通报|督办单|任务清单)$"
)
FEAST = r"(?:春节|元旦|元宵节?|正月初?[一二三四五六七八九十]+|清明节?|五一|劳动节|端午节?|中秋节?|国庆节?|汛期|开学|放假|节|汛)"
WEEKDAY = r"(?:本|下)?(?:周|星期)[一二三四五六日天](?:上午|下午|中午|晚上)?(?:下班)?"
DEADLINE = re.compile(
    r"(?:于|在|务必于|请于|截至|截止)?\s*(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日|底|上旬|中旬|下旬)?(?:\d{1,2}[:：时点]\d{0,2}分?)?(?:前|之前|以前|止)?"
    rf"|(?:于|在|请于|务必于|截至|截止){WEEKDAY}前?|{WEEKDAY}(?:之?前|以前)"
    r"|(?:今日|今天|明日|明天|当日)?下班前|(?:今日|今天|今晚|明日|明天|当日|即日|年底前|月底前|季末前|周末前|年内)前?"
    rf"|{FEAST}之?前(?![教期言往来])"
    r"|\d+(?:个)?(?:小时|工作日|日|天|分钟)(?:之?内|以内)"
)  # how often something is done (每周一次) is no deadline
DUE = re.compile(r"[前内止底]$|截至|截止")
RUN_IN = re.compile(rf"^(?:[一二三四五六七八九]是|第[一二三四五六七八九]，|[①②③④⑤⑥⑦⑧⑨])|{NUMBER.pattern}")
SHORT = 10  # characters of a sentence that says nothing on its own
PROOF = re.compile(
    r"[^，。；前后内报送传附并于]{0,6}(?:台账|照片|截图|报表|汇总表|统计表|情况报告|总结|信息表|名单|回执|佐证材料|影像资料|签收单|档案)"
)
ASKED = re.compile(
    r"(?<![申提邀恳报])请(?![示假求客柬])|(?<![需重主只纪摘提不概])要(?![求点素闻么是不])|务必|必须|不得|严禁|应当|须(?!知)"
    r"|看着办|自行掌握|一并(?:做好|落实)"
)


@dataclass(frozen=True)
class Demand:
    """One thing asked of somebody: [start, end) into the original; context is the title.

    preamble: what the document says beside its demands, where a notice tells what happened.
    """

    number: int
    text: str
    start: int
    end: int
    heading: str = ""
    context: str = ""
    deadline: str = ""
    proof: str = ""
    preamble: str = ""


@dataclass(frozen=True)
class Split:
    """A document taken apart: its title, its demands, and the spans that ask nothing of a town."""

    title: str
    demands: tuple[Demand, ...]
    background: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class _Piece:
    start: int
    end: int
    heading: str


class Asks(Protocol):
    """What says how likely a sentence is a demand (see asking.py)."""

    def chances(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Chance 0..1 of each sentence, in order."""


def without_number(text: str) -> str:
    """The text without the number that it begins with (一、 （一） 1. or a table's row)."""
    return NUMBER.sub("", text)


def split_document(text: str, lexicon: Lexicon, asks: Asks | None = None) -> Split:
    """Take a document apart into demands; a text that asks nothing comes back as one demand.

    `asks` drops sentences that no rule knows and that people's labels say are only told.
    """
    title, offset = _title(text)
    pieces = _pieces(text, offset)
    kept = [piece for piece in pieces if _asks(text[piece.start : piece.end], piece.heading, lexicon)]
    if OWN_PLAN.search(title):
        named = [piece for piece in kept if names_a_town(text[piece.start : piece.end], lexicon)]
        kept = named or kept
    if asks is not None:
        kept = _asked(text, kept, lexicon, asks)
    demands = [_demand(number, text, piece, title) for number, piece in enumerate(kept, 1)]
    chosen = {piece.start for piece in kept}
    background = [(piece.start, piece.end) for piece in pieces if piece.start not in chosen]
    if not demands:
        start, end = _trim(text, 0, len(text))
        whole = _Piece(start, end, "")
        return Split(title, (_demand(1, text, whole, title),), ())
    told = " ".join(text[start:end] for start, end in background)
    merged = _merge(text, demands, lexicon)
    return Split(title, tuple(replace(one, preamble=told) for one in merged), tuple(background))


def _title(text: str) -> tuple[str, int]:
    """The title when the first non-empty line looks like one and more text follows."""
    position = 0
    for line in text.splitlines(keepends=True)[:6]:
        stripped = line.strip()
        if stripped and len(stripped) <= 80 and TITLE.search(stripped) and not re.search(r"[。；]", stripped):
            after = position + len(line)
            if text[after:].strip():
                return stripped, after
        position += len(line)
    return "", 0


def _pieces(text: str, offset: int) -> list[_Piece]:
    """Sentences with the heading they stand under, in order."""
    pieces: list[_Piece] = []
    headings: dict[int, str] = {}
    position = offset
    for line in text[offset:].splitlines(keepends=True):
        level = next((i for i, pattern in enumerate(LEVELS) if pattern.match(line)), None)
        stripped = line.strip()
        if level is not None:
            headings = {depth: words for depth, words in headings.items() if depth < level}
            if len(stripped) <= 26 and not re.search(r"[。；，]", stripped):
                headings[level] = stripped
                position += len(line)
                continue
        heading = " ".join(headings[depth] for depth in sorted(headings))
        if len(CELL.findall(line)) >= 2:  # a row of a table of tasks (任务分解表) is one
            pieces.append(_Piece(*_trim(text, position, position + len(line)), heading))
        else:
            pieces += _sentences(text, position, position + len(line), heading)
        position += len(line)
    return pieces


def _sentences(text: str, start: int, end: int, heading: str) -> list[_Piece]:
    found: list[_Piece] = []
    for sentence in SENTENCE.finditer(text, start, end):
        cuts = [sentence.start()]
        cuts += [mark.start() for mark in INLINE.finditer(text, sentence.start() + 1, sentence.end())]
        for left, right in zip(cuts, [*cuts[1:], sentence.end()], strict=True):
            begin, finish = _trim(text, left, right)
            if finish - begin >= 2:
                found.append(_Piece(begin, finish, heading))
    return found


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _asks(body: str, heading: str, lexicon: Lexicon) -> bool:
    """Whether a sentence asks a town for something: an act or a form, and not only background."""
    if responsible := RESPONSIBLE.findall(body):
        return any(names_a_town(who, lexicon) for who in responsible)
    numbered = bool(RUN_IN.match(body))
    body = without_number(body)
    asked = bool(ASKED.search(body))
    if surrounds(body) or stays_with_the_sender(body, heading, lexicon):
        return False
    acts = bool(lexicon.verbs.search(body)) or any(pattern.search(body) for _, _, pattern in lexicon.form)
    acts = acts or bool(
        lexicon.quota.search(body) or lexicon.data_nouns.search(body) or DUE.search(_deadline(body))
    )
    if PREAMBLE.match(body) and not names_a_town(body, lexicon):
        return False
    if re.match(r"^(?:由)?(?:我局|我委|我办|我大队|市级|市局|局机关)", body) and not lexicon.town.search(
        body
    ):
        return False
    if asked or (numbered and (lexicon.directive.search(body) or len(body) > 8)):
        return True
    return acts or bool(heading and len(body) > 8) or names_a_town(body, lexicon)


def _asked(text: str, pieces: list[_Piece], lexicon: Lexicon, asks: Asks) -> list[_Piece]:
    """Pieces without those surely only told; what addresses somebody or tells of danger always stays."""
    bodies = [text[piece.start : piece.end] for piece in pieces]
    least = lexicon.threshold("asks")
    return [
        piece
        for piece, body, chance in zip(pieces, bodies, asks.chances(bodies), strict=True)
        if chance >= least
        or ASKED.search(body)
        or DUE.search(_deadline(body))
        or lexicon.emergency[0].search(body)
    ]


def _demand(number: int, text: str, piece: _Piece, context: str) -> Demand:
    body = text[piece.start : piece.end]
    proof = PROOF.search(body)
    return Demand(
        number,
        body,
        piece.start,
        piece.end,
        piece.heading,
        context,
        _deadline(body),
        proof.group().strip() if proof else "",
    )


def _deadline(body: str) -> str:
    """The moment by which something is due: one that says 前 or 内 goes before a day that is only told."""
    found = [hit.group().strip() for hit in DEADLINE.finditer(body)]
    return next((words for words in found if DUE.search(words)), found[0] if found else "")


def _merge(text: str, demands: list[Demand], lexicon: Lexicon) -> list[Demand]:
    """Join a very short sentence to its neighbour: a run-in heading to what follows it, a mere tail to what it ends."""
    joined: list[Demand] = []
    for demand in demands:
        last = joined[-1] if joined else None
        if last is not None and _belongs(text, last, demand, lexicon):
            joined[-1] = _demand(
                last.number, text, _Piece(last.start, demand.end, last.heading), last.context
            )
        else:
            piece = _Piece(demand.start, demand.end, demand.heading)
            joined.append(_demand(len(joined) + 1, text, piece, demand.context))
    return joined


def _belongs(text: str, last: Demand, demand: Demand, lexicon: Lexicon) -> bool:
    """Whether two neighbours are one demand; never across a paragraph, another heading or something left out."""
    if (
        demand.heading != last.heading
        or text[last.end : demand.start].strip()
        or "\n" in text[last.end : demand.start]
    ):
        return False
    if RUN_IN.match(demand.text):
        return False
    if len(last.text) <= SHORT and RUN_IN.match(last.text):
        return True
    return len(demand.text) <= SHORT and not lexicon.town.search(demand.text)
