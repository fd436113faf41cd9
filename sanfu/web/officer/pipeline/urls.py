"""Addresses of the project register on the desk."""

from django.urls import path

from sanfu.web.officer.pipeline import decisions, meetings, pages, promises, schedule

urlpatterns = [
    path("", pages.project_list, name="projects"),
    path("import/", pages.bring, name="project_bring"),
    path("packs/", meetings.pack_list, name="packs"),
    path("packs/new/", meetings.freeze, name="pack_new"),
    path("packs/<uuid:id>/", meetings.pack_page, name="pack"),
    path("packs/<uuid:id>/word/", meetings.pack_word, name="pack_word"),
    path("packs/<uuid:id>/decide/", meetings.decide, name="pack_decide"),
    path("packs/<uuid:id>/slides/", meetings.pack_slides, name="pack_slides"),
    *decisions.DESK.urls("decisions"),
    path("promises/", promises.promise_list, name="promises"),
    path("promises/<uuid:id>/fact/", promises.fact, name="promise_fact"),
    path("ledgers/", promises.ledger_list, name="ledgers"),
    path("ledgers/<uuid:id>/", promises.ledger_page, name="ledger"),
    path("<uuid:id>/promise/", promises.promise, name="project_promise"),
    path("<uuid:id>/link/", pages.link, name="project_link"),
    path("<uuid:id>/schedule/", schedule.schedule, name="project_schedule"),
    path("<uuid:id>/", pages.project_page, name="project"),
    path("<uuid:id>/move/", pages.move_date, name="project_move"),
    path("<uuid:id>/block/", pages.block, name="project_block"),
    path("<uuid:id>/unblock/<uuid:blocker>/", pages.unblock, name="project_unblock"),
]
