"""Reads of 要素统筹: plans of the own unit or of the county, two plans side by side."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from sanfu.people.scope import Parts, narrow
from sanfu.projects.resources.models import ResourcePlan
from sanfu.records.actor import Actor

PARTS = Parts(see="resources.allocate", see_all="resources.see_all", unit="unit_id")


def plans(actor: Actor) -> "QuerySet[ResourcePlan]":
    """Plans that the reader sees, newest first."""
    return narrow(actor, ResourcePlan.objects.select_related("unit", "against"), PARTS).order_by("-at")


def beside(base: ResourcePlan, trial: ResourcePlan) -> dict[str, Any]:
    """What the trial changes: who comes in, who goes out, whose month moves, the value of each tier before and after."""
    held, other = ({one["id"]: one for one in row.answer["plan"]} for row in (base, trial))
    return {
        "came": [other[id]["name"] for id in other if id not in held],
        "left": [held[id]["name"] for id in held if id not in other],
        "moved": [
            f"{held[id]['name']}：{held[id]['start_month']} 月 → {other[id]['start_month']} 月"
            for id in held
            if id in other and held[id]["start_month"] != other[id]["start_month"]
        ],
        "tiers": [
            (one["label"], f"{one['value']:g}", f"{two['value']:g}")
            for one, two in zip(base.answer["tiers"], trial.answer["tiers"], strict=False)
        ],
        # A difference smaller than what the solver left open says nothing.
        "noise": abs(base.answer["objective"] - trial.answer["objective"])
        <= max(row.answer["gap"] * abs(row.answer["bound"]) for row in (base, trial)),
        "gain": f"{trial.answer['objective'] - base.answer['objective']:g}",
    }


def gaps(
    answer: dict[str, Any], needs: dict[str, float], monthly: Mapping[str, float] | None = None
) -> list[dict[str, Any]]:
    """Factor by factor what all projects want, what there is, and who was left out for lack of it.

    `monthly`: the least supply of a month by factor, for factors whose needs are by the month (逐月).
    """
    out = []
    for factor in answer["factors"]:
        supply, unit = factor["supply"], factor["unit"]
        if monthly and factor["name"] in monthly:
            supply, unit = monthly[factor["name"]], f"{unit}/月"
        short = [
            one["name"]
            for one in answer["left_out"]
            if any(s["factor"] == factor["name"] for s in one["short"])
        ]
        wanted = needs.get(factor["name"], 0.0)
        out.append(
            {"factor": factor["name"], "unit": unit, "supply": supply, "wanted": round(wanted, 4),
             "gap": round(max(0.0, wanted - supply), 4), "short": short}
        )  # fmt: skip
    return out
