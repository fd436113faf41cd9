"""Addresses of investment promotion on the desk."""

from django.urls import path

from sanfu.web.officer.promotion import offers

urlpatterns = [
    path("offers/", offers.lint, name="offer_lint"),
    path("offers/decide/", offers.decide, name="lint_decide"),
    path("offers/decisions/", offers.decision_list, name="lint_decisions"),
    path("offers/decisions/<uuid:id>/", offers.decision_page, name="lint_decision"),
]
