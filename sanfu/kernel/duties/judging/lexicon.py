"""The words of the checks (词表), parsed once from content: a word names a role, none decides alone."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Pattern = re.Pattern[str]
NEVER = re.compile(r"(?!)")


def alternation(words: Iterable[str], *, escape: bool = True) -> Pattern:
    """One pattern for many words, longest first, so that 执法检查 wins over 检查."""
    ordered = sorted({str(word) for word in words}, key=lambda word: (-len(word), word))
    if not ordered:
        return NEVER
    return re.compile("|".join(re.escape(word) if escape else word for word in ordered))


@dataclass(frozen=True)
class Conditional:
    """A matter whose owner depends on a fact that the text does not give (条件事项)."""

    code: str
    words: Pattern
    when: Pattern
    unless: Pattern
    ask: str


@dataclass(frozen=True)
class Lexicon:
    """Compiled words and thresholds; built by `parse_lexicon` from the content file."""

    raw: Mapping[str, Any]

    def _words(self, *path: str) -> list[str]:
        node: Any = self.raw
        for name in path:
            node = node.get(name, {}) if isinstance(node, Mapping) else {}
        return [str(word) for word in node] if isinstance(node, list) else []

    @cached_property
    def town(self) -> Pattern:
        return alternation(self._words("actors", "town"))

    @cached_property
    def department(self) -> Pattern:
        named = alternation(self._words("actors", "department")).pattern
        general = str(self.raw.get("actors", {}).get("department_pattern", "")) or "(?!)"
        return re.compile(f"{named}|{general}")

    @cached_property
    def citizen(self) -> Pattern:
        return alternation(self._words("actors", "citizen"))

    @cached_property
    def assist(self) -> Pattern:
        return alternation(self._words("assist"))

    @cached_property
    def hand_over(self) -> Pattern:
        return alternation(self._words("hand_over"))

    @cached_property
    def own_hard(self) -> frozenset[str]:
        return frozenset(self._words("own_hard"))

    @cached_property
    def own_soft(self) -> frozenset[str]:
        return frozenset(self._words("own_soft"))

    @cached_property
    def town_verbs(self) -> frozenset[str]:
        return frozenset(self._words("town"))

    @cached_property
    def verbs(self) -> Pattern:
        return alternation([*self.own_hard, *self.own_soft, *self.town_verbs])

    @cached_property
    def not_an_act(self) -> Pattern:
        return alternation(self._words("not_an_act"))

    @cached_property
    def _families(self) -> dict[str, frozenset[str]]:
        families: dict[str, frozenset[str]] = {}
        for group in self.raw.get("families", []):
            for verb in group:
                families[verb] = families.get(verb, frozenset({verb})) | frozenset(group)
        return families

    def family(self, verb: str) -> frozenset[str]:
        """The verb with those that mean the same power."""
        return self._families.get(verb, frozenset({verb}))

    @cached_property
    def target_reason(self) -> Pattern:
        return alternation(self._words("target_reason"))

    @cached_property
    def directive(self) -> Pattern:
        return alternation(self._words("directive"))

    @cached_property
    def chain(self) -> Pattern:
        return alternation(self._words("chain"))

    @cached_property
    def certificate(self) -> Pattern:
        return alternation(self._words("certificate"))

    @cached_property
    def empowered(self) -> Pattern:
        return alternation(self._words("empowered"))

    @cached_property
    def form(self) -> tuple[tuple[str, bool, Pattern], ...]:
        """(kind, is_hard, pattern) of every burden form."""
        groups = self.raw.get("form", {})
        return tuple(
            (str(kind), strength == "hard", alternation(patterns, escape=False))
            for strength in ("hard", "soft")
            for kind, patterns in groups.get(strength, {}).items()
        )

    @cached_property
    def quota(self) -> Pattern:
        return alternation(self._words("quota"), escape=False)

    @cached_property
    def burden(self) -> dict[str, Pattern]:
        """How a matter or its cost is put on the town, and how the department keeps its part, by kind."""
        return {
            str(kind): alternation(self._words("burden", str(kind)), escape=False)
            for kind in self.raw.get("burden", {})
        }

    @cached_property
    def data_verbs(self) -> Pattern:
        return alternation(self._words("data", "verbs"))

    @cached_property
    def data_nouns(self) -> Pattern:
        return alternation(self._words("data", "nouns"))

    @cached_property
    def data_count(self) -> Pattern:
        return re.compile(str(self.raw.get("data", {}).get("count", "(?!)")))

    @cached_property
    def held(self) -> Pattern:
        return alternation(self._words("data", "held"))

    @cached_property
    def repeated(self) -> Pattern:
        return alternation(self._words("data", "repeat"))

    @cached_property
    def emergency(self) -> tuple[Pattern, Pattern, Pattern, Pattern, Pattern]:
        """(events, acts, now, not now, kinds)."""
        names = ("events", "acts", "now", "not_now", "kinds")
        first, second, third, fourth, fifth = (alternation(self._words("emergency", name)) for name in names)
        return first, second, third, fourth, fifth

    def human(self, kind: str) -> Pattern:
        return self._human[kind]

    @cached_property
    def _human(self) -> dict[str, Pattern]:
        names = ("risk", "unreasonable", "in_procedure", "boundary", "undecided")
        return {name: alternation(self._words("human", name)) for name in names}

    @cached_property
    def conditionals(self) -> tuple[Conditional, ...]:
        return tuple(
            Conditional(
                str(row["code"]),
                alternation(row["words"]),
                alternation(row["when"]),
                alternation(row.get("unless", [])),
                str(row.get("ask", "")),
            )
            for row in self.raw.get("human", {}).get("conditional", [])
        )

    @cached_property
    def request_kinds(self) -> Pattern:
        return alternation(self._words("request_kinds"))

    @cached_property
    def vague(self) -> tuple[str, ...]:
        return tuple(self._words("vague"))

    @cached_property
    def generic(self) -> Pattern:
        return alternation([*self._words("generic"), *self._words("actors", "town")])

    @cached_property
    def _kept(self) -> Pattern:
        """Generic words, except inside the list's own terms: 违法建设 stays whole although 违法 says little."""
        terms = {word for row in self.raw.get("synonyms", []) for word in row["adds"] if len(str(word)) >= 3}
        return re.compile(f"(?P<term>{alternation(terms).pattern})|{self.generic.pattern}")

    def blank(self, text: str, fill: str = " ") -> str:
        """The text with generic words replaced by as many fillers, so that places stay true."""
        return self._kept.sub(lambda hit: hit.group() if hit.group("term") else fill * len(hit.group()), text)

    @cached_property
    def synonyms(self) -> tuple[tuple[Pattern, str], ...]:
        """(what the text says, the list's words for it)."""
        return tuple(
            (alternation(row["hit"]), " ".join(str(word) for word in row["adds"]))
            for row in self.raw.get("synonyms", [])
        )

    def threshold(self, name: str) -> float:
        return float(self.raw["thresholds"][name])

    def data_threshold(self, name: str) -> int:
        return int(self.raw.get("data", {})[name])


def parse_lexicon(raw: Mapping[str, Any]) -> Lexicon:
    """Check the shape of the content file and compile it; raises ValueError naming the missing part."""
    needed = ("actors", "own_hard", "own_soft", "town", "form", "emergency", "thresholds", "generic")
    missing = [name for name in needed if name not in raw]
    if missing:
        raise ValueError(f"词表缺少 {'、'.join(missing)}；请对照 content/duties/lexicon.yaml 补齐")
    return Lexicon(raw)
