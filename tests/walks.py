"""Walks through the forms of a kind of case: what a person is asked, fills in and sends, and which facts it changed.

Forms are found by the manifest alone: the page of an act, shown to somebody of the cast who may, filled from its own
fields. Every step is taken back, so a walk leaves the county as it was.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils.module_loading import import_string

from sanfu.cases.models import Case
from sanfu.enterprise.registry.models import Enterprise
from sanfu.kernel.indicators.rowkind import RowKind
from sanfu.measure import passes
from sanfu.measure.actions import store
from sanfu.measure.book import formulas
from sanfu.measure.counting import COUNTY
from sanfu.measure.kinds import row_kinds
from sanfu.records.manifest import CaseKind
from sanfu.records.moments import day_of
from tests.architecture.routes import routes_without_arguments
from tests.cast import CAST, KINDS, NOW, page_of, seen, some, who

WORDS = "演示说明：已到现场核对，材料齐全，请按规定办理。"
TRIES = 3  # forms whose first choice is refused are filled with the next one
DEEP = 6  # acts one after another
# What a form asks in a form of words of its own, by the name of the field.
SAID = {
    "milestones": f"{NOW:%Y}-12-20 样机交付", "proposes": "", "item": "", "into": "", "cites": "", "condition": "",
    "phone": "13800138000", "until": "取得外部条件后恢复",
}  # fmt: skip
# The same for a choice: a unit where somebody of the cast works.
CHOSEN = {"unit": "CGJ"}
Facts = dict[str, set[Any]]

# Kinds whose cases no page of their own opens ("officer:lead_new"), and what opens them.
OPENED_ELSEWHERE = {
    "alert": "the month's judgement, from the readings that departments upload",
    "batch": "drawn up from the accepted claims of a clause, all of which the demo county has used",
    "branch": "a joint application, once it is handed in",
    "claim": "the firm, on the page of one clause",
    "decision": "a meeting, from the record of one project",
    "handover": "the seat of the centre, from the record of one firm",
    "joint": "the firm, after the questions of a guide",
    "outreach": "events of a firm that the county wants to hear of",
    "remedy": "a bad rating, when its event is delivered",
    "research": "a need and an offer that match",
    "talent": "the firm, on the page of one class of talent",
    "task": "a department that sends a checked document to towns",
}
OPENINGS = {
    kind.code: f"{kind.page}_new"
    for kind in KINDS
    if kind.code not in OPENED_ELSEWHERE and f"{kind.page}_new" in routes_without_arguments()
}
# Facts that none of the forms here moves, and who does.
MOVED_ELSEWHERE = {
    "branches.given_up": "the firm withdraws, on its own page",
    "branches.lacking": "an officer, where a material was deferred on a promise",
    "branches.prereviewed": "a contract signed after a pre-review",
    "claims.corrected": "the firm corrects with a paper for each number, on its own page",
    "claims.rounds": "the firm corrects with a paper for each number, on its own page",
    "claims.paid": "the receipts of a batch",
    "orders.raised_again": "the same person about the same item within thirty days",
    "orders.watched": "thirty days that pass",
    "ratings.content_after": "the remedy of a bad rating, which its event opens",
    "ratings.mended": "the remedy of a bad rating, which its event opens",
}


@dataclass(frozen=True)
class Step:
    """One act sent through its page: who, from which state to which, and why it was refused, if it was."""

    event: str
    login: str
    before: str
    after: str
    status: int
    refused: str = ""

    @property
    def done(self) -> bool:
        return not self.refused


@dataclass
class Walk:
    """What the forms of a kind of case do: the steps, facts that changed ("claims.reviewed"), cells of figures that moved by the first that closed a case."""

    steps: list[Step] = field(default_factory=list)
    facts: set[str] = field(default_factory=set)
    closed: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def done(self) -> set[str]:
        return {step.event for step in self.steps if step.done}


# ── a form filled from its own fields ──


def filled(form: forms.Form, nth: int = 0) -> dict[str, Any]:
    """Something plausible in every field of a form; `nth` takes other choices."""
    data: dict[str, Any] = {}
    for name, one in form.fields.items():
        given = form.get_initial_for_field(one, name)
        value = _plausible(name, one, nth) if given in (None, "", []) else given
        if value not in (None, ""):
            data[form.add_prefix(name)] = value
    return data


def _plausible(name: str, one: forms.Field, nth: int) -> Any:
    if name == "enterprise" and not isinstance(one, forms.ChoiceField):
        return Enterprise.objects.order_by("-credit_code").values_list("credit_code", flat=True)[nth]
    if name in SAID and not isinstance(one, forms.ChoiceField):
        return SAID[name]
    if isinstance(one, forms.ModelChoiceField):
        assert one.queryset is not None
        codes = list(one.queryset.values_list(one.to_field_name or "pk", flat=True)[nth : nth + 1])
        return codes if isinstance(one, forms.ModelMultipleChoiceField) else next(iter(codes), "")
    if isinstance(one, forms.ChoiceField):
        if isinstance(one, forms.MultipleChoiceField) and not one.required:
            return ""
        if CHOSEN.get(name) in {str(value) for value, _ in one.choices} and nth == 0:
            return CHOSEN[name]
        choices = [str(value) for value, _ in one.choices if value not in ("", None)]
        return choices[nth % len(choices)] if choices else ""
    if isinstance(one, forms.DateTimeField):
        return f"{NOW:%Y-%m-%dT10:00}"
    if isinstance(one, forms.DateField):
        return (day_of(NOW) + timedelta(days=(0, 7, -7)[nth])).isoformat()
    if isinstance(one, forms.IntegerField | forms.DecimalField | forms.FloatField):
        return str(one.min_value or 1)
    if isinstance(one, forms.BooleanField):
        return "on" if one.required or nth == 0 else ""
    if isinstance(one, forms.FileField) or not isinstance(one, forms.CharField):
        return ""
    return WORDS[: one.max_length] if one.max_length else WORDS


def form_of(answer: Any) -> forms.Form | None:
    """The Django form that a page was rendered with, or None."""
    found = answer.context.get("form") if answer.context else None
    return found if isinstance(found, forms.Form) else None


# ── acts ──


def send(kind: CaseKind, case: Case, event: str, login: str, more: Mapping[str, str] | None = None) -> Step:
    """Open the page of an act, fill its form (`more`: what it says besides), send it; the step or why it was refused."""
    client, address = page_of(login), reverse(kind.act, args=[case.pk, event])
    answer, said = None, "the page is not offered"
    for nth in range(TRIES):
        asked = client.get(address)
        form = form_of(asked)
        if asked.status_code != 200 or (form is None and nth):
            break
        data = {"version": case.version, **(filled(form, nth) if form else {}), **(more or {})}
        answer = client.post(address, data)
        now = Case.objects.get(pk=case.pk)
        if now.version != case.version:
            return Step(event, login, case.state, now.state, answer.status_code)
        bad = form_of(answer)
        said = str(dict(bad.errors)) if bad else "nothing happened"
    return Step(
        event, login, case.state, case.state, answer.status_code if answer else asked.status_code, said
    )


def who_may(kind: CaseKind, case: Case, move: Any) -> list[str]:
    """Those of the cast who hold the permission of a move and see the case."""
    able = [login for login in CAST if move.who and who(login).may(*move.who)]
    return [login for login in able if seen(who(login), kind).filter(pk=case.pk).exists()]


@dataclass
class _Walker:
    """Takes every event of a flow once, from the cases that the county has and where acts lead."""

    kind: CaseKind
    look: Callable[[Any], Mapping[str, Any]]
    found: Walk
    tried: dict[tuple[str, str], int] = field(default_factory=dict)

    def walk(self, pk: Any, deep: int) -> None:
        case = Case.objects.get(pk=pk)
        flow = import_string(self.kind.flow)
        for move in flow.moves(flow.states(case.state)):
            key = (case.state, str(move.event))
            if str(move.event) in {*self.found.done, *self.kind.elsewhere} or self.tried.get(key, 0) >= 2:
                continue
            self.tried[key] = self.tried.get(key, 0) + 1
            with transaction.atomic():
                self._step(case, move, deep)
                transaction.set_rollback(True)

    def _step(self, case: Case, move: Any, deep: int) -> None:
        before = self.look(case.pk)
        for login in who_may(self.kind, case, move)[:2]:
            step = send(self.kind, case, str(move.event), login)
            self.found.steps.append(step)
            if step.done:
                after = self.look(case.pk)
                changed = {name for name in after if after[name] != before[name]}
                self.found.facts |= changed
                if "cases.closed" in changed and not self.found.closed:
                    self.found.closed = moved_cells(self.kind)
                if deep:
                    self.walk(case.pk, deep - 1)
                return


@cache
def walk_of(kind: CaseKind) -> Walk:
    """Every event of a flow that some page takes, with what it changed."""
    for login in CAST:
        page_of(login)  # signed in before the first step: what a step writes is taken back
    found = Walk()
    walker = _Walker(kind, looking_at(kind), found)
    for case in some(kind):
        walker.walk(case.pk, DEEP)
    return found


# ── facts and figures ──


def kinds_of(code: str) -> list[RowKind]:
    """Kinds of rows that a case of a kind is counted in."""
    return [one for one in row_kinds().values() if not one.case_kinds or code in one.case_kinds]


def looking_at(kind: CaseKind) -> Callable[[Any], Mapping[str, Any]]:
    """A function (case id) → "kind of rows.column" → the values of the rows of this case."""
    kinds = kinds_of(kind.code)
    return lambda pk: {f"{one.code}.{name}": said for one in kinds for name, said in rows_of(one, pk).items()}


def rows_of(kind: RowKind, case: Any) -> Facts:
    """Facts, moments and values of a kind's rows of one case, by the text that figures are made of."""
    wanted = [*kind.facts, *(f"at_{name}" for name in kind.moments), *kind.values]
    sql = (
        f"WITH seen AS (SELECT %(case)s::uuid AS id), {kind.sql} SELECT {', '.join(wanted)} FROM {kind.table}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {"case": case, "region": settings.REGION, "now": NOW})
        rows = cursor.fetchall()
    return {name: {row[at] for row in rows} for at, name in enumerate(wanted)}


def cells_of(kind: CaseKind) -> dict[str, tuple[int, int]]:
    """Indicator of a kind of case → rows and hits of the whole county, all months, as `measure` keeps them."""
    mine = [one for one in formulas().values() if one.id.endswith(f"-{kind.code}")]
    found: dict[str, tuple[int, int]] = {}
    for cell in passes.count(store.live(settings.REGION), mine):
        if cell.unit == COUNTY:
            rows, hits = found.get(cell.indicator, (0, 0))
            found[cell.indicator] = rows + cell.rows, hits + cell.hits
    return found


def moved_cells(kind: CaseKind) -> dict[str, tuple[int, int]]:
    """Indicators of a kind whose rows or hits are others since the figures were last made, and by how much."""
    before = cells_of(kind)
    store.refresh(region=settings.REGION, at=NOW)
    after = cells_of(kind)
    none = (0, 0)
    moved = {
        name: (
            after.get(name, none)[0] - before.get(name, none)[0],
            after.get(name, none)[1] - before.get(name, none)[1],
        )
        for name in {*before, *after}
    }
    return {name: by for name, by in moved.items() if by != none}
