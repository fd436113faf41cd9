"""Suggestions and their record (匹配建议): which unit, why, how sure, and whether the promise is kept."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from functools import cache, lru_cache
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import Case, CharField, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from sanfu.kernel.text.calibration import Calibration, kept_threshold
from sanfu.kernel.text.matcher import Suggestion
from sanfu.lists import queries as lists
from sanfu.lists.content import Decoy, load_decoys, load_requests
from sanfu.lists.items import RequestItem
from sanfu.lists.models import ListVersion
from sanfu.match.learned import Learned, learned
from sanfu.match.models import Decision, Promise
from sanfu.match.rules import Facts, Scored, first_of_each_unit, lead_of, unit_of
from sanfu.people.models import Organisation
from sanfu.records.content import CONTENT

TOP = 3
ITEMS_LOOKED_AT = 10
FEWEST_TO_FLAG = (
    300  # before so many decided orders "unlike anything" says more about the history than the message
)
FEWEST_DECIDED = 60  # fewer decided orders give no honest confidence
RECENT = 2000
ROWS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class UnitSuggestion:
    """One unit that may be right, ready for a page; `unit` is a code, empty when it must be asked first."""

    unit: str
    unit_name: str
    item: str
    item_name: str
    path: str
    reason: str
    met: str = ""
    words: tuple[str, ...] = ()
    ask: str = ""
    similar: tuple[str, ...] = ()
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Suggested:
    """Answer for one message. `flag` says in words that it belongs to nobody here or to a higher level."""

    units: tuple[UnitSuggestion, ...] = ()
    label: str = ""
    type: str = ""
    urgency: str = ""
    lead: float | None = None
    flag: str = ""
    elsewhere: str = ""
    list_version: str = ""
    spans: tuple[tuple[int, int], ...] = field(default=())

    def as_data(self) -> dict[str, Any]:
        """Plain JSON data, kept with the order as what was said on that day."""
        return asdict(self)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Suggested":
        """What `as_data` kept, read back; fields of an earlier release that are gone are passed over."""
        units = tuple(UnitSuggestion(**_known(UnitSuggestion, one)) for one in data.get("units", ()))
        return cls(**{**_known(cls, data), "units": units})


def _known(kind: type, data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that the class has; lists of JSON are tuples again."""
    names = {one.name for one in fields(kind)}
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in data.items()
        if name in names
    }


@cache
def _shipped() -> tuple[RequestItem, ...]:
    folder = CONTENT / "requests"
    return load_requests(folder, CONTENT / "organisations" / "demo.yaml").items


def has_item(region: str, on: date, code: str) -> bool:
    """Whether the list of the day has this item."""
    return any(item.code == code for item in list_of(region, on)[1])


def version_name(number: str) -> str:
    """How a case says which version of the request list it was matched with: requests@2; "" for none."""
    return f"requests@{number}" if number else ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """选定事项: an item of the list of a day with its class, and the version it stands in."""

    code: str
    path: str
    version: str


def chosen(region: str, on: date, code: str) -> Chosen | None:
    """The item of a code in the list of the day, or None."""
    version, items = list_of(region, on)
    path = next((item.path for item in items if item.code == code), None)
    if path is None:
        return None
    return Chosen(code, path, version_name(str(version.number)) if version else "")


def list_of(region: str, on: date) -> tuple[ListVersion | None, tuple[RequestItem, ...]]:
    """The list of the day; before the first one is published, the shipped one, in demo only."""
    found = lists.items_in_force(on, region=region)
    if found:
        return found
    return None, _shipped() if settings.DEMO else ()


@cache
def _decoys() -> dict[str, Decoy]:
    return {one.code: one for one in load_decoys(CONTENT / "requests" / "decoys.yaml")}


def suggest(
    text: str,
    *,
    region: str,
    on: date,
    place: str = "",
    town: str = "",
    facts: Facts | None = None,
    top: int = TOP,
) -> Suggested:
    """Top units for a message. `town`: unit code of the place; found in the text when not given."""
    version, items = list_of(region, on)
    if not items or not text.strip():
        return Suggested()
    held = learned(region, version, items)
    with held.lock:
        answer = held.matcher.suggest(text, top=ITEMS_LOOKED_AT)
    names = _unit_names(region)
    where = town or _town_named(f"{place} {text}", names)
    scored = _scored(answer, held, text=f"{place} {text}", town=where, facts=facts or {})
    lead = lead_of(scored)
    sure = confidence_of(region, lead)
    chosen = first_of_each_unit(scored, top)
    units = tuple(_shown(one, names, sure if place_ == 0 else None) for place_, one in enumerate(chosen))
    decoy = _decoys().get(answer.decoy.code) if answer.decoy else None
    best = held.items[chosen[0].choice.item.code] if chosen else None
    return Suggested(
        units=units,
        label=answer.label,
        type=str(best.type) if best else "",
        urgency=str(best.urgency) if best else "",
        lead=lead,
        flag=_flag(decoy, answer, len(held.matcher.memory.examples)),
        elsewhere=decoy.elsewhere if decoy else "",
        list_version=str(version.number) if version else "",
        spans=tuple((one.start, one.end) for one in answer.items[0].evidence) if answer.items else (),
    )


def _scored(answer: Suggestion, held: Learned, *, text: str, town: str, facts: Facts) -> list[Scored]:
    vocabulary = lists.vocabulary()
    return [
        Scored.of(
            one,
            unit_of(held.items[one.item.code], text=text, town=town, facts=facts, vocabulary=vocabulary),
        )
        for one in answer.items
    ]


def _unit_names(region: str) -> dict[str, dict[str, Any]]:
    """Kind and names of every unit by its code; no more, since every message that comes in asks for it."""
    rows = Organisation.objects.filter(region=region).values("code", "kind", "name", "short")
    return {str(row["code"]): dict(row) for row in rows}


def _town_named(text: str, names: Mapping[str, Mapping[str, Any]]) -> str:
    """The town or zone that the text names, when it is exactly one."""
    named = {
        code
        for code, row in names.items()
        if row["kind"] in ("town", "zone") and (row["short"] in text or row["name"] in text)
    }
    return named.pop() if len(named) == 1 else ""


def _flag(decoy: Decoy | None, answer: Suggestion, history: int) -> str:
    if decoy:
        return f"可能不属本级清单：{decoy.name}（{decoy.why}）。{decoy.elsewhere}。"
    return "与清单上的事项都不太像，请人工研判。" if answer.outside and history >= FEWEST_TO_FLAG else ""


def _shown(one: Scored, names: Mapping[str, Mapping[str, Any]], sure: float | None) -> UnitSuggestion:
    choice = one.choice
    possible = "、".join(names[code]["short"] if code in names else code for code in choice.leads if code)
    name = names[choice.unit]["short"] if choice.unit in names else choice.unit
    parts = [f"清单事项“{choice.item.name}”（{choice.item.path}，{choice.item.code}）"]
    if choice.met:
        parts.append(f"符合“{choice.met}”")
    parts += [f"原文写明{attribute}为{value}" for attribute, value in choice.read]
    if choice.handed_on:
        parts.append(choice.handed_on)
    if one.words:
        parts.append("依据词：" + "、".join(one.words[:4]))
    return UnitSuggestion(
        unit=choice.unit,
        unit_name=name or (f"待确认：{possible}" if possible else "待确认属地"),
        item=choice.item.code,
        item_name=choice.item.name,
        path=choice.item.path,
        reason="；".join(parts),
        met=choice.met,
        words=one.words,
        ask="；".join(choice.ask),
        similar=tuple(f"{past.reference}（相似度 {past.similarity:.0%}）" for past in one.similar),
        confidence=sure,
    )


def decided(region: str) -> QuerySet[Decision]:
    """Decided orders that had a suggestion, newest first: the record that confidence rests on."""
    return Decision.objects.filter(region=region, lead__isnull=False).order_by("-at", "-id")


def by_name(rows: "QuerySet[Decision]", region: str, on: date) -> "QuerySet[Decision]":
    """Decisions with `item_name` and `unit_name`: a code says nothing to whoever reads the list."""
    items = list_of(region, on)[1]
    known = [When(item_code=one.code, then=Value(f"{one.name}（{one.code}）")) for one in items]
    units = Organisation.objects.filter(region=region, code=OuterRef("unit_code")).values("short")[:1]
    return rows.annotate(
        item_name=Case(*known, default=F("item_code"), output_field=CharField()),
        unit_name=Coalesce(Subquery(units), F("unit_code")),
    )


def _record(region: str) -> tuple[np.ndarray, np.ndarray]:
    rows = decided(region).values_list("lead", "right")[:RECENT]
    pairs = list(rows)[::-1]
    return np.array([lead for lead, _ in pairs], dtype=float), np.array([hit for _, hit in pairs], dtype=bool)


def confidence_of(region: str, lead: float | None) -> float | None:
    """Share of right first suggestions among decided orders with such a lead; None while too few are decided."""
    newest = decided(region).values_list("id", flat=True).first() if lead is not None else None
    calibration = _calibration(region, newest) if newest is not None else None
    return None if calibration is None else float(calibration.confidence(np.array([lead]))[0])


@lru_cache(maxsize=8)
def _calibration(region: str, newest: uuid.UUID) -> Calibration | None:
    """The curve of the record that ends with this decision: fitted once, not with every message that comes in."""
    leads, right = _record(region)
    return Calibration.of(leads, right) if len(leads) >= FEWEST_DECIDED else None


@dataclass(frozen=True)
class Policy:
    """自动派单: the promise, the threshold that keeps it, and the precision really kept.

    The older half of the record sets `threshold`; the newer half, which it has not seen, gives `kept` =
    `right` / `above`. `rows`: the decided orders of the newer half above the threshold. Automatic dispatch is
    on only when the desk switched it on and the record supports it.
    """

    promise: float | None
    enabled: bool
    threshold: float | None
    decided: int
    above: int
    right: int
    kept: float | None
    rows: QuerySet[Decision]
    why: str

    def sends(self, suggested: Suggested) -> bool:
        """Whether this suggestion may be dispatched without a person."""
        first = suggested.units[0] if suggested.units else None
        return bool(
            self.enabled
            and self.threshold is not None
            and first
            and first.unit
            and not suggested.flag
            and suggested.lead is not None
            and suggested.lead >= self.threshold
        )


def promise_of(region: str) -> Promise | None:
    """The promise that holds, or None when the desk has made none."""
    return Promise.objects.filter(region=region).order_by("-at", "-id").first()


def auto_dispatch_policy(region: str) -> Policy:
    """The policy in force with its proof."""
    promise = promise_of(region)
    leads, right = _record(region)
    half = len(leads) // 2
    nothing = decided(region).none()
    if promise is None:
        return Policy(None, False, None, len(leads), 0, 0, None, nothing, "尚未设定精度承诺，全部由人派单。")
    if len(leads) < 2 * FEWEST_DECIDED:
        why = f"已研判 {len(leads)} 件，满 {2 * FEWEST_DECIDED} 件才能验证承诺，全部由人派单。"
        return Policy(promise.precision, False, None, len(leads), 0, 0, None, nothing, why)
    threshold = kept_threshold(leads[:half], right[:half], promise.precision)
    if not np.isfinite(threshold):
        why = f"近期记录达不到 {promise.precision:.1%}，全部由人派单。"
        return Policy(promise.precision, False, None, len(leads), 0, 0, None, nothing, why)
    above = leads[half:] >= threshold
    hits = int(right[half:][above].sum())
    kept = hits / int(above.sum()) if above.any() else None
    broken = kept is not None and kept < promise.precision
    newer = list(decided(region).values_list("id", flat=True)[: len(leads) - half])
    rows = decided(region).filter(id__in=newer, lead__gte=threshold)
    why = "近期未达承诺，已自动停用。" if broken else "按承诺运行。" if promise.enabled else "未启用。"
    return Policy(
        promise.precision,
        promise.enabled and not broken,
        float(threshold),
        len(leads),
        int(above.sum()),
        hits,
        kept,
        rows,
        why,
    )
