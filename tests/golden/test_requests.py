"""The shipped 群众诉求处置责任清单: complete, sound, and its conditional items answer as the golden cases say."""

import re
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
REPLACED = (
    "环境保护法",
    "大气污染防治法",
    "水污染防治法",
    "土壤污染防治法",
    "固体废物污染环境防治法",
    "噪声污染防治法",
    "放射性污染防治法",
    "海洋环境保护法",
    "清洁生产促进法",
    "环境影响评价法",
)
BASES = [
    ("CJ012", "城市供水条例"),
    ("CJ013", "城市供水条例"),
    ("CJ015", "城镇燃气管理条例"),
    ("CJ021", "城市公共汽车和电车客运管理规定"),
    ("CJ022", "城市公共汽车和电车客运管理规定"),
    ("CJ037", "城市绿化条例 第二十条"),
    ("CJ042", "价格法"),
    ("CJ043", "民法典"),
    ("CJ082", "民法典 第二百八十一条"),
    ("DW012", "反家庭暴力法 第十五条"),
    ("DW026", "政府信息公开条例 第三十三条"),
    ("GT006", "土地管理法 第四十八条"),
    ("JT006", "巡游出租汽车经营服务管理规定"),
    ("JW003", "食品安全法"),
    ("JW011", "道路交通安全法"),
    ("LD001", "保障农民工工资支付条例 第三十条"),
    ("LD030", "工伤保险条例 第二十条"),
    ("LD034", "社会保险法 第二十四条"),
    ("NC011", "农村土地承包法 第三十一条"),
    ("SM016", "消费者权益保护法 第二十五条"),
    ("SM023", "进出口商品检验法"),
    ("WJ008", "食品安全法 第三十五条"),
    ("ZF031", "行政复议法 第六十二条"),
    ("ZF035", "劳动争议调解仲裁法 第四十三条"),
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


def test_most_items_name_an_article_and_only_read_ones_are_marked_so(requests: RequestList) -> None:
    """已核: the article was read whole in the statutes in force of June 2026; 节选: in orders as of April 2025."""
    marks = Counter(str(basis.mark) for item in requests.items for basis in item.basis)
    assert marks["待核"] > 0
    article = re.compile(r"\s第[一二三四五六七八九十百千零]+条")
    with_article = [i.code for i in requests.items if any(article.search(b.text) for b in i.basis)]
    assert len(with_article) >= 500
    read = [i.code for i in requests.items if any(str(b.mark) == "已核" for b in i.basis)]
    assert len(read) >= 370
    sure = [b.text for i in requests.items for b in i.basis if str(b.mark) == "已核"]
    assert [text for text in sure if not article.search(text)] == []  # a whole law is never marked as read


def test_no_item_rests_on_a_law_that_the_environment_code_repealed(requests: RequestList) -> None:
    """生态环境法典 第一千二百四十二条, since 2026-08-15."""
    assert [(i.code, b.text) for i in requests.items for b in i.basis if b.text.startswith(REPLACED)] == []
    assert sum(b.text.startswith("生态环境法典") for i in requests.items for b in i.basis) >= 24


@pytest.mark.parametrize(
    ("code", "lead"),
    [("DW016", "TZB"), ("DW020", "TZB"), ("DW024", "RWB"), ("JJ001", "JWW"), ("JJ016", "JWW")],
)
def test_matters_of_other_organs_go_to_them(requests: RequestList, code: str, lead: str) -> None:
    assert requests[code].lead == lead


@pytest.mark.parametrize(("code", "text"), BASES)
def test_a_mended_item_names_its_own_law(requests: RequestList, code: str, text: str) -> None:
    named = [basis.text for basis in requests[code].basis]
    assert any(one == text or one.startswith(f"{text} 第") for one in named)


@pytest.mark.parametrize("code", ["CJ020"])
def test_a_group_basis_that_does_not_fit_is_not_inherited(requests: RequestList, code: str) -> None:
    assert requests[code].basis == ()


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
