"""Lines of a Chinese text by its width: numbers stay whole, no line begins with a closing mark (避头尾)."""

import re
from collections.abc import Callable

CLOSING = frozenset("，。、；：？！）》】”’…%％℃,.;:?!)]}")
OPENING = frozenset("（《【“‘([{")
_WHOLE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.,:/%\-]*[A-Za-z0-9%])?|.", re.DOTALL)


def lines_of(text: str, width: float, measure: Callable[[str], float], *, indent: float = 0) -> list[str]:
    """The lines of one paragraph, the first narrower by `indent`; wider only where marks fill one."""
    lines: list[list[str]] = [[]]
    for piece in (part for word in _WHOLE.findall(text) for part in _fitting(word, width - indent, measure)):
        room = width - (indent if len(lines) == 1 else 0)
        line = lines[-1]
        if not line or measure("".join(line) + piece) <= room:
            line.append(piece)
            continue
        lines.append([*_carried(line, piece), piece])
    return ["".join(line) for line in lines]


def _fitting(word: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """The word, or its signs where no line holds it."""
    return [word] if len(word) == 1 or measure(word) <= width else list(word)


def _carried(line: list[str], piece: str) -> list[str]:
    """What the full line hands on with the next piece, taken off its end: never the whole line."""
    kept = len(line)
    while kept > 1 and (piece[0] in CLOSING or line[kept - 1][-1] in OPENING):
        kept -= 1
        piece = line[kept]
    carried = line[kept:]
    del line[kept:]
    return carried
