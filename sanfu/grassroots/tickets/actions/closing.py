"""企业注销: what an order learns when the firm that called is gone."""

from sanfu.cases.actions import note
from sanfu.grassroots.tickets.actions.shared import words_sealed
from sanfu.grassroots.tickets.models import Ticket
from sanfu.records.actor import machine
from sanfu.records.models import Event


def caller_closed(event: Event) -> None:
    """The open order of a firm that is gone says so, and its unit is told; a person answers whoever called.

    An order is not ended by the machine: wages owed or noise outlive the firm, and the caller waits for an answer.
    """
    row = (
        Ticket.objects.select_related("case")
        .filter(region=event.region, case_id=event.data["order"], case__closed_at=None)
        .first()
    )
    if row is not None:
        by = machine(event.region, "企业注销")
        note(
            row.case,
            "firm_closed",
            by=by,
            at=event.at,
            data=words_sealed(row, {"grounds": event.data["says"]}),
        )
