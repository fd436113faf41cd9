"""A rule base: the fact dictionary and all documents; which text governs a matter on a day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sanfu.kernel.rules.language.facts import Dictionary
from sanfu.kernel.rules.language.tree import Clause
from sanfu.kernel.rules.reading.document import Application, Document, read_document


@dataclass(frozen=True)
class Library:
    """Documents in the order of their names; clause ids are unique across them."""

    dictionary: Dictionary
    documents: tuple[Document, ...]

    @classmethod
    def read(cls, dictionary: Dictionary, sources: Iterable[tuple[str, str]]) -> "Library":
        """From (name, text) pairs; problems stay with their document."""
        return cls(dictionary, tuple(read_document(text, dictionary, name) for name, text in sources))

    def clauses(self, day: date | None = None) -> Iterator[tuple[Document, Clause]]:
        """Every clause, or those of documents in force on `day`."""
        for document in self.documents:
            if day is None or document.in_force(day):
                for clause in document.clauses:
                    yield document, clause

    def find(self, clause_id: str) -> tuple[Document, Clause]:
        """KeyError when no document has that clause."""
        for document, clause in self.clauses():
            if clause.id == clause_id:
                return document, clause
        raise KeyError(clause_id)

    def governing(self, matter: str, day: date, family: str = "") -> list[tuple[Document, Application]]:
        """The documents whose 适用 names the matter on that day; more than one is a conflict for `checks`."""
        return [
            (document, entry)
            for document in self.documents
            if not family or document.family == family
            for entry in document.applications
            if entry.matter == matter
            and (entry.start is None or entry.start <= day)
            and (entry.end is None or day <= entry.end)
        ]
