"""Reads one ```规则 block: statements that start at the margin, continued on indented lines."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from sanfu.kernel.rules.language import tree
from sanfu.kernel.rules.language.problems import ERROR, Problem, RuleError, Span, refuse
from sanfu.kernel.rules.language.quantities import MONEY, POINTS, Kind, exact, split_quantity, unit_of
from sanfu.kernel.rules.reading import build
from sanfu.kernel.rules.reading.cursor import Scope
from sanfu.kernel.rules.reading.parser import Parser
from sanfu.kernel.rules.reading.words import Line, Token

SCOPES = ("每事项", "每项目", "每企业每年", "每企业累计", tree.BY_CONTROLLER)
COMMENT = ("注", "#", "//")


@dataclass(frozen=True)
class Statement:
    """A keyword and what follows it, with its place in the file."""

    keyword: str
    lines: tuple[Line, ...]
    span: Span

    @property
    def rest(self) -> str:
        return " ".join(line.text.strip() for line in self.lines).strip()


def statements(block: list[Line]) -> Iterator[Statement]:
    """Join continuation lines to the statement they belong to."""
    current: list[Line] = []
    for line in block:
        if not line.text.strip() or line.text.lstrip().startswith(COMMENT[1:]):
            continue
        if line.text[0] not in " \t\u3000" and current:
            yield _statement(current)
            current = []
        current.append(line)
    if current:
        yield _statement(current)


def _statement(lines: list[Line]) -> Statement:
    first = lines[0]
    body = first.text.lstrip()
    indent = len(first.text) - len(body)
    cut = next((i for i, c in enumerate(body) if c in " :：\t\u3000"), len(body))
    keyword = body[:cut]
    start = indent + cut
    while start < len(first.text) and first.text[start] in " :：\t\u3000":
        start += 1
    head = Line(first.text[start:], first.number, first.column + start)
    return Statement(keyword, (head, *lines[1:]), Span(first.number, first.column + indent, len(keyword)))


@dataclass
class BlockReader:
    """Collects clauses, definitions and parameters of one document, block after block."""

    scope: Scope
    problems: list[Problem] = field(default_factory=list)
    clauses: list[tree.Clause] = field(default_factory=list)
    _current: tree.Clause | None = None

    def read(self, block: list[Line], text: str, text_span: Span) -> None:
        """One block; a wrong statement is noted and the rest is read on."""
        for statement in statements(block):
            try:
                self._read(statement, text, text_span)
            except RuleError as error:
                clause = self._current.id if self._current else ""
                self.problems.append(replace(error.problem, clause=clause))
                self.problems += error.others
        self._close()

    def _close(self) -> None:
        if self._current is not None:
            self.clauses.append(self._current)
            self._current = None

    def _read(self, statement: Statement, text: str, text_span: Span) -> None:
        if statement.keyword in COMMENT:
            return
        if statement.keyword == "条款":
            self._open(statement, text, text_span)
            return
        if statement.keyword in ("定义", "参数"):
            {"定义": self._definition, "参数": self._parameter}[statement.keyword](statement)
            return
        handler = self._handlers.get(statement.keyword)
        if handler is None:
            known = "、".join(["条款", "定义", "参数", *self._handlers])
            raise refuse("statement", f"不认识的语句「{statement.keyword}」", statement.span, known)
        if self._current is None:
            raise refuse("statement", "这一句前面没有 条款", statement.span, "先写一行 条款 编号 名称")
        self._current = handler(self._current, statement)

    @property
    def _handlers(self) -> dict[str, Callable[[tree.Clause, Statement], tree.Clause]]:
        return {
            "条件": self._condition,
            "给": self._amount,
            "输出": self._output,
            "分期": self._instalment,
            "封顶": self._cap,
            "分担": self._share,
            "互斥": lambda c, s: replace(c, groups=(*c.groups, *_names(s))),
            "不同享": lambda c, s: replace(c, conflicts=(*c.conflicts, *_names(s))),
            "可叠加": lambda c, s: replace(c, stacks=(*c.stacks, *_names(s))),
            "事项": lambda c, s: replace(c, matters=(*c.matters, *_names(s))),
            "类别": lambda c, s: replace(c, category=s.rest),
            "兑现": lambda c, s: replace(c, delivery=s.rest),
            "责任": lambda c, s: replace(c, owner=s.rest),
            "次序": self._order,
            "原文": lambda c, s: replace(c, text_hash=s.rest),
        }

    def _open(self, statement: Statement, text: str, text_span: Span) -> None:
        self._close()
        name, _, title = statement.rest.partition(" ")
        if not name:
            raise refuse(
                "statement", "条款 后面要写编号和名称", statement.span, "例如 条款 tx-2 营收上台阶奖励"
            )
        if any(c.id == name for c in self.clauses):
            raise refuse("statement", f"条款编号 {name} 重复", statement.span, "换一个编号")
        self._current = tree.Clause(
            name, title.strip() or name, statement.span, (), text=text, text_span=text_span
        )

    def _parser(self, statement: Statement) -> Parser:
        return Parser(self.scope.lexer().tokens(statement.lines), self.scope)

    # ---- statements with expressions

    def _named(self, statement: Statement) -> tuple[str, tuple[Line, ...]]:
        """`name = …`: the name, and the lines after the sign."""
        first = statement.lines[0]
        at = next((i for i, c in enumerate(first.text) if c in "=＝"), -1)
        name = first.text[:at].strip()
        if at < 1 or not name:
            raise refuse(
                "statement", f"{statement.keyword} 要写成 名称 = …", statement.span, "例如 定义 甲 = …"
            )
        return name, (Line(first.text[at + 1 :], first.number, first.column + at + 1), *statement.lines[1:])

    def _definition(self, statement: Statement) -> None:
        name, lines = self._named(statement)
        parser = Parser(self.scope.lexer().tokens(lines), self.scope)
        node = parser.expression()
        parser.finish()
        if name in self.scope.definitions or self.scope.dictionary.find(name):
            raise refuse("statement", f"「{name}」已经有了意思", statement.span, "换一个名称")
        self.scope.definitions[name] = node

    def _parameter(self, statement: Statement) -> None:
        name, lines = self._named(statement)
        parser = Parser(self.scope.lexer().tokens(lines), self.scope)
        node = parser.expression()
        if not isinstance(node, tree.Literal) or not isinstance(node.value, Fraction):
            raise refuse(
                "statement", "参数 的值要是一个数", node.span, "例如 参数 起点 = 2000万元 自 2026-01-01"
            )
        start, end, basis = None, None, ""
        while token := parser.word("自", "至", "依据"):
            value = parser.take()
            if token.text == "依据":
                basis = value.text
            elif not isinstance(value.value, date):
                raise refuse("date", f"{token.text} 后面要是日期", value.span, "例如 自 2026-01-01")
            elif token.text == "自":
                start = value.value
            else:
                end = value.value
        parser.finish()
        self._add_parameter(name, node, tree.Dated(start, end, node.value, basis))

    def _add_parameter(self, name: str, node: tree.Node, dated: tree.Dated) -> None:
        known = self.scope.parameters.get(name)
        values = (*known.values, dated) if known else (dated,)
        if known and known.type != node.type:
            raise refuse("unit", f"参数「{name}」前后单位不同", node.span, f"都用 {known.type}")
        for old in values[:-1]:
            if _overlap(old, dated):
                raise refuse("date", f"参数「{name}」有两段日期重叠", node.span, "给前一段写上 至 日期")
        self.scope.parameters[name] = tree.Parameter(node.span, node.type, name, values)

    def _condition(self, clause: tree.Clause, statement: Statement) -> tree.Clause:
        parser = self._parser(statement)
        label, words = f"条件{len(clause.conditions) + 1}", tuple[str, ...]()
        if parser.token.kind == "text":
            label, *rest = parser.take().text.split("|")
            words = tuple(rest)
        node = parser.condition()
        parser.finish()
        return replace(clause, conditions=(*clause.conditions, tree.Condition(label, node, words)))

    def _amount(self, clause: tree.Clause, statement: Statement) -> tree.Clause:
        if clause.amount is not None:
            raise refuse("statement", "一个条款只能有一句 给", statement.span, "用 按…分档 或另写一个条款")
        parser = self._parser(statement)
        node = parser.expression()
        while parser.word(",", ";"):
            word = parser.expect("最高", "最低")
            node = build.extreme(word.text == "最低", [node, parser.expression()], node.span)
        parser.finish()
        if node.type.kind is not Kind.NUMBER or node.type.powers not in (MONEY.powers, POINTS.powers):
            raise refuse(
                "unit", f"给 后面要是金额或分值，这里是{node.type}", node.span, "例如 给 30万元，或 给 5分"
            )
        return replace(clause, amount=node)

    def _output(self, clause: tree.Clause, statement: Statement) -> tree.Clause:
        name, lines = self._named(statement)
        parser = Parser(self.scope.lexer().tokens(lines), self.scope)
        node = parser.expression()
        parser.finish()
        return replace(clause, outputs=(*clause.outputs, (name, node)))

    def _instalment(self, clause: tree.Clause, statement: Statement) -> tree.Clause:
        parser = self._parser(statement)
        share = _share_of(parser.take())
        when = parser.take().text if parser.token.kind == "text" else ""
        test = None
        if parser.word("当"):
            test = parser.condition()
        parser.finish()
        return replace(clause, instalments=(*clause.instalments, tree.Instalment(share, when, test)))

    def _cap(self, clause: tree.Clause, statement: Statement) -> tree.Clause:
        first = statement.lines[0]
        scope = next((s for s in SCOPES if first.text.startswith(s)), "")
        if not scope:
            raise refuse("statement", "封顶 后面要写口径", statement.span, "、".join(SCOPES))
        body = first.text[len(scope) :]
        whole = "不拆分" in body
        body = body.replace("不拆分", "   ")
        body, _, group = body.partition("共用")
        line = Line(body, first.number, first.column + len(scope))
        parser = Parser(self.scope.lexer().tokens([line]), self.scope)
        node = parser.expression()
        parser.finish()
        if clause.amount is not None and node.type != clause.amount.type:
            raise refuse(
                "unit",
                f"封顶的单位是{node.type}，给 的单位是{clause.amount.type}",
                node.span,
                "两处用同一单位",
            )
        return replace(clause, caps=(*clause.caps, tree.Cap(scope, node, group.strip(), whole)))

    def _order(self, clause: tree.Clause, statement: Statement) -> tree.Clause:
        """次序 按比例: who is served first under a cap that enterprises share."""
        if statement.rest not in tree.ORDERS:
            raise refuse(
                "statement", f"不认识的次序「{statement.rest}」", statement.span, "、".join(tree.ORDERS)
            )
        return replace(clause, order=statement.rest)

    def _share(self, clause: tree.Clause, statement: Statement) -> tree.Clause:
        """分担 市 50%、县 50%: must add up to the whole."""
        shares: list[tuple[str, Fraction]] = []
        for part in statement.rest.replace("，", "、").replace(",", "、").split("、"):
            level, _, percent = part.strip().partition(" ")
            digits, unit = split_quantity(percent)
            try:
                share = exact(digits) / 100 if unit == "%" else None
            except ValueError:
                share = None
            if share is None:
                raise refuse("statement", "分担 要写成 市 50%、县 50%", statement.span, "每一级写一个百分数")
            shares.append((level, share))
        if sum(s for _, s in shares) != 1:
            raise refuse("statement", "分担 的比例加起来不是 100%", statement.span, "检查各级比例")
        return replace(clause, shares=tuple(shares))


def _names(statement: Statement) -> tuple[str, ...]:
    text = statement.rest.replace("，", "、").replace(",", "、")
    return tuple(part.strip() for part in text.split("、") if part.strip())


def _share_of(token: Token) -> Fraction:
    unit = unit_of(token.unit) if token.unit else None
    if token.kind != "number" or unit is None or not isinstance(token.value, Fraction):
        raise refuse("statement", "分期 后面要写百分数", token.span, "例如 分期 50% 「达产升规」")
    return token.value * unit[0]


def _overlap(one: tree.Dated, two: tree.Dated) -> bool:
    low, high = date.min, date.max
    return (one.start or low) <= (two.end or high) and (two.start or low) <= (one.end or high)


__all__ = ["ERROR", "BlockReader", "statements"]
