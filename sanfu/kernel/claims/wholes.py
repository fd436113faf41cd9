"""Claims over several numbers or none: parts and their sum, shares that make a hundred, places in a table, turns."""

import re
from collections.abc import Sequence
from fractions import Fraction

from sanfu.kernel.claims.bases import Base
from sanfu.kernel.claims.changes import doubled
from sanfu.kernel.claims.facts import Facts, Ranking, likeness
from sanfu.kernel.claims.numbers import Fit, Hedge, Kind, chinese, fits
from sanfu.kernel.claims.repeats import TOGETHER
from sanfu.kernel.claims.roles import Claim, Cue, Role
from sanfu.kernel.claims.units import comparable
from sanfu.kernel.claims.verdicts import Judged, Verdict, percent, plainly

FEW = 30
_LOW_IS_GOOD = re.compile("退单|退回|超期|逾期|投诉|返工|重办|时间|时长|用时|时限|不满意|能耗|次数|发案|事故")
_REST = re.compile("其他|其余|其它")
_ALL = re.compile("合计|共计|总计|总共|一共|累计共|共(?!同|享|有产)")
_SPEED = re.compile("增速|增幅|降幅|压缩|提升幅度")


def sums(text: str, claims: Sequence[Claim], facts: Facts) -> list[Judged]:
    """Judge parts against their sum: 860家，其中520家、260家、90家; …，合计760件. A gap is named, never mended."""
    found = []
    levels = [c for c in claims if c.role is Role.LEVEL and c.quantity.kind is Kind.PLAIN]
    where = _where_parts_begin(text, levels, facts)
    if where >= 0:
        before = [c for c in levels if c.quantity.start < where]
        behind = [c for c in levels if c.quantity.start > where]
        if before and len(behind) >= 1:
            total = before[-1]
            parts = [c for c in behind if comparable(c.quantity.unit, total.quantity.unit)]
            found += _summed(text, total, parts, facts)
    elif len(levels) > 2 and re.match(r"[^，,。；;\d]{0,3}[:：]", text[levels[0].quantity.right :]):
        total = levels[
            0
        ]  # 下达资金3200万元：奖补2100万元，贴息700万元，…: what stands behind a colon is all of it
        parts = [c for c in levels[1:] if comparable(c.quantity.unit, total.quantity.unit)]
        found += _summed(text, total, parts, facts, every=len(parts) == len(levels) - 1)
    else:
        for place, claim in enumerate(levels):
            if place >= 2 and _ALL.search(text[levels[place - 1].quantity.right : claim.quantity.left]):
                parts = [c for c in levels[:place] if comparable(c.quantity.unit, claim.quantity.unit)]
                found += _summed(text, claim, parts, facts, every=True)
    return found


def _where_parts_begin(text: str, levels: Sequence[Claim], facts: Facts) -> int:
    """Where parts of a whole begin: behind 其中, or behind 32个项目中 where the facts give a sum and just these parts."""
    found = text.find("其中")
    among = re.search("中[，,]", text)
    if found >= 0 or among is None:
        return found
    behind = sum(c.quantity.start > among.start() for c in levels)
    return among.start() if behind > 1 and _facts_complete(facts, behind) else -1


def _summed(text: str, total: Claim, parts: list[Claim], facts: Facts, every: bool = False) -> list[Judged]:
    if not parts or any(c.quantity.hedge is not Hedge.AT for c in parts):
        return []  # 近1.9万, 超8000: what is told nearly has no sum
    made = sum((c.quantity.size for c in parts), Fraction(0))
    whole = total.quantity.size
    step = max(c.quantity.step * c.quantity.unit.size for c in [*parts, total])
    gap = made - whole
    if total.quantity.hedge is not Hedge.AT and fits(made, total.quantity, whole, step) is Fit.YES:
        return []
    shown = plainly(abs(gap) / total.quantity.unit.size)
    complete = every or bool(_REST.search(text)) or "分别" in text or _facts_complete(facts, len(parts))
    complete = complete and not _shares_of_less(text, parts)
    if not gap and len(parts) > 1:
        one = total.quantity
        return [
            Judged(
                one.start,
                one.end,
                one.text,
                Verdict.OK,
                f"分项之和{plainly(made / one.unit.size)}，与合计相符。",
            )
        ]
    if not gap or (gap < 0 and not complete):
        return []
    if len(parts) < 2 and gap < 0:
        return []
    if abs(gap) <= step * len(parts) / 2 and step.denominator > 1 and not facts:
        return []
    why = f"分项之和{plainly(made / total.quantity.unit.size)}与合计{plainly(whole / total.quantity.unit.size)}差{shown}：重复统计或写错，须核对，不替对方改数。"
    one = total.quantity
    return [Judged(one.start, one.end, one.text, Verdict.WRONG, why, f"差额{shown}")]


def _shares_of_less(text: str, parts: Sequence[Claim]) -> bool:
    """Do parts that are told with their shares make less than the whole: 占28.0%、占18.1%、占15.8%?"""
    behind = [
        re.match(r"[、，,(（]*(?:占比?|份额)为?(\d+(?:\.\d+)?)%", text[c.quantity.right :]) for c in parts
    ]
    told = [Fraction(found.group(1)) for found in behind if found]
    return len(told) == len(parts) and sum(told) < 100 - len(told)


def _facts_complete(facts: Facts, parts: int) -> bool:
    """Do the facts hold a sum and exactly as many parts as the sentence?"""
    totals = [r for r in facts.readings if re.search("合计|总数|总量|总计", r.name)]
    return len(totals) == 1 and len(facts.readings) - 1 == parts


def hundred(claims: Sequence[Claim], text: str) -> list[Judged]:
    """Judge whether shares of one whole make a hundred, within the rounding of each."""
    shares = [c for c in claims if c.role is Role.SHARE and c.quantity.kind is Kind.PERCENT]
    shares = [c for c in shares if not TOGETHER.search(c.local)]
    if len(shares) < 2:
        return []
    total = sum((c.quantity.value for c in shares), Fraction(0))
    slack = sum((c.quantity.step for c in shares), Fraction(0)) / 2
    over = total > 1 + slack
    if not over and not (_REST.search(text) and total < 1 - slack):
        return []
    one = shares[-1].quantity
    why = f"各项占比合计{percent(total, 1)}%，不是100%，超出取位误差。"
    return [Judged(one.start, one.end, one.text, Verdict.WRONG, why)]


# --- places ---


def place(cue: Cue, facts: Facts) -> Judged:
    """Judge 位居全市第二 by the whole table: ties and small samples stay open."""
    told = [r.value for r in facts.readings if r.name.endswith(("排名", "位次", "名次"))]
    if told and not facts.rankings:
        good = cue.place in told
        return _said(
            cue, Verdict.OK if good else Verdict.WRONG, f"依据的位次是{'、'.join(plainly(v) for v in told)}。"
        )
    if not facts.rankings:
        return _said(cue, Verdict.AMBIGUOUS, "依据里没有排名表，无法核实。")
    table = max(facts.rankings, key=lambda one: likeness(one.name, cue.sentence))
    if _other_measure(table.name, cue.sentence):
        return _said(cue, Verdict.AMBIGUOUS, f"依据是“{table.name}”，与文中所说不是同一口径。")
    own = next((value for name, value in table.table if name == table.own), None)
    if own is None:
        return _said(cue, Verdict.AMBIGUOUS, "排名表里没有本单位，无法核实。")
    if any(size < FEW for size in table.sizes.values()):
        return _said(cue, Verdict.AMBIGUOUS, "排名表里有单位样本过少，不宜排名。")
    return _ranked(cue, table, own)


def _other_measure(name: str, sentence: str) -> bool:
    speed, amount = ("增速", "增幅"), ("总量", "总数", "规模")
    return (any(w in name for w in amount) and any(w in sentence for w in speed)) or (
        any(w in name for w in speed)
        and not any(w in sentence for w in speed)
        and any(w in sentence for w in amount)
    )


def _ranked(cue: Cue, table: Ranking, own: Fraction) -> Judged:
    low = (
        bool(_LOW_IS_GOOD.search(table.name))
        and not _SPEED.search(table.name)
        and cue.kind not in ("highest", "lowest")
    )
    if cue.kind == "lowest":
        low = True
    values = [value for _, value in table.table]
    better = sum(value < own if low else value > own for value in values)
    ties = sum(value == own for value in values) - 1
    rank = better + 1
    if cue.sign < 0:
        rank = sum(value > own if low else value < own for value in values) + 1
    why = f"在{len(values)}个单位中为第{rank}" + (f"，与另外{ties}个并列" if ties else "") + "。"
    if cue.kind == "among":
        return _said(cue, Verdict.OK if rank <= cue.place else Verdict.WRONG, why)
    if rank != cue.place and not (ties and rank < cue.place <= rank + ties):
        found = _said(cue, Verdict.WRONG, why)
        found.expected = f"第{rank}"
        if cue.kind == "place" and cue.sign > 0 and rank <= 10:
            found.replacement = _with_rank(cue.word, rank)
        return found
    if ties and "并列" not in cue.sentence:
        return _said(cue, Verdict.AMBIGUOUS, why + "应写“并列”。")
    return _said(cue, Verdict.OK, why)


def _with_rank(word: str, rank: int) -> str:
    return re.sub(r"第[一二三四五六七八九十\d]+|首位|榜首|头名", f"第{'零一二三四五六七八九十'[rank]}", word)


def _said(cue: Cue, verdict: Verdict, why: str) -> Judged:
    return Judged(cue.start, cue.end, cue.word, verdict, why)


def exceeded(cue: Cue, facts: Facts) -> Judged:
    """Judge 超额完成: what was reached against what was meant to be."""
    targets = [r for r in facts.readings if r.is_target]
    reached = [
        r for r in facts.readings if not r.is_target and targets and comparable(r.unit, targets[-1].unit)
    ]
    if not targets or not reached:
        return _said(
            cue, Verdict.AMBIGUOUS if facts else Verdict.UNCHECKED, "依据里没有目标数和完成数，无法核实。"
        )
    done, aim = reached[-1].value, targets[-1].value
    why = f"完成{plainly(done / targets[-1].unit.size)}，目标{plainly(aim / targets[-1].unit.size)}。"
    return _said(cue, Verdict.OK if done > aim else Verdict.WRONG, why)


# --- turns and moves without a number ---


def turn(cue: Cue, base: Base) -> Judged:
    """Judge 翻番, 由负转正, 扭亏为盈, 持平, 同比提升."""
    if base.before is None or base.after is None:
        return _said(cue, Verdict.AMBIGUOUS, base.missing)
    before, after = base.before.value, base.after.value
    shown = (
        f"由{percent(before, 1)}%到{percent(after, 1)}%"
        if base.rate
        else f"由{plainly(before)}到{plainly(after)}"
    )
    if cue.kind == "turn":
        turned = before < 0 < after if cue.sign > 0 else before > 0 > after
        return _said(
            cue,
            Verdict.OK if turned else Verdict.WRONG,
            f"{shown}，{'符号改变' if turned else _not_turned(before, after)}。",
        )
    if cue.kind == "positive":
        good = after > 0 if base.rate else after > before
        return _said(cue, Verdict.OK if good else Verdict.WRONG, f"{shown}，{'' if good else '并非'}正增长。")
    if cue.kind == "double":
        wanted = Fraction(2) ** _times_running(cue)
        good = before > 0 and doubled(after / before, wanted)
        return _said(cue, Verdict.OK if good else Verdict.WRONG, f"{shown}，翻番应为原来的{wanted}倍。")
    if cue.kind == "half":
        good = before > 0 and abs(after / before - Fraction(1, 2)) <= Fraction(1, 50)
        return _said(cue, Verdict.OK if good else Verdict.WRONG, f"{shown}，减半应为原来的一半。")
    if cue.kind == "flat":
        return _flat(cue, before, after, shown)
    right = (after - before) * cue.sign > 0
    if right and base.doubt:
        return _said(cue, Verdict.AMBIGUOUS, f"{shown}，方向属实，但{base.doubt}。")
    return _said(cue, Verdict.OK if right else Verdict.WRONG, f"{shown}，方向{'属实' if right else '不符'}。")


def _times_running(cue: Cue) -> int:
    """How often 翻番 is said to have happened: 连续两年翻番 is twice."""
    found = re.search(r"连续([两二三四五\d])年$", cue.local)
    return int(chinese(found.group(1)) or 1) if found else 1


def _flat(cue: Cue, before: Fraction, after: Fraction, shown: str) -> Judged:
    near = before and abs(after - before) <= abs(before) / 200
    good = after == before or near
    found = _said(
        cue, Verdict.OK if good else Verdict.WRONG, f"{shown}，{'基本持平' if good else '并非持平'}。"
    )
    if not good and before > 0:
        grown = (after - before) / before
        found.expected = f"{cue.relation}{'增长' if grown > 0 else '下降'}{percent(abs(grown), 1)}%"
    return found


def _not_turned(before: Fraction, after: Fraction) -> str:
    if before < 0 and after <= 0:
        word = "降幅收窄" if after > before else "降幅扩大"
        return f"现值仍不为正，只是{word}{percent(abs(after - before), 1)}个百分点"
    return "前值并非相应的符号"
