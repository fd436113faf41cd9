"""What officers and firms share of 基金匹配 and 上市对照: figures asked in a form and answered; nothing is stored."""

from datetime import date
from typing import Any

from sanfu.enterprise.capital import queries
from sanfu.enterprise.capital.content import boards, fund_terms, shipped_funds
from sanfu.enterprise.capital.states import Answer
from sanfu.enterprise.registry.models import Enterprise
from sanfu.kernel.capital.boards import check_listing, listing_row
from sanfu.kernel.capital.clauses import Verdict
from sanfu.kernel.capital.facts import FirmFacts
from sanfu.kernel.capital.funds import TIER_WORDS, direction, match_funds, match_row
from sanfu.kernel.capital.measures import MEASURES, Kind, say
from sanfu.kernel.capital.reading import UnreadableFacts, read_facts
from sanfu.kernel.rules.language.quantities import decimal_text
from sanfu.records.moments import day_of
from sanfu.web.request import Request

YEARLY = ("net_profit", "revenue", "operating_cash", "rd", "roe", "net_assets")
SINGLE = ("neeq_months", "patents", "rd_staff_share")
FLAGS = ("innovation_tier", "approved_stage", "priority_industry")
CATALOGUE = ("鼓励类", "允许类", "限制类", "淘汰类")
LONGEST = 80  # letters of one cell


def given(request: Request, name: str) -> str:
    return request.GET.get(name, "").strip()[:LONGEST]


def _day(text: str, today: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today


def _years(on: date) -> list[int]:
    return [on.year - 3, on.year - 2, on.year - 1]


def _cells(request: Request, on: date, firm: Enterprise | None) -> dict[str, str]:
    """What the form shows: what was typed, else what the register knows of the firm."""
    names = [f"{code}_{year}" for code in YEARLY for year in _years(on)]
    cells = {name: given(request, name) for name in (*names, *SINGLE, *FLAGS, "low", "high")}
    if firm is None or any(cells.values()):
        return cells
    for code, years in queries.register_years(firm, on).items():
        for year, value in years.items():
            if f"{code}_{year}" in cells:
                cells[f"{code}_{year}"] = decimal_text(value / 10**4).lstrip("≈")
    return cells


def _facts_of(cells: dict[str, str], on: date, name: str) -> FirmFacts:
    """The form as a facts file: amounts without a unit are 万元, the market value 亿元, shares percent."""
    raw: dict[str, Any] = {"单位": "万元", "企业": name}
    for code in YEARLY:
        percent = MEASURES[code].kind is Kind.RATIO
        years = {year: cells[f"{code}_{year}"] for year in _years(on)}
        raw[MEASURES[code].label] = {y: _percent(v) if percent else v for y, v in years.items() if v}
    for code in (*SINGLE, *FLAGS):
        value = cells[code]
        raw[MEASURES[code].label] = _percent(value) if MEASURES[code].kind is Kind.RATIO else value
    if cells["low"] or cells["high"]:
        raw["预计市值（亿元）"] = {"low": cells["low"] or None, "high": cells["high"] or None}
    return read_facts(raw)


def _percent(text: str) -> str:
    return f"{text}%" if text and text[-1].isdigit() else text


def check_context(request: Request, firm: Enterprise | None, name: str) -> dict[str, Any]:
    """上市对照: a firm's figures against a board's standards of a day, clause by clause; `problem` when it cannot be."""
    today = day_of(request.now)
    on = _day(given(request, "on"), today)
    board = boards().named(given(request, "board")) or boards().boards[0]
    cells = _cells(request, on, firm)
    version, row, problem = boards().on(board, on), None, ""
    if version is None:
        problem = (
            f"{board}在{on}的标准没有存档；最早的版本从{boards().history(board)[0].begin}起，请换一个日期。"
        )
    elif any(cells.values()):
        try:
            facts = _facts_of(cells, on, name)
            row = _shown(listing_row(check_listing(version, facts, on), facts))
        except UnreadableFacts as refused:
            problem = f"{refused}。请改正后再对照。"
    return {
        "title": "上市对照",
        "boards": boards().boards,
        "board": board,
        "on": f"{on}",
        "enterprise": name,
        "years": _years(on),
        "yearly": [
            (MEASURES[code].label, "%" if MEASURES[code].kind is Kind.RATIO else "万元",
             [(f"{code}_{year}", year, cells[f"{code}_{year}"]) for year in _years(on)])
            for code in YEARLY
        ],
        "single": [(code, MEASURES[code].label, cells[code], MEASURES[code].unit or "%") for code in SINGLE],
        "flags": [(code, MEASURES[code].label, cells[code]) for code in FLAGS],
        "low": cells["low"],
        "high": cells["high"],
        "row": row,
        "problem": problem,
    }  # fmt: skip


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """The answer with words and tones for the page."""
    parts = [
        *[(f"标准{one['code']}：{one['name']}", one) for one in row["standards"]],
        *[(label, row[key]) for key, label in (("entry", "申报条件"), ("position", "板块定位")) if row[key]],
    ]
    return {
        **row,
        "said": Answer(row["meets"]).tag,
        "parts": [
            {
                "name": name,
                "said": Answer(one["verdict"]).tag,
                "from_value": one.get("from_value"),
                "clauses": [(clause, Answer(clause["verdict"]).tag) for clause in one["clauses"]],
            }
            for name, one in parts
        ],
    }


def funds_context(request: Request) -> dict[str, Any]:
    """基金匹配: the matrix of funds, and which of them fit a firm, with reasons; `problem` when it cannot be."""
    terms, read, on = fund_terms(), shipped_funds(), day_of(request.now)
    asked = {
        key: given(request, key) for key in ("enterprise", "stage", "field", "wanted", "place", "catalogue")
    }
    found, problem, toward = [], "", None
    if any(value for key, value in asked.items() if key != "enterprise"):
        raw = {"单位": "万元", "阶段": asked["stage"], "领域": asked["field"], "融资需求": asked["wanted"], "注册地": asked["place"], "产业目录": asked["catalogue"]}  # fmt: skip
        try:
            facts = read_facts({key: value for key, value in raw.items() if value})
        except UnreadableFacts as refused:
            problem = f"{refused}。请改正后再匹配。"
        else:
            toward = direction(facts, terms)
            found = [match_row(one, terms) for one in match_funds(facts, read.funds, terms, on)]
    return {
        "title": "基金匹配",
        "asked": asked,
        "stages": list(terms.stages),
        "catalogue": CATALOGUE,
        "problem": problem,
        "direction": None if toward is None else (toward, Answer(str(toward.verdict)).tag),
        "groups": [
            (label, [_reasons(row) for row in found if row["verdict"] == str(verdict)])
            for label, verdict in (("符合", Verdict.MET), ("缺事实，可能符合", Verdict.UNKNOWN), ("不符合", Verdict.MISSED))
        ] if found else [],
        "funds": [
            (one, TIER_WORDS[one.tier], "、".join(one.stages) or "—", "、".join(one.fields) or "不限", _ticket(one.least, one.most))
            for one in read.funds
        ],
        "refused": read.refused,
        "warning": terms.reinvest_warning,
    }  # fmt: skip


def _reasons(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "reasons": [(one, Answer(one["verdict"]).tag) for one in row["reasons"]]}


def _ticket(least: Any, most: Any) -> str:
    ends = [say(one, Kind.MONEY) if one is not None else "" for one in (least, most)]
    return "至".join(ends) if all(ends) else "不限" if not any(ends) else f"{ends[0]}以上" if ends[0] else f"{ends[1]}以内"  # fmt: skip
