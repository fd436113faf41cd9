"""Addresses of a firm's demands."""

from django.urls import path

from sanfu.web.firm.demands import pages

urlpatterns = [
    path("", pages.own_demands, name="own_demands"),
    path("<uuid:id>/", pages.own_demand, name="own_demand"),
    path("<uuid:id>/withdraw/", pages.own_demand_withdraw, name="own_demand_withdraw"),
]
