"""A synthetic city and a synthetic rule base for `bench_rules`: fixed seeds, round thresholds, no real firm."""

import random
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sanfu.adapters.commandline.rulebase import content_root, load_dictionary
from sanfu.kernel.rules.engines.columns import Column, Table
from sanfu.kernel.rules.engines.plan import Plan, make_plan
from sanfu.kernel.rules.language.facts import Dictionary
from sanfu.kernel.rules.reading.document import Document, read_document

DAY = date(2026, 6, 1)
WAN = 10**6
MONEY = {
    "上年.营业收入": (300, 500, 1000, 2000, 5000, 10000, 40000),
    "前年.营业收入": (300, 1000, 2000, 5000),
    "上年.研发费用": (10, 50, 100, 500, 1000),
    "前年.研发费用": (10, 50, 100, 500),
    "期末.资产总额": (300, 1000, 5000, 20000, 80000),
    "固定资产投资": (100, 500, 1000, 3000),
    "新设备投资额": (50, 200, 500, 1000),
    "上年.产值增量": (0, 100, 1000),
}
COUNTS = {"期末.从业人员": (20, 50, 100, 300, 1000), "Ⅰ类知识产权": (1, 2, 4), "Ⅱ类知识产权": (1, 3, 5)}
RATIOS = {"期末.资产负债率": (50, 70, 75, 80), "上年.主营业务收入占比": (70, 80, 90)}
FLAGS = (
    "列入经营异常名录", "列入严重失信名单", "有效.高新技术企业", "有效.省专精特新中小企业", "本年.专精特新小巨人",
    "历史.专精特新小巨人", "有效.规上企业", "新引进", "技改备案", "战略性新兴产业", "上市公司", "存续",
)  # fmt: skip
PLACES = tuple(f"第{i}镇" for i in range(1, 11))


def dictionary() -> Dictionary:
    return load_dictionary(content_root(Path(__file__).resolve().parents[1] / "content"))


def city(size: int, seed: int = 1) -> Table:
    """`size` enterprises; three in a hundred sit exactly on a threshold; every fact known."""
    chance = np.random.default_rng(seed)
    columns: dict[str, Column] = {}
    scale = np.exp(chance.normal(0, 1.3, size))
    for key, bounds in MONEY.items():
        middle = float(np.median(bounds)) or 100.0
        raw = scale * np.exp(chance.normal(0, 0.7, size)) * middle * 0.2
        columns[key] = Column(
            _on_bounds(np.rint(raw * 100).astype(np.int64) * (WAN // 100), bounds, WAN, chance)
        )
    for key, bounds in COUNTS.items():
        raw = np.minimum(scale * np.exp(chance.normal(0, 0.8, size)) * float(np.median(bounds)) * 0.2, 10**6)
        columns[key] = Column(_on_bounds(raw.astype(np.int64), bounds, 1, chance))
    for key, bounds in RATIOS.items():
        percent = np.clip(chance.normal(65, 18, size), 0, 100).astype(np.int64)
        columns[key] = Column(_on_bounds(percent * 10**10, bounds, 10**10, chance))
    for i, key in enumerate(FLAGS):
        columns[key] = Column(chance.random(size) < (0.02, 0.3, 0.5)[i % 3])
    codes = [f"C{i}{j:02d}" for i in range(13, 44) for j in range(10, 14)] + [f"I{i}10" for i in (63, 64, 65)]
    texts = tuple(sorted([*codes, *[f"F{i}11" for i in (51, 52)], "E4710", "G5910", "G5920"]))
    columns["行业代码"] = Column(chance.integers(0, len(texts), size).astype(np.int32), None, texts)
    columns["注册地"] = Column(chance.integers(0, len(PLACES), size).astype(np.int32), None, PLACES)
    columns["成立日期"] = Column(DAY.toordinal() - chance.integers(1, 9000, size))
    return Table(size, columns)


def _on_bounds(
    values: npt.NDArray[np.int64], bounds: tuple[int, ...], unit: int, chance: np.random.Generator
) -> npt.NDArray[np.int64]:
    rows = np.flatnonzero(chance.random(len(values)) < 0.03)
    values[rows] = chance.choice(np.array(bounds), len(rows)) * unit
    return values


def rule_base(clauses: int, seed: int = 2) -> tuple[Document, Plan, Dictionary]:
    """Clauses of three to eight conditions, written in the rule language and read like any other."""
    chance, known = random.Random(seed), dictionary()
    lines: list[str] = []
    for number in range(clauses):
        lines.append(f"条款 b{number} 试算")
        lines += [f"条件 {_condition(chance)}" for _ in range(chance.randint(3, 8))]
        lines.append(f"给 {_amount(chance)}")
    front = "---\n编号: bench\n标题: 试算\n文号: 演示\n发布机关: 演示\n层级: 县级\n施行: 2020-01-01\n---\n"
    text = f"{front}# 试算\n\n演示条款。\n\n```规则\n" + "\n".join(lines) + "\n```\n"
    document = read_document(text, known, "bench")
    assert not document.problems, document.problems[0]
    return document, make_plan(document.clauses, DAY), known


def _atom(chance: random.Random) -> str:
    def bound(table: dict[str, tuple[int, ...]], unit: str) -> str:
        key = chance.choice(list(table))
        word = chance.choice(("≥", "不低于", "≥", "不超过", "超过"))
        return f"{key} {word} {chance.choice(table[key])}{unit}"

    kind = chance.random()
    if kind < 0.42:
        return bound(MONEY, "万元")
    if kind < 0.55:
        return _count(chance)
    if kind < 0.63:
        return bound(RATIOS, "%")
    if kind < 0.70:
        return f"上年.研发费用 占 上年.营业收入 ≥ {chance.choice((2, 3, 5, 6))}%"
    if kind < 0.74:
        return f"近两年每年 (研发费用 占 营业收入 ≥ {chance.choice((3, 4, 5))}%)"
    if kind < 0.92:
        flag = chance.choice(FLAGS)
        return f"非 {flag}" if flag.startswith("列入") or chance.random() < 0.2 else flag
    if kind < 0.96:
        return (
            f"行业代码 属于 {chance.choice(('制造业', '信息服务业', '{C35、C36、C38、C39}', '{C26、C27}'))}"
        )
    if kind < 0.98:
        return f"注册地 属于 {{{'、'.join(chance.sample(PLACES, 4))}}}"
    return f"成立日期 满 {chance.choice((1, 3, 5, 10))}年"


def _count(chance: random.Random) -> str:
    key = chance.choice(list(COUNTS))
    return f"{key} ≥ {chance.choice(COUNTS[key])}{'人' if key == '期末.从业人员' else '件'}"


def _condition(chance: random.Random) -> str:
    if chance.random() < 0.18:
        return f"{_atom(chance)} 或 {_atom(chance)}"
    return _atom(chance)


def _amount(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.45:
        base = chance.choice(("固定资产投资", "新设备投资额", "上年.研发费用"))
        return (
            f"{base} 的 {chance.choice((2, 5, 8, 10, 15))}%, 最高 {chance.choice((20, 100, 500, 1000))}万元"
        )
    if kind < 0.75:
        return f"{chance.choice((5, 10, 20, 30, 50))}万元"
    return (
        "按 上年.营业收入 分档 { ≥ 40000万元: 100万元; ≥ 5000万元: 50万元; ≥ 2000万元: 20万元; 否则: 5万元 }"
    )
