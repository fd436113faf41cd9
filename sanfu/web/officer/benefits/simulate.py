"""测算 for finance, the readiness of clauses, and who stands behind a figure."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render

from sanfu.enterprise.benefits.city import City, ClauseRun, Ready, is_automatic
from sanfu.enterprise.benefits.describe import line_of, money, pays_points
from sanfu.enterprise.benefits.policies import Policy, in_force, paying_clauses
from sanfu.enterprise.benefits.simulation import Simulation, simulate, slider_of
from sanfu.enterprise.benefits.states import Standing
from sanfu.enterprise.benefits.trial import city_on
from sanfu.kernel.rules.judging.changes import smallest_changes
from sanfu.kernel.rules.language.quantities import decimal_text, exact
from sanfu.kernel.rules.language.tree import CONTROLLER, Clause
from sanfu.web.access import page
from sanfu.web.components.chart import Chart
from sanfu.web.components.export import send
from sanfu.web.components.table import Choice, Column, Search, Table
from sanfu.web.officer.benefits.trial import signed
from sanfu.web.pieces.units import short_names
from sanfu.web.request import Request

POOL = 500  # 万元, what the form begins with for clauses in points


def _number(raw: str) -> Fraction | None:
    try:
        value = exact(raw)
    except ValueError:
        return None
    return value if 0 <= value < 10**9 else None


@page("benefits.simulate", "benefits.edit")
def simulation(request: Request) -> HttpResponse:
    """测算: move one number of one clause and see hits, money and distribution before anything is published."""
    clauses = paying_clauses(in_force(request.actor.region, request.today), request.today)
    policy, clause = _chosen(clauses, request.GET.get("clause", ""))
    pool = _number(request.GET.get("pool", "")) or Fraction(POOL)
    index = request.GET.get("threshold", "")
    raw = request.GET.get("value", "")
    was, _, number = request.GET.get("was", f"{clause.id}/{index}").partition("/")
    same = (was, number) == (clause.id, index)  # another threshold begins at its own value
    found = simulate(
        policy,
        clause.id,
        request.actor.region,
        request.today,
        index=int(index) if index.isdecimal() and was == clause.id else None,
        value=_number(raw) if same else None,
        pool=int(pool * 10**6),
    )
    context = {
        "title": "政策测算",
        "crumbs": [("政策库", "officer:benefit_policies")],
        "clauses": clauses,
        "policy": policy,
        "s": found,
        "pool": decimal_text(pool),
        "wrong": raw and _number(raw) is None,
        **_figures(found),
    }
    return render(request, "officer/benefits/simulate.html", context)


def _chosen(clauses: Sequence[tuple[Policy, Clause]], asked: str) -> tuple[Policy, Clause]:
    for policy, clause in clauses:
        if clause.id == asked:
            return policy, clause
    if not clauses:
        raise Http404("今天没有生效的奖补条款，无从测算；请先让一份政策生效。")
    return next(((p, c) for p, c in clauses if c.id == "yc-growth-2"), clauses[0])


def _figures(s: Simulation) -> dict[str, Any]:
    points = s.now.run.points
    return {
        "points": points,
        "value": decimal_text(s.value) if s.value is not None else "",
        "slider": slider_of(s.chosen) if s.chosen else None,
        "hits": len(s.then.run.hits),
        "hits_more": f"{len(s.then.run.hits) - len(s.now.run.hits):+d} 家",
        "money": money(s.then.money),
        "money_more": signed(s.then.money - s.now.money),
        "price": money(s.then.price) if s.then.price is not None else "",
        "price_now": money(s.now.price) if s.now.price is not None else "",
        "total_points": f"{s.then.run.total / 10**4:g}",
        "near": len(s.then.run.near),
        "unknown": len(s.then.run.unknown),
        "charts": [_chart(number, before, after) for number, (before, after) in enumerate(s.spreads)],
        "curve": _curve(s),
    }


def _chart(number: int, before: Any, after: Any) -> dict[str, Any]:
    names = list(dict.fromkeys([*(r[0] for r in after.rows), *(r[0] for r in before.rows)]))[:12]
    was = {name: (n, m) for name, n, m in before.rows}
    then = {name: (n, m) for name, n, m in after.rows}
    rows = [
        {
            "name": name,
            "was": was.get(name, (0, 0))[0],
            "then": then.get(name, (0, 0))[0],
            "money": money(then.get(name, (0, 0))[1]),
        }
        for name in names
    ]
    chart = Chart(
        f"spread-{number}",
        f"按{after.name}分布",
        names,
        {"现行": [row["was"] for row in rows], "测算": [row["then"] for row in rows]},
        unit="家",
        x_label=after.name,
    )
    return {"chart": chart, "rows": rows, "name": after.name}


def _curve(s: Simulation) -> Chart | None:
    if not s.chosen or len(s.curve) < 2:
        return None
    return Chart(
        "curve",
        f"门槛从低到高（{s.chosen.label}）",
        [f"{decimal_text(value)}{s.chosen.unit}" for value, _, _ in s.curve],
        {"命中": [hits for _, hits, _ in s.curve], "资金": [round(m / 10**6, 2) for _, _, m in s.curve]},
        unit="家",
        lines=("资金",),
        line_unit="万元",
        x_label="门槛",
    )


@page("benefits.see")
def ready(request: Request) -> HttpResponseBase:
    """数据就绪度: which clauses can be paid without application, and the missing data by the money they hold up."""
    city = city_on(request.actor.region, request.today)
    clauses = paying_clauses(in_force(request.actor.region, request.today), request.today)
    rows = city.readiness(clause for _, clause in clauses)
    if request.GET.get("export") == "xlsx":
        return _ready_sheet(rows)
    context = {
        "title": "数据就绪度",
        "crumbs": [("政策库", "officer:benefit_policies")],
        "rows": [
            {
                "r": r,
                "coverage": f"{r.coverage * 100:.1f}",
                "locked": money(r.locked) if r.locked else "—",
                "reasons": "；".join(r.said.reasons),
                "auto": is_automatic(r.clause, city.dictionary),
            }
            for r in rows
        ],
        "missing": _missing(rows, city)[:30],
        "size": len(city.profiles),
        "sources": short_names(request),
    }
    return render(request, "officer/benefits/ready.html", context)


def _ready_sheet(rows: Sequence[Ready]) -> HttpResponseBase:
    """One row a clause and a fact it needs: coverage, who waits for it alone, what that holds up."""
    heads = (
        "条款编号",
        "条款",
        "事实",
        "来源部门代码",
        "核验",
        "覆盖率",
        "只差这一项的企业",
        "卡住的资金（元）",
    )
    found = (
        [r.clause.id, r.clause.title, n.column, n.source, n.automation, round(n.coverage, 4), n.waiting,
         0 if pays_points(r.clause) else n.money / 100]
        for r in rows
        for n in r.said.needs
    )  # fmt: skip
    return send("xlsx", "数据就绪度", heads, found)


def _missing(rows: Sequence[Ready], city: City) -> list[dict[str, Any]]:
    """Missing facts of all clauses, those that hold up most money first."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        for need in row.said.needs:
            if not need.waiting:
                continue
            one = found.setdefault(
                need.column, {"key": need.column, "source": need.source, "firms": 0, "fen": 0, "clauses": 0}
            )
            one["firms"] = max(one["firms"], need.waiting)
            one["fen"] += 0 if pays_points(row.clause) else need.money
            one["clauses"] += 1
    for one in found.values():
        one["money"] = money(one["fen"])
    return sorted(found.values(), key=lambda m: (-m["fen"], -m["firms"], m["key"]))


HITS = Table(
    "hits",
    title="条款企业",
    unit="家",
    tie="",
    columns=[
        Column("name", "企业", wide=True, link="officer:benefit_firm", link_args=("id",)),
        Column("code", "统一社会信用代码"),
        Column("town", "镇街"),
        Column("size", "规模"),
        Column("standing", "结论", tags=Standing),
        Column("amount", "金额"),
        Column("why", "差什么、缺什么", wide=True),
    ],
    filters=[
        Search(apply=lambda rows, words: [r for r in rows if words in r["name"] + r["code"]]),
        Choice("standing", "结论", Standing.choices()),
    ],
    empty="没有企业。可以在测算页调整门槛，或补齐缺的数据。",
)


@page("benefits.see")
def hits(request: Request, id: str) -> HttpResponseBase:
    """Who stands behind a figure of a clause: hits, near misses with the condition they fail, missing data."""
    clauses = paying_clauses(in_force(request.actor.region, request.today), request.today)
    found = next(((p, c) for p, c in clauses if c.id == id), None)
    if found is None:
        raise Http404("没有这一条，或今天没有生效；请从政策库进入。")
    policy, clause = found
    city = city_on(request.actor.region, request.today)
    context = {
        "title": clause.title,
        "lead": policy.document.title,
        "crumbs": [("政策库", "officer:benefit_policies")],
    }
    return HITS.respond(request, _rows(city, city.run([clause])[0]), "officer/benefits/hits.html", context)


def _rows(city: City, run: ClauseRun) -> list[dict[str, Any]]:
    found = []
    for row, amount in run.paying.items():
        said = f"{(amount or 0) / 10**4:g}分" if run.points else money(amount)
        found.append(_row(city, row, "hit", said, ""))
    for row, place in run.near:
        condition = run.clause.conditions[place]
        steps = smallest_changes(run.clause, city.rows[row], city.day, city.dictionary, 1)
        step = f"；最小变化 {steps[0].steps[0].short(city.dictionary)}" if steps else ""
        found.append(_row(city, row, "near", "", f"{condition.label}：{line_of(condition.test)}{step}"))
    for row in run.unknown:
        needs = (*run.clause.needs, *((CONTROLLER,) if run.clause.by_controller else ()))
        missing = [key for key in needs if city.rows[row].get(key) is None]
        found.append(_row(city, row, "unknown", "", "缺 " + "、".join(missing)))
    return found


def _row(city: City, row: int, standing: str, amount: str, why: str) -> dict[str, Any]:
    one = city.profiles[row]
    return {
        "id": one.id,
        "name": one.name,
        "code": one.code,
        "town": one.town,
        "size": one.size,
        "standing": standing,
        "amount": amount,
        "why": why,
    }
