"""One scoring run of the demo county (演示): invented firms, on public notice, one objection open."""

import io
import random
from datetime import datetime, timedelta
from decimal import Decimal

from sanfu.adapters.demo_scenes import cast
from sanfu.people.models import Organisation
from sanfu.projects.scoring import actions
from sanfu.projects.scoring.content import raw_scheme
from sanfu.projects.scoring.models import ScoredFirm
from sanfu.records.moments import day_of

HEADS = ("企业名称", "类别", "属地", "评价税收（万元）", "用地面积（亩）", "营业收入（万元）", "工业增加值（万元）", "综合能耗", "主要污染物排放量",
         "年平均职工人数", "R&D经费支出（万元）", "主营业务收入（万元）", "用电量（万千瓦时）", "注册日期", "取得土地日期", "安全否决")  # fmt: skip
FIRMS = 60


def sheet() -> bytes:
    """The invented sheet as CSV."""
    chance = random.Random(11)
    rows: list[list[object]] = [list(HEADS)]
    for n in range(FIRMS):
        land, sales = chance.uniform(5, 120), chance.lognormvariate(9.5, 0.9)
        added, staff = sales * chance.uniform(0.15, 0.35), round(sales / chance.uniform(60, 140)) + 5
        rows.append([
            f"演示企业{n + 1:02d}", "规上" if n < 40 else "规下", ("望江镇", "南泾镇", "北塘镇")[n % 3],
            round(land * chance.uniform(3, 30), 2), round(land, 2), round(sales, 2), round(added, 2),
            round(added / chance.uniform(1.5, 4), 2), "" if n % 11 == 5 else round(added / chance.uniform(500, 3000), 3), staff,
            round(sales * chance.uniform(0.005, 0.06), 2), round(sales, 2), round(land * chance.uniform(15, 90), 2),
            f"{2003 + n % 21}-03-01", f"{2004 + n % 21}-06-01", "是" if n == 17 else "否",
        ])  # fmt: skip
    return "\n".join(",".join(map(str, row)) for row in rows).encode()  # invented cells hold no comma


def scoring(now: datetime) -> None:
    """A run computed, put on notice, and objected to."""
    officer = cast("mulan", day_of(now))
    own = Organisation.objects.get(
        region=officer.region, code="FIRM-1"
    ).name  # the firm that can log in sees its result
    made = actions.run(
        title="2025 年度亩均评价（演示）", scheme=raw_scheme("demo-county"), name="演示企业数据.csv",
        content=io.BytesIO(sheet().replace("演示企业30".encode(), own.encode())), error=Decimal("0.02"), by=officer, at=now - timedelta(days=6),
    )  # fmt: skip
    actions.publish(made, by=officer, at=now - timedelta(days=5))
    firm = ScoredFirm.objects.filter(run=made, rank__isnull=False).order_by("rank")[12]
    land = Decimal(firm.facts["facts"]["用地面积"])
    changes = {"用地面积": str(round(land * Decimal("0.9"), 2))}
    actions.object_to(
        firm,
        reason="部分厂区已交回，证载面积已变更（演示）",
        changes=changes,
        by=officer,
        at=now - timedelta(days=3),
    )
