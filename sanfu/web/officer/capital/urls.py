"""Addresses of 基金与上市 at the desk."""

from django.urls import path

from sanfu.web.officer.capital import matching, pipeline

urlpatterns = [
    path("funds/", matching.funds, name="capital_funds"),
    path("check/", matching.check, name="capital_check"),
    path("listings/new/", pipeline.listing_new, name="listing_new"),
    *pipeline.DESK.urls("listings"),
]
