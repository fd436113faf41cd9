"""Addresses of the project register on the desk."""

from django.urls import path

from sanfu.web.officer.pipeline import meetings, pages

urlpatterns = [
    path("", pages.project_list, name="projects"),
    path("import/", pages.bring, name="project_bring"),
    path("packs/", meetings.pack_list, name="packs"),
    path("packs/new/", meetings.freeze, name="pack_new"),
    path("packs/<uuid:id>/", meetings.pack_page, name="pack"),
    path("packs/<uuid:id>/word/", meetings.pack_word, name="pack_word"),
    path("packs/<uuid:id>/decide/", meetings.decide, name="pack_decide"),
    path("decisions/<uuid:id>/finish/", meetings.finish, name="decision_finish"),
    path("<uuid:id>/", pages.project_page, name="project"),
    path("<uuid:id>/move/", pages.move_date, name="project_move"),
    path("<uuid:id>/block/", pages.block, name="project_block"),
    path("<uuid:id>/unblock/<uuid:blocker>/", pages.unblock, name="project_unblock"),
]
