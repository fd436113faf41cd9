"""Addresses of a firm's visits."""

from django.urls import path

from sanfu.web.firm.visits import pages

urlpatterns = [
    path("", pages.own_visits, name="own_visits"),
    path("<uuid:id>/confirm/", pages.own_visit_confirm, name="own_visit_confirm"),
]
