"""Addresses of investment promotion on the desk."""

from django.urls import path

from sanfu.web.officer.promotion import offers

urlpatterns = [path("offers/", offers.lint, name="offer_lint")]
