"""Funds (基金) as content, and which of them fit a firm, with reasons; 返投 is recorded and never counts for a fund."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sanfu.kernel.capital.clauses import Verdict, together
from sanfu.kernel.capital.facts import FirmFacts
from sanfu.kernel.capital.measures import Kind, say
from sanfu.kernel.capital.quantities import Bare, amount, known


class Tier(StrEnum):
    """母、专项、子: a mother fund invests in funds, not in firms."""

    MOTHER = "mother"
    SPECIAL = "special"
    SUB = "sub"


TIERS = {
    "mother": Tier.MOTHER, "母": Tier.MOTHER, "母基金": Tier.MOTHER,
    "special": Tier.SPECIAL, "专项": Tier.SPECIAL, "专项基金": Tier.SPECIAL,
    "sub": Tier.SUB, "子": Tier.SUB, "子基金": Tier.SUB,
}  # fmt: skip
TIER_WORDS = {Tier.MOTHER: "母基金", Tier.SPECIAL: "专项基金", Tier.SUB: "子基金"}
KEYS = {
    "code": ("code", "编号", "id", "代码"), "name": ("name", "名称", "基金", "fund"), "tier": ("tier", "层级", "类型", "type"),
    "parent": ("parent", "上级", "母基金"), "stages": ("stage", "stages", "阶段", "投资阶段"),
    "fields": ("field", "fields", "领域", "投向", "投资领域", "行业"), "ticket": ("ticket", "单笔", "单笔金额", "单笔规模"),
    "until": ("until", "term", "存续至", "期限", "到期日"), "places": ("place", "places", "地区", "投资地区"),
    "reinvest": ("reinvest", "返投", "返投要求", "return_investment"), "demo": ("demo", "演示"),
}  # fmt: skip


class BadFund(ValueError):
    """A fund that cannot be used; the words say what is missing."""


@dataclass(frozen=True, slots=True)
class Fund:
    """One fund. least, most: of one investment, in 元; until: last day on which it invests; reinvest: as it is written."""

    code: str
    name: str
    tier: Tier
    stages: tuple[str, ...]
    fields: tuple[str, ...] = ()
    least: Fraction | None = None
    most: Fraction | None = None
    until: date | None = None
    parent: str = ""
    places: tuple[str, ...] = ()
    reinvest: str = ""


@dataclass(frozen=True, slots=True)
class FundTerms:
    """What a county's content says besides the funds: stage words, field words, forbidden directions, documents."""

    stages: Mapping[str, tuple[str, ...]]
    fields: Mapping[str, tuple[str, ...]]
    blocked: tuple[str, ...]
    direction_document: str
    direction_mark: str
    reinvest_warning: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition of a fund with its verdict in words."""

    about: str
    verdict: Verdict
    says: str


@dataclass(frozen=True, slots=True)
class FundMatch:
    """A fund for a firm: met, missed or unknown, with every reason."""

    fund: Fund
    verdict: Verdict
    reasons: tuple[Reason, ...]
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFunds:
    """Funds that can be used, and those that were refused with their words."""

    funds: tuple[Fund, ...]
    refused: tuple[tuple[str, str], ...] = field(default=())


# ---- reading ----


def read_funds(rows: Iterable[Any], terms: FundTerms) -> ReadFunds:
    """Funds of a list; one that cannot be used is refused with words, the others stay."""
    funds: list[Fund] = []
    refused: list[tuple[str, str]] = []
    for place, raw in enumerate(rows, 1):
        label = f"第{place}只"
        try:
            if not isinstance(raw, Mapping):
                raise BadFund("应写成“名称: 值”")
            label = str(_of(raw, "name") or _of(raw, "code") or label)
            made = fund_of(raw, terms)
            if made.code in {one.code for one in funds}:
                raise BadFund(f"编号 {made.code} 已有另一只基金")
            funds.append(made)
        except ValueError as problem:
            refused.append((label, str(problem)))
    return ReadFunds(tuple(funds), tuple(refused))


def _of(raw: Mapping[Any, Any], key: str) -> Any:
    return next((raw[name] for name in KEYS[key] if name in raw and known(raw[name])), None)


def _listed(raw: Any) -> tuple[str, ...]:
    if raw is None:
        return ()
    parts = raw if isinstance(raw, list) else str(raw).replace("，", "、").replace(",", "、").split("、")
    return tuple(dict.fromkeys(str(one).strip() for one in parts if str(one).strip()))


def fund_of(raw: Mapping[Any, Any], terms: FundTerms) -> Fund:
    """One fund; BadFund with words where stage, tier or amounts cannot be used."""
    name = _of(raw, "name")
    if not name:
        raise BadFund("没有名称")
    tier = TIERS.get(str(_of(raw, "tier") or "sub").strip().lower())
    if tier is None:
        raise BadFund("层级应写母基金、专项基金或子基金")
    stages = tuple(stage for word in _listed(_of(raw, "stages")) for stage in _stage(word, terms))
    if not stages and tier is not Tier.MOTHER:
        raise BadFund(f"没有写投资阶段，无法判断企业是否合适；请补上，可写{'、'.join(terms.stages)}")
    least, most = _ticket(_of(raw, "ticket"))
    until = _of(raw, "until")
    if until is not None and not isinstance(until, date):
        raise BadFund("存续至应写成日期，例如 2030-12-31")
    reinvest = _of(raw, "reinvest")
    return Fund(
        str(_of(raw, "code") or name), str(name), tier, tuple(dict.fromkeys(stages)), _listed(_of(raw, "fields")),
        least, most, until, str(_of(raw, "parent") or ""), _listed(_of(raw, "places")),
        "" if reinvest is None else str(reinvest),
    )  # fmt: skip


def _stage(word: str, terms: FundTerms) -> tuple[str, ...]:
    found = stages_of(word, terms)
    if not found:
        raise BadFund(f"不认识投资阶段“{word}”；可写{'、'.join(terms.stages)}")
    return found


def stages_of(text: str, terms: FundTerms) -> tuple[str, ...]:
    """Standard stages that a text names: A轮 → 成长."""
    plain = text.strip().lower().replace(" ", "")
    if exact := tuple(s for s, words in terms.stages.items() if plain in {s.lower(), *map(str.lower, words)}):
        return exact
    return tuple(
        stage
        for stage, words in terms.stages.items()
        if any(len(word) > 1 and word.lower() in plain for word in (stage, *words))
    )


def _ticket(raw: Any) -> tuple[Fraction | None, Fraction | None]:
    if raw is None:
        return (None, None)
    if isinstance(raw, Mapping):
        ends = [raw.get("least", raw.get("low", raw.get("下限", raw.get("min")))), raw.get("most", raw.get("high", raw.get("上限", raw.get("max"))))]  # fmt: skip
    elif isinstance(raw, list) and len(raw) == 2:
        ends = raw
    else:
        raise BadFund("单笔金额请写下限和上限，例如 [500万元, 3000万元]")
    least, most = (None if not known(one) else _yuan(one) for one in ends)
    if least is not None and most is not None and least > most:
        raise BadFund("单笔金额的下限高于上限")
    return (least, most)


def _yuan(raw: Any) -> Fraction:
    read = amount(raw, Kind.MONEY)
    return read.number * 10**4 if isinstance(read, Bare) else read


# ---- matching ----


def direction(facts: FirmFacts, terms: FundTerms) -> Reason:
    """投向核对: nothing may go into restricted, outdated or forbidden fields."""
    said = facts.one("catalogue")
    basis = f"{terms.direction_document}（{terms.direction_mark}）"
    if not isinstance(said, str):
        return Reason("投向", Verdict.UNKNOWN, f"没有给出产业结构调整指导目录类别，须先核对投向；依据{basis}")
    bad = [word for word in terms.blocked if word in said and f"非{word}" not in said and f"不属于{word}" not in said]  # fmt: skip
    if bad:
        return Reason("投向", Verdict.MISSED, f"属于{'、'.join(bad)}类，基金不得投入；依据{basis}")
    return Reason("投向", Verdict.MET, f"目录类别为“{said}”；依据{basis}")


def match_funds(facts: FirmFacts, funds: Iterable[Fund], terms: FundTerms, on: date) -> list[FundMatch]:
    """Every fund with its verdict: what fits first, then what may fit, then what does not; by code within each."""
    checked = [_match(facts, fund, terms, on) for fund in funds]
    order = [Verdict.MET, Verdict.UNKNOWN, Verdict.MISSED]
    return sorted(checked, key=lambda one: (order.index(one.verdict), one.fund.code))


def _match(facts: FirmFacts, fund: Fund, terms: FundTerms, on: date) -> FundMatch:
    toward = direction(facts, terms)
    if fund.tier is Tier.MOTHER:
        says = "母基金投向专项基金和子基金，不直接投企业"
        return FundMatch(fund, Verdict.MISSED, (Reason("层级", Verdict.MISSED, says), toward))
    reasons = (
        _by_stage(facts, fund, terms),
        _by_field(facts, fund, terms),
        _by_amount(facts, fund),
        _by_place(facts, fund),
        _by_term(fund, on),
        _by_credit(facts),
        toward,
    )
    deciding = [one.verdict for one in reasons if one.about not in {"投向", "信用"} or one.verdict is Verdict.MISSED]  # fmt: skip
    asks = tuple(one.about for one in reasons if one.verdict is Verdict.UNKNOWN)
    return FundMatch(fund, together(deciding, every=True), reasons, asks)


def _by_stage(facts: FirmFacts, fund: Fund, terms: FundTerms) -> Reason:
    said = facts.one("stage")
    wants = "、".join(fund.stages)
    own = stages_of(said, terms) if isinstance(said, str) else ()
    if not own:
        return Reason("阶段", Verdict.UNKNOWN, f"基金投{wants}；没有给出企业所处阶段")
    verdict = Verdict.MET if set(own) & set(fund.stages) else Verdict.MISSED
    return Reason("阶段", verdict, f"基金投{wants}；企业处于{'、'.join(own)}")


def _by_field(facts: FirmFacts, fund: Fund, terms: FundTerms) -> Reason:
    if not fund.fields:
        return Reason("领域", Verdict.MET, "基金不限领域")
    said = facts.one("field")
    if not isinstance(said, str):
        return Reason("领域", Verdict.UNKNOWN, f"基金投{'、'.join(fund.fields)}；没有给出企业的领域")
    hits = [(name, word) for name in fund.fields for word in (name, *terms.fields.get(name, ())) if word.lower() in said.lower()]  # fmt: skip
    hits += [(name, said) for name in fund.fields if len(said) > 1 and said.lower() in name.lower()]
    if hits:
        return Reason("领域", Verdict.MET, f"“{hits[0][1]}”属于{hits[0][0]}")
    return Reason(
        "领域", Verdict.MISSED, f"基金投{'、'.join(fund.fields)}；企业为“{said}”，没有对应的词，可由人复核"
    )


def _by_amount(facts: FirmFacts, fund: Fund) -> Reason:
    if fund.least is None and fund.most is None:
        return Reason("单笔金额", Verdict.MET, "基金不限单笔金额")
    low, high = (None if end is None else say(end, Kind.MONEY) for end in (fund.least, fund.most))
    wants = f"单笔{low}至{high}" if low and high else f"单笔不低于{low}" if low else f"单笔不超过{high}"
    asked = facts.one("wanted")
    if not isinstance(asked, Fraction) or isinstance(asked, bool):
        return Reason("单笔金额", Verdict.UNKNOWN, f"{wants}；没有给出融资需求")
    said = f"{wants}；企业需要{say(asked, Kind.MONEY)}"
    if fund.least is not None and asked < fund.least:
        return Reason("单笔金额", Verdict.MISSED, f"{said}，低{say(fund.least - asked, Kind.MONEY)}")
    if fund.most is not None and asked > fund.most:
        return Reason("单笔金额", Verdict.MISSED, f"{said}，高{say(asked - fund.most, Kind.MONEY)}")
    return Reason("单笔金额", Verdict.MET, said)


def _by_place(facts: FirmFacts, fund: Fund) -> Reason:
    if not fund.places:
        return Reason("地区", Verdict.MET, "基金不限地区")
    said = facts.one("place")
    wants = "、".join(fund.places)
    if not isinstance(said, str):
        return Reason("地区", Verdict.UNKNOWN, f"基金投{wants}；没有给出注册地")
    near = any(place in said or said in place for place in fund.places)
    return Reason("地区", Verdict.MET if near else Verdict.MISSED, f"基金投{wants}；企业在{said}")


def _by_term(fund: Fund, on: date) -> Reason:
    if fund.until is None:
        return Reason("存续", Verdict.MET, "没有写到期日")
    over = on > fund.until
    return Reason(
        "存续", Verdict.MISSED if over else Verdict.MET, f"投资至{fund.until}{'，已过' if over else ''}"
    )


def _by_credit(facts: FirmFacts) -> Reason:
    said = facts.one("dishonest")
    if said is None:
        return Reason("信用", Verdict.UNKNOWN, "没有给出是否严重失信，投前须查")
    bad = said is True
    return Reason("信用", Verdict.MISSED if bad else Verdict.MET, "列入严重失信" if bad else "没有严重失信")


# ---- telling ----


def match_row(one: FundMatch, terms: FundTerms) -> dict[str, Any]:
    """One match for JSON and pages."""
    row: dict[str, Any] = {
        "code": one.fund.code,
        "fund": one.fund.name,
        "tier": str(one.fund.tier),
        "verdict": str(one.verdict),
        "reasons": [{"about": r.about, "verdict": str(r.verdict), "says": r.says} for r in one.reasons],
        "asks": list(one.asks),
    }
    if one.fund.reinvest:
        row["reinvest"] = {"recorded": one.fund.reinvest, "warning": terms.reinvest_warning, "counts": False}
    return row
