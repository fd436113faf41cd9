"""The rules of the offer lint as data: word groups, patterns, guards, each with basis, rewrite and reviewer."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

GAP = re.compile(r"~(\d+)~")


class BadRulebook(ValueError):
    """Content of the lint that cannot be used; the message names the rule."""


@dataclass(frozen=True)
class Basis:
    """What a rule stands on: document, day in force, article, and how far the text was checked."""

    document: str
    since: str
    article: str
    mark: str


@dataclass(frozen=True)
class Lint:
    """One rule: patterns that break it (`kept` also under a negation), guards that lift it."""

    id: str
    name: str
    basis: Basis
    problem: str
    rewrite: str
    reviewer: str
    patterns: tuple[re.Pattern[str], ...]
    kept: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class Vague:
    """A wording that promises without saying what: a person must look."""

    id: str
    pattern: re.Pattern[str]
    problem: str


@dataclass(frozen=True)
class Rulebook:
    """All rules of one edition of the content."""

    lints: tuple[Lint, ...]
    vague: tuple[Vague, ...]
    negator: re.Pattern[str]
    dissolved: re.Pattern[str]
    carried_on: re.Pattern[str]
    exception: re.Pattern[str]
    milder: re.Pattern[str]
    end_date: re.Pattern[str]
    lawful: re.Pattern[str]
    innocent: re.Pattern[str]
    charged: re.Pattern[str]
    open_class: re.Pattern[str]  # names a class of beneficiaries, not one

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Rulebook":
        """The rulebook of a YAML mapping; BadRulebook with the rule's id when a pattern or basis is wrong."""
        words: dict[str, str] = {}
        for name, text in raw["words"].items():
            words[name] = f"(?:{_filled(str(text), words)})"
        documents = raw["依据文件"]
        single = {
            name: _pattern(str(raw[name]), words, name)
            for name in (
                "negators",
                "dissolved",
                "carried_on",
                "exception",
                "milder",
                "end_date",
                "lawful",
                "innocent",
                "charged",
                "open_class",
            )
        }
        return cls(
            tuple(_lint(one, words, documents) for one in raw["lints"]),
            tuple(
                Vague(one["id"], _pattern(one["写法"], words, one["id"]), one["问题"])
                for one in raw["review"]
            ),
            single["negators"],
            single["dissolved"],
            single["carried_on"],
            single["exception"],
            single["milder"],
            single["end_date"],
            single["lawful"],
            single["innocent"],
            single["charged"],
            single["open_class"],
        )


def _filled(text: str, words: Mapping[str, str]) -> str:
    text = GAP.sub(lambda gap: rf"[^。；;]{{0,{gap.group(1)}}}?", text)
    return re.sub(r"\{([a-z_]+)\}", lambda found: words[found.group(1)], text)


def _pattern(text: str, words: Mapping[str, str], where: str) -> re.Pattern[str]:
    try:
        return re.compile(_filled(text, words))
    except (re.error, KeyError) as problem:
        raise BadRulebook(f"{where}：写法“{text}”有误（{problem}）") from problem


def _lint(raw: Mapping[str, Any], words: Mapping[str, str], documents: Mapping[str, Any]) -> Lint:
    if raw["依据"] not in documents:
        raise BadRulebook(f"{raw['id']}：依据“{raw['依据']}”不在依据文件中")
    document = documents[raw["依据"]]
    basis = Basis(document["名称"], str(document["施行"]), raw["条"], document["标记"])

    def patterns(name: str) -> tuple[re.Pattern[str], ...]:
        listed: Sequence[str] = raw.get(name, ())
        return tuple(_pattern(text, words, raw["id"]) for text in listed)

    return Lint(
        raw["id"],
        raw["名称"],
        basis,
        raw["问题"],
        raw["改为"],
        raw["审查"],
        patterns("patterns"),
        patterns("kept"),
        patterns("unless"),
    )
