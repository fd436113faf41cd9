"""Addresses of leads on the desk."""

from django.urls import path

from sanfu.web.officer.leads import pages

urlpatterns = [
    path("new/", pages.new, name="lead_new"),
    path("funnel/", pages.funnel_page, name="lead_funnel"),
    path("<uuid:id>/offer/", pages.offer, name="lead_offer"),
    *pages.DESK.urls("all"),
]
