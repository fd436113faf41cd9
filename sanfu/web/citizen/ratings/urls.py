"""Address of the page behind a signed link."""

from django.urls import path

from sanfu.web.citizen.ratings import pages

PREFIX = ""
urlpatterns = [path("rate/<str:token>/", pages.rate, name="rate")]
