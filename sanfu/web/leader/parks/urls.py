"""Addresses of the leaders' page of parks."""

from django.urls import path

from sanfu.web.leader.parks import pages

urlpatterns = [path("", pages.parks, name="parks_all")]
