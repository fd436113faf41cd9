"""Addresses of the public duty lists."""

from django.urls import path

from sanfu.web.citizen.duties import views

PREFIX = ""  # the portal's addresses are short
urlpatterns = [
    path("duties/", views.index, name="duty_index"),
    path("duties/<str:code>/", views.town, name="duty_town"),
]
