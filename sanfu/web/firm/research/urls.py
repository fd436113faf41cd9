"""Addresses of a firm's research needs."""

from django.urls import path

from sanfu.web.firm.research import pages

urlpatterns = [
    path("", pages.own_needs, name="own_needs"),
    path("centre/", pages.own_centre, name="own_centre"),
    path("contacts/<uuid:id>/", pages.own_contact, name="own_contact"),
    path("<uuid:id>/", pages.own_need, name="own_need"),
    path("<uuid:id>/close/", pages.own_need_close, name="own_need_close"),
    path("<uuid:id>/connect/<uuid:offer_id>/", pages.own_connect, name="own_connect"),
]
