"""Parks of the demo county (演示): four invented parks with capacity, one evaluation with a comparison by industry."""

import io
import random
from datetime import datetime, timedelta
from decimal import Decimal

from sanfu.adapters.demo_scenes import cast
from sanfu.projects.parks import actions
from sanfu.projects.parks.content import raw_schemes
from sanfu.records.moments import day_of

OWNERS = (
    ("yuanjun", "国家级", ("经开东区（演示）", "精密机械、光电"), ("经开西区（演示）", "新材料、化工")),
    ("yuangao", "省级", ("高新科创园（演示）", "软件、生物医药"), ("高新智造园（演示）", "智能装备")),
)
STOCKS = """园区,要素,总量,已占用,在谈
{a},用地,2600,2210,180
{a},电力,120兆伏安,98000,9000
{a},污水,20000,12500,
{a},标准厂房,180000,151000,22000
{b},用地,3.2平方公里,4650,60
{b},电力,90000,91500,
{b},蒸汽,260,180,30
{b},床位,3200,2100,400
"""
PARKS = tuple(name for _, _, *parks in OWNERS for name, _ in parks)


def parks(now: datetime) -> None:
    """Two zones with two parks each; the sheet of each zone; one evaluation."""
    for login, level, *rows in OWNERS:
        officer = cast(login, day_of(now))
        for name, industries in rows:
            actions.found(
                name=name, level=level, industries=industries, by=officer, at=now - timedelta(days=25)
            )
        sheet = STOCKS.format(a=rows[0][0], b=rows[1][0])
        actions.bring(
            name="演示承载能力.csv",
            content=io.BytesIO(sheet.encode()),
            by=officer,
            at=now - timedelta(days=20),
        )
    actions.run(
        title="2025 年度省级口径（演示）", scheme=raw_schemes()["demo-province"], error=Decimal("0.05"),
        name="演示园区指标.csv", content=io.BytesIO(_values().encode()), firms_name="演示园区企业.csv",
        firms=io.BytesIO(_firms().encode()), by=cast("gaoda", day_of(now)), at=now - timedelta(days=6),
    )  # fmt: skip


def _values() -> str:
    heads = "园区,亩均税收,亩均工业增加值,工业投资增速,研发投入强度,高新技术企业数,单位增加值能耗,污水集中处理率,实际使用外资"
    rows = ("24.5,131,8.2,3.1,46,0.29,99,3200", "17.8,118,4.1,2.2,28,0.41,97,900", "31.2,92,12.4,5.6,63,0.11,99,1400",
            "23.9,128,9.0,3.0,39,0.27,,700")  # fmt: skip
    return "\n".join([heads, *(f"{park},{row}" for park, row in zip(PARKS, rows, strict=True))])


def _firms() -> str:
    chance = random.Random(9)
    level = {"精密机械": 18, "化工": 26, "软件": 55, "智能装备": 24}
    homes = dict(
        zip(
            PARKS,
            (("精密机械", "智能装备"), ("化工", "精密机械"), ("软件", "智能装备"), ("智能装备", "精密机械")),
            strict=True,
        )
    )
    lines = ["园区,行业,税收（万元）,用地面积（亩）"]
    for place, park in enumerate(PARKS):
        for n in range((44, 36, 18, 40)[place]):
            land, industry = chance.uniform(5, 60), homes[park][n % 2]
            lines.append(
                f"{park},{industry},{land * level[industry] * chance.uniform(0.5, 1.5):.1f},{land:.1f}"
            )
    return "\n".join(lines)
