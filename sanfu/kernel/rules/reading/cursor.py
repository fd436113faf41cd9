"""Where the reader stands: the tokens of one statement, the names it may use, and what to say when lost."""

import difflib
from dataclasses import dataclass, field

from sanfu.kernel.rules.language import tree
from sanfu.kernel.rules.language.facts import Dictionary
from sanfu.kernel.rules.language.problems import RuleError, refuse
from sanfu.kernel.rules.language.tree import Node
from sanfu.kernel.rules.reading.words import Lexer, Token


@dataclass
class Scope:
    """Names a rule may use: the dictionary, and what its document defines."""

    dictionary: Dictionary
    definitions: dict[str, Node] = field(default_factory=dict)
    parameters: dict[str, tree.Parameter] = field(default_factory=dict)

    _lexer: tuple[int, Lexer] | None = None

    def lexer(self) -> Lexer:
        """One lexer for all statements until the document defines a new word."""
        own = len(self.definitions) + len(self.parameters)
        if self._lexer is None or self._lexer[0] != own:
            words = [*self.dictionary.words, *self.dictionary.sets, *self.definitions, *self.parameters]
            self._lexer = own, Lexer(words)
        return self._lexer[1]


class Cursor:
    """One pass over the tokens of one statement."""

    def __init__(self, tokens: list[Token], scope: Scope) -> None:
        self.tokens, self.scope, self.at = tokens, scope, 0
        self.year: int | None = None  # inside 近N年…: which year bare annual facts mean

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def word(self, *texts: str) -> Token | None:
        """Take the next token if it is one of these words or marks."""
        return self.take() if self.token.kind in ("word", "mark") and self.token.text in texts else None

    def expect(self, *texts: str) -> Token:
        found = self.word(*texts)
        if found is None:
            seen = self.token.text or "行尾"
            raise refuse(
                "parse", f"这里要是 {' 或 '.join(texts)}，读到 {seen}", self.token.span, f"补上 {texts[0]}"
            )
        return found

    def finish(self) -> None:
        if self.token.kind != "end":
            raise self.unexpected("多出来的内容")

    def unexpected(self, what: str) -> RuleError:
        token = self.token
        if token.kind == "name":
            return self.unknown(token)
        return refuse(
            "parse", f"{what}:{token.text or '行尾'}", token.span, "检查前面是否少了 且、或、比较符或括号"
        )

    def unknown(self, token: Token) -> RuleError:
        names = [*self.scope.dictionary.words, *self.scope.definitions, *self.scope.parameters]
        near = difflib.get_close_matches(token.text, names, n=3, cutoff=0.5)
        instead = "、".join(near) if near else "事实字典里的字段名，或先用 定义 写出来"
        return refuse("unknown-word", f"不认识的词「{token.text}」", token.span, instead)
