"""建议改写: why and how for each verdict, and a whole sentence that may stand in the text; the wording is content."""

import re
from collections.abc import Mapping, Sequence

from sanfu.kernel.duties.items import DutyItem, ListType
from sanfu.kernel.duties.judging.lexicon import Lexicon
from sanfu.kernel.duties.judging.splitting import RUN_IN
from sanfu.kernel.duties.judging.verdicts import Decision, Mark, Verdict


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


CLAUSE = re.compile(r"[^，；。！？,;]+[，；。！？,;]?")


def sentence(decision: Decision, text: str, templates: Mapping[str, str], lexicon: Lexicon) -> str:
    """A sentence that a department would send instead of the demand; empty when there is nothing to put there.

    Keeps the number in front. 形式加码 keeps what is left of the demand without the clauses that ask for the form.
    """
    numbered = RUN_IN.match(text)
    prefix = numbered.group() if numbered else ""
    kept = _without_forms(text, decision, lexicon) if decision.verdict is Verdict.FORM else ""
    if len(kept) > LEAST and (lexicon.verbs.search(kept) or lexicon.assist.search(kept)):
        return kept if kept.startswith(prefix) else prefix + kept
    template = templates.get(f"{decision.verdict.value}_TEXT", "")
    if not template:
        return ""
    item = decision.candidate.item if decision.candidate else None
    values = _values(decision, item)
    if item is None and "{department}" in template:
        return prefix + templates.get("OUT_TEXT", "")
    plain = {name: STOPS.sub("，", value).strip("，") for name, value in values.items()}
    plain["helps"] = plain.get("town", "").replace("，", "、")
    return prefix + template.format_map(_Blank(plain)).strip()


STOPS = re.compile(r"[。；;\n]+")  # inside one sentence an item's own sentences are clauses
LEAST = 6  # characters of a clause that still says something


def _without_forms(text: str, decision: Decision, lexicon: Lexicon) -> str:
    """The clauses of a demand that ask for no form, ended as a sentence."""
    patterns = [pattern for _, _, pattern in lexicon.form] + [lexicon.quota]
    forms = [(mark.start, mark.end) for mark in decision.marks if mark.role != "可派部分"]
    kept = [
        found.group()
        for found in CLAUSE.finditer(text)
        if not any(start < found.end() and found.start() < end for start, end in forms)
        and not any(pattern.search(found.group()) for pattern in patterns)
    ]
    whole = "".join(kept).rstrip("，；,;")
    return whole if not whole or whole[-1] in "。！？" else whole + "。"


def _inside_another(mark: Mark, others: Sequence[Mark]) -> bool:
    """Whether a longer mark holds this one: 照片 in 上传演练照片."""
    size = mark.end - mark.start
    return any(
        one.start <= mark.start and mark.end <= one.end and one.end - one.start > size for one in others
    )


def _values(decision: Decision, item: DutyItem | None) -> dict[str, str]:
    told = [mark for mark in decision.marks if mark.role != "可派部分"]
    words = "、".join(dict.fromkeys(mark.text for mark in told if not _inside_another(mark, told)))
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
