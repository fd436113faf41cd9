"""Research in the demo county (演示): teams, platforms and machines, needs of firms, contacts in several stages."""

from datetime import datetime, timedelta
from decimal import Decimal

from sanfu.adapters.demo_scenes import cast
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.research import actions, queries
from sanfu.enterprise.research.models import Contact, Need
from sanfu.records.moments import day_of

# title, holder, kind, words, least price in 万元 (None: not said), keeps secrets, equipment, readiness
OFFERS = (
    ("精密减速器传动误差控制团队", "云澄大学机械学院（演示）", "team", "齿轮修形与接触疲劳寿命；解决减速机噪声大、齿面早期点蚀", 20, True, ["疲劳试验机"], 7),
    ("滚动轴承润滑与摩擦学团队", "江岸理工学院（演示）", "team", "高速转子轴承系统热特性；解决主轴轴承温升高", 15, True, ["轴承试验台"], 6),
    ("铝合金高真空压铸团队", "望山大学材料学院（演示）", "team", "铸造充型凝固数值模拟；解决压铸件气孔多", 30, None, ["工业CT"], 7),
    ("锂电池隔膜陶瓷涂覆团队", "澄南研究院（演示）", "team", "聚合物多孔膜热稳定性；解决隔膜高温收缩", 50, True, None, 8),
    ("机器视觉表面缺陷检测团队", "云澄大学计算机学院（演示）", "team", "少样本深度学习；解决外观瑕疵靠人眼看漏检多", 12, True, ["线阵相机"], 8),
    ("发光器件封装可靠性团队", "江岸理工学院（演示）", "team", "有机硅封装材料老化；解决灯珠光衰快、支架发黄", 18, True, ["积分球"], 6),
    ("车间作业调度优化团队", "望山大学管理学院（演示）", "team", "生产计划与排程系统；解决插单多、排产靠老师傅", 25, None, None, 7),
    ("重金属废水深度处理团队", "澄南研究院（演示）", "team", "高盐废水膜浓缩；解决电镀废水总镍反复超标", 40, False, ["原子吸收光谱仪"], 8),
    ("新材料中试平台", "新材料中试基地（演示）", "platform", "改性塑料、薄膜和复合材料小批量试制", 8, True, ["双螺杆挤出机", "吹膜机"], None),
    ("装备检测与可靠性平台", "装备检测平台（演示）", "platform", "疲劳、振动、高低温和盐雾试验", 2, True, ["疲劳试验机", "高低温箱", "模态测试系统"], None),
    ("场发射扫描电镜", "云澄大学分析测试中心（演示）", "equipment", "微观形貌和能谱分析，按机时开放", Decimal("0.1"), None, ["扫描电镜"], None),
    ("三坐标与激光跟踪仪", "装备检测平台（演示）", "equipment", "大型零件在线和离线尺寸检测", Decimal("0.2"), None, ["三坐标测量机"], None),
)  # fmt: skip
NEEDS: tuple[tuple[str, str, int | None, bool, list[str]], ...] = (
    ("减速机噪声大、齿面早期点蚀", "运转半年就剥落，想改齿轮修形", 30, True, ["疲劳试验机"]),
    ("压铸件气孔多、机加工后报废", "薄壁壳体缩松漏气，想上高真空压铸", None, False, []),
    ("外观瑕疵靠人眼看漏检多", "小样本缺陷识别不准，节拍每件两秒", 20, True, []),
    ("灯珠光衰快、支架发黄", "封装胶高温老化，客户要求五千小时", 25, True, ["积分球"]),
    ("电镀废水总镍反复超标", "水量每天八十吨，想做深度处理", 60, False, []),
    ("插单多、排产全靠老师傅", "", 30, False, []),
)


def research(now: datetime) -> None:
    """Offers, needs of six firms, and contacts: proposed, talking, signed with milestones, failed."""
    broker = cast("luoqi", day_of(now))
    if Need.objects.filter(region=broker.region).exists():
        return
    for title, holder, kind, text, least, secret, tools, level in OFFERS:
        columns = {
            "title": title, "holder": holder, "kind": kind, "text": text, "keeps_secrets": secret, "equipment": tools,
            "least": None if least is None else Decimal(least) * 10_000, "readiness": level, "contact": "科研处（演示）",
        }  # fmt: skip
        actions.offer(columns, by=broker, at=now - timedelta(days=200))
    firms = _firms(broker.region)
    needs = []
    for firm, (title, text, budget, secret, tools) in zip(firms, NEEDS, strict=False):
        columns = {"title": title, "text": text, "budget": None if budget is None else Decimal(budget * 10_000), "secret": secret, "equipment": tools}  # fmt: skip
        needs.append(actions.publish(firm, columns, by=broker, at=now - timedelta(days=120)))
    for place, need in enumerate(needs[:4]):
        _contact(need, place, now)


def _firms(region: str) -> list[Enterprise]:
    """The firm with an account first, then others by code."""
    rows = Enterprise.objects.filter(region=region)
    own = list(rows.exclude(organisation=None)[:1])
    return own + list(rows.filter(organisation=None).order_by("credit_code")[: len(NEEDS)])


def _contact(need: Need, place: int, now: datetime) -> None:
    broker = cast("luoqi", day_of(now))
    found, _ = queries.matches(need, 1)
    if not found:
        return
    begun = now - timedelta(days=100 if place else 1)
    row = actions.connect(need, found[0].offer, by=broker, at=begun)
    if not place:
        return
    actions.start(
        row, said="已和团队负责人通话，约好下周到厂（演示）", by=broker, at=begun + timedelta(days=2)
    )
    if place == 2:
        signed = begun + timedelta(days=30)
        day = day_of(signed)
        lines = "\n".join(
            f"{day + timedelta(days=days)} {title}"
            for days, title in ((30, "方案评审"), (60, "样机试运行"), (150, "验收"))
        )
        actions.sign(row, contract_no="演示-2026-017", amount=Decimal(180_000), signed_on=day, milestones=lines, by=broker, at=signed)  # fmt: skip
        fresh = Contact.objects.select_related("case").get(pk=row.pk)
        actions.reach(fresh, said="方案已评审通过（演示）", by=broker, at=signed + timedelta(days=29))
    if place == 3:
        actions.fail(
            row, reason="团队排期已满，企业改用别家（演示）", by=broker, at=begun + timedelta(days=20)
        )
