"""Addresses of a firm's appointments."""

from django.urls import path

from sanfu.web.firm.centre import pages

urlpatterns = [path("", pages.appointments, name="appointments")]
