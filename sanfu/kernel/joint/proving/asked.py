"""Questions proved again: where each answer came from, what it turned on, and what is still asked."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sanfu.kernel.joint.proving.reread import Row, Truth, many, names_in, needs_of
from sanfu.kernel.joint.proving.subject import Subject

GIVEN, IMPLIED = "申请人选择", "由其他答案推出"


class Asked:
    def __init__(self, subject: Subject) -> None:
        self.of = subject
        self.guide = subject.guide
        self.bundle: Row = subject.input["bundle"]
        self.items = {row["id"]: row for row in subject.input["items"]}
        self.questions = {str(q.get("id", "")): q for q in many(self.bundle.get("questions"))}
        self.facts: Row = subject.input["facts"]
        self.given: Row = subject.input["given"]

    def objections(self) -> Iterator[str]:
        yield from self._facts()
        yield from self._situation()
        yield from self._implications()
        yield from self._open()

    def _facts(self) -> Iterator[str]:
        """A guide carries the facts that its questions' rules read, and no others."""
        read = {
            name
            for question in self.questions.values()
            for rule in many(question.get("rules"))
            for name in _names(rule.get("if"))
        }
        if set(self.facts) - read:
            yield f"指南带了没有问题会读的数据：{sorted(set(self.facts) - read)}"

    def _situation(self) -> Iterator[str]:
        """The answers shown are the answers used; each says where it came from and what it turned on."""
        shown = [row["id"] for row in self.guide["situation"]]
        if shown != [code for code in self.questions if code in self.of.answers]:
            yield "情形答案与指南所用的答案不符"
            return
        if set(self.given) - set(self.of.answers) or set(self.of.answers) - set(self.questions):
            yield "指南所用的答案与所给的答案、目录中的情形不符"
        for row in self.guide["situation"]:
            question, code = self.questions[row["id"]], row["id"]
            value = self.of.answers[code]
            if row["answer"] != value or type(row["answer"]) is not type(value):
                yield f"情形 {code} 的答案应为 {value}，指南写 {row['answer']}"
            if row["text"] != str(question.get("n", code)) or row["label"] != _label(question, value):
                yield f"情形 {code} 的问句或答案文字与目录不符"
            if (row["origin"], row["reason"]) not in self._origins(code, value):
                yield f"情形 {code} 的来由“{row['origin']} {row['reason']}”不成立"
            turned = [c for c, raw in self.of.rows.items() if code in _names(raw.get("when"))]
            if row["turned_on"] != turned:
                yield f"情形 {code} 涉及的事项应为 {turned}，指南写 {row['turned_on']}"

    def _origins(self, code: str, value: Any) -> list[tuple[str, str]]:
        """Where this answer can have come from."""
        if value is None:
            gone = [f"不再相关({text})" for text in self._gone(code)]
            return [("logic", reason) for reason in (*gone, IMPLIED)]
        if code in self.given:
            return [("given", GIVEN)] if self.given[code] == value else []
        by_data = self._by_data(self.questions[code])
        if by_data is not None:
            return [("data", by_data[1])] if by_data[0] == value else []
        return [("logic", IMPLIED)]

    def _gone(self, code: str) -> list[str]:
        """Implications that hold and say that the answer no longer matters."""
        found = []
        for text in map(str, many(self.bundle.get("implies"))):
            left, _, right = text.partition("->")
            name = right.strip().removesuffix(" irrelevant").strip().removeprefix("q.")
            if right.strip().endswith(" irrelevant") and name == code and self.of.holds(left.strip()):
                found.append(text)
        return found

    def _by_data(self, question: Row) -> tuple[Any, str] | None:
        """The answer that the first rule to hold on the facts gives, with its reason."""
        for rule in many(question.get("rules")):
            text = rule.get("if", "true")
            if text in (None, True):
                continue
            held = Truth(self.facts).of(str(text))
            if held is None:
                return None
            if held:
                seen = "、".join(f"{n}={self.facts[n]}" for n in names_in(str(text)) if n in self.facts)
                return rule.get("then"), f"已由数据得出：{seen}" if seen else "已由数据得出"
        return None

    def _implications(self) -> Iterator[str]:
        """No answer contradicts what the others say of it."""
        for text in map(str, many(self.bundle.get("implies"))):
            left, _, right = text.partition("->")
            right = right.strip()
            if right.endswith(" irrelevant"):
                code = right.removesuffix(" irrelevant").strip().removeprefix("q.")
                if self.of.holds(left.strip()) and self.of.answers.get(code) is not None:
                    yield f"情形 {code} 已不再相关({text})，指南却用了答案"
            elif self.of.holds(left.strip()) and self.of.holds(right) is False:
                code = names_in(right)[0]
                if self.of.answers.get(code) is not None:
                    yield f"情形答案互相矛盾：{text}"

    def _open(self) -> Iterator[str]:
        """What is still asked: in the catalogue's words, one of it next, with the items that it decides."""
        rows = self.guide["questions"]
        if [row["next"] for row in rows] != [place == 0 for place in range(len(rows))]:
            yield "待问的问题中应有且只有第一个是下一问"
        for row in rows:
            question = self.questions[row["id"]]
            told = [(_key(one["value"]), one["label"]) for one in row["answers"]]
            words = (row["text"], row["derive"])
            if told != _answers(question) or words != (
                str(question.get("n", row["id"])),
                str(question.get("derive", "")),
            ):
                yield f"待问的 {row['id']} 的问句、答案或来由与目录不符"
            decides = [code for code in map(str, self.bundle["items"]) if row["id"] in self._read_by(code)]
            if row["decides"] != decides:
                yield f"待问的 {row['id']} 决定的事项应为 {decides}"

    def _read_by(self, code: str) -> set[str]:
        """Questions under which something at an item changes."""
        raw = self.items[code]
        conditions = [raw.get("when"), *(need.get("when") for need in needs_of(raw))]
        conditions += (raw.get("m_when") or {}).values()
        return {name for condition in conditions for name in _names(condition)}


def _names(condition: Any) -> list[str]:
    return [] if condition in (None, True, "") else names_in(str(condition))


def _answers(question: Row) -> list[tuple[str, str]]:
    answers = question.get("a", "bool")
    if isinstance(answers, Mapping):
        return [(str(value), str(label)) for value, label in answers.items()]
    if isinstance(answers, list):
        return [(_key(value), str(value)) for value in answers]
    return [("true", "是"), ("false", "否")]


def _key(value: Any) -> str:
    """A value as JSON writes it for a key."""
    return value if isinstance(value, str) else json.dumps(value)


def _label(question: Row, value: Any) -> str:
    if value is None:
        return "不再相关"
    return next((label for known, label in _answers(question) if known == _key(value)), str(value))
