"""What a rule was read as, as a tree of Chinese lines a policy officer can check. Pure."""

from fractions import Fraction
from typing import Any

from sanfu.kernel.rules.language import tree
from sanfu.kernel.rules.language.quantities import FLAG, POINT_SCALE, POINTS, UNITS, decimal_text, say
from sanfu.kernel.rules.language.tree import Clause, Node

Branch = dict[str, Any]
OPS = {"≥": "不低于", "≤": "不超过", ">": "超过", "<": "低于", "=": "等于", "≠": "不等于"}


def clause_tree(clause: Clause) -> list[Branch]:
    """Conditions, amount, caps and exclusions of a clause as nodes of `{% tree %}`."""
    conditions = [
        {"label": condition.label, "open": True, "children": [node_tree(condition.test)]}
        for condition in clause.conditions
    ]
    found: list[Branch] = [
        {"label": f"同时满足 {len(conditions)} 个条件", "open": True, "children": conditions}
    ]
    if clause.amount is not None:
        found.append({"label": "给", "open": True, "children": [node_tree(clause.amount)]})
    for name, node in clause.outputs:
        found.append({"label": f"输出 {name}", "children": [node_tree(node)]})
    for cap in clause.caps:
        shared = f"，与“{cap.group}”各条共用" if cap.group else ""
        found.append({"label": f"封顶 {cap.scope} {line_of(cap.amount)}{shared}"})
    for group in clause.groups:
        found.append({"label": f"互斥组“{group}”内只享一项，就高"})
    if clause.conflicts:
        found.append({"label": f"与 {'、'.join(clause.conflicts)} 不同时享受"})
    if clause.delivery:
        found.append({"label": f"兑现方式 {clause.delivery}"})
    return found


def node_tree(node: Node) -> Branch:
    """One node with its parts; short ones stay on one line."""
    match node:
        case tree.Logic():
            word = "全部成立" if node.op == "且" else "任一成立"
            return {"label": word, "open": True, "children": [node_tree(item) for item in node.items]}
        case tree.Not():
            return {"label": "不成立", "open": True, "children": [node_tree(node.item)]}
        case tree.Named():
            return {"label": f"{node.name}（定义）", "children": [node_tree(node.body)]}
        case tree.Choose():
            rows = [
                {
                    "label": f"若 {line_of(test)}",
                    "children": [{"label": f"则 {line_of(value)}"}],
                    "open": True,
                }
                for test, value in node.rows
            ]
            rows.append({"label": f"否则 {line_of(node.otherwise)}"})
            return {"label": "按先后取第一个成立的", "open": True, "children": rows}
        case tree.Extreme():
            word = "取较大的" if node.largest else "取较小的"
            return {"label": word, "open": True, "children": [node_tree(item) for item in node.items]}
    return {"label": line_of(node)}


def line_of(node: Node) -> str:
    """One node on one line."""
    match node:
        case tree.Literal():
            return _literal(node)
        case tree.Column():
            return node.key
        case tree.Today():
            if node.years_back:
                return f"{node.years_back}年前的12月31日"
            return "今日" if not node.months_back else f"{node.months_back}个月前的今日"
        case tree.Parameter() | tree.Named():
            return node.name
        case tree.Compare():
            return f"{line_of(node.left)} {OPS.get(node.op, node.op)} {line_of(node.right)}"
        case tree.Member():
            return f"{line_of(node.subject)} 属于 {node.set_name or '、'.join(node.entries)}"
        case tree.Arithmetic():
            return f"({line_of(node.left)} {node.op} {line_of(node.right)})"
        case tree.Steps():
            return f"每满 {line_of(node.step)} 的 {line_of(node.subject)} 给 {line_of(node.give)}"
        case tree.Compound():
            return f"{line_of(node.first)} 到 {line_of(node.last)} 的 {node.years} 年复合增长"
        case tree.Not():
            return f"非 {line_of(node.item)}"
        case tree.Logic():
            return f" {node.op} ".join(line_of(item) for item in node.items)
        case tree.Extreme():
            word = "较大值" if node.largest else "较小值"
            return f"{word}（{'、'.join(line_of(item) for item in node.items)}）"
        case tree.Choose():
            rows = "；".join(f"{line_of(test)}：{line_of(value)}" for test, value in node.rows)
            return f"{rows}；否则：{line_of(node.otherwise)}"
    return type(node).__name__


def _literal(node: tree.Literal) -> str:
    if isinstance(node.value, Fraction) and node.unit in UNITS:
        return f"{decimal_text(node.value / UNITS[node.unit][0])}{node.unit}"
    return say(node.value, node.type)


def pays_points(clause: Clause) -> bool:
    """分值制: the amount is points, priced when the pool is divided."""
    return clause.amount is not None and clause.amount.type == POINTS


def amount_line(clause: Clause) -> str:
    """给 as a sentence for the public, or 资质 when the clause only decides."""
    return sentence(clause.amount) if clause.amount is not None else "认定结论"


def sentence(node: Node) -> str:
    """A formula in words a firm reads: shares, caps, floors and steps by name, no nested brackets."""
    match node:
        case tree.Extreme():
            return _bounded(node)
        case tree.Choose():
            rows = [f"{condition(test)}的，{sentence(value)}" for test, value in node.rows]
            return "；".join([*rows, f"其他，{sentence(node.otherwise)}"])
        case tree.Arithmetic(op="×") if _is_share(node.right):
            return f"按{_whole(node.left)}的{line_of(node.right)}"
        case tree.Arithmetic(op="×") if _is_share(node.left):
            return f"按{_whole(node.right)}的{line_of(node.left)}"
        case tree.Arithmetic(op="-" | "−"):
            return f"{_whole(node.left)}减去{_whole(node.right)}"
        case tree.Arithmetic(op="+"):
            return f"{sentence(node.left)}，加上{sentence(node.right)}"
        case tree.Arithmetic():
            word = {"×": "乘", "÷": "除以"}.get(node.op, node.op)
            return f"{_whole(node.left)}{word}{_whole(node.right)}"
        case tree.Steps():
            return f"{sentence(node.subject)}每满{sentence(node.step)}给{sentence(node.give)}"
        case tree.Named() | tree.Parameter():
            return node.name
        case tree.Column():
            return _column(node)
        case tree.Literal():
            return (
                _literal(node).replace("0000万元", "亿元")
                if _literal(node).endswith("0000万元")
                else _literal(node)
            )
    return (
        condition(node)
        if isinstance(node, tree.Compare | tree.Logic | tree.Member | tree.Not)
        else line_of(node)
    )


WHEN = {"历史": "以前", "有效": "现在", "本年": "本年"}


def _column(node: tree.Column, no: str = "") -> str:
    """A fact by its name and its time: 上年营业收入; a flag as a statement: 以前是规上企业."""
    when, _, name = node.key.rpartition(".")
    if node.type != FLAG:
        return when + name
    if not when:
        return f"未{name}" if no else name
    return f"{WHEN.get(when, when)}{no}是{name}"


def _whole(node: Node) -> str:
    """A part of a formula as one thing: what is made of several stands in its own brackets."""
    text = sentence(node)
    simple = isinstance(node, tree.Literal | tree.Column | tree.Named | tree.Parameter | tree.Today)
    return text if simple else f"（{text}）"


def _is_share(node: Node) -> bool:
    return isinstance(node, tree.Literal) and line_of(node).endswith("%")


def _bounded(node: tree.Extreme) -> str:
    """较小值 with fixed sums is a cap, 较大值 with them a floor; without, the smaller or larger of several."""
    fixed = [item for item in node.items if isinstance(item, tree.Literal | tree.Parameter)]
    free = [item for item in node.items if item not in fixed]
    if len(fixed) == 1 and len(free) == 1:
        zero = isinstance(fixed[0], tree.Literal) and fixed[0].value == 0
        if node.largest and zero:
            return sentence(free[0])
        return f"{sentence(free[0])}，{'最低' if node.largest else '最高'}{line_of(fixed[0])}"
    word = "取大的一项" if node.largest else "取小的一项"
    return f"{'、'.join(_whole(item) for item in node.items)}，{word}"


def condition(node: Node) -> str:
    """A test in words: both sides of a comparison without spaces, 且 and 或 between them."""
    match node:
        case tree.Compare():
            return f"{sentence(node.left)}{OPS.get(node.op, node.op)}{sentence(node.right)}"
        case tree.Logic():
            return {"且": "并且", "或": "或者"}.get(node.op, node.op).join(
                condition(item) for item in node.items
            )
        case tree.Member():
            return f"{sentence(node.subject)}属于{node.set_name or '、'.join(node.entries)}"
        case tree.Not(item=tree.Column() as fact):
            return _column(fact, "不")
        case tree.Not():
            return f"不满足“{condition(node.item)}”"
    return sentence(node)


def money(fen: int | Fraction | None) -> str:
    """分 as 万元 or 元, the way an official writes it."""
    if fen is None:
        return "待定"
    value = Fraction(fen)
    if abs(value) >= 10**10:
        return f"{decimal_text(value / 10**10, 2)}亿元"
    if abs(value) >= 10**6:
        return f"{decimal_text(value / 10**6, 2)}万元"
    return f"{decimal_text(value / 100, 2)}元"


def worth(clause: Clause, units: int | None) -> str:
    """An amount as lists count it: 分 of money, or 10⁻⁴ points."""
    if units is not None and pays_points(clause):
        return f"{decimal_text(Fraction(units, POINT_SCALE))}分（按年度资金定价）"
    return money(units)
