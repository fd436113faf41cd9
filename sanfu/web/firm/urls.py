"""Addresses of a firm's pages: those of every folder here that has a `urls.py`."""

from sanfu.web.addresses import of_rooms

app_name = "firm"
urlpatterns = of_rooms(__package__)
