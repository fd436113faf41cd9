"""Addresses of the public portal: those of every folder here that has a `urls.py`."""

from sanfu.web.addresses import of_rooms

app_name = "citizen"
urlpatterns = of_rooms(__package__)
