"""Builds typed nodes and refuses what does not fit: units, kinds, divisions by zero."""

from datetime import date
from fractions import Fraction

from sanfu.kernel.rules.language.problems import RuleError, Span, refuse
from sanfu.kernel.rules.language.quantities import CODE, DATE, DAYS, FLAG, MONEY, RATIO, Kind, Type, unit_of
from sanfu.kernel.rules.language.tree import (
    Arithmetic,
    Choose,
    Column,
    Compare,
    Compound,
    Extreme,
    Literal,
    Logic,
    Member,
    Named,
    Node,
    Not,
    Steps,
    children,
)


def unit_name(node: Node) -> str:
    """The unit as its author wrote it: the literal's, else the fact's, else the dimension."""
    if isinstance(node, Named):
        return unit_name(node.body)
    if isinstance(node, Literal | Column) and node.unit:
        return node.unit
    if isinstance(node, Literal) and node.type == RATIO:
        return "没有单位"
    for child in children(node):
        if child.type == node.type and not isinstance(node, Compare):
            return unit_name(child)
    return str(node.type)


def number_literal(value: Fraction, unit: str, span: Span) -> Literal:
    known = unit_of(unit) if unit else (Fraction(1), RATIO)
    if known is None:
        raise refuse("unit", f"不认识的单位 {unit}", span, "用 元、万元、亿元、人、件、年、天、%、分 等")
    return Literal(span, known[1], value * known[0], unit)


def _mismatch(left: Node, right: Node, what: str) -> RuleError:
    """The error for two things that cannot be set against each other; points at the right one."""
    mine, other = unit_name(left), unit_name(right)
    hint = f"两边都用 {mine}，或改用单位为 {other} 的字段"
    if isinstance(right, Literal) and not right.unit and left.type.kind is Kind.NUMBER:
        hint = f"给这个数写上单位，例如 {mine}"
    return refuse("unit", f"{what}的两边单位不同：左边是 {mine}，右边是 {other}", right.span, hint)


def compare(op: str, left: Node, right: Node) -> Node:
    """A comparison; both sides of one kind and one dimension."""
    span = left.span.to(right.span)
    if isinstance(left, Compound):
        if right.type != RATIO or not isinstance(right, Literal):
            raise refuse(
                "unit", "复合增长只能与一个百分数比较", right.span, "例如 近两年复合增长.营业收入 ≥ 5%"
            )
        return Compare(span, FLAG, op, left, right)
    if left.type.kind is not right.type.kind or left.type.powers != right.type.powers:
        raise _mismatch(left, right, f"“{op}”")
    if left.type.kind is Kind.FLAG:
        raise refuse("kind", "是否类字段不用比较", left.span, "直接写字段名，或写 非 字段名")
    if left.type.kind is Kind.CODE and op not in "=≠":
        raise refuse("kind", f"代码不能用 “{op}” 比较", left.span, "用 等于、不等于、属于")
    return Compare(span, FLAG, op, left, right)


def arithmetic(op: str, left: Node, right: Node) -> Node:
    """`+ − × ÷`; adding needs one dimension, a constant zero may not divide."""
    span = left.span.to(right.span)
    if left.type == DATE and right.type == DATE and op == "-":
        return Arithmetic(span, DAYS, op, left, right)
    if left.type.kind is not Kind.NUMBER or right.type.kind is not Kind.NUMBER:
        wrong = left if left.type.kind is not Kind.NUMBER else right
        raise refuse("kind", f"“{op}” 只能用于数，这里是{wrong.type}", wrong.span, "检查字段是不是写错了")
    if op in "+-":
        if left.type != right.type:
            raise _mismatch(left, right, f"“{op}”")
        return Arithmetic(span, left.type, op, left, right)
    if op == "÷" and isinstance(right, Literal) and right.value == 0:
        raise refuse("zero-division", "除数是零", right.span, "写一个不为零的除数")
    return Arithmetic(span, left.type.times(right.type, -1 if op == "÷" else 1), op, left, right)


def logic(op: str, items: list[Node]) -> Node:
    flat: list[Node] = []
    for item in items:
        if item.type != FLAG:
            raise refuse(
                "kind", f"“{op}” 两边都要是条件，这里是{item.type}", item.span, "写成比较，例如 … ≥ …"
            )
        flat += item.items if isinstance(item, Logic) and item.op == op else [item]
    return flat[0] if len(flat) == 1 else Logic(flat[0].span.to(flat[-1].span), FLAG, op, tuple(flat))


def negate(item: Node, span: Span) -> Node:
    if item.type != FLAG:
        raise refuse("kind", f"“非” 后面要是条件，这里是{item.type}", item.span, "写成 非(… ≥ …)")
    return Not(span.to(item.span), FLAG, item)


def member(subject: Node, entries: tuple[str, ...], name: str, span: Span) -> Node:
    if subject.type != CODE:
        raise refuse(
            "kind", f"“属于” 左边要是代码字段，这里是{subject.type}", subject.span, "例如 行业 属于 制造业"
        )
    return Member(subject.span.to(span), FLAG, subject, entries, name)


def same_types(nodes: list[Node], what: str) -> Type:
    for node in nodes[1:]:
        if node.type != nodes[0].type:
            raise _mismatch(nodes[0], node, what)
    return nodes[0].type


def extreme(largest: bool, items: list[Node], span: Span) -> Node:
    kind = same_types(items, "较大值" if largest else "较小值")
    if kind.kind is not Kind.NUMBER:
        raise refuse("kind", "较大值、较小值只能用于数", span, "检查字段")
    return Extreme(span.to(items[-1].span), kind, largest, tuple(items))


def choose(rows: list[tuple[Node, Node]], otherwise: Node, span: Span) -> Node:
    kind = same_types([otherwise, *[value for _, value in rows]][::-1], "各档")
    for test, _ in rows:
        if test.type != FLAG:
            raise refuse("kind", "每一档前面要是条件", test.span, "写成 条件 : 值")
    return Choose(span, kind, tuple(rows), otherwise)


def steps(subject: Node, step: Node, give: Node, span: Span) -> Node:
    if subject.type != step.type:
        raise _mismatch(subject, step, "每满")
    if not isinstance(step, Literal) or not isinstance(step.value, Fraction) or step.value <= 0:
        raise refuse("zero-division", "每满后面要是大于零的数", step.span, "例如 每满 1000万元")
    return Steps(span.to(give.span), give.type, subject, step, give)


def total(items: list[Node]) -> Node:
    result = items[0]
    for item in items[1:]:
        result = arithmetic("+", result, item)
    return result


def whole_number(value: int, span: Span) -> Literal:
    return Literal(span, RATIO, Fraction(value))


def zero_of(kind: Type, span: Span) -> Literal:
    return Literal(span, kind, Fraction(0), "元" if kind == MONEY else "")


def day(value: date, span: Span) -> Literal:
    return Literal(span, DATE, value)
