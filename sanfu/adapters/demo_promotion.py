"""Decisions on clauses of the demo county (演示): two invented draft agreements, each clause as a person answered it."""

from datetime import datetime, timedelta

from sanfu.adapters.demo_scenes import cast
from sanfu.projects.promotion.actions import Choice, decide
from sanfu.projects.promotion.states import Decided
from sanfu.records.moments import day_of

FIRST = (
    "第一条 甲方按乙方当年缴纳税收地方留成部分的50%给予奖励。\n"
    "第二条 乙方须将注册地迁入本市，否则不享受上述奖励。\n"
    "第三条 甲方以高于挂牌底价的公开出让方式供应工业用地约60亩，乙方依法竞买。\n"
    "第四条 乙方中途迁出的，须退还已领取的全部奖补资金。"
)
SECOND = (
    "第一条 甲方指派专人代办立项、规划、施工许可手续，不收取费用。\n"
    "第二条 厂房前两年租金由甲方全额减免。\n"
    "第三条 乙方达到市级技改奖补办法公布条件的，与其他企业同样申报。"
)


def promotion(now: datetime) -> None:
    """Seven clauses of two drafts, six decided: struck, rewritten, referred, and one kept with its reason."""
    officer = cast("gaoda", day_of(now))
    decide(
        draft="智臂机器人项目投资协议草稿（演示）",
        text=FIRST,
        choices=[
            Choice(0, Decided.STRUCK, "与税收挂钩的奖励一律不写"),
            Choice(1, Decided.STRUCK, "不以迁入注册地为条件"),
            Choice(2, Decided.KEPT, "公开出让，竞买条件对各方一样"),
            Choice(3, Decided.REFERRED, "是否只因迁出就退还，请审查机构看"),
        ],
        by=officer,
        at=now - timedelta(days=16),
    )
    decide(
        draft="远行储能项目合作备忘录草稿（演示）",
        text=SECOND,
        choices=[
            Choice(0, Decided.KEPT, "代办服务对所有项目开放"),
            Choice(1, Decided.REWRITTEN, "改为按公开的标准厂房租金办法执行"),
        ],
        by=officer,
        at=now - timedelta(days=5),
    )
