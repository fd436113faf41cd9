"""Addresses of administration: those of every folder here that has a `urls.py`."""

from sanfu.web.addresses import of_rooms

app_name = "manage"
urlpatterns = of_rooms(__package__)
