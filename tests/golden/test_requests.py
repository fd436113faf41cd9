"""The shipped 群众诉求处置责任清单: complete, sound, and its conditional items answer as the golden cases say."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sanfu.kernel.conditions import Standing
from sanfu.lists.content import RequestList, load_requests
from sanfu.records.content import read_yaml

CONTENT = Path(__file__).resolve().parents[2] / "content"
GOLDEN = read_yaml(CONTENT / "requests" / "responsibility.golden.yaml")["cases"]
CLASSES = [
    "城乡建设",
    "党务政务",
    "国土资源",
    "环境保护",
    "纪检监察",
    "交通运输",
    "经济管理",
    "科技与信息产业",
    "民政",
    "农村农业",
    "商贸旅游",
    "卫生计生",
    "政法",
    "教育文体",
    "劳动和社会保障",
]


@pytest.fixture(scope="module")
def requests() -> RequestList:
    return load_requests(CONTENT / "requests", CONTENT / "organisations" / "demo.yaml")


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: f"{case['item']} {case['say']}")
def test_responsibility(case: dict[str, Any], requests: RequestList) -> None:
    decision = requests[case["item"]].decide(case["facts"], requests.vocabulary)
    if "lead" in case:
        assert (decision.standing, decision.outcome) == (Standing.SETTLED, case["lead"])
    else:
        assert decision.standing is Standing.ASK
        assert set(decision.ask) == set(case["ask"])


def test_the_list_covers_all_classes_and_says_each_thing_once(requests: RequestList) -> None:
    assert {item.l1 for item in requests.items} == set(CLASSES)
    assert len(requests.items) >= 500
    assert len({item.code for item in requests.items}) == len(requests.items)
    said = Counter(words for item in requests.items for words in item.says)
    assert [words for words, times in said.items() if times > 1] == []


def test_every_item_can_be_filed_closed_and_answered(requests: RequestList) -> None:
    for item in requests.items:
        assert len(item.says) >= 3, item.code
        assert item.filing, item.code
        assert item.closing, item.code
        assert item.reply in requests.replies, item.code
        assert item.units(), item.code


def test_every_rule_set_proves_itself(requests: RequestList) -> None:
    assert {item.code: item.check(requests.vocabulary) for item in requests.items if item.branches} != {}
    assert [item.code for item in requests.items if item.check(requests.vocabulary)] == []
    assert requests.warnings == ()


def test_every_declared_attribute_matters_to_some_item(requests: RequestList) -> None:
    conditions = " ".join(branch.when or "" for item in requests.items for branch in item.branches)
    assert [name for name in requests.vocabulary if name not in conditions] == []


def test_unverified_sources_are_marked_so(requests: RequestList) -> None:
    marks = Counter(str(basis.mark) for item in requests.items for basis in item.basis)
    assert marks["已核"] == 0, "nothing here was read in full"
    assert marks["节选"] > 0
    excerpts = {b.text for item in requests.items for b in item.basis if str(b.mark) == "节选"}
    assert all("宜政办发〔2011〕114号" in text or "济源数字城管" in text for text in excerpts)


def test_decoys_say_where_to_go(requests: RequestList) -> None:
    assert len(requests.decoys) >= 30
    for decoy in requests.decoys:
        assert decoy.elsewhere
        assert decoy.why in [
            "上级事权",
            "法院检察",
            "中央垂管",
            "军队",
            "已收回",
            "外地",
            "市场自主",
            "非政务",
            "应急专线",
        ]
