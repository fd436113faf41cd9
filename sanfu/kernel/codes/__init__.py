"""Codes (编码): parse once, then trust. And finding personal data in free text, to mask it.

credit     统一社会信用代码 GB 32100, 公民身份号码 GB 11643
areas      行政区划代码 GB/T 2260 (6) and GB/T 10114 (9), 统计用区划代码 (12)
items      政务服务事项编码 GB/T 39554 with the provincial variants met in the field
masking    phones, identity numbers, plates, cards, e-mail and names in free text
"""

from sanfu.kernel.codes.areas import AreaCode, AreaLevel
from sanfu.kernel.codes.credit import BadCode, CreditCode, IdNumber
from sanfu.kernel.codes.items import ItemCode, ItemCodeForm
from sanfu.kernel.codes.masking import Personal, PersonalSpan, find_personal, mask

__all__ = [
    "AreaCode",
    "AreaLevel",
    "BadCode",
    "CreditCode",
    "IdNumber",
    "ItemCode",
    "ItemCodeForm",
    "Personal",
    "PersonalSpan",
    "find_personal",
    "mask",
]
