"""Addresses of a firm's funds and boards."""

from django.urls import path

from sanfu.web.firm.capital import pages

urlpatterns = [
    path("funds/", pages.own_funds, name="own_funds"),
    path("listing/", pages.own_listing, name="own_listing"),
]
