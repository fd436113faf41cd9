"""One study of the demo county (演示): the six-storey building of the public example, and invented firms."""

from datetime import datetime, timedelta

from sanfu.adapters.demo_scenes import cast
from sanfu.projects.floors import actions
from sanfu.records.moments import day_of

BUILDINGS = """厂房:
  - 名称: 演示一号楼
    土地面积: 10000
    耐火等级: 一级
    自动喷淋: 有
    楼层:
      - {层: 1, 层高: 12, 荷载: 3t, 面积: 4000, 建筑面积: 4143, 火灾危险性: 丙, 货梯: 5}
      - {层: 2-3, 层高: 7, 荷载: 1.5t, 面积: 4000, 建筑面积: 4143, 火灾危险性: 丙, 货梯: 5}
      - {层: 4-6, 层高: 4.5, 荷载: 0.8t, 面积: 4000, 建筑面积: 4143, 火灾危险性: 丙, 货梯: 3}
"""
NEEDS = """需求:
  - {名称: 演示精密公司, 净高: 5, 荷载: 1t, 面积: 2500, 火灾危险性: 丁, 特征: [精密], 价值: 3}
  - {名称: 演示冲压公司, 净高: 9, 荷载: 2.5t, 面积: 3000, 火灾危险性: 丁, 特征: [强振动], 价值: 2}
  - {名称: 演示装配公司, 净高: 3, 荷载: 0.5t, 面积: 3500, 火灾危险性: 丁, 价值: 2}
  - {名称: 演示重装公司, 净高: 10, 荷载: 5t, 面积: 2000, 火灾危险性: 丁, 价值: 4}
"""


def floors(now: datetime) -> None:
    """The study."""
    officer = cast("mulan", day_of(now))
    actions.study(
        title="演示一号楼招商适配", buildings=BUILDINGS, needs=NEEDS, by=officer, at=now - timedelta(days=4)
    )
