"""Addresses of the counter."""

from django.urls import path

from sanfu.web.officer.centre import handovers, pages

urlpatterns = [
    *handovers.DESK.urls("handovers"),
    path("", pages.counter, name="counter"),
    path("act/<slug:event>/", pages.counter_act, name="counter_act"),
]
