"""Addresses of parks on the desk."""

from django.urls import path

from sanfu.web.officer.parks import evaluations, pages

urlpatterns = [
    path("", pages.park_list, name="parks"),
    path("new/", pages.new, name="park_new"),
    path("import/", pages.bring, name="park_bring"),
    path("fit/", pages.fit_page, name="park_fit"),
    path("evaluations/", evaluations.run_list, name="park_runs"),
    path("evaluations/new/", evaluations.new_run, name="park_run_new"),
    path("evaluations/<uuid:id>/", evaluations.run_page, name="park_run"),
    path("<uuid:id>/", pages.park_page, name="park"),
    path("<uuid:id>/describe/", pages.describe, name="park_describe"),
    path("<uuid:id>/state/", pages.state, name="park_state"),
]
