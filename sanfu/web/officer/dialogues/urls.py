"""Addresses of 暨阳面对面 at the desk."""

from django.urls import path

from sanfu.web.officer.dialogues import pages

urlpatterns = [
    path("", pages.sessions, name="sessions"),
    path("<uuid:id>/", pages.session, name="session"),
    path("<uuid:id>/<slug:event>/", pages.session_act, name="session_act"),
]
