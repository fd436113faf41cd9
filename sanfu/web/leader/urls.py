"""Addresses of the leaders' pages: those of every folder here that has a `urls.py`."""

from sanfu.web.addresses import of_rooms

app_name = "leader"
urlpatterns = of_rooms(__package__)
