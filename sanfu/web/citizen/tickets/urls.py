"""Addresses of requests on the public portal."""

from django.urls import path

from sanfu.web.citizen.tickets import (
    ask,
    follow,
)

PREFIX = ""  # the portal's addresses are short
urlpatterns = [
    path("ask/", ask.ask, name="ask"),
    path("ask/hints/", ask.hints, name="ask_hints"),
    path("ask/received/<slug:number>/", ask.received, name="ask_received"),
    path("progress/", follow.find, name="progress"),
    path("progress/<slug:number>/<slug:code>/", follow.progress, name="progress_order"),
    path("progress/<slug:number>/<slug:code>/photo/<uuid:file_id>/", follow.photo, name="progress_photo"),
    path("progress/<slug:number>/<slug:code>/<slug:act>/", follow.act, name="progress_act"),
    path("my/", follow.mine, name="my_tickets"),
]
