"""基金与上市 of the own firm: which funds fit, how far each board is, where the reserve stands, certificates at once."""

from django.http import HttpResponse
from django.shortcuts import render

from sanfu.enterprise.capital import queries
from sanfu.enterprise.capital.content import proof_list
from sanfu.enterprise.capital.states import ListingState, ProofState
from sanfu.web.access import firm_page
from sanfu.web.pieces.capital import check_context, funds_context
from sanfu.web.pieces.own import own_firm
from sanfu.web.request import Request


@firm_page("capital.own")
def own_funds(request: Request) -> HttpResponse:
    """基金匹配."""
    own_firm(request)
    context = funds_context(request)
    return render(request, "firm/capital/funds.html", context, status=422 if context["problem"] else 200)


@firm_page("capital.own")
def own_listing(request: Request) -> HttpResponse:
    """上市对照 with what the register knows, and the own case of the reserve."""
    firm = own_firm(request)
    context = check_context(request, firm, firm.name)
    row = queries.of_firm(firm)
    context |= {
        "own": True,
        "listing": row,
        "stage": ListingState(row.case.state) if row else None,
        "proofs": [(one, ProofState(one.state)) for one in queries.proofs(row)] if row else [],
        "proof_count": len(proof_list()["proofs"]),
        "may_apply": request.actor.may("scenes.apply"),
    }
    return render(request, "firm/capital/check.html", context, status=422 if context["problem"] else 200)
