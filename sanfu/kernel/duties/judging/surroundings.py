"""What stands around demands (非要求): whom a paper is sent to, aims, attendance, greetings, what the sender does itself."""

import re

from sanfu.kernel.duties.judging.lexicon import Lexicon

CLOSING = re.compile(
    r"^[（(]?(?:附件|联系人|联系电话|联系方式|抄送|抄报|分送|发送|主送|印发范围|特此|此页无正文|此件|参会|参加(?:人员|单位)|出席"
    r"|列席|缺席|请假|主持|记录|整理|签发|(?:时间|地点|报|送|发)[：:]|(?:\d{4}|二〇.{2})年\d{1,2}月\d{1,2}日\s*$)"
)
SIGNED = re.compile(
    r"^[^，。；：]{2,24}(?:局|委员会|委|办公室|办|部|政府|大队|中心|指挥部|领导小组)\s*(?:(?:\d{4}|二〇.{2})年\d{1,2}月\d{1,2}日)?$"
)
PRINTED = re.compile(r"\d日印发$")
SENT_TO = re.compile(
    r"^(?:各|市|县|区|局)[^。；]{0,90}(?:政府|办事处|街道|单位|部门|委员会|局|委|办|站|所|中心|公司|院|校)[：:]$"
)
GREETING = re.compile(
    r"^(?:感谢|谢谢|衷心感谢|各位.{0,12}(?:好|同志)|大家(?:晚上|早上|下午|上午)?好|你们?好|您好|辛苦|致以|祝|收到的?请?(?:回复|回个))"
)
FAREWELL = re.compile(
    r"^(?:专此|特此|此致|此复|妥否)|为(?:盼|荷|感)[。！]?$"
    r"|^(?:以上|上述|请各[^，。]{0,12}|请)?[^，。]{0,8}(?:认真|遵照|结合实际)[^，。]{0,6}(?:贯彻|落实|执行)[^，。]{0,4}[。！]?$"
)
OPENING = re.compile(
    r"^现(?:就|将|对)[^。]{2,40}如下"
    r"|(?:如下|以下(?:通知|事项|要求|工作)?|几件事.{0,8}|几点.{0,8}|提醒一下|通知一下|说一下)[：:]$"
)
KEPT_HERE = re.compile(
    r"^(?:此项|本项)[^。]{0,60}(?:(?:直接|自行)办理|不另行|不再)"
)  # said to stay with the department
MEETING = re.compile(
    r"^会议(?:由|听取|认为|指出|审议|传达|学习|通报|充分肯定|还研究)|(?:参加|出席|列席)(?:了)?(?:本次)?(?:会议|座谈|活动)。?$"
)
EXHORTED = re.compile(r"^(?:会议)(?:强调|要求|号召|指出|提出)")
IN_FORCE = re.compile(
    r"^本(?:方案|办法|细则|意见|通知|规定|预案)(?:自|由)|(?:负责解释|起(?:施行|实施|执行))。?$"
)
SENDER = r"(?:我局|我委|我办|我部|我站|我大队|我中心|我院|我公司|市级|市局|局机关|市(?:委|政府)|市[\u4e00-\u9fff]{1,8}(?:局|委|办|部|大队|中心|指挥部))"
OWN_ACT = re.compile(
    rf"^(?:由)?{SENDER}(?:(?:、|会同|和|及){SENDER})*(?:将|拟|会(?!同)|已|负责|于|要|应|须|牵头|成立|组成|组织)|^由{SENDER}"
)
TOWN_ASKED = re.compile(r"(?:镇|街道|乡|村（社区）)[^，。；]{0,6}(?:要|应|须|务必|负责|请)")
SENDERS_HEADING = re.compile(
    rf"(?:^|\s)(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)]|\d+[.．、])?{SENDER}$"
)
AIM_HEADING = re.compile(r"(?:目标|总体要求|指导思想|基本原则|工作原则|目的意义|背景)[^ ]{0,4}$")
PREAMBLE = re.compile(
    r"^(?:经.{0,12}(?:研究|同意)|昨[天日]|上周|前期|为(?:进一步|深入|切实|全面|贯彻|做好|加强|落实|保障|推动|了|确保)|根据|按照|近期|近日|当前|目前|自.{2,12}以来|现将|为此|随着)"
)
ADDRESSED = re.compile(r"请(?![示假客柬])")  # somebody is asked
SHORT_OPENING = 24  # characters of a line that ends in a colon and only opens what follows


def surrounds(body: str) -> bool:
    """Whether a sentence, without its number, stands around demands whatever words it holds."""
    around = (CLOSING, SIGNED, SENT_TO, GREETING, KEPT_HERE, MEETING, IN_FORCE, FAREWELL, OPENING, PRINTED)
    if any(pattern.search(body) for pattern in around):
        return True
    return len(body) <= SHORT_OPENING and body.endswith(("：", ":"))


def stays_with_the_sender(body: str, heading: str, lexicon: Lexicon) -> bool:
    """Whether a sentence tells what the sender or another department does, or only an aim, and asks no town."""
    if AIM_HEADING.search(heading) and not (ADDRESSED.search(body) or TOWN_ASKED.search(body)):
        return True
    if ADDRESSED.search(body) or lexicon.town.search(body):
        return bool(OWN_ACT.match(body)) and not ADDRESSED.search(body)
    return bool(EXHORTED.match(body) or OWN_ACT.match(body) or SENDERS_HEADING.search(heading))
