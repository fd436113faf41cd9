"""政务服务事项编码 (GB/T 39554—2020): base code, implementation code, handling code, and what provinces made of them.

The standard's base code has 12 characters (区划2 类型2 部门2 主项3 子项3); more than half of the codes met in
one district have 14. Both are read; `variant` says which are not of the standard's length.
"""

import re
from dataclasses import dataclass
from typing import Self

from sanfu.kernel.codes.credit import BadCode, CreditCode, tidy
from sanfu.kernel.flow import Labelled

ITEM_TYPES = {
    "01": "行政许可",
    "02": "行政处罚",
    "03": "行政强制",
    "04": "行政征收",
    "05": "行政给付",
    "06": "行政检查",
    "07": "行政确认",
    "08": "行政奖励",
    "09": "行政裁决",
    "10": "其他行政权力",
    "20": "公共服务",
}
_SHORT = {"1": "01", "5": "05", "7": "07", "8": "08", "9": "09"}
_STANDARD, _PROVINCIAL = 12, 14
_HEAD = 19  # credit code 18 + level 1


class ItemCodeForm(Labelled):
    BASE = "base", "基本编码"
    IMPLEMENTATION = "implementation", "实施编码"
    HANDLING = "handling", "办理项编码"


@dataclass(frozen=True, slots=True)
class ItemCode:
    """A service item code. unit and level are empty for a base code, handling for all but a handling code."""

    text: str
    form: ItemCodeForm
    base: str
    unit: CreditCode | None = None
    level: str = ""
    handling: str = ""

    @classmethod
    def parse(cls, raw: str) -> Self:
        """Read 12, 14, 31, 33 or 35 characters. 33 is read as a handling code when that leaves a
        standard base code of a known type, else as an implementation code on a provincial base."""
        text = tidy(raw)
        if re.fullmatch(r"[0-9A-Z]+", text) is None:
            raise BadCode(f"事项编码只能由数字和字母组成，收到“{raw}”。")
        if len(text) in (_STANDARD, _PROVINCIAL):
            return cls(text, ItemCodeForm.BASE, text)
        if len(text) not in (31, 33, 35):
            raise BadCode(
                f"事项编码应为12位（各省也有14位）基本编码、31位实施编码或33位办理项编码，“{raw}”是{len(text)}位。"
            )
        unit, level, rest = CreditCode.parse(text[:18]), text[18], text[_HEAD:]
        if len(text) == 31 or (len(text) == 33 and rest[2:4] not in ITEM_TYPES):
            return cls(text, ItemCodeForm.IMPLEMENTATION, rest, unit, level)
        base = rest[:_STANDARD] if len(text) == 33 else rest[:_PROVINCIAL]
        return cls(text, ItemCodeForm.HANDLING, base, unit, level, rest[len(base) :])

    @property
    def variant(self) -> bool:
        """Is the base code of another length than the standard's?"""
        return len(self.base) != _STANDARD

    @property
    def type_name(self) -> str:
        """Kind of power (事项类型) in words; empty when a provincial code hides it."""
        return ITEM_TYPES.get(self.base[2:4], "") if not self.variant else ""

    def __str__(self) -> str:
        return self.text


def type_code(raw: str) -> str:
    """The two-digit item type from `1` or `01`; BadCode for an unknown one."""
    code = _SHORT.get(raw.strip(), raw.strip())
    if code not in ITEM_TYPES:
        raise BadCode(
            f"事项类型“{raw}”不在标准之内，可用：{'、'.join(f'{k}{v}' for k, v in ITEM_TYPES.items())}。"
        )
    return code
