"""Addresses of 产学研 at the desk."""

from django.urls import path

from sanfu.web.officer.research import centre, contacts, needs, offers

urlpatterns = [
    path("needs/", needs.need_list, name="research_needs"),
    path("needs/new/", needs.need_new, name="research_need_new"),
    path("needs/<uuid:id>/", needs.need, name="research_need"),
    path("needs/<uuid:id>/close/", needs.need_close, name="research_need_close"),
    path("needs/<uuid:id>/connect/<uuid:offer_id>/", needs.connect, name="research_connect"),
    path("offers/", offers.offer_list, name="research_offers"),
    path("offers/new/", offers.offer_new, name="research_offer_new"),
    *offers.IMPORT.urls("offers/upload"),
    path("offers/<uuid:id>/", offers.offer, name="research_offer"),
    path("offers/<uuid:id>/retire/", offers.offer_retire, name="research_offer_retire"),
    path("centre/", centre.centre, name="research_centre"),
    *contacts.DESK.urls("contacts"),
]
