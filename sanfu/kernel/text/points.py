"""Several points in one message are told apart (诉求点拆分).

Three kinds of seam are looked for, the surest first: a counted series (一是…二是…, 1.…2.…, 首先…其次…), a word that
adds something (另外, 此外, 还有), and, where a judge of topics is given, a sentence that is about something else. A
person confirms the split; the message itself is never cut.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

FEWEST_LETTERS = 6  # less is not a point of its own
MOST_POINTS = 20

Topics = Callable[[Sequence[str]], Sequence[str | None]]  # topic of each stretch, None: cannot tell


@dataclass(frozen=True)
class Point:
    """One point of a message: its words and where they stand in the message."""

    text: str
    start: int
    end: int


_NUMERALS = "一二三四五六七八九十"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"
_START = r"(?:^|(?<=[。！？!?；;：:\n\r])|(?<=[，,])(?=[第其首再最])|(?<=[，,。；;：:\s])(?=[一二三四五六七八九]是))\s*"
# Each kind of series: pattern of a marker; the group is the place in the series.
_SERIES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(_START + r"第?([一二三四五六七八九])是(?!不是|否|个|的|种|名|位)"), _NUMERALS),
    (re.compile(_START + r"其([一二三四五六七八九])[，,、：: ]"), _NUMERALS),
    (re.compile(_START + r"第([一二三四五六七八九十])(?:[，,、：:点]|个问题)"), _NUMERALS),
    (re.compile(_START + r"问题([一二三四五六七八九十])[：:，,、 ]"), _NUMERALS),
    (re.compile(_START + r"[（(]([一二三四五六七八九十])[)）]"), _NUMERALS),
    (re.compile(_START + r"([一二三四五六七八九十])[、．.]"), _NUMERALS),
    (re.compile(_START + r"[（(]([1-9])[)）]"), "123456789"),
    (re.compile(_START + r"([1-9])[)）]"), "123456789"),
    (re.compile(_START + r"([1-9])(?:[、，,：:]|[.．](?![0-9]))"), "123456789"),
    (re.compile(r"([①②③④⑤⑥⑦⑧⑨⑩])"), _CIRCLED),
)
_STEPS = (("首先", "第一"), ("其次", "第二", "再次", "再者", "然后"), ("最后", "再次", "第三", "再者"))
_STEP = re.compile(
    r"(?:^|(?<=[。！？!?；;，,：:\n\r]))\s*(首先|其次|再次|再者|最后)(?=[，,、是 ]|[^，。]{4})"
)

# Words that add a point when they open a sentence; the weaker ones need a sign that a new matter follows.
_ADDING = re.compile(
    r"(?:(?<=[。！？!?；;\n\r])|(?<=[，,])(?=另外(?!的)|此外|除此之外|顺便|再有一|还有一|还有个|还有就是))\s*"
    r"(?:另外(?!的)|此外|除此之外|除此以外|再有|还有一(?:个|件|点|事)|还有个|还有就是|还有(?=[，,：:、])|顺便(?:问|反映|说|提|咨询|请问)"
    r"|另[，,：:]|另(?=请问|想|还|反映|咨询)|再者[，,]|再一个|再问|还想(?:问|反映|咨询|请教)|也想(?:问|反映|咨询)|同时(?:反映|还想|想问|咨询|也想)"
    r"|与此同时[，,]|以及还有|补充一(?:个|点|下))"
)
_LOOSE = re.compile(r"(?<=[。！？!?；;\n\r])\s*(?:还有|同时|并且|而且|再说|最后|另)")
_SENTENCE = re.compile(r"[^。！？!?；;\n\r]+[。！？!?；;\n\r]*")
# An addition that only strengthens the same matter is not a new point.
_NOT_NEW = re.compile(
    r"^\s*(?:另外|此外|还有|再者|最后|同时)?[，,：:]?\s*(?:谢谢|感谢|望|希望(?:领导|政府|有关部门|相关部门)|请(?:领导|政府|有关部门|相关部门)|恳请|盼|祝|附|联系电话|我的电话)"
)


def _series(message: str) -> list[int]:
    """Starts of the members of the counted series that has most members; empty when none counts up from one."""
    best: list[int] = []
    for pattern, order in _SERIES:
        wanted, starts = 0, []
        for found in pattern.finditer(message):
            if wanted < len(order) and found.group(1) == order[wanted]:
                starts.append(found.start())
                wanted += 1
        if len(starts) >= 2 and len(starts) > len(best):
            best = starts
    return best or _steps(message)


def _steps(message: str) -> list[int]:
    """首先 … 其次 … 最后: the first step must come first, at least one more must follow."""
    found = [(match.group(1), match.start()) for match in _STEP.finditer(message)]
    if len(found) < 2 or found[0][0] != "首先":
        return []
    return [start for _, start in found]


def _additions(message: str, topics: Topics | None) -> list[int]:
    """Starts of sentences that add another matter."""
    seams = [found.start() for found in _ADDING.finditer(message)]
    if topics is None:
        return seams
    for found in _LOOSE.finditer(message):
        here, end = found.start(), _sentence_end(message, found.end())
        before, after = topics([message[:here], message[here:end]])
        if before and after and before != after:
            seams.append(here)
    return seams


def _sentence_end(message: str, start: int) -> int:
    found = _SENTENCE.match(message, start)
    return found.end() if found else len(message)


def _turns(message: str, topics: Topics) -> list[int]:
    """Starts of sentences after which both neighbours are plainly about another topic."""
    sentences = [
        found for found in _SENTENCE.finditer(message) if len(found.group().strip()) >= FEWEST_LETTERS
    ]
    if not 2 <= len(sentences) <= 60:
        return []
    named = topics([found.group() for found in sentences])
    seams: list[int] = []
    current = named[0]
    for place in range(1, len(sentences)):
        topic = named[place]
        if topic is None:
            continue
        stays = place + 1 >= len(sentences) or named[place + 1] in (None, topic)
        if current is not None and topic != current and stays:
            seams.append(sentences[place].start())
        if current is None or (topic != current and stays):
            current = topic
    return seams


def _trimmed(message: str, start: int, end: int) -> Point | None:
    text = message[start:end]
    left, right = len(text) - len(text.lstrip()), len(text.rstrip())
    if len(re.sub(r"[\W_]", "", text)) < FEWEST_LETTERS:
        return None
    return Point(text[left:right], start + left, start + right)


def split_points(message: str, topics: Topics | None = None) -> tuple[Point, ...]:
    """Points of a message in order; one point that is the whole message when nothing tells two apart.

    The opening before a counted series is context of all and a point of none. `topics` names the topic of
    stretches, or None where it cannot tell; without it only words make seams.
    """
    bounded = message[:20_000]  # nobody counts points of a pasted book; the rest stays with the last point
    counted = _series(bounded)
    seams = set(counted)
    after = counted[-1] if counted else 0
    for seam in _additions(bounded, topics):
        if (seam > after or not counted) and not _NOT_NEW.match(bounded[seam:]):
            seams.add(seam)
    if topics is not None and not seams:
        seams |= set(_turns(bounded, topics))
    cuts = sorted(seams)[:MOST_POINTS]
    if not counted or not cuts:
        cuts = [0, *[cut for cut in cuts if cut]]
    points = [
        _trimmed(message, start, end) for start, end in zip(cuts, [*cuts[1:], len(message)], strict=True)
    ]
    kept = [point for point in points if point]
    if len(kept) > 1:
        return tuple(kept)
    whole = message.strip()
    first = message.find(whole) if whole else 0
    return (Point(whole, first, first + len(whole)),) if whole else ()
