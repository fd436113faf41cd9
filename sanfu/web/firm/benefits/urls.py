"""Addresses of a firm's benefits."""

from django.urls import path

from sanfu.web.firm.benefits import card

urlpatterns = [
    path("", card.benefit_card, name="benefit_card"),
    path("<uuid:id>/consent/", card.consent, name="benefit_consent"),
]
