"""政企面对面 in public: how firms were drawn, what was promised, what was kept."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from sanfu.enterprise.dialogues import queries
from sanfu.enterprise.dialogues.states import PromiseState, SessionState
from sanfu.web.access import public_page
from sanfu.web.request import PublicRequest


@public_page
def public_sessions(request: PublicRequest) -> HttpResponse:
    """Sessions with list digest and seed, and every promise with its owner, day and what was done."""
    rows = queries.sessions(settings.REGION).exclude(state=SessionState.DRAFT)[:20]
    promises = list(queries.promises(settings.REGION)[:500])
    shown = [
        {
            "session": one,
            "state": SessionState(one.state),
            "drawn": one.state == SessionState.DRAWN,
            "promises": [(p, PromiseState(p.state)) for p in promises if p.session_id == one.id],
        }
        for one in rows
    ]
    kept = sum(one.state == PromiseState.KEPT for one in promises)
    context = {"title": "政企面对面", "rows": shown, "kept": kept, "all": len(promises)}
    return render(request, "citizen/dialogues/index.html", context)
