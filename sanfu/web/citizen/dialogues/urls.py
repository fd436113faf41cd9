"""Public addresses of 暨阳面对面."""

from django.urls import path

from sanfu.web.citizen.dialogues import pages

PREFIX = ""
urlpatterns = [path("dialogues/", pages.public_sessions, name="public_sessions")]
