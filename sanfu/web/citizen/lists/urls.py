"""Addresses of the public list."""

from django.urls import path

from sanfu.web.citizen.lists import views

PREFIX = ""  # the portal's addresses are short
urlpatterns = [
    path("lists/", views.index, name="list_index"),
    path("lists/<str:code>/", views.item, name="list_item"),
]
