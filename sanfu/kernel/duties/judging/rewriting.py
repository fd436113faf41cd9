"""建议改写: a neutral sentence for each verdict, filled from the item; the wording is content."""

from collections.abc import Mapping

from sanfu.kernel.duties.items import DutyItem, ListType
from sanfu.kernel.duties.judging.verdicts import Decision, Verdict


class _Blank(dict[str, str]):
    """A template value that is missing is shown as 待明确, never as an error."""

    def __missing__(self, key: str) -> str:
        return "待明确"


def rewrite(decision: Decision, templates: Mapping[str, str]) -> str:
    """The suggestion for a decision; empty when the text may go out as it is."""
    item = decision.candidate.item if decision.candidate else None
    name = decision.verdict.value
    if decision.verdict is Verdict.MIXED and decision.reason == "DATA_DUP":
        name = "DATA_DUP"
    template = templates.get(name, "")
    return template.format_map(_Blank(_values(decision, item))).strip()


def _values(decision: Decision, item: DutyItem | None) -> dict[str, str]:
    words = "、".join(dict.fromkeys(mark.text for mark in decision.marks if mark.role != "可派部分"))
    part = "；".join(mark.text for mark in decision.marks if mark.role == "可派部分")
    values = {"words": words or "相关表述", "part": part, "ask": decision.ask or "由谁牵头、依据什么"}
    if item is None:
        return {**values, "code": "清单", "name": "（无相近事项）", "department": "发文部门"}
    duty = item.method if item.list_type is ListType.RECALLED else item.superior_duty
    town = item.town_duty or item.name
    return {
        **values,
        "code": item.code,
        "name": item.name,
        "department": item.department_names or "发文部门",
        "duty": duty or "（清单未载明）",
        "town": town,
    }
