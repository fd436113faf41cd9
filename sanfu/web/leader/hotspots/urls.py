"""Addresses of the hotspots."""

from django.urls import path

from sanfu.web.leader.hotspots import pages

urlpatterns = [
    path("", pages.hotspots, name="hotspots"),
    path("orders/", pages.rows, name="hotspot_rows"),
]
