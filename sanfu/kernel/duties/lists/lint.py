"""清单体检: what a list must not contain, each finding with row, what, why and what to write."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sanfu.kernel.duties.items import DutyItem, DutyList, ListType
from sanfu.kernel.duties.judging.lexicon import Lexicon
from sanfu.kernel.duties.judging.matching import ListIndex, same_department

SAME_NAME = 0.86
OVERLAP = 0.80
BARE = re.compile(r"[，、；。,;\s的和与及等工作职责责任相关有关本辖区内范围各项]")


@dataclass(frozen=True)
class Finding:
    """One thing to mend."""

    rule: str
    row: int
    code: str
    what: str
    why: str
    what_to_write: str

    def as_dict(self) -> dict[str, object]:
        return dict(self.__dict__)


Check = Callable[[DutyList, Lexicon], Iterator[Finding]]


def lint(
    duty_list: DutyList,
    lexicon: Lexicon,
    department_lists: Sequence[DutyList] = (),
    other_towns: Sequence[DutyList] = (),
) -> list[Finding]:
    """All findings, by row. Basis is asked for only when the list records basis at all."""
    found: list[Finding] = []
    for check in (_empty_or_identical, _vague, _basis, _names, _overlaps):
        found += check(duty_list, lexicon)
    for department in department_lists:
        found += _mirror(duty_list, department)
    for other in other_towns:
        found += _between_towns(duty_list, other)
    return sorted(found, key=lambda finding: (finding.row, finding.rule))


def _empty_or_identical(duty_list: DutyList, lexicon: Lexicon) -> Iterator[Finding]:
    del lexicon
    for type_of_list, faults in FAULTS.items():
        for item in duty_list.of_type(type_of_list):
            for rule, is_in, *said in faults:
                if is_in(item):
                    yield Finding(rule, item.row, item.code, *said)


# Of each type of list: the rule, whether a duty breaks it, then what is wrong, why, and what to write.
Fault = tuple[str, Callable[[DutyItem], bool], str, str, str]
FAULTS: dict[ListType, tuple[Fault, ...]] = {
    ListType.COOPERATE: (
        (
            "DEPARTMENT", lambda item: not item.department_names,
            "未写对应上级部门", "配合事项必须有牵头部门", "写明牵头部门全称",
        ),
        (
            "EMPTY", lambda item: not item.superior_duty,
            "上级部门职责为空", "没有主责，配合无从谈起", "写明部门做什么：检查、处罚、认定等",
        ),
        (
            "EMPTY", lambda item: not item.town_duty,
            "镇（街道）配合职责为空", "配合到哪一步不明", "写明巡查、上报、劝阻、宣传等具体动作",
        ),
        (
            "IDENTICAL", lambda item: bool(item.town_duty) and _same(item.superior_duty, item.town_duty) > 0.9,
            "两方职责文字相同", "同一句话分不出谁主谁辅", "部门写主责动作，镇写配合动作",
        ),
    ),
    ListType.RECALLED: (
        (
            "DEPARTMENT", lambda item: not item.department_names,
            "未写承接部门", "收回后无人承接会形成空档", "写明承接部门；取消的写“取消”",
        ),
        (
            "EMPTY", lambda item: not item.method,
            "工作方式为空", "看不出收回后怎么做", "写明部门直接检查、抽查或数据核查等方式",
        ),
    ),
}  # fmt: skip


def _same(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() if one and other else 0.0


def only_vague(text: str, lexicon: Lexicon) -> str:
    """The vague verb of a text that has no other act; empty when the text says what to do."""
    vague = next((word for word in lexicon.vague if word in text), "")
    if not vague:
        return ""
    rest = text
    for word in sorted(lexicon.vague, key=len, reverse=True):
        rest = rest.replace(word, "")
    concrete = [found for found in lexicon.verbs.findall(rest) if found not in {"组织", "建设", "监管"}]
    return "" if concrete else vague


def _vague(duty_list: DutyList, lexicon: Lexicon) -> Iterator[Finding]:
    for item in duty_list:
        texts = [(item.town_duty, "配合职责"), (item.method, "工作方式")]
        texts += [(duty.text, f"{duty.department}职责") for duty in item.departments]
        if item.list_type is ListType.BASIC:
            texts.append((item.name, "事项名称"))
        for text, where in texts:
            word = only_vague(text, lexicon)
            if word:
                yield Finding(
                    "VAGUE", item.row, item.code, f"{where}只有含糊动词“{word}”：{text[:30]}",
                    "做什么、做到哪一步无法判断，任务来时无从对照",
                    "改成可查的动作，如“每月巡查、发现上报、协助送达”",
                )  # fmt: skip


def _basis(duty_list: DutyList, lexicon: Lexicon) -> Iterator[Finding]:
    del lexicon
    recorded = any(item.basis for item in duty_list)
    if not recorded:
        yield Finding(
            "BASIS",
            0,
            "",
            "整份清单没有依据栏",
            "无法核对法定、主导、派驻、责任四条标准",
            "增加“依据”列，写明文件名称和条款",
        )
        return
    for item in duty_list:
        if not item.basis:
            yield Finding(
                "BASIS",
                item.row,
                item.code,
                f"“{item.name[:24]}”没有依据",
                "依据齐备率按此计算",
                "写明文件名称和条款",
            )


def _names(duty_list: DutyList, lexicon: Lexicon) -> Iterator[Finding]:
    del lexicon
    seen: dict[str, DutyItem] = {}
    codes: dict[str, DutyItem] = {}
    for item in duty_list:
        key = BARE.sub("", item.name)
        if key in seen:
            yield Finding(
                "DUPLICATE",
                item.row,
                item.code,
                f"与第 {seen[key].row} 行 {seen[key].code} 同名",
                "同一事项出现两次，任务会匹配到两处",
                "合并为一项，或写清区别",
            )
        if item.code in codes:
            yield Finding(
                "CODE",
                item.row,
                item.code,
                f"编码与第 {codes[item.code].row} 行重复",
                "编码是引用的唯一凭据",
                "改用未使用的编码",
            )
        seen.setdefault(key, item)
        codes.setdefault(item.code, item)


def _overlaps(duty_list: DutyList, lexicon: Lexicon) -> Iterator[Finding]:
    """Two items of one list that are about the same matter, found by retrieval."""
    if len(duty_list) < 2:
        return
    index = ListIndex(duty_list, lexicon)
    matrix = (index.matrix @ index.matrix.T).toarray()
    for i, one in enumerate(duty_list.items):
        for j in range(i + 1, len(duty_list.items)):
            other = duty_list.items[j]
            if matrix[i, j] >= OVERLAP and _same(one.name, other.name) < 1.0:
                yield Finding(
                    "OVERLAP", other.row, other.code,
                    f"与 {one.code}《{one.name[:20]}》内容重叠（{matrix[i, j]:.2f}）",
                    "同一任务会命中两项，权责不清", "合并，或在名称中写明各自对象和环节",
                )  # fmt: skip


def _counterpart(item: DutyItem, other: DutyList) -> DutyItem | None:
    """The item of the other list with the same code, or with nearly the same name."""
    by_code = other.by_code(item.code)
    if by_code is not None and _same(by_code.name, item.name) > 0.6:
        return by_code
    best = max(other, key=lambda candidate: _same(candidate.name, item.name), default=None)
    return best if best is not None and _same(best.name, item.name) >= SAME_NAME else None


def _mirror(duty_list: DutyList, department: DutyList) -> Iterator[Finding]:
    """配合 and 收回 rows must stand in the named department's own list, with the same duty text."""
    owner = department.town or _commonest_department(department)
    for item in duty_list:
        if item.list_type is ListType.BASIC:
            continue
        mine = [duty for duty in item.departments if same_department(owner, duty.department, {})]
        if not mine:
            continue
        twin = _counterpart(item, department)
        if twin is None:
            yield Finding(
                "MIRROR", item.row, item.code, f"{owner}自己的清单里没有“{item.name[:24]}”",
                "镇的清单说部门负责，部门的清单没有认领", f"请{owner}补列该项，或由编办重新划分",
            )  # fmt: skip
        elif (
            item.list_type is ListType.COOPERATE
            and mine[0].text
            and twin.superior_duty
            and _same(mine[0].text, twin.superior_duty) < 0.5
        ):
            yield Finding(
                "MIRROR", item.row, item.code, f"与{owner}清单的职责表述不一致",
                f"镇清单：{mine[0].text[:24]}…；部门清单：{twin.superior_duty[:24]}…",
                "以同一文本为准，两边同时修改",
            )  # fmt: skip
        elif twin.list_type is not item.list_type and ListType.RECALLED in (twin.list_type, item.list_type):
            yield Finding(
                "MIRROR",
                item.row,
                item.code,
                f"镇列为{item.list_type.value}，{owner}列为{twin.list_type.value}",
                "同一事项性质不同",
                "由编办裁定后两边同改",
            )


def _commonest_department(department: DutyList) -> str:
    names = [duty.department for item in department for duty in item.departments if duty.department]
    return max(set(names), key=names.count) if names else "该部门"


def _between_towns(duty_list: DutyList, other: DutyList) -> Iterator[Finding]:
    """The same item 基本 here and 收回 there needs a recorded reason."""
    town = other.town or "另一镇"
    for item in duty_list:
        twin = _counterpart(item, other)
        if twin is None or twin.list_type is item.list_type:
            continue
        kinds = {item.list_type, twin.list_type}
        if ListType.RECALLED in kinds and not (item.recall_reason or twin.recall_reason):
            yield Finding(
                "TOWNS", item.row, item.code,
                f"本镇列为{item.list_type.value}，{town}列为{twin.list_type.value}，未记理由",
                "同一事项跨镇性质相反，群众和部门无所适从", "统一性质，或写明差异理由（收回理由栏）",
            )  # fmt: skip
        elif ListType.RECALLED not in kinds:
            yield Finding(
                "TOWNS",
                item.row,
                item.code,
                f"本镇列为{item.list_type.value}，{town}列为{twin.list_type.value}",
                "跨镇一致率按此计算",
                "核对法定、主导、派驻、责任四条标准后统一",
            )
