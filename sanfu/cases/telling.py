"""Events of cases become messages, as the manifests say (`tells`): who is told, in which words, with which page."""

import uuid
from collections import defaultdict
from datetime import timedelta

from django.urls import reverse

from sanfu.cases.models import Case
from sanfu.kernel.clocks import Light
from sanfu.people.messages.actions import Telling, tell
from sanfu.people.messages.queries import holders
from sanfu.people.messages.states import MessageKind
from sanfu.people.models import User
from sanfu.records.manifest import Tell
from sanfu.records.models import Event
from sanfu.records.moments import day_of
from sanfu.records.wires import tells_of

STALE = timedelta(days=1)
# Of a clock that is green again or paused nobody needs to hear.
PRESSING = {str(Light.YELLOW): "快到期", str(Light.ORANGE): "今天到期", str(Light.RED): "已超期"}


def tell_of_case(event: Event) -> None:
    """Hand an event of a case to whom the manifests name; called again for the same event it changes nothing."""
    case = Case.objects.filter(pk=event.stream).first()
    light = event.data.get("light", "")
    if event.recorded_at - event.at > STALE:
        return  # history that was brought in
    if case is None or (event.kind.endswith(".light") and light not in PRESSING):
        return
    for one in tells_of(event.kind):
        people = [who for who in _people(case, one.to, event) if who != event.by]
        if people:
            _tell(case, one, people, event)


def _tell(case: Case, one: Tell, people: list[uuid.UUID], event: Event) -> None:
    said = defaultdict(str, {key: str(value) for key, value in event.data.items()})
    said |= {"number": case.number, "title": case.title, "by": event.by_name}
    said["pressing"] = PRESSING.get(event.data.get("light", ""), "")
    words = one.words.format_map(said)
    path = reverse(one.page, args=[case.pk] if one.of_case else [])
    telling = Telling(MessageKind(one.kind), words, path, event.id)
    tell(people, telling, region=case.region, at=event.at)


def _people(case: Case, to: str, event: Event) -> list[uuid.UUID]:
    """Who `to` means: lead:permission, units:permission, county:permission, applicant, firm."""
    who, _, permission = to.partition(":")
    on = day_of(event.at)
    if who == "applicant":
        return [case.applicant_id] if case.applicant_id else []
    if who == "firm":
        members = User.objects.filter(organisation=case.firm_id, is_active=True) if case.firm_id else []
        return [one.pk for one in members]
    if who == "lead":
        return holders(case.region, permission, on, [case.lead_id]) if case.lead_id else []
    if who == "units":
        return holders(case.region, permission, on, [*case.units, *([case.lead_id] if case.lead_id else [])])
    return holders(case.region, permission, on)
