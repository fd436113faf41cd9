"""Personal data in free text (个人信息脱敏): found as spans, shown masked. The original is never changed here.

Finding errs on the side of masking: a number that looks like an identity number is masked even when its
check digit is wrong, because people mistype. Public numbers (12345, 110, 400-…) are left readable.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from sanfu.kernel.flow import Labelled


class Personal(Labelled):
    MOBILE = "mobile", "手机号"
    LANDLINE = "landline", "固定电话"
    IDENTITY = "identity", "身份证号"
    CARD = "card", "银行卡号"
    PLATE = "plate", "车牌号"
    EMAIL = "email", "电子邮箱"
    NAME = "name", "姓名"


@dataclass(frozen=True, slots=True)
class PersonalSpan:
    """Characters [start, end) of a text that are personal."""

    kind: Personal
    start: int
    end: int
    text: str

    @property
    def masked(self) -> str:
        return _MASKS[self.kind](self.text)


_D = "[0-9０-９]"
_NOT_BEFORE, _NOT_AFTER = "(?<![0-9０-９A-Za-z])", "(?![0-9０-９A-Za-z])"
_GAP = r"[\s\-—－ ]?"
_PLATE_HEAD = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤川青藏琼宁"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟"
    "姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖"
    "文施洪葛樊伍庞兰殷齐俞章鲁倪焦柳邢翟岳梅季柴路辛左祝窦"
)
_DOUBLE = "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯"
_HAN = "[\u4e00-\u9fff]"
_STOP = "的是在和与了说打住家有把被给让请为从到去来电手身地诉反求投举这那您你我他她它"
_GIVEN = f"(?:(?![{_STOP}]){_HAN}){{1,2}}"
_CALLS = "电话|座机|固话|号码|致电|拨打|回电"  # what stands before a local number without its area code
_CUES = "姓名|联系人|当事人|申请人|投诉人|来电人|诉求人|经办人|业主|户主|本人|我叫|我是|名叫|叫做"
_TITLES = "先生|女士|小姐|同志|师傅|阿姨|大爷|大妈|老师|老板|经理|医生"

_PATTERNS: tuple[tuple[Personal, re.Pattern[str]], ...] = (
    (Personal.EMAIL, re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")),
    (Personal.IDENTITY, re.compile(f"{_NOT_BEFORE}[1-8]{_D}{{5}}{_GAP}(?:18|19|20){_D}{{2}}{_D}{{4}}{_GAP}{_D}{{3}}[0-9０-９XxＸｘ]{_NOT_AFTER}")),
    (Personal.IDENTITY, re.compile(f"{_NOT_BEFORE}[1-8]{_D}{{5}}{_D}{{2}}(?:0[1-9]|1[0-2])(?:[0-2]{_D}|3[01]){_D}{{3}}{_NOT_AFTER}")),
    (Personal.CARD, re.compile(f"{_NOT_BEFORE}(?:{_D}{{4}}{_GAP}){{3,4}}{_D}{{1,4}}{_NOT_AFTER}")),
    (Personal.MOBILE, re.compile(f"{_NOT_BEFORE}(?:[+＋]?86{_GAP})?[1１][3-9３-９]{_D}{_GAP}{_D}{{4}}{_GAP}{_D}{{4}}{_NOT_AFTER}")),
    (Personal.LANDLINE, re.compile(f"{_NOT_BEFORE}[(（]?[0０][1-9１-９]{_D}{{1,2}}[)）]?{_GAP}[2-8２-８]{_D}{{6,7}}{_NOT_AFTER}")),
    (Personal.LANDLINE, re.compile(f"(?<={_CALLS})[：: 是为]{{0,2}}(?P<it>[2-8２-８]{_D}{{2,3}}{_GAP}{_D}{{4}}){_NOT_AFTER}")),
    (Personal.LANDLINE, re.compile(f"(?<=短号)[：: 是为]{{0,2}}(?P<it>{_D}{{3,6}}){_NOT_AFTER}")),
    (Personal.PLATE, re.compile(f"[{_PLATE_HEAD}][A-HJ-NP-Z][·•. ]?[A-HJ-NP-Z0-9]{{4,5}}[A-HJ-NP-Z0-9挂学警港澳]{_NOT_AFTER}")),
    (Personal.NAME, re.compile(f"(?:{_CUES})[：:是叫 ]{{0,2}}(?P<it>(?:{_DOUBLE}|[{_SURNAMES}]){_GIVEN})(?![\u4e00-\u9fff]{{0,1}}(?:局|镇|村|路|街|园|公司|小区))")),
    (Personal.NAME, re.compile(f"(?P<it>(?:{_DOUBLE}|[{_SURNAMES}])(?:(?![{_STOP}]){_HAN}){{1,2}}?)(?={_TITLES})")),
)  # fmt: skip


def find_personal(text: str, kinds: Collection[Personal] = tuple(Personal)) -> list[PersonalSpan]:
    """Spans of personal data in order; where two patterns meet, the earlier in the table wins."""
    taken: list[PersonalSpan] = []
    for span in _candidates(text, kinds):
        if all(span.end <= one.start or span.start >= one.end for one in taken):
            taken.append(span)
    return sorted(taken, key=lambda one: one.start)


def mask(text: str, kinds: Collection[Personal] = tuple(Personal)) -> str:
    """The text with every personal span masked; nothing else changes."""
    parts, at = [], 0
    for span in find_personal(text, kinds):
        parts += [text[at : span.start], span.masked]
        at = span.end
    return "".join([*parts, text[at:]])


def _candidates(text: str, kinds: Collection[Personal]) -> Iterator[PersonalSpan]:
    for kind, pattern in _PATTERNS:
        if kind not in kinds:
            continue
        for match in pattern.finditer(text):
            group = "it" if "it" in pattern.groupindex else 0
            found = match.group(group)
            if kind is not Personal.CARD or _luhn(found):
                yield PersonalSpan(kind, match.start(group), match.end(group), found)


def _luhn(text: str) -> bool:
    digits = [int(letter) for letter in text if letter.isdigit()]
    if len(digits) not in range(16, 20):
        return False
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _keep(head: int, tail: int) -> Callable[[str], str]:
    def masked(text: str) -> str:
        return text[:head] + "*" * max(len(text) - head - tail, 1) + (text[-tail:] if tail else "")

    return masked


def _landline(text: str) -> str:
    """The area code and the last two digits; of a short number only its first, of which little would be hidden else."""
    return _keep(4, 2)(text) if len(text) > 9 else _keep(1, 0)(text)


def _email(text: str) -> str:
    name, _, host = text.partition("@")
    return f"{name[:1]}***@{host}"


_MASKS = {
    Personal.MOBILE: _keep(3, 4),
    Personal.LANDLINE: _landline,
    Personal.IDENTITY: _keep(3, 2),
    Personal.CARD: _keep(4, 4),
    Personal.PLATE: _keep(2, 1),
    Personal.EMAIL: _email,
    Personal.NAME: _keep(1, 0),
}
