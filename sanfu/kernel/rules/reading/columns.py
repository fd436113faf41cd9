"""Facts as rules name them: the period a bare word means, 首次, 从未享受, 季均."""

from fractions import Fraction

from sanfu.kernel.rules.language import tree
from sanfu.kernel.rules.language.facts import BASES, EVER, QUARTERS, Fact, column_key
from sanfu.kernel.rules.language.problems import Span, refuse
from sanfu.kernel.rules.language.tree import Node
from sanfu.kernel.rules.reading import build
from sanfu.kernel.rules.reading.cursor import Cursor
from sanfu.kernel.rules.reading.words import PERIOD_WORDS, Token

PAST = {"年度": ("上年", "前年", "大前年", "大前年之前一年"), "期末": ("期末", "前年末", "大前年末")}
OPERATING_QUARTERS = "经营季数"


def first_granted(cursor: Cursor, token: Token) -> Node:
    """首次.专精特新小巨人: granted this year, and never before."""
    cursor.word(".")
    fact = fact_word(cursor)
    if fact.basis != "认定":
        raise refuse(
            "period",
            f"首次 只能用于认定类字段，{fact.name} 是{fact.basis}",
            token.span,
            "用 首次达到 比较数值",
        )
    now, before = period_column(fact, "本年", token.span), period_column(fact, EVER, token.span)
    return build.logic("且", [now, build.negate(before, token.span)])


def never_enjoyed(cursor: Cursor, token: Token) -> Node:
    """从未享受 tx-2: the clause was never paid to the enterprise."""
    name = cursor.take()
    fact = cursor.scope.dictionary.find("已享受")
    if fact is None or name.kind not in ("name", "text"):
        raise refuse("parse", "从未享受 后面要写条款编号", name.span, "例如 从未享受 tx-2")
    column = column_node(fact, f"{fact.name}.{name.text}", token.span.to(name.span))
    return build.negate(column, token.span)


def quarterly_mean(cursor: Cursor, token: Token) -> Node:
    """季均.X: the mean over operating quarters of (start + end) ÷ 2."""
    cursor.word(".")
    fact = fact_word(cursor)
    if fact.basis != "季度":
        raise refuse(
            "period",
            f"季均 只能用于季度字段，{fact.name} 是{fact.basis}",
            token.span,
            "换成季度口径的字段",
        )
    means = [
        build.arithmetic(
            "÷",
            build.total([period_column(fact, period, token.span) for period in QUARTERS[: 2 * quarters]]),
            build.whole_number(2 * quarters, token.span),
        )
        for quarters in (4, 3, 2, 1)
    ]
    counter = cursor.scope.dictionary.find(OPERATING_QUARTERS)
    if counter is None:
        return means[0]
    column = period_column(counter, "", token.span)
    rows = [
        (build.compare("≥", column, tree.Literal(token.span, counter.type, Fraction(q))), mean)
        for q, mean in zip((4, 3, 2), means, strict=False)
    ]
    return build.choose(rows, means[3], token.span)


def fact_word(cursor: Cursor) -> Fact:
    """The next word as a fact of the dictionary."""
    token = cursor.take()
    fact = cursor.scope.dictionary.find(token.text) if token.kind == "word" else None
    if fact is None:
        raise cursor.unknown(token)
    return fact


def named_fact(cursor: Cursor) -> Node:
    """上年.营业收入, 期末从业人员, 已兑.shz-1, 高新技术企业."""
    token = cursor.token
    period = ""
    if token.text in PERIOD_WORDS:
        period = PERIOD_WORDS[cursor.take().text]
        cursor.word(".")
        if cursor.token.kind != "word" or cursor.scope.dictionary.find(cursor.token.text) is None:
            raise cursor.unexpected(f"{token.text} 后面要是字段，读到")
    elif cursor.scope.dictionary.find(token.text) is None:
        raise cursor.unexpected("这里要是字段、数或括号，读到")
    fact = fact_word(cursor)
    span = token.span.to(cursor.tokens[cursor.at - 1].span)
    if fact.basis == "事项":
        cursor.expect(".")
        name = cursor.take()
        return column_node(fact, f"{fact.name}.{name.text}", span.to(name.span))
    return period_column(fact, period or _default_period(cursor, fact, span), span)


def _default_period(cursor: Cursor, fact: Fact, span: Span) -> str:
    if cursor.year is not None and fact.basis in PAST:
        return PAST[fact.basis][cursor.year]
    if fact.basis == "年度":
        instead = f"上年.{fact.name}、近两年每年 {fact.name}、近三年合计.{fact.name}"
        raise refuse("period", f"{fact.name} 是年度数，没有写哪一年", span, instead)
    if fact.basis == "季度":
        raise refuse("period", f"{fact.name} 是季度数，没有写哪一季", span, f"季均.{fact.name}")
    return BASES[fact.basis][0]


def period_column(fact: Fact, period: str, span: Span) -> tree.Column:
    """One fact in one of the periods it may take."""
    if period not in BASES[fact.basis]:
        allowed = "、".join(p or "(不写期间)" for p in BASES[fact.basis])
        raise refuse("period", f"{fact.name} 没有「{period}」这个期间", span, f"可用：{allowed}")
    return column_node(fact, column_key(fact.name, period), span)


def column_node(fact: Fact, key: str, span: Span) -> tree.Column:
    return tree.Column(span, fact.type, key, fact.unit, fact.scale, fact.low, fact.high)
