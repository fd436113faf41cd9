"""Reads one expression of controlled Chinese into a typed tree (operator precedence, hand written).

或 < 且 < 非 < comparison < + − < × ÷ 的 占 < period words < names, numbers, brackets.
"""

from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from functools import partial
from itertools import pairwise

from sanfu.kernel.rules.language import tree
from sanfu.kernel.rules.language.facts import PEAK
from sanfu.kernel.rules.language.problems import refuse
from sanfu.kernel.rules.language.quantities import CODE, DATE, DAYS, FLAG, RATIO, number
from sanfu.kernel.rules.language.tree import Node
from sanfu.kernel.rules.reading import build, columns
from sanfu.kernel.rules.reading.cursor import Cursor, Scope
from sanfu.kernel.rules.reading.words import (
    ADD,
    AFTER_NUMBER,
    COMPARISONS,
    DIGITS,
    FIRST_TIME,
    FIXED,
    MULTIPLY,
    OPPOSITE,
    SPANS_OF_YEARS,
    Line,
    Token,
)

YEAR_ENDS = {"上年末日": 1, "前年末日": 2, "大前年末日": 3}  # 31 December so many years before today's


def _year_end(back: int, token: Token) -> Node:
    return tree.Today(token.span, DATE, years_back=back)


class Parser(Cursor):
    """Conditions, numbers, tables and spans of years over the tokens of one statement."""

    # ---- conditions

    def condition(self) -> Node:
        node = self._any()
        if node.type != FLAG:
            raise refuse("kind", f"这里要是条件，读到的是{node.type}", node.span, "写成比较，例如 … ≥ …")
        return node

    def expression(self) -> Node:
        return self._any()

    def _any(self) -> Node:
        items = [self._all()]
        while self.word("或", "或者"):
            items.append(self._all())
        return items[0] if len(items) == 1 else build.logic("或", items)

    def _all(self) -> Node:
        items = [self._negation()]
        while self.word("且", "并且"):
            items.append(self._negation())
        return items[0] if len(items) == 1 else build.logic("且", items)

    def _negation(self) -> Node:
        if token := self.word("非"):
            return build.negate(self._negation(), token.span)
        return self._comparison()

    def _comparison(self) -> Node:
        left = self._sum()
        token = self.token
        if token.kind == "number":
            return self._after_number(left)
        if token.kind != "word":
            return left
        if token.text in COMPARISONS:
            self.take()
            return build.compare(COMPARISONS[token.text], left, self._sum())
        if token.text in FIRST_TIME:
            return self._first_time(left)
        if token.text in ("属于", "不属于"):
            return self._member(left)
        if token.text in ("满", "未满"):
            return self._age(left)
        return left

    def _after_number(self, left: Node) -> Node:
        """营业收入 2000万元以上."""
        right = self._primary()
        token = self.token
        if token.text not in AFTER_NUMBER:
            raise refuse(
                "parse", "数的后面要写 以上 或 以下，前面也可以写比较符", token.span, "例如 2000万元以上"
            )
        self.take()
        return build.compare(AFTER_NUMBER[token.text], left, right)

    def _first_time(self, left: Node) -> Node:
        """营业收入 首次达到 2000万元: reached now, and never before."""
        now, before = FIRST_TIME[self.take().text]
        if not isinstance(left, tree.Column):
            raise refuse(
                "parse", "首次达到 前面要是一个年度字段", left.span, "例如 上年.营业收入 首次达到 2000万元"
            )
        right = self._sum()
        found = self.scope.dictionary.column(left.key)
        assert found is not None
        peak = columns.period_column(found[0], PEAK, left.span)
        return build.logic("且", [build.compare(now, left, right), build.compare(before, peak, right)])

    def _member(self, left: Node) -> Node:
        negative = self.take().text == "不属于"
        token = self.take()
        entries: list[str] = []
        name = ""
        if token.text == "{":
            while not self.word("}"):
                if not self.word(",", "、"):
                    entries.append(self.take().text)
                if self.token.kind == "end":
                    raise refuse("parse", "大括号没有收尾", token.span, "补上 }")
        elif token.text in self.scope.dictionary.sets:
            name, entries = token.text, list(self.scope.dictionary.sets[token.text])
        elif token.kind in ("text", "name"):
            entries = [token.text]
        else:
            raise refuse(
                "unknown-word",
                f"没有名为「{token.text}」的代码集",
                token.span,
                "用 {C13、C14} 或事实字典里的代码集",
            )
        node = build.member(left, tuple(entries), name, token.span)
        return build.negate(node, token.span) if negative else node

    def _age(self, left: Node) -> Node:
        """成立日期 满 1年: on or before the day that many months ago."""
        positive = self.take().text == "满"
        token = self.take()
        if left.type != DATE or token.kind != "number":
            raise refuse("kind", "满 前面要是日期，后面要是年数或天数", token.span, "例如 成立日期 满 1年")
        amount = build.number_literal(Fraction(token.value or 0), token.unit, token.span)  # type: ignore[arg-type]
        op = "≤" if positive else OPPOSITE["≤"]
        if amount.type == number("月"):
            assert isinstance(amount.value, Fraction)
            return build.compare(op, left, tree.Today(token.span, DATE, int(amount.value)))
        days = tree.Arithmetic(left.span, DAYS, "-", tree.Today(token.span, DATE), left)
        return build.compare("≥" if positive else "<", days, amount)

    # ---- numbers

    def _sum(self) -> Node:
        left = self._product()
        while self.token.kind == "word" and self.token.text in ADD:
            left = build.arithmetic(ADD[self.take().text], left, self._product())
        return left

    def _product(self) -> Node:
        left = self._unary()
        while self.token.kind == "word" and self.token.text in MULTIPLY:
            left = build.arithmetic(MULTIPLY[self.take().text], left, self._unary())
        return left

    def _unary(self) -> Node:
        if self.token.text in ("-", "−", "－") and self.token.kind == "word":
            token = self.take()
            item = self._unary()
            return build.arithmetic("-", build.zero_of(item.type, token.span), item)
        node = self._primary()
        if self.word("距今"):
            return tree.Arithmetic(node.span, DAYS, "-", tree.Today(node.span, DATE), node)
        return node

    def _primary(self) -> Node:
        token = self.token
        if token.kind == "number":
            self.take()
            assert isinstance(token.value, Fraction)
            return build.number_literal(token.value, token.unit, token.span)
        if token.kind == "date":
            self.take()
            assert isinstance(token.value, date)
            return build.day(token.value, token.span)
        if token.kind == "text":
            self.take()
            return tree.Literal(token.span, CODE, token.text)
        if self.word("("):
            node = self._any()
            self.expect(")")
            return node
        if token.kind == "word":
            return self._word(token)
        raise self.unexpected("这里要是字段、数或括号，读到")

    def _word(self, token: Token) -> Node:
        special: dict[str, Callable[[Token], Node]] = {
            "今日": lambda t: tree.Today(t.span, DATE),
            **{word: partial(_year_end, back) for word, back in YEAR_ENDS.items()},
            "较小值": lambda t: self._extreme(t, False),
            "较大值": lambda t: self._extreme(t, True),
            "补差": self._top_up,
            "按": self._tiers,
            "选": self._select,
            "每满": self._steps,
            "首次": lambda t: columns.first_granted(self, t),
            "从未享受": lambda t: columns.never_enjoyed(self, t),
            "同比": lambda _: self._growth(),
            "季均": lambda t: columns.quarterly_mean(self, t),
        }
        if token.text in special:
            self.take()
            return special[token.text](token)
        if matched := SPANS_OF_YEARS.fullmatch(token.text):
            self.take()
            digit = matched.group(1)
            return self._years(token, DIGITS.get(digit) or int(digit), matched.group(2))
        if token.text in self.scope.definitions:
            self.take()
            body = self.scope.definitions[token.text]
            return tree.Named(token.span, body.type, token.text, body)
        if token.text in self.scope.parameters:
            self.take()
            known = self.scope.parameters[token.text]
            return tree.Parameter(token.span, known.type, known.name, known.values)
        return columns.named_fact(self)

    def _extreme(self, token: Token, largest: bool) -> Node:
        self.expect("(")
        items = [self._any()]
        while self.word(",", "、"):
            items.append(self._any())
        self.expect(")")
        return build.extreme(largest, items, token.span)

    def _top_up(self, token: Token) -> Node:
        """补差(新档, 已兑): never below zero."""
        self.expect("(")
        new = self._any()
        self.expect(",", "、")
        old = self._any()
        self.expect(")")
        rest = build.arithmetic("-", new, old)
        return build.extreme(True, [rest, build.zero_of(rest.type, token.span)], token.span)

    def _steps(self, token: Token) -> Node:
        step = self._primary()
        self.word("的")
        subject = self._unary()
        self.expect("给")
        return build.steps(subject, step, self._unary(), token.span)

    def _tiers(self, token: Token) -> Node:
        """按 subject 分档 { ≥30%: 20分; … 否则: 0分 }; 逐档 adds every row that holds."""
        subject = self._sum()
        style = self.expect("分档", "逐档").text
        rows, otherwise = self._rows_in_braces(token, "分档的", lambda: self._tier_test(subject))
        if not rows:
            raise refuse("parse", "分档里没有一档", token.span, "至少写一档，例如 ≥30%: 20分")
        last = otherwise or build.zero_of(rows[0][1].type, token.span)
        if style == "分档":
            return build.choose(rows, last, token.span)
        parts = [build.choose([row], build.zero_of(row[1].type, token.span), token.span) for row in rows]
        return build.total(parts)

    def _tier_test(self, subject: Node) -> Node:
        token = self.token
        if token.text in FIRST_TIME:
            return self._first_time(subject)
        if token.text in COMPARISONS:
            self.take()
            return build.compare(COMPARISONS[token.text], subject, self._sum())
        if token.kind == "number":
            return self._after_number(subject)
        raise refuse(
            "parse", f"每一档要以比较开头，读到 {token.text or '行尾'}", token.span, "例如 ≥30%: 20分"
        )

    def _rows_in_braces(
        self, token: Token, whose: str, test: Callable[[], Node]
    ) -> tuple[list[tuple[Node, Node]], Node | None]:
        """Reads { test: value; … 否则: value }: the rows, and the value of 否则 where it is written."""
        self.expect("{")
        rows: list[tuple[Node, Node]] = []
        otherwise: Node | None = None
        while not self.word("}"):
            if self.word("否则"):
                otherwise = self._value_after_colon()
            else:
                rows.append((test(), self._value_after_colon()))
            self.word(";")
            if self.token.kind == "end":
                raise refuse("parse", f"{whose}大括号没有收尾", token.span, "补上 }")
        return rows, otherwise

    def _value_after_colon(self) -> Node:
        self.expect(":")
        return self._any()

    def _select(self, token: Token) -> Node:
        """选 { condition: value; … 否则: value }."""
        rows, otherwise = self._rows_in_braces(token, "选 的", self.condition)
        if otherwise is None:
            raise refuse("parse", "选 里缺少 否则", token.span, "最后写一档 否则: …")
        return build.choose(rows, otherwise, token.span)

    # ---- years

    def _growth(self) -> Node:
        """同比.X: (上年 − 前年) ÷ 前年."""
        self.word(".")
        now, before = self._each_year(2)
        return build.arithmetic("÷", build.arithmetic("-", now, before), before)

    def _each_year(self, years: int) -> list[Node]:
        """The next primary once for each past year, latest first."""
        start, outer = self.at, self.year
        found: list[Node] = []
        for back in range(years):
            self.at, self.year = start, back
            found.append(self._unary())
        self.year = outer
        return found

    def _years(self, token: Token, years: int, how: str) -> Node:
        self.word(".")
        if how in ("每年", "任一年"):
            return self._every(years, "且" if how == "每年" else "或")
        if how == "平均增长":
            values = self._each_year(years + 1)
            rates = [
                build.arithmetic("÷", build.arithmetic("-", now, before), before)
                for now, before in pairwise(values)
            ]
            return build.arithmetic("÷", build.total(rates), build.whole_number(years, token.span))
        if how == "复合增长":
            values = self._each_year(years + 1)
            return tree.Compound(token.span, RATIO, values[-1], values[0], years)
        values = self._each_year(years)
        if how == "最高":
            return build.extreme(True, values, token.span)
        total = build.total(values)
        return total if how == "合计" else build.arithmetic("÷", total, build.whole_number(years, token.span))

    def _every(self, years: int, op: str) -> Node:
        start, outer = self.at, self.year
        found: list[Node] = []
        for back in range(years):
            self.at, self.year = start, back
            found.append(self._comparison())
        self.year = outer
        return build.logic(op, found)


def parse_expression(lines: Iterable[Line], scope: Scope) -> Node:
    """One expression, all of it; RuleError says where it stops making sense."""
    parser = Parser(scope.lexer().tokens(lines), scope)
    node = parser.expression()
    parser.finish()
    return node


__all__ = ["FIXED", "Parser", "Scope", "parse_expression"]
