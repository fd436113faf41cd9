"""Addresses of a firm's benefits."""

from django.urls import path

from sanfu.web.firm.benefits import (
    card,
    claims,
)

urlpatterns = [
    path("", card.benefit_card, name="benefit_card"),
    path("<uuid:id>/consent/", card.consent, name="benefit_consent"),
    path("claims/new/<slug:id>/", claims.claim_new, name="benefit_claim_new"),
    path("claims/new/<slug:id>/try/", claims.claim_try, name="benefit_claim_try"),
    path("claims/<uuid:id>/", claims.claim, name="benefit_claim"),
    path("claims/<uuid:id>/correct/", claims.claim_correct, name="benefit_claim_correct"),
    path("claims/<uuid:id>/withdraw/", claims.claim_withdraw, name="benefit_claim_withdraw"),
    path("claims/<uuid:id>/files/<uuid:file_id>/", claims.claim_file, name="benefit_claim_file"),
]
