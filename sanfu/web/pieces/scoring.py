"""亩均评价 as pages show it: the lines of a firm, and the form of an objection; for the officer and for the firm."""

from typing import Any

from django import forms

from sanfu.projects.scoring.content import unit_of
from sanfu.projects.scoring.models import ScoredFirm, ScoringObjection
from sanfu.projects.scoring.states import ObjectionState


class ObjectionForm(forms.Form):
    """The figures of the firm, each may be corrected; an empty one stays."""

    reason = forms.CharField(label="异议理由和依据", max_length=500)

    def __init__(self, row: ScoredFirm, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = [*row.facts["facts"], *row.facts["values"]]
        for number, name in enumerate(self.names):
            now = row.facts["facts"].get(name, row.facts["values"].get(name)) or "缺"
            unit = unit_of(name)
            self.fields[f"f{number}"] = forms.CharField(
                label=f"{name}（{unit}）" if unit else name,
                required=False,
                max_length=30,
                help_text=f"现在是 {now}；不改就空着",
            )

    def changes(self) -> dict[str, str]:
        """By the name of the figure."""
        return {name: self.cleaned_data[f"f{n}"] for n, name in enumerate(self.names)}


def shown_lines(lines: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Lines for the page: six significant digits, how the value was made."""
    return [
        {
            "indicator": one["indicator"], "weight": short(one["weight"]), "base": short(one["base"]), "value": short(one["value"]),
            "made": f"{short(one['numerator'])} ÷ {short(one['denominator'])}" if one["numerator"] and one["denominator"] else "",
            "score": short(one["score"]), "note": one["note"],
        }
        for one in lines
    ]  # fmt: skip


def short(text: str | None) -> str:
    """Six significant digits of a stored figure; 缺 for none."""
    return "缺" if text is None else f"{float(text):.6g}"


def shown_objection(one: ScoringObjection) -> dict[str, Any]:
    """An objection with its state, what it changes, the score before and after, and the lines computed again."""
    return {
        "row": one, "state": ObjectionState(one.state), "open": one.state == ObjectionState.OPEN,
        "changes": list(one.changes.items()), "before": short(one.before["total"]), "after": short(one.after["total"]),
        "lines": shown_lines(one.after["lines"]),
    }  # fmt: skip
