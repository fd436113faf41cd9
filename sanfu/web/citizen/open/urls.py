"""Addresses of what is published of the figures."""

from django.urls import path

from sanfu.web.citizen.open import pages

urlpatterns = [
    path("", pages.figures, name="open_figures"),
    path("dictionary.csv", pages.dictionary, name="open_dictionary"),
    path("<slug:month>/", pages.figures, name="open_month"),
    path("<slug:month>/figures.<slug:kind>", pages.download, name="open_data"),
]
