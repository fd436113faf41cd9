"""要素统筹 of the demo county (演示): one adopted plan, one that waits, one trial beside it."""

import io
import random
from datetime import datetime, timedelta

from sanfu.adapters.demo_scenes import cast
from sanfu.projects.resources import actions
from sanfu.projects.resources.models import ResourcePlan
from sanfu.records.moments import day_of

FACTORS = "要素,类型,单位,供给\n用地,总量,亩,620\n能耗,总量,吨标煤,52000\n电力,容量,千伏安,60000\n资金,逐月,万元,9000\n"


def resources(now: datetime) -> None:
    """Eighteen invented projects over four factors."""
    officer = cast("gaoda", day_of(now))

    def plan(title: str, seed: int, days: int) -> ResourcePlan:
        return actions.compute(
            title=title, projects=("演示项目需求.csv", io.BytesIO(_projects(seed).encode())),
            factors=("演示要素供给.csv", io.BytesIO(FACTORS.encode())), by=officer, at=now - timedelta(days=days),
        )  # fmt: skip

    first = plan("上半年要素统筹（演示）", 3, 60)
    actions.adopt(first, why="上月专题分析会议定（演示）", by=officer, at=now - timedelta(days=58))
    second = plan("下半年要素统筹（演示）", 4, 5)
    actions.what_if(second, factor="用地", amount=120, by=officer, at=now - timedelta(days=4))


def _projects(seed: int) -> str:
    chance = random.Random(seed)
    lines = ["编号,名称,层级,得分,用地,能耗,电力,资金,园区"]
    for n in range(18):
        land, power = chance.randint(20, 90), chance.randint(1500, 9000)
        park = ("经开东区（演示）", "高新智造园（演示）", "")[n % 3]
        lines.append(
            f"YX-{n + 1:02d},演示需求{n + 1}号项目,{('省级', '市级', '县级')[n % 3]},{chance.randint(60, 98)},{land},"
            f"{chance.randint(800, 7000)},{power},{chance.randint(200, 1500)},{park}"
        )
    return "\n".join(lines)
