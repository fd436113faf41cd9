"""Addresses of 工业上楼 on the desk."""

from django.urls import path

from sanfu.web.officer.floors import studies

urlpatterns = [
    path("", studies.study_list, name="floor_studies"),
    path("new/", studies.new_study, name="floor_new"),
    path("<uuid:id>/", studies.study_page, name="floor_study"),
]
