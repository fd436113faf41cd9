"""检索 (global search): what a room offers to the one search box, and how words are asked of an indexed text."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import BooleanField, F, Func, Model, QuerySet, Value

M = TypeVar("M", bound=Model)
SHORTEST, LONGEST = 2, 40


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found: its words, its page (route, arguments, question), and one line about it."""

    title: str
    route: str
    args: tuple[Any, ...] = ()
    query: str = ""
    about: str = ""


def folded(words: str) -> str:
    """The words as they are compared: without spaces, capitals and backslashes, at most forty signs."""
    return "".join(words.replace("\x00", "").replace("\\", "").split()).lower()[:LONGEST]


def holding(rows: "QuerySet[M]", column: str, words: str) -> "QuerySet[M]":
    """Rows whose column holds the words; an index over `bigrams(column)` finds them from two characters on.

    Two characters are one pair, and the index answers exactly; more are pairs that must also stand together.
    """
    words = folded(words)
    if len(words) < SHORTEST:
        return rows.none()
    if len(words) > SHORTEST:
        rows = rows.filter(**{f"{column}__icontains": words})
    pairs, query = Func(F(column), function="bigrams"), Func(Value(words), function="bigram_query")
    return rows.filter(
        Func(pairs, query, template="%(expressions)s", arg_joiner=" @@ ", output_field=BooleanField())
    )


def beginning(rows: "QuerySet[M]", column: str, words: str) -> "QuerySet[M]":
    """Rows whose column begins with the words, which are capitals and digits; an index over the column finds them.

    The range names the index whatever the order of letters of the database is; `startswith` decides.
    """
    last = words + "Z" * LONGEST
    return rows.filter(**{f"{column}__gte": words, f"{column}__lte": last, f"{column}__startswith": words})
