"""The demo county's enterprises (演示): invented, the same every time, with plausible facts and honest gaps."""

import random
from collections.abc import Iterator
from datetime import date, datetime
from itertools import product

from django.db import transaction

from sanfu.enterprise.benefits import actions
from sanfu.enterprise.benefits.models import Batch
from sanfu.enterprise.registry.actions import Said, record, register
from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.models import Enterprise
from sanfu.kernel.codes.credit import CREDIT_ALPHABET, credit_check, organisation_check
from sanfu.kernel.rules.language.facts import Value
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import machine
from sanfu.records.moments import day_of

COUNT, SEED, LOGIN_FIRM = 400, 20260101, "FIRM-1"
FIRST = "星瑞云恒启宏泰锦凌拓嘉博卓晟昊茂盛辰睿朗泽铭骏翔润景"
SECOND = "澜源达信科远川腾图诚峰航维力特盈邦禾晶阳"
TRADES = (
    ("C3963", "光电", 20), ("C3484", "精密零部件", 22), ("C3525", "模具", 10), ("C3670", "汽车零部件", 14),
    ("C2927", "塑胶", 10), ("C1751", "纺织", 16), ("C2770", "医疗器械", 8), ("C3812", "电机", 12),
    ("C2661", "新材料", 8), ("C4014", "仪器", 7), ("C1373", "食品", 6), ("C3311", "金属结构", 9),
    ("I6513", "软件", 12), ("F5179", "供应链", 9), ("M7320", "技术服务", 8), ("G5431", "物流", 5),
)  # fmt: skip
TITLES = {
    "高新技术企业": 0.34, "科技型中小企业": 0.38, "科技和创新型中小企业": 0.30, "省专精特新中小企业": 0.14,
    "专精特新小巨人": 0.05, "规上企业": 0.42, "省级智能工厂": 0.02, "市级智能工厂": 0.04, "省级数字化车间": 0.05,
    "市级数字化车间": 0.07,
}  # fmt: skip
TITLE_SOURCE = {"规上企业": "TJJ", "高新技术企业": "KJJ", "科技型中小企业": "KJJ"}
REVENUE = {"大型": 72_000, "中型": 11_000, "小型": 2_600, "微型": 220}  # 万元, median of the size
SHARE = {"大型": 3, "中型": 22, "小型": 55, "微型": 20}
GAP = 0.06  # share of facts that nobody reported


def seed_firms(*, region: str, at: datetime) -> int:
    """Enter the enterprises and their facts unless they are there. Returns enterprises added."""
    if Enterprise.objects.filter(region=region).exists():
        return 0
    by = machine(region, "演示数据")
    chance = random.Random(SEED)
    with transaction.atomic():
        firms = _firms(region, chance)
        register(firms, by=by, at=at)
        record(list(_facts(firms, chance, day_of(at))), by=by, at=at)
    return len(firms)


def demo_code(number: int) -> str:
    """A credit code whose check characters pass, in the demo county's own area code 329900 that no register uses.

    From 1,000,000 on the number has seven digits behind a D: codes of the large county (demo_large).
    """
    base = f"DM{number:06d}" if number < 1_000_000 else f"D{number:07d}"
    body = f"91329900{base}{organisation_check(base)}"
    assert set(body) <= set(CREDIT_ALPHABET)
    return body + credit_check(body)


def _firms(region: str, chance: random.Random) -> list[Enterprise]:
    units = Organisation.objects.filter(region=region, kind__in=["town", "zone"]).order_by("code")
    towns = list(units)
    login = Organisation.objects.filter(region=region, code=LOGIN_FIRM).first()
    names = [a + b for a, b in product(FIRST, SECOND)]
    chance.shuffle(names)
    weights = [weight for _, _, weight in TRADES]
    found = []
    for number in range(COUNT):
        industry, trade, _ = chance.choices(TRADES, weights)[0]
        name = f"云澄{names[number]}{trade}(演示)有限公司"
        if number == 0 and login is not None:
            industry, name = "C3963", login.name
        account = f"6{chance.randrange(10**17, 10**18)}"
        has_account = number == 0 or chance.random() > 0.08
        found.append(
            Enterprise(
                credit_code=demo_code(number + 1),
                name=name,
                organisation=login if number == 0 else None,
                town=chance.choice(towns) if towns else None,
                industry=industry,
                size="中型" if number == 0 else _size(chance),
                established=date(chance.randint(1998, 2024), chance.randint(1, 12), chance.randint(1, 28)),
                bank="云澄农商银行(演示)" if has_account else "",
                account=account if has_account else "",
                account_name=name if has_account else "",
                demo=True,
            )
        )
    return found


def _size(chance: random.Random) -> str:
    return chance.choices(list(REVENUE), [SHARE[size] for size in REVENUE])[0]


def _facts(firms: list[Enterprise], chance: random.Random, day: date) -> list[Said]:
    found: list[Said] = []
    for number, firm in enumerate(firms):
        found += _Teller(firm, chance, day, whole=number == 0).facts()
    return found + list(_controllers(firms, random.Random(SEED + 1), day))


def _controllers(firms: list[Enterprise], chance: random.Random, day: date) -> Iterator[Said]:
    """Who controls whom, by a code: most stand alone, some groups of two to four, a few not reported."""
    queue, group = list(firms), 0
    while queue:
        group += 1
        size = 1 if chance.random() > 0.12 else chance.randint(2, 4)
        mine, queue = queue[:size], queue[size:]
        for firm in mine:
            if firm is firms[0] or chance.random() > GAP:
                yield Said(firm, "实际控制人", "", f"KZR-{group:04d}", "SCJ", min(date(day.year, 1, 20), day))


class _Teller:
    """Facts of one enterprise, each with its source and the day it was seen; some are left out."""

    def __init__(self, firm: Enterprise, chance: random.Random, day: date, whole: bool) -> None:
        self.firm, self.chance, self.day, self.whole = firm, chance, day, whole
        self.found: list[Said] = []

    def say(self, name: str, raw: object, source: str, period: str = "", until: date | None = None) -> None:
        if not self.whole and self.chance.random() < GAP:
            return
        value: Value = dictionary().facts[name].encode(raw)
        seen = date(self.day.year, 1 + self.chance.randrange(2), 1 + self.chance.randrange(28))
        self.found.append(Said(self.firm, name, period, value, source, min(seen, self.day), until))

    def facts(self) -> list[Said]:
        revenue = round(REVENUE[self.firm.size] * self.chance.lognormvariate(0, 0.45))
        if self.whole:
            revenue = 9600
        self.years(revenue)
        self.titles(revenue)
        self.project(revenue)
        for name, rate, source in (
            ("列入经营异常名录", 0.03, "SCJ"), ("列入严重失信名单", 0.01, "SCJ"),
        ):  # fmt: skip
            bad = not self.whole and self.chance.random() < rate
            self.say(name, "是" if bad else "否", source)
        return self.found

    def years(self, revenue: int) -> None:
        last, chance = self.day.year - 1, self.chance
        amount = float(revenue)
        for year in (last, last - 1, last - 2):
            ratio = chance.uniform(0.01, 0.075) if not self.whole else 0.046
            self.say("营业收入", f"{amount:.2f}万元", "SWU", str(year))
            self.say("主营业务收入", f"{amount * chance.uniform(0.86, 0.99):.2f}万元", "TJJ", str(year))
            self.say("研发费用", f"{amount * ratio:.2f}万元", "SWU", str(year))
            amount /= 1.142 if self.whole else max(chance.gauss(1.09, 0.14), 0.5)
        staff = max(3, round(revenue / chance.uniform(40, 120)))
        self.say("从业人员", f"{staff}人", "RSJ", str(last))
        self.say("资产总额", f"{revenue * chance.uniform(0.6, 1.8):.2f}万元", "SWU", str(last))

    def titles(self, revenue: int) -> None:
        year, strong = self.day.year, min(revenue / 8000, 2.0)
        for name, rate in TITLES.items():
            source = TITLE_SOURCE.get(name, "GXJ")
            has = self.chance.random() < rate * (0.4 + strong)
            if self.whole:
                has = name in ("高新技术企业", "科技型中小企业", "省专精特新中小企业", "规上企业")
            if not has:
                self.say(name, "否", source)
                continue
            granted = year if self.chance.random() < 0.28 else year - self.chance.randint(1, 4)
            if self.whole:
                granted = year if name == "省专精特新中小企业" else year - 1
            self.say(name, "是", source, str(granted), date(granted + 3, 12, 31))
        self.say("Ⅰ类知识产权", f"{min(int(self.chance.expovariate(0.25)), 60)}件", "SCJ")

    def project(self, revenue: int) -> None:
        filed = self.whole or self.chance.random() < 0.12
        self.say("技改备案", "是" if filed else "否", "GXJ")
        if filed:
            invested = revenue * self.chance.uniform(0.02, 0.3) if not self.whole else 460
            self.say("技改投资额", f"{invested:.2f}万元", "GXJ")
            self.say("新设备投资额", f"{invested * 0.8:.2f}万元", "GXJ")


def seed_batch(*, region: str, at: datetime) -> int:
    """One payout batch on public notice, made by the cast through the same actions. Returns batches added."""
    officer, approver = (
        User.objects.filter(region=region, login=name).first() for name in ("jiangyu", "luoqi")
    )
    if officer is None or approver is None or Batch.objects.filter(region=region).exists():
        return 0
    by, second = actor_of(officer, on=day_of(at)), actor_of(approver, on=day_of(at))
    clauses = ["yc-srdi-1", "yc-srdi-2", "yc-srdi-3"]
    with transaction.atomic():
        made = actions.generate(
            clauses, title="优质中小企业培育奖励（演示批次）", day=day_of(at), by=by, at=at
        )
        actions.review(made, note="名单、信用和互斥封顶已核对（演示）", by=by, at=at)
        actions.decide(made, minutes="专题会议纪要〔2026〕9号（演示）", by=second, at=at)
        actions.publish(made, by=by, at=at)
    return 1
