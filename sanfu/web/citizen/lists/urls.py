"""Addresses of the public list."""

from django.urls import path

from sanfu.web.citizen.lists import views

urlpatterns = [
    path("lists/", views.index, name="list_index"),
    path("lists/<str:code>/", views.item, name="list_item"),
]
