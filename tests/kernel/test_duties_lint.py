"""Each finding of the list check, by the smallest list that has it, and the clean list that has none."""

from dataclasses import replace
from pathlib import Path

import pytest

from sanfu.kernel.duties.items import DepartmentDuty, DutyItem, DutyList, ListType
from sanfu.kernel.duties.judging.lexicon import parse_lexicon
from sanfu.kernel.duties.lists.lint import lint, only_vague
from sanfu.records.content import read_yaml

CONTENT = Path(__file__).resolve().parents[2] / "content" / "duties"
LEXICON = parse_lexicon(read_yaml(CONTENT / "lexicon.yaml"))
COOP = DutyItem(
    "P-1", ListType.COOPERATE, "城乡建设", "违法建设查处",
    (DepartmentDuty("市城管局", "立案、处罚、强制拆除"),), "巡查发现、上报、协助送达", basis=("《城乡规划法》",), row=2,
)  # fmt: skip
BACK = DutyItem(
    "R-1", ListType.RECALLED, "城乡建设", "房屋安全鉴定", (DepartmentDuty("市住建局", ""),), "", "委托机构鉴定",
    "技术承接难", basis=("《城市危险房屋管理规定》",), row=3,
)  # fmt: skip


def rules_of(
    *items: DutyItem, departments: tuple[DutyList, ...] = (), towns: tuple[DutyList, ...] = ()
) -> list[str]:
    return [finding.rule for finding in lint(DutyList("甲镇", items), LEXICON, departments, towns)]


def test_a_good_list_has_no_finding() -> None:
    assert rules_of(COOP, BACK) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"town_duty": ""}, "EMPTY"),
        ({"town_duty": "立案、处罚、强制拆除"}, "IDENTICAL"),
        ({"town_duty": "负责做好属地工作"}, "VAGUE"),
        ({"departments": ()}, "DEPARTMENT"),
        ({"basis": ()}, "BASIS"),
    ],
)
def test_each_fault_of_a_cooperation_row(change: dict[str, object], rule: str) -> None:
    assert rule in rules_of(replace(COOP, **change), BACK)


def test_a_vague_word_beside_a_real_act_is_no_fault() -> None:
    assert only_vague("做好巡查、上报", LEXICON) == ""
    assert only_vague("压实责任、兜底保障", LEXICON) in {"压实", "兜底"}


def test_duplicate_names_codes_and_overlaps() -> None:
    assert set(rules_of(COOP, replace(COOP, row=9))) >= {"DUPLICATE", "CODE"}
    near = replace(COOP, code="P-2", name="违法建设的查处工作", row=9)
    assert {"DUPLICATE", "OVERLAP"} & set(rules_of(COOP, near))


def test_mirror_with_the_departments_own_list() -> None:
    own = DutyList("市城管局", (COOP,))
    assert rules_of(COOP, departments=(own,)) == []
    other = replace(COOP, code="X", name="餐饮油烟处置")
    assert rules_of(COOP, departments=(DutyList("市城管局", (other,)),)) == ["MIRROR"]
    changed = replace(COOP, departments=(DepartmentDuty("市城管局", "只作业务指导"),))
    assert rules_of(COOP, departments=(DutyList("市城管局", (changed,)),)) == ["MIRROR"]


def test_basic_here_recalled_there_needs_a_reason() -> None:
    here = replace(BACK, list_type=ListType.BASIC, code="B-1", method="", recall_reason="", departments=())
    silent = DutyList("乙镇", (replace(BACK, recall_reason=""),))
    assert "TOWNS" in rules_of(here, towns=(silent,))
    assert "TOWNS" not in rules_of(here, towns=(DutyList("乙镇", (BACK,)),))
