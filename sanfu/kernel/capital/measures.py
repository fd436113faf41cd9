"""指标 of capital: what a clause may ask, the names that files use for it, and its unit."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from sanfu.kernel.rules.language.quantities import decimal_text


class Kind(StrEnum):
    """What sort of value a measure has."""

    MONEY = "金额"  # in 元
    RATIO = "比例"
    COUNT = "数量"
    FLAG = "是否"
    WORDS = "文字"


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that clauses ask. yearly: one value a year; floor: the least it can be, None when it may be negative."""

    code: str
    label: str
    kind: Kind
    names: tuple[str, ...]
    yearly: bool = False
    floor: int | None = None
    unit: str = ""


def _yearly(code: str, label: str, names: str, kind: Kind = Kind.MONEY, floor: int | None = None) -> Measure:
    return Measure(code, label, kind, tuple(names.split()), yearly=True, floor=floor)


def _one(code: str, label: str, kind: Kind, names: str, unit: str = "") -> Measure:
    floor = 0 if kind in {Kind.COUNT, Kind.RATIO} or code == "market_value" else None
    return Measure(code, label, kind, tuple(names.split()), floor=floor, unit=unit)


MARKET_VALUE = "market_value"

MEASURES: dict[str, Measure] = {
    one.code: one
    for one in (
        _one(
            MARKET_VALUE,
            "预计市值",
            Kind.MONEY,
            "市值 预计市值 发行后市值 估值 marketvalue marketcap expectedvalue expectedmarketvalue valuation value",
        ),
        _yearly("net_profit", "净利润（扣非前后孰低）", "净利润孰低 扣非前后孰低净利润 孰低净利润 netprofitlower"),
        _yearly("profit_before", "净利润", "净利润 归母净利润 归属于母公司股东的净利润 利润 netprofit netincome profit"),
        _yearly(
            "profit_after",
            "扣非净利润",
            "扣非净利润 扣除非经常性损益后净利润 扣除非经常性损益后的净利润 扣非后净利润 扣非归母净利润 "
            "netprofitexnonrecurring netprofitafternonrecurring deductednetprofit adjustednetprofit corenetprofit",
        ),
        _yearly("revenue", "营业收入", "营业收入 营收 收入 销售收入 营业总收入 revenue sales turnover income", floor=0),
        _yearly(
            "operating_cash",
            "经营活动现金流量净额",
            "经营活动现金流量净额 经营活动产生的现金流量净额 经营现金流 经营现金流净额 经营性现金流 经营活动现金流 经营活动现金流净额 "
            "经营性现金流净额 现金流 operatingcash operatingcashflow netoperatingcashflow cashflow ocf cfo",
        ),
        _yearly(
            "rd",
            "研发投入",
            "研发投入 研发费用 研发经费 研发 研发支出 rd r&d rdexpense rdexpenses rdcost rdspending rdinvestment researchanddevelopment",
            floor=0,
        ),
        _yearly(
            "roe",
            "加权平均净资产收益率",
            "加权平均净资产收益率 净资产收益率 加权净资产收益率 roe weightedroe returnonequity",
            Kind.RATIO,
        ),
        _yearly(
            "net_assets", "期末净资产", "净资产 期末净资产 所有者权益 股东权益 netassets equity netasset shareholdersequity"
        ),
        _one("share_capital", "发行后股本总额", Kind.MONEY, "股本 股本总额 发行后股本 发行后股本总额 sharecapital"),
        _one("holders", "发行后股东人数", Kind.COUNT, "股东人数 发行后股东人数 holders shareholders", "人"),
        _one(
            "public_share",
            "公众股东持股比例",
            Kind.RATIO,
            "公众股东持股比例 公众持股比例 公众股比例 publicshare publicfloat freefloat",
        ),
        _one(
            "neeq_months",
            "新三板挂牌月数",
            Kind.COUNT,
            "新三板挂牌月数 挂牌月数 连续挂牌月数 新三板连续挂牌月数 neeqmonths monthslisted monthsonneeq",
            "个月",
        ),
        _one("innovation_tier", "新三板创新层", Kind.FLAG, "创新层 新三板创新层 是否创新层 innovationtier innovationlayer neeqinnovation"),
        _one("approved_stage", "产品须经国家批准且已取得阶段性成果", Kind.FLAG, "阶段性成果 产品获批或阶段性成果 核心产品阶段性成果 approvedstage stageresult productstage"),
        _one("priority_industry", "属于现代产业体系行业", Kind.FLAG, "现代产业体系 现代产业体系行业 priorityindustry modernindustry"),
        _one("rd_staff_share", "研发人员占比", Kind.RATIO, "研发人员占比 研发人员比例 rdstaffshare rdstaffratio"),
        _one(
            "patents",
            "主营业务发明专利",
            Kind.COUNT,
            "发明专利 主营发明专利 发明专利数 主营业务发明专利 patents inventionpatents inventions",
            "项",
        ),
        _one("stage", "企业所处阶段", Kind.WORDS, "阶段 发展阶段 企业阶段 所处阶段 融资阶段 轮次 融资轮次 stage round"),
        _one("field", "产业领域", Kind.WORDS, "领域 行业 产业 产业领域 所属领域 所属行业 主营业务 产品 主营产品 field fields industry sector products business"),
        _one("wanted", "融资需求", Kind.MONEY, "融资需求 融资金额 融资额 拟融资 拟融资额 需求金额 资金需求 amount wanted funding ticket need raise fundingneed"),
        _one("age", "成立年数", Kind.COUNT, "成立年数 成立年限 成立时间年 age yearsold ageyears", "年"),
        _one("local", "注册在本市", Kind.FLAG, "本地 注册在本市 本市注册 本地注册 local registeredlocal"),
        _one("place", "注册地", Kind.WORDS, "注册地 地区 所在地 region place city location"),
        _one(
            "catalogue",
            "产业结构调整指导目录类别",
            Kind.WORDS,
            "产业目录 产业目录类别 目录类别 产业类别 指导目录类别 产业政策类别 catalogue catalog industrycatalogue direction",
        ),
        _one("dishonest", "严重失信", Kind.FLAG, "严重失信 失信 失信被执行人 dishonest"),
    )
}  # fmt: skip

BY_NAME: dict[str, Measure] = {
    name: one for one in MEASURES.values() for name in (*one.names, one.code.replace("_", ""), one.label)
}


def say(value: Fraction, kind: Kind, unit: str = "") -> str:
    """A value as an official would write it: 1.5亿元, 2500万元, 8%, 7项."""
    if kind is Kind.MONEY:
        if abs(value) >= 10**8:
            return f"{decimal_text(value / 10**8)}亿元"
        return f"{decimal_text(value / 10**4)}万元"
    if kind is Kind.RATIO:
        return f"{decimal_text(value * 100, 4)}%"
    return f"{decimal_text(value)}{unit}"
