"""Random rules and facts: texts in the rule language over a small dictionary, with thresholds that repeat and
values that sit on and beside them, missing ones among them."""

import random
from datetime import date, timedelta

from sanfu.kernel.rules.language.facts import Dictionary, Value
from sanfu.kernel.rules.reading.document import Document, read_document

DAY = date(2026, 4, 15)
MONEY = (0, 1, 300, 500, 2000, 40000)  # 万元
COUNTS = (0, 1, 20, 300, 1000)
RATIOS = (0, 3, 5, 80, 100)  # %
CODES = ("A0111", "C13", "C3512", "C35", "G591", "G5920", "甲市", "乙市")
DAYS = (date(2025, 4, 15), date(2026, 1, 1), date(2023, 2, 28))

DICTIONARY = Dictionary.from_content(
    [
        {"名称": "营业收入", "类型": "金额", "单位": "万元", "口径": "年度"},
        {"名称": "研发费用", "类型": "金额", "单位": "万元", "口径": "年度"},
        {"名称": "利润", "类型": "金额", "单位": "万元", "口径": "年度", "最小": -1000000},
        {"名称": "投资额", "类型": "金额", "单位": "万元"},
        {"名称": "从业人员", "类型": "人数", "单位": "人", "口径": "期末", "最大": 1000000},
        {"名称": "占比", "类型": "比例", "单位": "%", "最大": 10},
        {"名称": "行业", "类型": "代码"},
        {"名称": "成立日期", "类型": "日期"},
        {"名称": "经营异常", "类型": "是否"},
        {"名称": "高企", "类型": "是否", "口径": "认定"},
        {"名称": "已享受", "类型": "是否", "口径": "事项"},
        {"名称": "已兑", "类型": "金额", "单位": "万元", "口径": "事项"},
    ],
    {"制造业": ["C"], "某些业": ["C35", "G591", "甲市"]},
)
YEARS = ("上年", "前年", "大前年")
MONEY_COLUMNS = [f"{y}.{n}" for n in ("营业收入", "研发费用", "利润") for y in YEARS]
MONEY_COLUMNS += ["投资额", "历史最高.营业收入", "已兑.甲"]
COLUMNS = [*MONEY_COLUMNS, "期末.从业人员", "占比", "行业", "成立日期", "经营异常",
           "有效.高企", "本年.高企", "历史.高企", "已享受.甲"]  # fmt: skip


class Writer:
    """Writes random rule texts."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def money(self, depth: int = 2) -> str:
        pick = self.random.choice
        simple = [
            lambda: pick(MONEY_COLUMNS),
            lambda: (
                f"近{pick('两三')}年{pick(('合计', '平均', '最高'))}.{pick(('营业收入', '研发费用', '利润'))}"
            ),
            lambda: f"{pick(MONEY)}万元",
        ]
        if depth == 0:
            return pick(simple)()
        deep = [
            lambda: f"({self.money(depth - 1)} {pick('+-')} {self.money(depth - 1)})",
            lambda: f"{pick(('较大值', '较小值'))}({self.money(depth - 1)}, {self.money(depth - 1)})",
            lambda: f"({pick(MONEY_COLUMNS)} 的 {pick(RATIOS)}%)",
            lambda: f"(每满 {pick((1, 300, 7))}万元 的 {pick(MONEY_COLUMNS)} 给 {pick((1, 2))}万元)",
            lambda: f"(选 {{ {self.condition(0)}: {self.money(0)}; 否则: {self.money(0)} }})",
            lambda: f"补差({pick(MONEY)}万元, 已兑.甲)",
        ]
        return pick(simple + deep)()

    def score(self) -> str:
        """Graded points, as scoring tables give them (in money, the one sort of number all texts here share)."""
        pick = self.random.choice
        first, second = (f"{pick(MONEY_COLUMNS)} ≥ {pick(MONEY)}万元" for _ in range(2))
        return f"(选 {{ {first}: {pick(MONEY)}万元; {second}: {pick(MONEY)}万元; 否则: {pick(MONEY)}万元 }})"

    def ratio(self) -> str:
        pick = self.random.choice
        return pick(
            [
                lambda: "占比",
                lambda: f"({pick(MONEY_COLUMNS)} ÷ {pick(MONEY_COLUMNS)})",
                lambda: f"({pick(MONEY_COLUMNS)} 占 {self.divisor()})",
                lambda: f"同比.{pick(('营业收入', '利润'))}",
                lambda: f"近两年平均增长.{pick(('营业收入', '研发费用'))}",
            ]
        )()

    def divisor(self) -> str:
        """Anything but a written zero, which the reader refuses; a zero among the facts is allowed."""
        text = self.money(1)
        return "投资额" if text == "0万元" else text

    def condition(self, depth: int = 2) -> str:
        pick = self.random.choice
        op = pick(("≥", "≤", "超过", "不足", "等于", "不等于", "不低于", "不超过"))
        atoms = [
            lambda: f"{pick(MONEY_COLUMNS)} {op} {pick(MONEY)}万元",
            lambda: f"{self.money()} {op} {self.money()}",
            lambda: f"{self.score()} + {self.score()} {op} {pick(MONEY)}万元",
            lambda: f"期末.从业人员 {op} {pick(COUNTS)}人",
            lambda: f"期末从业人员 {pick(COUNTS)}人{pick(('以上', '以下', '以上(不含)'))}",
            lambda: f"{self.ratio()} {op} {pick(RATIOS)}%",
            lambda: f"近两年复合增长.营业收入 {op} {pick(RATIOS)}%",
            lambda: f"近两年每年 (研发费用 占 营业收入 {op} {pick(RATIOS)}%)",
            lambda: f"近三年任一年 营业收入 {op} {pick(MONEY)}万元",
            lambda: f"上年.营业收入 {pick(('首次达到', '首次突破'))} {pick(MONEY)}万元",
            lambda: f"行业 {pick(('属于', '不属于'))} {pick(('制造业', '某些业', '{C13、G59}'))}",
            lambda: f"行业 {pick(('等于', '不等于'))} 「{pick(CODES)}」",
            lambda: pick(("经营异常", "高企", "首次.高企", "从未享受 甲")),
            lambda: f"成立日期 {pick(('满', '未满'))} {pick((365, 12))}{pick(('天', '月'))}",
            lambda: f"成立日期 {pick(('不晚于', '早于', '晚于'))} {pick(DAYS).isoformat()}",
            lambda: f"成立日期 距今 {op} {pick((365, 104))}天",
        ]
        if depth == 0:
            return pick(atoms)()
        deep = [
            lambda: f"({self.condition(depth - 1)} 且 {self.condition(depth - 1)})",
            lambda: f"({self.condition(depth - 1)} 或 {self.condition(depth - 1)})",
            lambda: f"非 ({self.condition(depth - 1)})",
        ]
        return pick(atoms + deep * 4)()

    def document(self, clauses: int) -> Document:
        lines = []
        for i in range(clauses):
            lines.append(f"条款 r{i} 随机")
            lines += [f"条件 {self.condition()}" for _ in range(self.random.randint(1, 3))]
            lines.append(f"给 {self.money()}, 最高 {self.random.choice((300, 40000))}万元")
        text = "\n".join(lines)
        front = "---\n编号: r\n标题: r\n文号: r\n发布机关: r\n层级: 县级\n施行: 2020-01-01\n---\n"
        document = read_document(f"{front}# r\n\n一段。\n\n```规则\n{text}\n```\n", DICTIONARY, "r")
        assert not document.problems, (text, document.problems[:2])
        return document

    def row(self, missing: float = 0.15) -> dict[str, Value]:
        """Values on, one below and one above the thresholds; each may be missing."""
        row: dict[str, Value] = {}
        for key in COLUMNS:
            if self.random.random() < missing:
                continue
            row[key] = self._value(key)
        return row

    def _value(self, key: str) -> Value:
        pick, fact = self.random.choice, DICTIONARY.fact_of(key)
        beside = pick((-1, 0, 0, 1))
        if key in MONEY_COLUMNS:
            value = pick(MONEY) * 10**6 + beside
        elif key == "期末.从业人员":
            value = pick(COUNTS) + beside
        elif key == "占比":
            value = pick(RATIOS) * 10**10 + beside
        elif key == "成立日期":
            return (pick(DAYS) + timedelta(days=beside)).toordinal()
        elif key == "行业":
            return pick(CODES)
        else:
            return pick((True, False))
        return min(max(value, fact.low), fact.high)
