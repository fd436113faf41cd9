"""Addresses of the reports."""

from django.urls import path

from sanfu.web.leader.reports import bulletins, weekly

PREFIX = ""
urlpatterns = [
    path("weekly/", weekly.weekly, name="weekly"),
    path("weekly/word/", weekly.word, name="weekly_word"),
    path("weekly/pdf/", weekly.pdf, name="weekly_pdf"),
    path("weekly/subscribe/", weekly.subscribe, name="weekly_subscribe"),
    path("bulletins/", bulletins.bulletins, name="bulletins"),
    path("bulletins/<uuid:id>/", bulletins.bulletin, name="bulletin"),
    path("bulletins/<uuid:id>/word/", bulletins.word, name="bulletin_word"),
    path("bulletins/<uuid:id>/pdf/", bulletins.pdf, name="bulletin_pdf"),
]
