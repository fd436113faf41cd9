"""Needs (技术需求) and offers (技术供给): ranked by their words, never shown against a violated hard constraint.

Two rounds of BM25: firms say the trouble, teams say the method, so the words that the first round's best offers have in
common are asked for in a second round (relevance feedback), and are shown as such. A constraint that one side says
nothing about is unknown: the offer stays, marked, and a person asks.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import log
from typing import Any

from sanfu.kernel.capital.measures import Kind, say
from sanfu.kernel.capital.quantities import Bare, amount, flag, known
from sanfu.kernel.flow import Labelled

SATURATION, LENGTH_SHARE = 1.2, 0.75  # the usual k1 and b of BM25
TITLE_TIMES = 2  # words of the title count double
SCALE = 10  # so that a score reads like a number of words
SHOWN_WORDS = 5
FEEDBACK_OFFERS, FEEDBACK_WORDS, FEEDBACK_SHARE = 5, 20, 0.5  # usual values, fitted to nothing


class Bound(Labelled):
    """What is known of a hard constraint."""

    KEPT = "kept", "满足", "ok"
    BROKEN = "broken", "不满足", "danger"
    UNKNOWN = "unknown", "还要问", "warn"


@dataclass(frozen=True, slots=True)
class Need:
    """技术需求. budget in 元; by: the day on which it is needed; equipment: all of it; secret: only who may keep secrets."""

    code: str
    title: str
    text: str = ""
    budget: Fraction | None = None
    by: date | None = None
    secret: bool = False
    equipment: tuple[str, ...] = ()
    readiness: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """技术供给: a team, a platform or equipment. least: price from which it works, in 元; ready: first possible result."""

    code: str
    title: str
    text: str = ""
    kind: str = "team"
    least: Fraction | None = None
    ready: date | None = None
    keeps_secrets: bool | None = None
    equipment: tuple[str, ...] | None = None
    readiness: int | None = None


@dataclass(frozen=True, slots=True)
class Constraint:
    """One hard constraint between a need and an offer, in words."""

    about: str
    bound: Bound
    says: str


@dataclass(frozen=True, slots=True)
class Match:
    """An offer for a need: score, the need's words in it, constraints; near: words of the best offers in it."""

    offer: Offer
    score: float
    words: tuple[str, ...]
    constraints: tuple[Constraint, ...] = field(default=())
    near: tuple[str, ...] = ()

    @property
    def open(self) -> tuple[str, ...]:
        """Constraints that a person has to ask about."""
        return tuple(one.about for one in self.constraints if one.bound is Bound.UNKNOWN)


def words_of(text: str) -> list[str]:
    """Latin words and numbers whole, Chinese in pairs of characters: 精密减速器 → 精密 密减 减速 速器."""
    found: list[str] = []
    for run in re.findall(r"[a-z0-9]+(?:[-+.][a-z0-9]+)*|[一-鿿]+", text.lower()):
        chinese = "一" <= run[0] <= "鿿"
        found += [run[n : n + 2] for n in range(max(1, len(run) - 1))] if chinese else [run]
    return found


class Offers:
    """Offers with their words counted once."""

    def __init__(self, offers: Iterable[Offer]) -> None:
        self.offers = tuple(offers)
        self._counts = [
            Counter(words_of(one.title) * TITLE_TIMES + words_of(one.text)) for one in self.offers
        ]
        self._lengths = [sum(one.values()) for one in self._counts]
        self._mean = sum(self._lengths) / len(self._lengths) if self._lengths else 1.0
        self._holding = Counter(word for one in self._counts for word in one)

    def match(self, need: Need, most: int = 10) -> list[Match]:
        """The best offers by words of the need, or of its best offers, that break none of its constraints."""
        asked = Counter(words_of(need.title) * TITLE_TIMES + words_of(need.text))
        near = self._feedback(asked)
        own = {word: min(times, 3) / max(1, asked.total()) for word, times in asked.items()}
        found = []
        for place, offer in enumerate(self.offers):
            bounds = constraints(need, offer)
            if any(one.bound is Bound.BROKEN for one in bounds):
                continue
            parts = self._parts(own, place)
            close = self._parts(near, place)
            score = (1 - FEEDBACK_SHARE) * sum(parts.values()) + FEEDBACK_SHARE * sum(close.values())
            if score > 0:
                more = {word: part for word, part in close.items() if word not in asked}
                found.append(Match(offer, SCALE * score, _best(parts), bounds, _best(more)))
        return sorted(found, key=lambda one: (-one.score, one.offer.code))[:most]

    def _feedback(self, asked: Mapping[str, int]) -> dict[str, float]:
        """Words of the offers that the need's own words find first, with weights that add up to one."""
        first = [(sum(self._parts(asked, place).values()), place) for place in range(len(self.offers))]
        best = sorted((one for one in first if one[0] > 0), key=lambda one: (-one[0], one[1]))
        found: dict[str, float] = defaultdict(float)
        for score, place in best[:FEEDBACK_OFFERS]:
            weights = {
                word: log(1 + n) * self._rarity(word)
                for word, n in self._counts[place].items()
                if self._rare(word)
            }
            length = sum(weight**2 for weight in weights.values()) ** 0.5 or 1.0
            for word, weight in weights.items():
                found[word] += score * weight / length
        kept = sorted(found.items(), key=lambda one: (-one[1], one[0]))[:FEEDBACK_WORDS]
        total = sum(weight for _, weight in kept) or 1.0
        return {word: weight / total for word, weight in kept}

    def _parts(self, asked: Mapping[str, float], place: int) -> dict[str, float]:
        """What each shared word adds to the score."""
        counts, length = self._counts[place], self._lengths[place]
        base = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length / (self._mean or 1.0))
        return {
            word: self._rarity(word) * counts[word] * (SATURATION + 1) / (counts[word] + base) * times
            for word, times in asked.items()
            if counts[word]
        }

    def _rare(self, word: str) -> bool:
        """Whether a word says what an offer is about: 团队 and 合作 stand in too many."""
        return self._holding[word] <= max(1, len(self.offers) // 4)

    def _rarity(self, word: str) -> float:
        holding, total = self._holding[word], len(self.offers)
        return log(1 + (total - holding + 0.5) / (holding + 0.5))

    def left_out(self, need: Need) -> list[tuple[Offer, tuple[Constraint, ...]]]:
        """Offers that break a constraint, with which; for the count and the reason, never as a proposal."""
        found = []
        for offer in self.offers:
            broken = tuple(one for one in constraints(need, offer) if one.bound is Bound.BROKEN)
            if broken:
                found.append((offer, broken))
        return found


def _best(parts: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(sorted(parts, key=lambda word: (-parts[word], word))[:SHOWN_WORDS])


def constraints(need: Need, offer: Offer) -> tuple[Constraint, ...]:
    """Every hard constraint that the need sets, against the offer."""
    found = []
    if need.budget is not None:
        found.append(_budget(need.budget, offer.least))
    if need.by is not None:
        found.append(_day(need.by, offer.ready))
    if need.secret:
        says = {True: "可签保密协议", False: "不接受保密要求", None: "没有说明能否保密"}[offer.keeps_secrets]
        found.append(Constraint("保密", _bound(offer.keeps_secrets), says))
    if need.equipment:
        found.append(_equipment(need.equipment, offer.equipment))
    if need.readiness is not None:
        kept = None if offer.readiness is None else offer.readiness >= need.readiness
        level = "没有说明" if offer.readiness is None else f"为 {offer.readiness} 级"
        found.append(Constraint("技术成熟度", _bound(kept), f"需要 {need.readiness} 级以上，供给{level}"))
    return tuple(found)


def _bound(kept: bool | None) -> Bound:
    return Bound.UNKNOWN if kept is None else Bound.KEPT if kept else Bound.BROKEN


def _budget(budget: Fraction, least: Fraction | None) -> Constraint:
    said = "没有说明起步费用" if least is None else f"起步费用{say(least, Kind.MONEY)}"
    kept = None if least is None else least <= budget
    return Constraint("预算", _bound(kept), f"预算{say(budget, Kind.MONEY)}，{said}")


def _day(by: date, ready: date | None) -> Constraint:
    said = "没有说明何时能交付" if ready is None else f"最早{ready}交付"
    return Constraint("日期", _bound(None if ready is None else ready <= by), f"{by}前需要，{said}")


def _equipment(needed: tuple[str, ...], held: tuple[str, ...] | None) -> Constraint:
    if held is None:
        return Constraint("设备", Bound.UNKNOWN, f"需要{'、'.join(needed)}，没有说明有什么设备")
    missing = [one for one in needed if not any(one in other or other in one for other in held)]
    says = f"缺{'、'.join(missing)}" if missing else f"有{'、'.join(needed)}"
    return Constraint("设备", _bound(not missing), says)


# ---- reading ----

KEYS = {
    "code": ("code", "编号", "id"), "title": ("title", "名称", "标题", "name"), "text": ("text", "说明", "内容", "description", "关键词"),
    "budget": ("budget", "预算"), "by": ("by", "deadline", "期限", "截止"), "secret": ("secret", "保密", "secrecy"),
    "equipment": ("equipment", "设备"), "readiness": ("readiness", "trl", "成熟度", "技术成熟度"),
    "kind": ("kind", "类别"), "least": ("least", "price", "起步费用", "费用"), "ready": ("ready", "available", "交付", "最早交付"),
    "keeps_secrets": ("keeps_secrets", "可保密", "secret", "保密"),
}  # fmt: skip


class BadRow(ValueError):
    """A need or an offer that cannot be used, in words."""


def _of(raw: Mapping[Any, Any], key: str) -> Any:
    return next((raw[name] for name in KEYS[key] if name in raw and known(raw[name])), None)


def _money(raw: Any) -> Fraction | None:
    if raw is None:
        return None
    read = amount(raw, Kind.MONEY)
    value = read.number * 10**4 if isinstance(read, Bare) else read
    if value < 0:
        raise BadRow("金额不能为负数")
    return value


def _a_day(raw: Any) -> date | None:
    if raw is None or isinstance(raw, date):
        return raw
    read = re.fullmatch(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?(?: 00:00:00)?", str(raw).strip())
    try:
        return date(*map(int, read.groups())) if read else date.fromisoformat(str(raw).strip())
    except ValueError as problem:
        raise BadRow(f"日期应写成 2026-12-31，不是“{raw}”") from problem


def _listed(raw: Any) -> tuple[str, ...]:
    parts = raw if isinstance(raw, list) else re.split(r"[、，,;；\n]", str(raw or ""))
    return tuple(str(one).strip() for one in parts if str(one).strip())


def _level(raw: Any) -> int | None:
    if raw is None:
        return None
    found = re.search(r"\d+", str(raw))
    if not found or not 1 <= int(found.group()) <= 9:
        raise BadRow("技术成熟度应为 1 到 9 级")
    return int(found.group())


def need_of(raw: Mapping[Any, Any], place: int) -> Need:
    """A need of a mapping; BadRow with words."""
    title = _of(raw, "title")
    if not title:
        raise BadRow(f"第{place}条需求没有名称")
    secret = _of(raw, "secret")
    return Need(
        str(_of(raw, "code") or f"N{place}"), str(title), _text(raw), _money(_of(raw, "budget")), _a_day(_of(raw, "by")),
        secret is not None and flag(secret), _listed(_of(raw, "equipment")), _level(_of(raw, "readiness")),
    )  # fmt: skip


def offer_of(raw: Mapping[Any, Any], place: int) -> Offer:
    """An offer of a mapping; BadRow with words."""
    title = _of(raw, "title")
    if not title:
        raise BadRow(f"第{place}条供给没有名称")
    secrets, equipment = _of(raw, "keeps_secrets"), _of(raw, "equipment")
    return Offer(
        str(_of(raw, "code") or f"O{place}"), str(title), _text(raw), str(_of(raw, "kind") or "team"),
        _money(_of(raw, "least")), _a_day(_of(raw, "ready")), None if secrets is None else flag(secrets),
        None if equipment is None else _listed(equipment), _level(_of(raw, "readiness")),
    )  # fmt: skip


def _text(raw: Mapping[Any, Any]) -> str:
    said = _of(raw, "text")
    return "、".join(map(str, said)) if isinstance(said, list) else str(said or "")


def match_row(one: Match) -> dict[str, Any]:
    """One match for JSON and pages."""
    return {
        "offer": one.offer.code,
        "title": one.offer.title,
        "score": round(one.score, 4),
        "words": list(one.words),
        "near_words": list(one.near),
        "constraints": [{"about": c.about, "bound": str(c.bound), "says": c.says} for c in one.constraints],
        "asks": list(one.open),
    }
