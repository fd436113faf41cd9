"""What stands around demands (非要求): whom a paper is sent to, aims, attendance, greetings, what the sender does itself."""

import re

from sanfu.kernel.duties.judging.lexicon import Lexicon

CLOSING = re.compile(
    r"^如(?:有|对)[^，。；]{0,12}(?:疑问|不明)|^[（(]?(?:附件|联系人|联系电话|联系方式|抄送|抄报|分送|发送|主送|印发范围|特此|此页无正文|此件|参会|参加(?:人员|单位)|出席"
    r"|列席|缺席|请假|主持|记录|整理|签发|序号[\s　]|[^，。；：]{0,6}(?:电话|传真|邮箱|地址|事由|编号|文号|时间|地点|人员)[：:]"
    r"|(?:报|送|发)[：:]|(?:\d{4}|二〇.{2})年\d{1,2}月\d{1,2}日\s*$)"
)
SIGNED = re.compile(
    r"^[^，。；：\s]{1,12}(?:科|股|处|室|组|办|站)[\s　]+[\u4e00-\u9fff]{2,4}$|^[^，。；：]{2,24}(?:局|委员会|委|办公室|办|部|政府|大队|中心|指挥部|领导小组)\s*(?:(?:\d{4}|二〇.{2})年\d{1,2}月\d{1,2}日)?$"
)
PRINTED = re.compile(r"\d日印发$")
SENT_TO = re.compile(
    r"^(?:各|市|县|区|局)[^。；]{0,90}(?:政府|办事处|街道|单位|部门|委员会|局|委|办|站|所|中心|公司|院|校)[：:]$"
)
GREETING = re.compile(
    r"辛苦了[！。]?$|^喂|^(?:感谢|谢谢|衷心感谢|各位.{0,12}(?:好|同志)|大家(?:晚上|早上|下午|上午)?好|你们?好|您好|辛苦|致以|祝|收到的?请?(?:回复|回个))"
)
FAREWELL = re.compile(
    r"收悉。?$|请(?:与|来电|致电|拨打)[^。]{0,30}(?:联系|\d{5,})|(?:印发|转发)给你们[^。]{0,60}(?:贯彻|落实|执行|遵照)[^。]{0,4}。?$|^(?:原则上?)?同意|^(?:专此|特此|此致|此复|妥否)|为(?:盼|荷|感)[。！]?$"
    r"|^(?:以上|上述|请各[^，。]{0,12}|请)?[^，。]{0,8}(?:认真|遵照|结合实际)[^，。]{0,6}(?:贯彻|落实|执行)[^，。]{0,4}[。！]?$"
)
OPENING = re.compile(
    r"(?:^|，)现(?:(?:就|将|对|把)[^。]{2,40}|[^，。]{0,4})如下"
    r"|(?:如下|以下(?:通知|事项|要求|工作)?|几件事.{0,8}|几点.{0,8}|提醒一下|通知一下|说一下)[：:]$"
)
# What is told, not asked: figures of a period, praise, faults found, and how the campaign is divided in time.
TOLD = re.compile(
    r"同比|环比|(?:较|比)(?:上|去年)[^，。；]{0,6}(?:提高|提升|下降|上升|增长|减少|回落)"
    r"|(?:提高|提升|下降|上升|增长|减少)了?\d+(?:\.\d+)?(?:%|％|个百分点)"
    r"|(?:共|累计|先后|已)[^，。；]{0,12}\d+(?:\.\d+)?[余多]?(?:件|起|户|人|家|处|次|批|万元|元)"
    r"|分别为|占全[县市镇]|合计占|^存在的?(?:主要)?问题|^上(?:周|月|旬)[^。]*\d"
    r"|^(?:上半年|今年以来|去年|截至[^，。；]{1,12}|[一二三四前]+季度|\d{1,2}月(?:\d{1,2}日)?(?:至|以来|份))[^。]*\d"
    r"|(?:排查|检查|督查|核查|抽查|调查|暗访)[^，。；]{0,10}发现(?![^，。；]{0,20}的)|做了大量"
    r"|表扬|值得(?:肯定|学习)|致电感谢|成效明显|点个赞|反响(?:不错|良好)|有所(?:反弹|上升|抬头|松懈|下滑|滑坡|增多)|居高不下"
    r"|(?:警情|发案|案件|投诉|事故|来电|信访)量?[^，。；]{0,4}(?:上升|增多|反弹)"
    r"|^[^，。；]{2,20}(?:仍有|仍存在|依然存在)"
    r"|^(?:[一二三四五六七八九]是)?(?:个别|部分|少数|有的|一些)[^，。；]{1,8}(?:仍|还|不够|没有|停留|滞后|存在|未)"
)
DIVIDED = re.compile(
    r"^[^，。；]{2,14}阶段[（(：:]?[^，。；]{0,24}[）)]?。?$|(?:从|自)[^，。；]{2,12}(?:开始|起)[^。；]{0,12}(?:结束|止|分[^。；]{1,16}阶段)"
)
WANTED = re.compile(
    r"力争|确保|务必|必须|要(?!求)|应当|须|达到|不低于|不少于|完成(?!率)|[前内]。?$|[前内]，|前报|前完"
)
# Somebody else is asked: firms, citizens, institutions, other departments as the subject of the sentence.
OTHERS = re.compile(
    r"^(?!对|向|为|把|将|发现|组织|督促|协助|配合|引导|动员|告知|提醒|请|要|由|各镇|镇|村|网格)[^，。；\s]{0,16}"
    r"(?:企业|公司|运营商|合作社|机构|医院|学校|(?:施工|建设|用人|经营|产权|使用)单位|(?:养.{1,2}|驾驶|当事|监护|负责|经营)人"
    r"|(?:经营|消费|购买|使用)者|业主|乡厨|(?:农|住|商|用)户|派出所|大队|支队|局|委|中心|部门)"
    r"(?:[^，。；]{0,6}时，|[^，。；]{0,8}(?=应当|不得))?(?:应当|应|须|要|负责|将|可|不得|对|每)"
    r"|^[^，。；]{1,8}(?:所|站|队|科)负责"
)
# What a word means, what a law says, what became of a request: reasons and answers, no acts.
REASONED = re.compile(
    r"是指|^[表文]中[^，。；]{2,20}指|(?:是|属于?)违法|任何(?:单位|个人|人)|》[^。《]{0,30}(?:已有|有)明确规定|违反了|不属于我(?:局|委|办|部|中心)"
    r"|我们[^，。；]{0,6}(?:来出|自己|印好|在办|会给|给你们)|不用(?:你们|镇里|村里)"
    r"|我(?:局|委|办|部|中心)[^，。；]{0,14}(?:发现|查明|接报|查到|收到)|来文未"
    r"|已(?:经)?(?:列入|纳入|转送|批复|下达|拨付)[^。；]{0,40}(?:[。；]|$)"
)
TOPIC = re.compile(r"^关于[^，。；：]{2,24}[。：]?$")
OWN_PLAN = re.compile(
    r"工作要点|重点工作|工作计划|任务分工"
)  # a title under which acts without a subject are the sender's
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
SENDER = (
    r"(?:我(?:们)?(?:局|委|办|部|站|大队|中心|院|公司|会|社)里?|[市县区](?:级|局|委|政府)|局机关"
    r"|[市县区][\u4e00-\u9fff]{1,8}(?:局|委|办|部|大队|中心|指挥部|联|社))"
)
OWN_ACT = re.compile(
    rf"^(?:[^，。；]{{1,20}}(?:的|年|月|日|后|前|期间|阶段|步|季度)，)?(?:由)?{SENDER}(?:(?:、|会同|和|及){SENDER})*(?:将|拟|会(?!同)|已|负责|于|要|应|须|牵头|成立|组成|组织)|^(?:(?![报送后])[^，。；]){{0,24}}(?:一事，|事项，|问题，)?由{SENDER}"
)
STARTS_WITH_SENDER = re.compile(rf"^{SENDER}(?![^，。；]{{0,8}}(?:的|要求|部署|统一))")
TOWN_AS_SUBJECT = re.compile(
    r"(?:^|[，；：])(?:由|各|所在|有关|相关|你|贵)*(?:镇|街道|乡|村|社区|属地|网格)|由[^，。；]{0,6}(?:镇|街道|乡|村|社区|属地)"
)
GIVEN_TO_A_TOWN = re.compile(r"由[^，。；]{0,6}(?:镇|街道|乡|村|社区|属地)")
TOWN_ASKED = re.compile(r"(?:镇|街道|乡|村（社区）)[^，。；]{0,6}(?:要|应|须|务必|负责|请)")
TOWN_BY_NAME = re.compile(
    r"(?:^|[，、：]|由|请|让|责成|委托)[\u4e00-\u9fff]{2,3}(?:镇|乡|街道)(?![\u4e00-\u9fff]{0,3}(?:小学|中学|卫生院|派出所))"
    r"|(?:^|[，、：]|由|请|让)(?:镇里|村里|每个?村|每个?镇)|你们(?!不用|不必|放心)[^，。；]{0,3}(?:派|去|先|赶紧|要|得|把|再|安排|组织|通知|帮|看)"
)
SENDERS_HEADING = re.compile(
    rf"(?:^|\s)(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)]|\d+[.．、])?{SENDER}$"
)
AIM_HEADING = re.compile(
    r"(?:目标|总体要求|指导思想|基本原则|工作原则|目的意义|背景|主要问题|存在的?问题|不足|基本情况|总体情况|进展情况|工作成效|主要做法)[^ ]{0,4}$"
)
PREAMBLE = re.compile(
    r"^(?:经.{0,12}(?:研究|同意)|昨[天日]|上周|前期|为(?:进一步|深入|切实|全面|贯彻|做好|加强|落实|保障|推动|了|确保)|根据|按照|近期|近日|当前|目前|自.{2,12}以来|现将|为此|随着)"
)
ADDRESSED = re.compile(r"(?<![申提邀恳报])请(?![示假求客柬])")  # somebody is asked; no 申请
SHORT_OPENING = 24  # characters of a line that ends in a colon and only opens what follows


def surrounds(body: str) -> bool:
    """Whether a sentence, without its number, stands around demands whatever words it holds."""
    around = (
        CLOSING, SIGNED, SENT_TO, GREETING, KEPT_HERE, MEETING, IN_FORCE, FAREWELL, OPENING, PRINTED, TOPIC,
    )  # fmt: skip
    if any(pattern.search(body) for pattern in around):
        return True
    told = (TOLD.search(body) or REASONED.search(body)) and not (
        WANTED.search(body) or TOWN_AS_SUBJECT.search(body)
    )
    wondered = body.endswith(("？", "?"))
    if DIVIDED.search(body) or ((told or wondered) and not ADDRESSED.search(body)):
        return True
    return len(body) <= SHORT_OPENING and body.endswith(("：", ":"))


def stays_with_the_sender(body: str, heading: str, lexicon: Lexicon) -> bool:
    """Whether a sentence tells what the sender or another department does, or only an aim, and asks no town."""
    if AIM_HEADING.search(heading) and not (ADDRESSED.search(body) or TOWN_ASKED.search(body)):
        return True
    if names_a_town(body, lexicon):
        own = OWN_ACT.match(body) or (STARTS_WITH_SENDER.match(body) and not TOWN_AS_SUBJECT.search(body))
        return bool(own) and not (ADDRESSED.search(body) or TOWN_ASKED.search(body))
    return bool(
        EXHORTED.match(body) or OWN_ACT.match(body) or OTHERS.match(body) or SENDERS_HEADING.search(heading)
    )


def names_a_town(body: str, lexicon: Lexicon) -> bool:
    """Whether a sentence addresses somebody or names a town, by a word of the lexicon or by its own name."""
    return bool(ADDRESSED.search(body) or lexicon.town.search(body) or TOWN_BY_NAME.search(body))
