"""What a message mentions besides its subject: danger to life, and places (紧急情形与地点).

Danger is looked for with a lexicon that is content, not code. A missed fire costs more than a needless hint,
so a mention is dismissed only where the words beside it say plainly that it is over, denied or imagined.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

LETTERS_READ = 8000
_AROUND = ("denied", "past", "past_patterns", "imagined", "subject", "now")
_CLAUSE = "。！？!?；;\n\r"


@dataclass(frozen=True)
class EmergencyKind:
    """One kind of danger: the line to call, words that name it, words around it that dismiss it."""

    kind: str
    line: str
    words: tuple[str, ...]
    patterns: tuple[str, ...] = ()
    advice: str = ""
    not_before: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()


@dataclass(frozen=True)
class EmergencyLexicon:
    """Kinds and the words that dismiss any of them: denied, past, imagined, about a subject."""

    kinds: tuple[EmergencyKind, ...]
    denied: tuple[str, ...]
    past: tuple[str, ...]
    imagined: tuple[str, ...]
    subject: tuple[str, ...]
    now: tuple[str, ...]
    past_patterns: tuple[str, ...] = ()  # dates: what is told with a date is a story, not a call

    @classmethod
    def of(cls, content: Mapping[str, object]) -> "EmergencyLexicon":
        """From the content of `emergencies.yaml`; a missing or wrong part is named."""
        around = content.get("around")
        kinds = content.get("kinds")
        if not isinstance(around, Mapping) or not isinstance(kinds, Sequence):
            raise ValueError("emergencies: `kinds` (a list) and `around` (a mapping) are needed")
        parts = {name: _words(around.get(name), name) for name in _AROUND}
        return cls(kinds=tuple(_kind(entry) for entry in kinds), **parts)


def _words(value: object, name: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ValueError(f"emergencies: `{name}` must be a list of words")
    return tuple(str(word) for word in value)


def _kind(entry: object) -> EmergencyKind:
    if not isinstance(entry, Mapping) or not entry.get("kind") or not entry.get("line"):
        raise ValueError(f"emergencies: a kind needs `kind` and `line`, found {entry!r}")
    lists = {name: _words(entry.get(name), name) for name in ("words", "patterns", "not_before", "not_after")}
    return EmergencyKind(str(entry["kind"]), str(entry["line"]), advice=str(entry.get("advice", "")), **lists)


@dataclass(frozen=True)
class Emergency:
    """A mention of danger. `now` is true when the words say that it is happening."""

    kind: str
    line: str
    words: str
    start: int
    end: int
    now: bool
    advice: str = field(default="", compare=False)


def _sides(text: str, start: int, end: int, reach: int = 14) -> tuple[str, str]:
    """Words before and after within the sentence."""
    before = text[max(0, start - reach) : start]
    after = text[end : end + reach]
    for mark in _CLAUSE:
        before = before.rsplit(mark, 1)[-1]
        after = after.split(mark, 1)[0]
    return before, after


def _sentence(text: str, start: int, end: int) -> str:
    """The whole sentence around a mention, at most 60 letters to each side."""
    before, after = _sides(text, start, end, reach=60)
    return before + text[start:end] + after


def _has(text: str, words: Iterable[str]) -> bool:
    return any(word in text for word in words)


def _dismissed(lexicon: EmergencyLexicon, kind: EmergencyKind, text: str, start: int, end: int) -> bool:
    """Denied just before it, told as past or imagined in its sentence, or a mere subject just after it."""
    before, after = _sides(text, start, end)
    near_before, near_after = before[-5:], after[:4]
    sentence = _sentence(text, start, end)
    if _has(near_before, lexicon.denied) or _has(near_before, kind.not_before):
        return True
    if _has(near_after, lexicon.subject) or _has(near_after, kind.not_after):
        return True
    happening = _has(sentence, lexicon.now)
    told = _has(sentence, lexicon.past) or any(re.search(date, sentence) for date in lexicon.past_patterns)
    return not happening and (told or _has(before, lexicon.imagined))


def find_emergencies(message: str, lexicon: EmergencyLexicon) -> tuple[Emergency, ...]:
    """Dangers that a person should be told to call about, in order of place, one for each kind."""
    text = message[:LETTERS_READ]
    found: dict[str, Emergency] = {}
    for kind in lexicon.kinds:
        for start, end in sorted(_places_of(kind, text)):
            if not _dismissed(lexicon, kind, text, start, end):
                now = _has(_sentence(text, start, end), lexicon.now)
                mention = Emergency(kind.kind, kind.line, text[start:end], start, end, now, kind.advice)
                if kind.kind not in found or (now and not found[kind.kind].now):
                    found[kind.kind] = mention
    return tuple(sorted(found.values(), key=lambda mention: (not mention.now, mention.start)))


def _places_of(kind: EmergencyKind, text: str) -> set[tuple[int, int]]:
    places: set[tuple[int, int]] = set()
    for pattern in (*map(re.escape, kind.words), *kind.patterns):
        places |= {found.span() for found in re.finditer(pattern, text)}
    return places


@dataclass(frozen=True)
class Place:
    """An entry of a gazetteer: town, community, village, road, estate."""

    name: str
    kind: str
    code: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlaceHint:
    """A place named in a message; `code` is empty when the gazetteer does not hold it."""

    words: str
    kind: str
    code: str
    start: int
    end: int


_HAN = r"[\u4e00-\u9fff]"
# Words that end a place name, with its kind; a house number may follow a road.
_SHAPES = (
    (
        "road",
        re.compile(
            rf"({_HAN}{{2,5}}?(?:大道|路|街|巷|弄))(?:{_HAN}?[东南西北中]段)?(?:\d{{1,4}}(?:-\d{{1,3}})?号?)?"
        ),
    ),
    ("estate", re.compile(rf"({_HAN}{{2,7}}?(?:小区|花园|公寓|家园|新村|名苑|花苑|佳苑|广场|大厦|安置房))")),
    ("village", re.compile(rf"({_HAN}{{2,5}}?(?:社区|村委会|行政村|村))")),
    ("town", re.compile(rf"({_HAN}{{2,4}}?(?:镇|街道|乡))")),
)
# What often stands before a name and is no part of it.
_LEAD = re.compile(
    r"^(?:.*(?:位于|住在|家住|来自|地处|就在|附近|旁边|对面|沿着|我们|你们|他们|这个|那个|每个|整个|所有|本|该|在|到|从|至|往|和|与|及|的|是|于|对|把|被|让|请|我|你|他))"
)
_NO_NAME = {
    "马路",
    "公路",
    "道路",
    "铁路",
    "线路",
    "电路",
    "网络",
    "思路",
    "一路",
    "同一",
    "农村",
    "乡村",
    "全村",
    "各村",
    "城镇",
    "乡镇",
    "下乡",
    "老乡",
    "家乡",
    "回村",
    "本村",
    "我村",
}


def _named(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The name without what leads up to it; None when no name is left."""
    words = text[start:end]
    lead = _LEAD.match(words[:-1])
    begin = start + (lead.end() if lead else 0)
    name = text[begin:end]
    bare = re.sub(r"\d.*$", "", name)
    return None if len(bare) < 3 or bare in _NO_NAME or bare[-2:] in _NO_NAME else (begin, end)


def find_places(message: str, gazetteer: Sequence[Place] = ()) -> tuple[PlaceHint, ...]:
    """Places named in a message: those of the gazetteer (longest name first), then what looks like one."""
    text = message[:LETTERS_READ]
    taken = bytearray(len(text))
    hints: list[PlaceHint] = []
    names = [(name, place) for place in gazetteer for name in (place.name, *place.aliases) if len(name) > 1]
    for name, place in sorted(names, key=lambda pair: (-len(pair[0]), pair[0], pair[1].code)):
        start = text.find(name)
        while start >= 0:
            end = start + len(name)
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * len(name)
                hints.append(PlaceHint(name, place.kind, place.code, start, end))
            start = text.find(name, end)
    for kind, shape in _SHAPES:
        for found in shape.finditer(text):
            span = _named(text, *found.span())
            if span and not any(taken[span[0] : span[1]]):
                taken[span[0] : span[1]] = b"\1" * (span[1] - span[0])
                hints.append(PlaceHint(text[span[0] : span[1]], kind, "", *span))
    return tuple(sorted(hints, key=lambda hint: (hint.start, hint.end)))
