"""What each number of a sentence claims (断言): a level, a change, a multiple, a share, a completion, a place in a table.

The grammar is a list of words before and behind a number; a number that no rule takes is a level.
"""

import re
from dataclasses import replace
from itertools import pairwise

from sanfu.kernel.claims import vocabulary
from sanfu.kernel.claims.numbers import Kind, Quantity, chinese, quantities
from sanfu.kernel.claims.roles import Claim, Cue, Role, Sentence
from sanfu.kernel.claims.vocabulary import DOWN, RELATION, SHORT_DOWN, SHORT_UP, UP

_VERBS = "|".join([*UP, *DOWN])
_CHANGE = re.compile(
    rf"(?P<verb>{_VERBS})(?:了|幅度|幅|率|比例|比率|额|量|时间|时限|近期|又|约|整整|足足)*(?:为|达到|达|高达|了|共计)?$"
)
_SHORT = re.compile(
    rf"(?:(?:{RELATION})[^，,。；;]{{0,4}}|(?:比|较)(?P<other>[^，,。；;\d]{{1,10}}))(?P<verb>{'|'.join((*SHORT_UP, *SHORT_DOWN))})(?:出|了)?$"
)
_MORE_DONE = re.compile(rf"(?:{RELATION})[^，,。；;\d]{{0,4}}?(?P<verb>多|少)[\u4e00-\u9fff]{{1,3}}$")
_LESS_TO_DO = re.compile(r"(?P<verb>少|多)(?:交|跑|填|报|缴|走|等|花|提交|准备)了?$")
_OF_A_TABLE = re.compile(r"(?:同比|环比)[ :：]*\+?$")  # 同比 -4.0% 环比 +8.0%
_BESIDE_A_VALUE = re.compile("(?:比|较|与)[^，,。；;]{1,10}的$")  # 比上年的90.0%提高: a value, no change
_STEPS = re.compile("逐年|依次|先(?=翻[^。；;]{1,8}再翻)")
_GREW = re.compile(
    r"(?:年均|平均每年|年平均)[^，,。；;\d]{0,6}(?:增长|增速|递增|下降|提高)?[^，,。；;\d]{0,3}$"
)
_TO = r"到|至|为|成|→|->|达|转为|盈利|变为"
_FROM = re.compile(r"(?:由|从|自)(?P<gap>[^，,。；;、]{0,18})$")
_BETWEEN = re.compile(rf"^[^，,。；;\d]{{0,14}}(?:{_TO})[^，,。；;\d]{{0,4}}$")
_BETWEEN_YEARS = re.compile(
    rf"^[^，,。；;]{{0,18}}(?:{_TO})(?:(?:19|20)\d{{2}}年|\d{{1,2}}月份?|上半年|下半年|前[三两二]季度|[一二三四]季度|今年|目前|现在|上年|本月|的|了)*$|^\s*(?:→|->)\s*$"
)
_RATIO = re.compile(
    r"(?:是|为|达到|达|到|至|相当于|等于|仅为|约为|只有)(?:了)?(?P<of>[^，,。；;、\d]{0,10}(?:(?:19|20)\d{2}年)?[^，,。；;、\d]{0,6})的$"
)
_SHARE = re.compile(
    r"(?:占比|比重|占到|占|份额)(?:[^，,。；;、\d]{0,14}|[^，,。；;、\d]{1,14}\d[\d.]*[^，,。；;、\d]{1,4}的)$"
)
_LISTED = re.compile(
    r"[、，,和及](?![^，,]*(?:率|度|增速|[增降跌]幅|提|占|同比|环比|是|为|年|达|超))[^，,。；;、\d]{1,12}$"
)
_IN_BRACKETS = re.compile(
    r"(?:(?:比|较|与)[^，,。；;()]{1,12}\(|\((?:(?:19|20)\d{2}年|上年|去年)(?:同期|同月)?(?:为|是)?)$"
)
_COMPLETE = re.compile(
    r"(?:完成|达到|达|实现|占|为|是|相当于)(?P<what>[^，,。；;\d]{0,10}(?:目标|任务|计划|预算(?!支出|收入|内|外)|指标数)"
    r"(?:[^，,。；;\d]{0,3}\d[\d.]*[^，,。；;\d]{1,4}的)?[^，,。；;\d]{0,5})$"
)
_AVERAGE = re.compile(r"(?:平均每?|户均|人均|亩均|件均|每家|每户|每镇|每件|均)[^，,。；;\d]{0,5}$")
_ABOVE = re.compile(
    r"(?P<verb>高于|低于|快于|慢于|多于|少于|优于|高出|超出|超过?(?=序时|时序|进度)|落后于?|滞后于?)(?P<other>[^，,。；;\d]{2,12}?)(?:的|约)?$"
)
_AHEAD = ("高于", "快于", "多于", "优于", "高出", "超出", "超过", "超")
_EACH_ONE = re.compile(r"(?:户均|人均|亩均|件均|镇均|村均|平均每[^，,。；;\d]{1,4})[^，,。；;\d]{0,4}$")


def sentences(text: str) -> list[Sentence]:
    """Read a plain text; sentences end with 。；！？ or a new line. A pair told before a semicolon stays behind it."""
    found: list[Sentence] = []
    for match in re.finditer(r"[^。；;！!？?\n]+[。；;！!？?\n]?", text):
        if match.group().strip():
            claims = _claims(match.group())
            lead = found[-1].text if found and found[-1].text.endswith(("；", ";")) else ""
            for claim in claims:
                claim.lead = lead
            found.append(
                Sentence(match.group(), match.start(), tuple(claims), tuple(_cues(match.group(), claims)))
            )
    return found


def _claims(text: str) -> list[Claim]:
    found: list[Claim] = []
    every = quantities(text)
    skip: Quantity | None = None
    for place, one in enumerate(every):
        if one is skip:
            continue
        before = text[: one.left]
        previous = every[place - 1].right if place else 0
        local = text[previous : one.left]
        claim = Claim(one, Role.LEVEL, local, before, behind=text[one.right : one.right + 16], when=local)
        after = every[place + 1] if place + 1 < len(every) else None
        if after is not None and _opens_pair(text, before, one, after):
            pair = (one, after)
            found.append(
                Claim(one, Role.BEFORE, local, before, pair=pair, when=re.split("[由从自]", local)[-1])
            )
            found.append(
                Claim(after, Role.AFTER, local, before, pair=pair, when=text[one.right : after.left])
            )
            skip = after
            continue
        _role(claim, before, text[one.right :])
        if after is not None and claim.role is Role.LEVEL and _opens_range(text, one, after):
            for end in (one, after):
                found.append(replace(claim, quantity=end, role=Role.RANGE, pair=(one, after)))
            skip = after
            continue
        claim.pair = _pair_before(found)
        if claim.role is Role.LEVEL and claim.pair and _left_of_it(claim):
            claim.role, claim.of = Role.RATIO, "原来"
        found.append(claim)
    _share_of_the_same(found)
    _beside_in_brackets(text, found)
    _spread(text, found)
    _on_a_basis(text, found)
    _step_by_step(text, found)
    return found


def _step_by_step(text: str, claims: list[Claim]) -> None:
    """Number the changes of 逐年分别提高5.5、7.3个百分点, of 先翻两番、再翻一番."""
    begin = _STEPS.search(text)
    steps = [c for c in claims if begin and c.quantity.start > begin.start()]
    if len(steps) < 2 or steps[0].role is not Role.CHANGE:
        return
    if any(c.quantity.kind is not steps[0].quantity.kind or c.relation for c in steps):
        return
    for place, claim in enumerate(steps):
        claim.role, claim.sign, claim.verb = Role.CHANGE, steps[0].sign, steps[0].verb
        claim.leg, claim.pair = (place, len(steps)), None


def _share_of_the_same(claims: list[Claim]) -> None:
    """Read 甲类占28.0%、乙类18.1%: what follows a share in a list is a share of the same whole."""
    for one, after in pairwise(claims):
        alike = one.role is Role.SHARE and one.quantity.kind is after.quantity.kind is Kind.PERCENT
        if alike and after.role is Role.LEVEL and _LISTED.fullmatch(after.local):
            after.role = Role.SHARE


def _beside_in_brackets(text: str, claims: list[Claim]) -> None:
    """Give 83.5%，较上年同期（80.6%）提高 the two values that it tells, the one before in brackets."""
    for now, then, claim in zip(claims, claims[1:], claims[2:], strict=False):
        said, base = now.quantity, then.quantity
        told = _IN_BRACKETS.search(text[: base.left])
        behind = re.fullmatch(
            r"\)[，,]?(?:同比|环比)?[^，,。；;\d]{0,6}", text[base.right : claim.quantity.left]
        )
        if claim.role is Role.CHANGE and not claim.pair and told and behind and said.kind is base.kind:
            fell = now.role is Role.CHANGE and now.sign < 0 < said.value
            claim.pair = (base, replace(said, value=-said.value) if fell else said)


_ON_IT = re.compile("的?基础上")
_THEN_AT = re.compile(
    "[，,]?(?:将|要|力争)?(?:达到?|增至|升至|降至|(?:增加|增长|提高|提升|扩大|减少|下降|压缩)[到至])"
)


def _on_a_basis(text: str, claims: list[Claim]) -> None:
    """Give 在22亿元的基础上翻一番，达到44亿元 both its ends, told before it and behind it."""
    for base, claim, end in zip(claims, claims[1:], claims[2:], strict=False):
        if claim.role is not Role.CHANGE or claim.pair or base.quantity.kind is not end.quantity.kind:
            continue
        between, behind = (
            text[base.quantity.right : claim.quantity.left],
            text[claim.quantity.right : end.quantity.left],
        )
        if _ON_IT.match(between) and _THEN_AT.fullmatch(behind):
            claim.pair = (base.quantity, end.quantity)


def _left_of_it(claim: Claim) -> bool:
    """由20天压到6天，压缩至70%: what is left, as a share of a number that is no share itself."""
    shares = (Kind.PERCENT, Kind.FRACTION)
    told = claim.pair is not None and claim.pair[0].kind is Kind.PLAIN and claim.quantity.kind in shares
    return told and bool(re.search(rf"(?:{'|'.join(DOWN)})[至到]$", claim.sentence))


_EACH = re.compile(r"(?P<names>[^，,。；;]{2,}?)(?:[，,][^，,。；;\d]{0,4})?分别")
_SO_MANY = re.compile(
    r"(?:等)?[一二两三四五六七八九十\d]*(?:个|大|类|项)?(?:方面|领域|类别|类|大类|部分|渠道)?$"
)


def _spread(text: str, claims: list[Claim]) -> None:
    """Give each number of 甲、乙、丙分别压减1、2、3 its own name and the role of the first."""
    told: list[str] = []
    for match in _EACH.finditer(text):
        listing = _SO_MANY.sub("", match.group("names"))
        names = [one for one in re.split(r"[、和及]", listing) if one]
        told = names = (
            names if len(names) > 1 and "%" not in listing else told
        )  # …分别为1、2，较去年分别提高3、4: the same names
        stop = min(
            (p for p in (text.find(sign, match.end()) for sign in "。；;") if p >= 0), default=len(text)
        )
        listed = [c for c in claims if match.end() <= c.quantity.start < stop]
        alike = [c for c in listed if c.quantity.kind is listed[0].quantity.kind and c.pair is listed[0].pair]
        if len(names) < 2 or len(alike) != len(names):
            continue
        for name, claim in zip(names, alike, strict=True):
            claim.role, claim.sign, claim.verb = alike[0].role, alike[0].sign, alike[0].verb
            claim.relation, claim.local, claim.when = alike[0].relation, name, name


def _opens_pair(text: str, before: str, one: Quantity, after: Quantity) -> bool:
    between = text[one.right : after.left]
    if one.kind is not after.kind or after.kind in (Kind.TIMES, Kind.DOUBLINGS, Kind.POINTS):
        return False
    if re.match(r"^\s*(→|->)\s*$", between):
        return True
    if not _FROM.search(before):
        return False
    return bool(_BETWEEN.match(between) or _BETWEEN_YEARS.match(between))


def _opens_range(text: str, one: Quantity, after: Quantity) -> bool:
    """3至5天, 2%—3%: a lower and an upper end, told with one unit or with the same."""
    joined = re.fullmatch(r"\s*(?:-|—{1,2}|~|至|到)\s*", text[one.right : after.left])
    unit = one.unit.name in ("", after.unit.name)
    alike = one.kind is after.kind or (one.kind is Kind.PLAIN and not one.unit.name)
    return (
        bool(joined)
        and unit
        and alike
        and one.value < after.value * (100 if one.kind is not after.kind else 1)
    )


def _pair_before(found: list[Claim]) -> "tuple[Quantity, Quantity] | None":
    return next((one.pair for one in reversed(found) if one.role is Role.AFTER), None)


def _role(claim: Claim, before: str, behind: str) -> None:
    """Set the role by the words before the number."""
    one = claim.quantity
    clause = re.split(r"[，,]", before)[-1].rstrip(" ")
    relations = re.findall(RELATION, clause) or re.findall(RELATION, before)
    claim.relation = relations[-1] if relations else ""
    ratio_like = one.kind in (Kind.PERCENT, Kind.TIMES, Kind.FRACTION)
    if one.kind is Kind.PERCENT and _OF_A_TABLE.search(clause):
        claim.role, claim.sign = Role.CHANGE, 1
        return
    if ratio_like and (found := _COMPLETE.search(clause)):
        claim.role, claim.of = Role.COMPLETE, found.group("what")
        claim.excess = "超额" in clause and "为" not in clause[-3:]
        return
    if one.kind in (Kind.PERCENT, Kind.FRACTION) and _SHARE.search(clause) and not _CHANGE.search(clause):
        claim.role = Role.SHARE
        return
    if ratio_like and (found := _RATIO.search(clause)):
        claim.role, claim.of = Role.RATIO, found.group("of")
        return
    if _GREW.search(clause) and one.kind in (Kind.PERCENT, Kind.FRACTION):
        claim.role, claim.sign = Role.GROWTH, -1 if "下降" in clause else 1
        return
    if found := _ABOVE.search(clause):
        claim.role, claim.of, claim.verb = Role.CHANGE, found.group("other"), found.group("verb")
        claim.sign = 1 if found.group("verb") in _AHEAD else -1
        if re.match("上年|去年|上月|上季|年初", claim.of):
            claim.relation = ""  # 高于去年同期: its own words name the base, not those of a clause before
        return
    if one.kind is Kind.PLAIN and _EACH_ONE.search(clause):
        claim.role = Role.AVERAGE
        return
    if found := (
        _CHANGE.search(clause)
        or _SHORT.search(clause)
        or _MORE_DONE.search(clause)
        or _LESS_TO_DO.search(clause)
    ):
        verb = found.group("verb")
        claim.role, claim.verb = Role.CHANGE, verb
        claim.sign = 1 if verb in UP or verb in SHORT_UP else -1
        named = re.search(
            r"(?:比|较)(?!上|去|前|年初|以往|此前|改革|实施|(?:19|20)\d)(?P<other>[^，,。；;\d]{1,10}?)(?:"
            + _VERBS
            + r"|[增升涨多高降减少低])",
            clause,
        )
        claim.of = named.group("other") if named else ""
        return
    if one.kind is Kind.DOUBLINGS:
        claim.role, claim.sign, claim.verb = Role.CHANGE, 1, "翻"
        return
    if one.kind is Kind.POINTS or (one.kind is Kind.TIMES and re.match(r"^(?:增长|的增长|增幅)", behind)):
        claim.role, claim.sign = Role.CHANGE, -1 if re.search("降|减|收窄|回落|少|低", clause) else 1
        claim.verb = "收窄" if "收窄" in clause else ""
        return
    if (
        re.match(r"^的?(?:同比)?(?:增长|增幅|提升|提高|上升|增速)", behind)
        and ratio_like
        and not is_level(clause)
        and not _BESIDE_A_VALUE.search(clause)
    ):
        claim.role, claim.sign = Role.CHANGE, 1
        return
    if (
        _AVERAGE.search(clause)
        and one.kind is Kind.PLAIN
        and not re.search(r"率|用时|时间|时长|时限|耗时", clause)
    ):
        claim.role = Role.AVERAGE


def is_level(clause: str) -> bool:
    """Does a clause name a rate that its number is the level of: 增速为8%?"""
    return bool(re.search(r"(?:增速|增幅|率)(?:为|达)?$", clause))


# --- claims without a number ---

_PLACE = re.compile(
    r"(?:升至|升到|跃居|前移至|降至|位居|位列|排名|排在|排|居|列|名列|位次|位于|稳居|保持)?[^，,。；;\d]{0,8}?(?P<back>倒数)?(?:第(?P<n>[一二两三四五六七八九十\d]+)(?:位|名)?(?!季度|批|次|期|产业|条|个|届|轮|方阵|梯队|线|时间|责任|书记|要务|资源|步|类|档)|前(?P<top>[一二两三四五六七八九十\d]+)(?:位|名|强)?(?!季度|年|期|个月|\d)|(?P<first>首位|榜首|头名|领跑|居首|夺魁|拔得头筹)|(?P<last>末位|垫底)|(?P<hi>全(?![年程天月日])[\u4e00-\u9fff]{1,4}?(?:里|中)?(?:最高|最多|最快|最好|最优|最大))|(?P<lo>全(?![年程天月日])[\u4e00-\u9fff]{1,4}?(?:里|中)?(?:最低|最少|最短|最小)))"
)
_ORDER = re.compile(
    r"升至|升到|跃居|前移|降至|位居|位列|排名|排在|排|居|列|名列|位次|位于|稳居|首位|榜首|领跑|居首|夺魁|拔得头筹|末位|垫底|最高|最低|最多|最少|最快|最短|第.*名|保持"
)
_SET_AGAINST = re.compile("(?:[比较距与]|高于|低于|落后于?)$")  # 较第一名低0.8分 is no place of one's own
_WORDLESS = re.compile(
    rf"(?P<rel>{RELATION})?(?P<how>继续|明显|大幅度?|显著|持续|稳步|进一步|大为|有所|不断|普遍|均有?|实现|稳中有|逐步|较大幅度)*(?P<verb>{_VERBS})(?![\d了为达到至近超约]*\d)(?=(?:不少|许多|很多)?(?:[，,。；;！!]|$)|且|并|明显|显著)"
)


def _cues(text: str, claims: list[Claim]) -> list[Cue]:
    found: list[Cue] = []

    def add(match: re.Match[str], kind: str, sign: int = 0, place: int = 0) -> None:
        before = text[: match.start()]
        clause = re.split(r"[，,]", before)[-1]
        relations = re.findall(RELATION, text[: match.end()])
        pair = next(
            (c.pair for c in reversed(claims) if c.role is Role.AFTER and c.quantity.start < match.start()),
            _pair_before(claims) if kind == "double" else None,
        )
        found.append(
            Cue(match.start(), match.end(), kind, match.group(), text, clause, relations[-1] if relations else "",
                sign, place, pair)
        )  # fmt: skip

    for match in vocabulary.FLAT.finditer(text):
        add(match, "flat")
    for match in vocabulary.TURN.finditer(text):
        add(match, "turn", -1 if match.group().endswith(("转负", "转亏", "转降", "转跌")) else 1)
    for match in vocabulary.POSITIVE.finditer(text):
        add(match, "positive", 1)
    for match in vocabulary.DOUBLE.finditer(text):
        if not any(c.quantity.kind is Kind.DOUBLINGS for c in claims):
            add(match, "double", 1)
    for match in vocabulary.HALF.finditer(text):
        add(match, "half", -1)
    for match in vocabulary.EXCEEDED.finditer(text):
        add(match, "exceeded", 1)
    for match in _PLACE.finditer(text):
        place = match.group("n") and text[: match.start("n") - 1]
        if _ORDER.search(match.group()) and not (place and _SET_AGAINST.search(place)):
            add(match, *_placed(match))
    numbered = [c for c in claims if c.role in (Role.CHANGE, Role.GROWTH, Role.RATIO)]
    for match in _WORDLESS.finditer(text):
        behind = text[match.end() :]
        if re.match(r"^\s*[-\d]", behind) or any(abs(c.quantity.left - match.end()) <= 4 for c in numbered):
            continue
        if match.group("rel") or match.group("how") or not claims:
            add(match, "moved", 1 if match.group("verb") in UP else -1)
    return found


def _placed(match: re.Match[str]) -> tuple[str, int, int]:
    """Kind of a place, sign (1 from the top, -1 from the bottom), number."""
    groups = match.groupdict()
    if groups["n"]:
        return "place", -1 if groups["back"] else 1, int(chinese(groups["n"]) or 0)
    if groups["top"]:
        return "among", 1, int(chinese(groups["top"]) or 0)
    if groups["hi"]:
        return "highest", 1, 1
    if groups["lo"]:
        return "lowest", 1, 1
    return "place", -1 if groups["last"] else 1, 1
