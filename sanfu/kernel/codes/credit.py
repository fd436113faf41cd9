"""统一社会信用代码 (GB 32100—2015) and 公民身份号码 (GB 11643—1999), with their check characters."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Self

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I O S V Z, which look like digits
_CREDIT_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714, the nine characters inside the credit code
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"

AUTHORITIES = {
    "1": "机构编制",
    "2": "外交",
    "3": "司法行政",
    "4": "文化",
    "5": "民政",
    "6": "旅游",
    "7": "宗教",
    "8": "工会",
    "9": "市场监管",
    "A": "中央军委改革和编制办公室",
    "N": "农业",
    "Y": "其他",
}


class BadCode(ValueError):
    """A code that is not one; the message says what is wrong, why, and what to check."""


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A checked credit code. `str()` gives the 18 characters."""

    text: str

    @classmethod
    def parse(cls, raw: str) -> Self:
        """Read what people type: spaces, full-width and lower-case letters are put right first."""
        text = tidy(raw)
        if len(text) != 18:
            raise BadCode(f"统一社会信用代码应为18位，“{raw}”是{len(text)}位，请核对证照。")
        for place, letter in enumerate(text, 1):
            if letter not in CREDIT_ALPHABET:
                hint = "（代码里没有I、O、S、V、Z，常与1、0、5、U、2混淆）" if letter in "IOSVZ" else ""
                raise BadCode(f"统一社会信用代码“{raw}”第{place}位“{letter}”不能用{hint}。")
        if not text[2:8].isdigit():
            raise BadCode(f"统一社会信用代码“{raw}”第3至8位应为6位行政区划数字。")
        expected = credit_check(text[:17])
        if text[17] != expected:
            raise BadCode(f"统一社会信用代码“{raw}”校验位应为{expected}，实为{text[17]}，很可能有一位录错。")
        return cls(text)

    @property
    def authority(self) -> str:
        """登记管理部门 in words, or the bare character when the standard names none."""
        return AUTHORITIES.get(self.text[0], self.text[0])

    @property
    def area(self) -> str:
        """登记管理机关行政区划, 6 digits."""
        return self.text[2:8]

    @property
    def organisation(self) -> str:
        """主体标识码, the former 组织机构代码 of 9 characters."""
        return self.text[8:17]

    @property
    def organisation_checks(self) -> bool:
        """Does the inner nine-character code keep its own check character (old ones do)?"""
        return organisation_check(self.organisation[:8]) == self.organisation[8]

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A checked identity number. Printing it shows the masked form: the full text must be asked for."""

    text: str

    @classmethod
    def parse(cls, raw: str) -> Self:
        text = tidy(raw)
        if len(text) != 18 or not text[:17].isdigit() or text[17] not in _ID_CHECKS:
            raise BadCode("公民身份号码应为18位：前17位数字，末位数字或X。请核对证件。")
        try:
            _birth(text)
        except ValueError:
            raise BadCode(f"公民身份号码第7至14位“{text[6:14]}”不是真实日期，请核对证件。") from None
        if text[17] != id_check(text[:17]):
            raise BadCode("公民身份号码校验位不符，很可能有一位录错，请核对证件。")
        return cls(text)

    @property
    def area(self) -> str:
        return self.text[:6]

    @property
    def born(self) -> date:
        return _birth(self.text)

    @property
    def female(self) -> bool:
        return int(self.text[16]) % 2 == 0

    def age(self, on: date) -> int:
        """Full years on a day (周岁)."""
        birthday_past = (on.month, on.day) >= (self.born.month, self.born.day)
        return on.year - self.born.year - (0 if birthday_past else 1)

    def __str__(self) -> str:
        return f"{self.text[:3]}***********{self.text[-4:]}"

    def __repr__(self) -> str:
        return f"IdNumber({self!s})"


def credit_check(body: str) -> str:
    """Check character of the first 17 characters of a credit code."""
    total = sum(
        CREDIT_ALPHABET.index(letter) * weight for letter, weight in zip(body, _CREDIT_WEIGHTS, strict=True)
    )
    return CREDIT_ALPHABET[-total % 31]


def organisation_check(body: str) -> str:
    """Check character of the first 8 characters of an organisation code (GB 11714)."""
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    total = sum(
        digits.index(letter) * weight for letter, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True)
    )
    return "0123456789X0"[11 - total % 11]


def id_check(body: str) -> str:
    """Check character of the first 17 digits of an identity number."""
    return _ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True)) % 11]


def tidy(raw: str) -> str:
    """Full-width to half-width, no white space or hyphens, upper case."""
    text = unicodedata.normalize("NFKC", raw)
    return "".join(letter for letter in text if not letter.isspace() and letter not in "-—·").upper()


def _birth(text: str) -> date:
    return date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
