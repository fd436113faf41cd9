"""Addresses of a firm's own record."""

from django.urls import path

from sanfu.web.firm.registry import looks

urlpatterns = [path("looks/", looks.look_list, name="registry_looks")]
