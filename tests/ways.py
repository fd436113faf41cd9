"""Walks through forms that no act of a desk has: what opens a case, courses of an order, a firm's own page, a rating's link.

Each gives the facts of figures that it changed, and leaves the county as it was.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse
from django.utils.module_loading import import_string

from sanfu.cases.models import Case
from sanfu.grassroots.duties.models import Objection, Task
from sanfu.grassroots.duties.states import Ruling
from sanfu.grassroots.ratings.actions.asking import invite
from sanfu.grassroots.ratings.rules import token
from sanfu.grassroots.ratings.states import Way
from sanfu.records.actor import machine
from tests.architecture.routes import access_of
from tests.cast import CAST, KINDS, NOW, page_of, who
from tests.walks import OPENINGS, TRIES, WORDS, filled, form_of, looking_at, moved_cells, send, who_may


def opened_by_form(code: str) -> dict[str, tuple[int, int]]:
    """Cells of figures that move when the form that opens a case of a kind is filled in."""
    name = OPENINGS[code]
    login = next(one for one in CAST if who(one).may(*access_of(name).permissions))
    form = form_of(page_of(login).get(reverse(name)))
    assert form is not None, name
    before = Case.objects.filter(kind=code).count()
    for nth in range(TRIES):
        page_of(login).post(reverse(name), filled(form, nth))
        if Case.objects.filter(kind=code).count() > before:
            break
    return moved_cells(next(one for one in KINDS if one.code == code))


# Documents of a department: one that the pre-check stops, one in an emergency.
DOCUMENTS = (
    "各镇对存量违法建设立案并作出处罚。",
    "台风红色预警，各镇立即转移低洼地群众。",
)
# Acts one after another on an order that was just registered, and what their forms say besides.
CENTRE = "DDZ"
UNCLEAR = {"reason": "unclear"}
COURSES: tuple[tuple[tuple[str, dict[str, str]], ...], ...] = (
    (("dispatch", {}), ("sign", {}), ("contact", {})),
    (("dispatch", {"unit": CENTRE}),),
    (("dispatch", {}), ("return", UNCLEAR), ("dispatch", {}), ("return", UNCLEAR)),
    (
        *(("dispatch", {}), ("sign", {}), ("contact", {}), ("reply", {}), ("approve", {})),
        ("called_back", {"reached": "1", "resolved": "0"}),
    ),
)


def taken_on() -> set[str]:
    """Facts that change when a registered order goes each of the courses, by forms."""
    opened_by_form("ticket")
    changed = set[str]()
    for course in COURSES:
        with transaction.atomic():
            changed |= _gone(course)
            transaction.set_rollback(True)
    return changed


def _gone(course: Sequence[tuple[str, dict[str, str]]]) -> set[str]:
    kind = next(one for one in KINDS if one.code == "ticket")
    case = Case.objects.filter(kind="ticket").latest("id")
    flow, look, changed = import_string(kind.flow), looking_at(kind), set[str]()
    for event, said in course:
        case.refresh_from_db()
        (move,) = (one for one in flow.moves(flow.states(case.state)) if str(one.event) == event)
        before = look(case.pk)
        steps = [send(kind, case, event, login, said) for login in who_may(kind, case, move)[:2]]
        assert any(step.done for step in steps), steps
        after = look(case.pk)
        changed |= {name for name in after if after[name] != before[name]}
    return changed


def rated_and_ruled() -> set[str]:
    """Facts that two forms change which are no acts of a desk: a rating by its link, a ruling on an objection."""
    changed: set[str] = set()
    case = Case.objects.filter(kind="ticket", invitation=None).exclude(lead=None).earliest("opened_at")
    asked = invite(case, by=machine(case.region, "评价"), at=NOW)
    look = looking_at(next(one for one in KINDS if one.code == case.kind))
    address = reverse("citizen:rate", args=[token(asked.pk, Way.WEB)])
    for level in ("2", "5"):
        with transaction.atomic():
            before = look(asked.case_id)
            Client().post(address, {"level": level, "words": WORDS})
            after = look(asked.case_id)
            changed |= {name for name in after if after[name] != before[name]}
            transaction.set_rollback(True)
    task = next(one for one in KINDS if one.code == "task")
    objection = Objection.objects.filter(state=Ruling.OPEN).select_related("task").first()
    assert objection is not None
    before = looking_at(task)(objection.task.case_id)
    steward = next(one for one in CAST if who(one).may("duties.rule"))
    said = {"ruling": str(Ruling.UPHELD), "verdict": objection.evidence[0]["verdict"], "said": WORDS}
    page_of(steward).post(reverse("officer:duty_rule_on", args=[objection.pk]), said)
    after = looking_at(task)(objection.task.case_id)
    return changed | {name for name in after if after[name] != before[name]}


def sent_by_a_department() -> set[str]:
    """Facts that are true of tasks which a department sends: in spite of the pre-check, and in an emergency."""
    kind = next(one for one in KINDS if one.code == "task")
    look, found = looking_at(kind), set[str]()
    drafter = next(one for one in CAST if who(one).may("duties.send"))
    town = Task.objects.select_related("town").earliest("case_id").town.code  # one with a list in force
    for text in DOCUMENTS:
        with transaction.atomic():
            form = form_of(page_of(drafter).get(reverse("officer:duty_check")))
            assert form is not None
            answer = page_of(drafter).post(
                reverse("officer:duty_check"), {**filled(form), "town": town, "text": text}
            )
            checked = resolve(answer["Location"]).kwargs["id"]
            page: Any = page_of(drafter).get(answer["Location"])
            page_of(drafter).post(
                reverse("officer:duty_send", args=[checked]),
                {**filled(page.context["send"]), "towns": [town]},
            )
            case = Case.objects.filter(kind="task").latest("id")
            found |= {name for name, said in look(case.pk).items() if True in said}
            transaction.set_rollback(True)
    return found
