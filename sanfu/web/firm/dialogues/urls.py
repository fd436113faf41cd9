"""Addresses of 暨阳面对面 for firms."""

from django.urls import path

from sanfu.web.firm.dialogues import pages

urlpatterns = [path("", pages.own_sessions, name="own_sessions")]
