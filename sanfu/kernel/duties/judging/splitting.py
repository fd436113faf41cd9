"""Splitting a document into demands (拆解): headings, numbering, sentences; spans into the original."""

import re
from dataclasses import dataclass, replace

from sanfu.kernel.duties.judging.lexicon import Lexicon

LEVELS = (
    re.compile(r"^\s*[一二三四五六七八九十]+、"),
    re.compile(r"^\s*[（(][一二三四五六七八九十]+[）)]"),
    re.compile(r"^\s*\d{1,2}\s*[.．、](?!\d)"),
    re.compile(r"^\s*[（(]\d{1,2}[）)]"),
)
NUMBER = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in LEVELS))
INLINE = re.compile(r"(?=(?:[一二三四五六七八九]是(?!否))|(?:第[一二三四五六七八九]，)|[①②③④⑤⑥⑦⑧⑨])")
SENTENCE = re.compile(r"[^。；！？!?;\n]+[。；！？!?;\n]?")
TITLE = re.compile(
    r"(?:关于|印发).{2,60}(?:通知|方案|函|意见|细则|纪要|通报|办法|预案)|(?:通知|方案|工作提示|细则|纪要|函)$"
)
DEADLINE = re.compile(
    r"(?:于|在|务必于|请于|截至|截止)?\s*(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日|底|上旬|中旬|下旬)?(?:\d{1,2}[:：时点]\d{0,2}分?)?(?:前|之前|以前|止)?"
    r"|(?:本|下|每)?(?:周|星期)[一二三四五六日天](?:上午|下午|中午|晚上)?(?:下班)?前?|(?:今日|今天|今晚|明日|明天|当日|即日|下班前|年底前|月底前|季末前|周末前|年内)前?"
    r"|(?:每(?:日|天|周|月|季度?|年|半年))(?:\d{1,2}[日号])?(?:不少于\S{1,3}次|[一二两三四五\d]次)?|\d+(?:个)?(?:小时|工作日|日|天|分钟)(?:之?内|以内)"
)
PROOF = re.compile(
    r"[^，。；]{0,6}(?:台账|照片|截图|报表|汇总表|统计表|情况报告|总结|信息表|名单|回执|佐证材料|影像资料|签收单|档案)"
)
CLOSING = re.compile(
    r"^(?:附件|联系人|联系电话|抄送|特此|此页无正文|(?:\d{4}|二〇.{2})年\d{1,2}月\d{1,2}日\s*$)"
)
PREAMBLE = re.compile(
    r"^(?:为(?:进一步|深入|切实|全面|贯彻|做好|加强|落实|保障|推动|了|确保)|根据|按照|近期|近日|当前|目前|自.{2,12}以来|现将|为此|随着)"
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


def split_document(text: str, lexicon: Lexicon) -> Split:
    """Take a document apart into demands; a text that asks nothing comes back as one demand."""
    title, offset = _title(text)
    pieces = _pieces(text, offset)
    demands: list[Demand] = []
    background: list[tuple[int, int]] = []
    context = title
    for piece in pieces:
        body = text[piece.start : piece.end]
        if _asks(body, piece.heading, lexicon):
            demands.append(_demand(len(demands) + 1, text, piece, context))
        else:
            background.append((piece.start, piece.end))
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
    numbered = any(pattern.match(body) for pattern in LEVELS)
    body = NUMBER.sub("", body)
    if CLOSING.match(body) or (len(body) <= 24 and body.endswith(("：", ":"))):
        return False
    acts = bool(lexicon.verbs.search(body)) or any(pattern.search(body) for _, _, pattern in lexicon.form)
    acts = acts or bool(lexicon.quota.search(body) or lexicon.data_nouns.search(body))
    if PREAMBLE.match(body) and not lexicon.town.search(body):
        return False
    if re.match(r"^(?:由)?(?:我局|我委|我办|我大队|市级|市局|局机关)", body) and not lexicon.town.search(
        body
    ):
        return False
    if numbered and lexicon.directive.search(body):
        return True
    return acts or bool(heading and len(body) > 8) or bool(lexicon.town.search(body))


def _demand(number: int, text: str, piece: _Piece, context: str) -> Demand:
    body = text[piece.start : piece.end]
    deadline, proof = DEADLINE.search(body), PROOF.search(body)
    return Demand(
        number,
        body,
        piece.start,
        piece.end,
        piece.heading,
        context,
        deadline.group().strip() if deadline else "",
        proof.group().strip() if proof else "",
    )


def _merge(text: str, demands: list[Demand], lexicon: Lexicon) -> list[Demand]:
    """Join a sentence that only continues the one before (no town, no own heading, very short) to it."""
    joined: list[Demand] = []
    for demand in demands:
        last = joined[-1] if joined else None
        continues = last is not None and demand.heading == last.heading and len(demand.text) <= 10
        if last is not None and continues and not lexicon.town.search(demand.text):
            piece = _Piece(last.start, demand.end, last.heading)
            joined[-1] = _demand(last.number, text, piece, last.context)
        else:
            joined.append(
                _demand(
                    len(joined) + 1, text, _Piece(demand.start, demand.end, demand.heading), demand.context
                )
            )
    return joined
