"""The industry of a case: a word of the size table, a GB/T 4754 name or a code, always turned into a code."""

import re
from collections.abc import Mapping
from typing import Any

CODE = re.compile(r"^[A-T]?\d{0,4}$")
TAILS = ("业", "等", "经营")


class UnknownIndustry(ValueError):
    """A word that names no industry, or more than one; says what to write."""


class Industries:
    """`words` are names used by people (word → code), `classes` the 门类 of `content/facts/industries.yaml`."""

    def __init__(self, words: Mapping[str, str], classes: Mapping[str, Any]) -> None:
        self.letters = {number: letter for letter, entry in classes.items() for number in entry["大类"]}
        names = {entry["名称"]: letter for letter, entry in classes.items()}
        for letter, entry in classes.items():
            names |= {name: f"{letter}{number}" for number, name in entry["大类"].items()}
        self.names = {squeezed(name): code for name, code in {**names, **words}.items()}

    def code(self, raw: object) -> str:
        """`软件业` → I65, `3512` → C3512, `C35` → C35; UnknownIndustry otherwise."""
        word = str(raw).strip().split("(")[0].split("（")[0].strip()
        if word and CODE.fullmatch(word.upper()):
            return self._lettered(word.upper())
        for name in (squeezed(word), squeezed(word + "业")):
            if code := self.names.get(name):
                if code == "?":
                    raise UnknownIndustry(f"{word} 含几个口径不同的行业；请写到大类，例如 C35 或 批发业")
                return code
        raise UnknownIndustry(f"不认识的行业 {word!r}；请写划型办法的行业名或 GB/T 4754—2017 代码，例如 C35")

    def _lettered(self, code: str) -> str:
        if code[0].isalpha():
            return code
        letter = self.letters.get(code[:2])
        if letter is None:
            raise UnknownIndustry(f"GB/T 4754—2017 没有大类 {code[:2]!r}")
        return letter + code


def squeezed(name: str) -> str:
    """Without punctuation and closing words: 农、林、牧、渔业 and 农林牧渔 are one name."""
    word = re.sub(r"[、,，和与\s]", "", name)
    for tail in TAILS:
        if len(word) > len(tail) + 1:
            word = word.removesuffix(tail)
    return word
