"""Guards of the branch table, and what can be said about a set of branches; no database here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sanfu.grassroots.scenes.states import FINAL, GOOD, BranchState
from sanfu.kernel.flow import Guard


@dataclass(frozen=True, slots=True)
class Said:
    """What a move of a branch is asked about: materials still missing or put off, the notice, the reason."""

    missing: tuple[str, ...] = ()
    deferred: tuple[str, ...] = ()
    reason: str = ""
    notice: str = ""


def complete(said: Said) -> str | None:
    lacking = (*said.missing, *said.deferred)
    if lacking:
        return f"材料还不齐：{'、'.join(lacking)}；可容缺受理，或一次性告知补正。"
    return None


def lacking(said: Said) -> str | None:
    if said.missing:
        return f"这些材料不能容缺：{'、'.join(said.missing)}；请一次性告知补正。"
    if not said.deferred:
        return "没有容缺材料，请按齐全办理。"
    return None


def reasoned(said: Said) -> str | None:
    return None if said.reason.strip() else "须写明理由，申请人会看到。"


def lawful_pause(said: Said) -> str | None:
    if not said.reason.strip():
        return "停表须有法定事由（行政许可法第四十五条）。"
    if not said.notice.strip():
        return "停表须书面告知申请人，请填写告知书文号；没有告知，期限不停。"
    return None


GUARDS: Mapping[str, Guard] = {
    "complete": complete,
    "lacking": lacking,
    "reasoned": reasoned,
    "lawful_pause": lawful_pause,
}


def arrived(waits: Sequence[Sequence[str]], states: Mapping[str, str]) -> bool:
    """Whether of every group one item has been granted; an item that is not in the guide is none."""
    return all(any(BranchState(states[m]) in GOOD for m in group if m in states) for group in waits)


def hopeless(waits: Sequence[Sequence[str]], states: Mapping[str, str]) -> bool:
    """Whether some group can no longer be granted, whatever happens."""
    return any(
        all(m not in states or (BranchState(states[m]) in FINAL - GOOD) for m in group) for group in waits
    )


def finished(states: Mapping[str, str]) -> bool:
    return all(BranchState(state) in FINAL for state in states.values())


def missing_answers(guide: Mapping[str, Any]) -> list[str]:
    """Questions that must be answered before submission."""
    return [q["text"] for q in guide["questions"]]


def unfilled(guide: Mapping[str, Any], form: Mapping[str, Any]) -> list[str]:
    """Typed fields that are still empty, by name."""
    return [
        f["name"]
        for f in guide["form"]["fields"]
        if f["origin"] == "typed" and not str(form.get(f["id"], "")).strip()
    ]


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, str]]:
    """What another guide changes for a running application, line by line."""
    rows = []
    for label, before, after in (
        ("事项", _names(old["items"]), _names(new["items"])),
        ("须交材料", _names(old["materials"]["kept"]), _names(new["materials"]["kept"])),
    ):
        rows += [{"label": label, "old": "", "new": after[c]} for c in after if c not in before]
        rows += [{"label": label, "old": before[c], "new": ""} for c in before if c not in after]
    days = {row["id"]: row["days"] for row in old["schedule"]}
    rows += [
        {"label": f"{r['name']}的承诺", "old": f"{days[r['id']]}天", "new": f"{r['days']}天"}
        for r in new["schedule"]
        if r["id"] in days and days[r["id"]] != r["days"]
    ]
    if old["workdays"] != new["workdays"]:
        rows.append(
            {"label": "总时限", "old": f"{old['workdays']}个工作日", "new": f"{new['workdays']}个工作日"}
        )
    return rows


def _names(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {row["id"]: row["name"] for row in rows}
