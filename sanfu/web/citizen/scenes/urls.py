"""Addresses of the public pages of scenes."""

from django.urls import path

from sanfu.web.citizen.scenes import pages

PREFIX = ""  # the portal's addresses are short
urlpatterns = [
    path("scenes/", pages.scene_list, name="scene_list"),
    path("scenes/<str:bundle>/", pages.scene_guide, name="scene_guide"),
]
