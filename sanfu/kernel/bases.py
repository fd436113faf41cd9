"""Legal bases of list items (依据): red when the text lapsed, amber when it is in doubt or unchecked, else sound.

One register of texts serves every list: requests, duties, services and policies cite by name, and the longest
registered name that a citation begins with decides. Nothing is known of a text that the register does not name.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sanfu.kernel.flow import Labelled

BRACKETS = re.compile(r"[《》“”]|（待核条款）|\(待核条款\)")


class Standing(Labelled):
    """How a basis stands on a day; the value is what a page says."""

    SOUND = "有效", "有效", "ok"
    UNCHECKED = "待核", "待核", "warn"
    DOUBTFUL = "存疑", "存疑", "warn"
    LAPSED = "失效", "失效", "danger"


@dataclass(frozen=True, slots=True)
class Text:
    """One registered law or order: the first day on which it no longer binds, or what is doubtful about it."""

    name: str
    ended: date | None = None
    by: str = ""
    doubt: str = ""
    basis: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A citation on a day: how it stands and, unless it is sound, what to do about it."""

    cited: str
    standing: Standing
    says: str = ""


class Register:
    """The registered texts, by name."""

    def __init__(self, texts: Iterable[Text]) -> None:
        self.texts = {text.name: text for text in texts}

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> "Register":
        """From the rows of content/bases/register.yaml; TypeError on a field that no text has."""
        return cls(Text(**row) for row in rows)

    def find(self, cited: str) -> Text | None:
        """The registered text that a citation names: `《大气污染防治法》 第八十一条`."""
        plain = BRACKETS.sub("", cited).removeprefix("中华人民共和国").strip()
        names = (n for n in self.texts if plain.startswith(n) and _ends(plain[len(n) :]))
        return self.texts.get(max(names, key=len, default=""))

    def read(self, cited: str, mark: str, on: date) -> Reading:
        """How a citation with its mark (已核, 节选, 待核) stands on a day."""
        text = self.find(cited)
        if text and text.ended and text.ended <= on:
            after = f"，改引《{text.by}》" if text.by else ""
            return Reading(
                cited, Standing.LAPSED, f"《{text.name}》自{text.ended}起废止{after}（{text.basis}）"
            )
        if text and text.doubt:
            return Reading(cited, Standing.DOUBTFUL, text.doubt)
        if mark not in ("已核", "节选"):
            return Reading(cited, Standing.UNCHECKED, "没有对照过原文，请查现行文本的条号和内容")
        return Reading(cited, Standing.SOUND)


def worst(readings: Iterable[Reading]) -> Standing:
    """The standing that an item shows: the worst of its bases; 待核 when it has none."""
    order = list(Standing)
    return max((r.standing for r in readings), key=order.index, default=Standing.UNCHECKED)


def _ends(rest: str) -> bool:
    """After the name comes nothing more of a name: 环境保护法, not 环境保护法实施办法."""
    return not rest or rest[0] in " 第（(，,、；;和等"
