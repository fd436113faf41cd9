"""The fixed words of the rule language and the tokens made of them.

以上、以下 include the number itself; 超过、高于、不足、低于 do not (民法典 第一千二百五十九条).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sanfu.kernel.rules.language.problems import Span, refuse
from sanfu.kernel.rules.language.quantities import UNITS, exact

GE, LE, GT, LT, EQ, NE = "≥", "≤", ">", "<", "=", "≠"
COMPARISONS: dict[str, str] = {
    **dict.fromkeys(("≥", ">=", "＞=", "不低于", "不少于", "不小于", "达到", "不早于"), GE),
    **dict.fromkeys(("≤", "<=", "＜=", "不超过", "不高于", "不大于", "不多于", "不晚于"), LE),
    **dict.fromkeys((">", "＞", "超过", "高于", "大于", "多于", "突破", "晚于"), GT),
    **dict.fromkeys(("<", "＜", "低于", "不足", "小于", "少于", "未达到", "早于", "不满"), LT),
    **dict.fromkeys(("=", "＝", "等于", "为", "是"), EQ),
    **dict.fromkeys(("≠", "!=", "不等于", "不为", "不是"), NE),
}
FIRST_TIME: dict[str, tuple[str, str]] = {  # now, and the peak before
    "首次达到": (GE, LT),
    "首次超过": (GT, LE),
    "首次突破": (GT, LE),
}
AFTER_NUMBER: dict[str, str] = {
    **dict.fromkeys(("以上", "及以上", "以上(含)", "（含）以上", "(含)以上", "以上（含）"), GE),
    **dict.fromkeys(("以下", "及以下", "以内", "以下(含)", "(含)以下", "（含）以下", "以下（含）"), LE),
    **dict.fromkeys(("以上(不含)", "以上（不含）", "以外"), GT),
    **dict.fromkeys(("以下(不含)", "以下（不含）"), LT),
}
OPPOSITE = {GE: LT, LT: GE, GT: LE, LE: GT, EQ: NE, NE: EQ}
ADD = {"+": "+", "＋": "+", "加": "+", "-": "-", "−": "-", "－": "-", "减": "-"}
MULTIPLY = {"×": "×", "*": "×", "乘": "×", "的": "×", "÷": "÷", "/": "÷", "除以": "÷", "占": "÷"}
SYNTAX = (
    "且", "并且", "或", "或者", "非", "不属于", "属于", "是否", "按", "分档", "逐档", "选", "否则", "每满", "给",
    "最高", "最低", "较小值", "较大值", "补差", "今日", "满", "未满", "距今", "从未享受", "首次", "同比", "季均", "自",
    "至", "依据", "当", "累计", "上年末日", "前年末日", "大前年末日",
)  # fmt: skip
DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
SPANS_OF_YEARS = re.compile(r"近([一二两三四五1-5])(?:个)?年(合计|平均增长|平均|每年|任一年|复合增长|最高)")
PERIOD_WORDS = {
    "本年": "本年", "当年": "本年", "上年": "上年", "上一年": "上年", "前年": "前年", "大前年": "大前年",
    "期末": "期末", "上年末": "期末", "前年末": "前年末", "大前年末": "大前年末", "历史最高": "历史最高",
    "历史": "历史", "有效": "有效", "一季初": "一季初", "一季末": "一季末", "二季初": "二季初",
    "二季末": "二季末", "三季初": "三季初", "三季末": "三季末", "四季初": "四季初", "四季末": "四季末",
}  # fmt: skip
FIXED = {*COMPARISONS, *FIRST_TIME, *AFTER_NUMBER, *ADD, *MULTIPLY, *SYNTAX, *PERIOD_WORDS}

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*")
_QUOTES = {"「": "」", "“": "”", '"': '"', "『": "』"}
_PUNCTUATION = "()（）{}｛｝,，、;；:：.·"
_SAME = str.maketrans("（）｛｝，；：·", "(){},;:.")
_UNITS = sorted(UNITS, key=len, reverse=True)


@dataclass(frozen=True)
class Token:
    kind: str  # number date word name text mark end
    text: str
    span: Span
    value: Fraction | date | None = None
    unit: str = ""


@dataclass(frozen=True)
class Line:
    """A piece of source: its text and where it starts."""

    text: str
    number: int
    column: int = 1


class Lexer:
    """Splits rule text by longest known word, so that 非列入经营异常名录 needs no spaces."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = sorted({*FIXED, *words}, key=len, reverse=True)
        self._by_first: dict[str, list[str]] = {}
        for word in self.words:
            self._by_first.setdefault(word[0], []).append(word)

    def tokens(self, lines: Iterable[Line]) -> list[Token]:
        found: list[Token] = []
        last = Line("", 1)
        for line in lines:
            found += self._line(line)
            last = line
        found.append(Token("end", "", Span(last.number, last.column + len(last.text.rstrip()))))
        return found

    def _line(self, line: Line) -> list[Token]:
        found: list[Token] = []
        at = 0
        while at < len(line.text):
            if line.text[at] in " \t\u3000":
                at += 1
                continue
            token = self._one(line, at)
            found.append(token)
            at += token.span.length
        return found

    def _one(self, line: Line, at: int) -> Token:
        text, span = line.text, Span(line.number, line.column + at)
        char = text[at]
        if char in _QUOTES:
            return self._quoted(text, at, span)
        if matched := _DATE.match(text, at):
            return self._date(matched.group(), span)
        if matched := _NUMBER.match(text, at):
            return self._number(text, at, matched.group(), span)
        if matched := SPANS_OF_YEARS.match(text, at):
            return Token("word", matched.group(), Span(span.line, span.column, len(matched.group())))
        for word in self._by_first.get(char, ()):
            if text.startswith(word, at) and not _splits_code(text, at, word):
                return Token("word", word, Span(span.line, span.column, len(word)))
        if char in _PUNCTUATION:
            return Token("mark", char.translate(_SAME), span)
        if matched := _CODE.match(text, at):
            return Token("name", matched.group(), Span(span.line, span.column, len(matched.group())))
        return self._unknown(text, at, span)

    def _quoted(self, text: str, at: int, span: Span) -> Token:
        end = text.find(_QUOTES[text[at]], at + 1)
        if end < 0:
            raise refuse("parse", "引号没有收尾", span, f"在这一行补上 {_QUOTES[text[at]]}")
        return Token("text", text[at + 1 : end], Span(span.line, span.column, end - at + 1))

    def _date(self, text: str, span: Span) -> Token:
        try:
            return Token("date", text, Span(span.line, span.column, len(text)), date.fromisoformat(text))
        except ValueError:
            raise refuse("date", f"没有这一天：{text}", span, "写成真实存在的 YYYY-MM-DD") from None

    def _number(self, text: str, at: int, digits: str, span: Span) -> Token:
        end = at + len(digits)
        unit = self._unit(text, end)
        size = end - at + len(unit[1])
        return Token("number", digits, Span(span.line, span.column, size), exact(digits), unit[0])

    def _unit(self, text: str, at: int) -> tuple[str, str]:
        """The unit after a number and the text it covers: 万元, 万元/亩."""
        gap = len(text[at:]) - len(text[at:].lstrip(" "))
        for word in _UNITS:
            if text.startswith(word, at + gap):
                covered, end = word, at + gap + len(word)
                if text[end : end + 1] == "/":
                    below = next((u for u in _UNITS if text.startswith(u, end + 1)), "")
                    covered = f"{word}/{below}" if below else word
                return covered, " " * gap + covered
        return "", ""

    def _unknown(self, text: str, at: int, span: Span) -> Token:
        end = at + 1
        while (
            end < len(text) and text[end] not in " \t\u3000" + _PUNCTUATION and text[end] not in "≥≤><=≠+×÷*/"
        ):
            end += 1
        return Token("name", text[at:end], Span(span.line, span.column, end - at))


def _splits_code(text: str, at: int, word: str) -> bool:
    """A latin word must not be cut out of a longer latin word."""
    end = at + len(word)
    return (
        word[-1].isascii()
        and word[-1].isalnum()
        and end < len(text)
        and text[end].isascii()
        and (text[end].isalnum() or text[end] == "-")
    )
