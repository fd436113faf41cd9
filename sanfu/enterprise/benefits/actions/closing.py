"""企业注销: what becomes of the claims and of the lines on open lists of a firm that is gone."""

from django.db import transaction

from sanfu.cases.actions import note
from sanfu.enterprise.benefits.actions.batches import price_again
from sanfu.enterprise.benefits.actions.claims import lapse_claims
from sanfu.enterprise.benefits.models import Batch, Claim, Line
from sanfu.enterprise.benefits.states import CLAIM_LIVE, BatchState, LineState
from sanfu.records.actor import machine
from sanfu.records.models import Event

NOT_SENT = (LineState.LISTED, LineState.AGREED, LineState.FAILED)
NOT_AGREED = (BatchState.GENERATED, BatchState.REVIEWED, BatchState.DECIDED, BatchState.NOTICE)


@transaction.atomic
def deregistered(event: Event) -> None:
    """Open claims end, lines that were not sent leave their list; money under way follows what the bank says."""
    by, firm, says = machine(event.region, "企业注销"), event.data["enterprise"], event.data["says"]
    under_way = Line.objects.filter(region=event.region, enterprise=firm, state=LineState.SENT)
    kept = set(under_way.values_list("batch_id", "clause"))
    claims = Claim.objects.filter(region=event.region, enterprise=firm, case__state__in=CLAIM_LIVE)
    lapse_claims(
        [one for one in claims if (one.batch_id, one.clause) not in kept], says=says, by=by, at=event.at
    )
    rows = Line.objects.filter(region=event.region, enterprise=firm, state__in=NOT_SENT)
    batches = {row.batch_id for row in rows}
    rows.update(state=LineState.REMOVED, paid=0, reason=says[:200])
    for batch in Batch.objects.select_related("case").filter(pk__in=batches):
        if batch.case.state in NOT_AGREED:  # later the others have agreed to their amounts
            price_again(batch)
        note(batch.case, "firm_closed", by=by, at=event.at, data={"why": says, "code": event.data["code"]})
