"""What every page that shows a joint guide needs around it: the bars, names instead of codes, notes."""

from collections.abc import Mapping
from typing import Any

from sanfu.kernel.joint.catalogue.catalog import Bundle
from sanfu.kernel.marks import Mark
from sanfu.web.components.gantt import gantt


def guide_context(
    guide: Mapping[str, Any], actual: Mapping[str, tuple[float, float]] | None = None
) -> dict[str, Any]:
    """Context for scenes/guide.html."""
    items = {item["id"]: item for item in guide["items"]}
    sums = guide["reductions"]
    days = {row["id"]: row for row in sums["days"]["baselines"]}
    own, law = days["promised_serial"], days["statutory_serial"]
    return {
        "guide": guide,
        "gantt": gantt(guide["schedule"], actual),
        "critical_names": [items[code]["name"] for code in guide["critical_path"]],
        "rows": [_row(row, items[row["id"]]) for row in guide["schedule"]],
        "situation": [_settled(row, items) for row in guide["situation"]],
        "materials_note": _note(sums["materials"], "份"),
        # Like with like first: promised days in parallel against promised days one after another.
        "days_note": f"承诺比承诺：逐项办 {own['workdays']} 天{_down(own['reduced_percent'])}；法定逐项 {law['workdays']} 天",
        "fields_note": _note(sums["fields"], "栏"),
        "visits_note": f"原 {sums['visits']['before']} 次",
    }


def _note(row: Mapping[str, Any], unit: str) -> str:
    return f"原 {row['before']} {unit}{_down(row['reduced_percent'])}"


def _down(percent: float | None) -> str:
    return "" if percent is None else f"，减 {percent}%"


def _row(row: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "dept": item["dept_name"],
        "basis": item["statutory"].get("basis_text") or item["statutory"]["basis"],
        "mark": item["confidence"],
        "mark_tone": Mark.tone_of(item["confidence"]),
        "lapsed": item["lapsed"],
    }


def _settled(row: Mapping[str, Any], items: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "turned_on": "、".join(items[c]["name"] for c in row["turned_on"] if c in items)}


def choices(bundle: Bundle, answers: dict[str, str]) -> list[dict[str, Any]]:
    """Every question with its options as they go into an address, the chosen one marked."""
    return [
        {
            "id": q.id, "text": q.text, "derive": q.derive,
            "options": [
                {"value": plain(value), "label": label, "on": answers.get(q.id) in (plain(value), label)}
                for value, label in q.answers
            ],
        }
        for q in bundle.questions
    ]  # fmt: skip


def plain(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
