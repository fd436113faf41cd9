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
FEAST = r"(?:春节|元旦|元宵节?|正月初?[一二三四五六七八九十]+|清明节?|五一|劳动节|端午节?|中秋节?|国庆节?|汛期|开学|放假|节|汛)"
WEEKDAY = r"(?:本|下)?(?:周|星期)[一二三四五六日天](?:上午|下午|中午|晚上)?(?:下班)?"
DEADLINE = re.compile(
    r"(?:于|在|务必于|请于|截至|截止)?\s*(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日|底|上旬|中旬|下旬)?(?:\d{1,2}[:：时点]\d{0,2}分?)?(?:前|之前|以前|止)?"
    rf"|(?:于|在|请于|务必于|截至|截止){WEEKDAY}前?|{WEEKDAY}(?:之?前|以前)"
    r"|(?:今日|今天|今晚|明日|明天|当日|即日|下班前|年底前|月底前|季末前|周末前|年内)前?"
    rf"|{FEAST}之?前(?![教期言往来])"
    r"|\d+(?:个)?(?:小时|工作日|日|天|分钟)(?:之?内|以内)"
)  # how often something is done (每周一次) is no deadline
PROOF = re.compile(
    r"[^，。；]{0,6}(?:台账|照片|截图|报表|汇总表|统计表|情况报告|总结|信息表|名单|回执|佐证材料|影像资料|签收单|档案)"
)
CLOSING = re.compile(
    r"^(?:附件|联系人|联系电话|抄送|主送|特此|此页无正文|参会|出席|列席|缺席|主持|记录|(?:\d{4}|二〇.{2})年\d{1,2}月\d{1,2}日\s*$)"
)
SIGNED = re.compile(
    r"^[^，。；：]{2,24}(?:局|委员会|委|办公室|办|部|政府|大队|中心|指挥部|领导小组)\s*(?:(?:\d{4}|二〇.{2})年\d{1,2}月\d{1,2}日)?$"
)
GREETING = re.compile(
    r"^(?:感谢|谢谢|衷心感谢|各位.{0,8}(?:好|同志)|大家好|你们?好|您好|辛苦|致以|祝|收到请?回复)"
)
FAREWELL = re.compile(r"^(?:专此|特此|此致|此复|妥否)|为(?:盼|荷|感)[。！]?$")
OPENING = re.compile(
    r"^现(?:就|将|对)[^。]{2,40}如下"
    r"|(?:如下|以下(?:通知|事项|要求|工作)?|几件事.{0,8}|几点.{0,8}|提醒一下|通知一下|说一下)[：:]$"
)
KEPT_HERE = re.compile(
    r"^(?:此项|本项)[^。]{0,60}(?:(?:直接|自行)办理|不另行|不再)"
)  # said to stay with the department
ADDRESSED = re.compile(r"请(?![示假客柬])")  # somebody is asked
ASKED = re.compile(
    r"(?<![申提邀恳报])请(?![示假求客柬])|(?<![需重主只纪摘提不概])要(?![求点素闻么是不])|务必|必须|不得|严禁|应当|须(?!知)"
)
OWN_ACT = re.compile(
    r"^(?:由)?(?:我局|我委|我办|我部|我大队|我中心|市级|市局|局机关|市[\u4e00-\u9fff]{1,8}局)(?:将|拟|会|已|负责|于)"
)
PREAMBLE = re.compile(
    r"^(?:经.{0,12}(?:研究|同意)|昨[天日]|上周|前期|为(?:进一步|深入|切实|全面|贯彻|做好|加强|落实|保障|推动|了|确保)|根据|按照|近期|近日|当前|目前|自.{2,12}以来|现将|为此|随着)"
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
    asked = bool(ASKED.search(body))
    if _surrounds(body):
        return False
    if OWN_ACT.match(body) and not ADDRESSED.search(body):
        return False
    acts = bool(lexicon.verbs.search(body)) or any(pattern.search(body) for _, _, pattern in lexicon.form)
    acts = acts or bool(lexicon.quota.search(body) or lexicon.data_nouns.search(body))
    if PREAMBLE.match(body) and not lexicon.town.search(body):
        return False
    if re.match(r"^(?:由)?(?:我局|我委|我办|我大队|市级|市局|局机关)", body) and not lexicon.town.search(
        body
    ):
        return False
    if asked or (numbered and (lexicon.directive.search(body) or len(body) > 8)):
        return True
    return acts or bool(heading and len(body) > 8) or bool(lexicon.town.search(body))


def _surrounds(body: str) -> bool:
    """What stands around demands: whom it is sent to, attendance, greetings, signature, a line that opens a list."""
    if CLOSING.match(body) or SIGNED.match(body) or GREETING.match(body):
        return True
    if FAREWELL.search(body) or OPENING.search(body) or KEPT_HERE.match(body):
        return True
    return len(body) <= 24 and body.endswith(("：", ":"))


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
