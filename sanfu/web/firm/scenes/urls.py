"""Addresses of a firm's joint applications."""

from django.urls import path

from sanfu.web.firm.scenes import (
    pages,
)

urlpatterns = [
    path("", pages.index, name="scene_index"),
    path("mandate/", pages.mandate, name="scene_mandate"),
    path("new/<str:bundle>/", pages.begin, name="scene_begin"),
    path("<uuid:id>/", pages.application, name="scene"),
    path("<uuid:id>/answer/", pages.answer, name="scene_answer"),
    path("<uuid:id>/form/", pages.fill, name="scene_fill"),
    path("<uuid:id>/material/", pages.upload, name="scene_upload"),
    path("<uuid:id>/branch/<uuid:branch_id>/<slug:act>/", pages.branch_act, name="scene_branch_act"),
    path("<uuid:id>/<slug:act>/", pages.act, name="scene_act"),
]
