"""Addresses of orders on the desk."""

from django.urls import path

from sanfu.web.officer.tickets import (
    acts,
    batch,
    helping,
    lists,
    order,
    person,
    places,
    register,
)

urlpatterns = [
    path("", lists.ticket_list, name="ticket_list"),
    path("wall/", lists.wall, name="ticket_wall"),
    path("new/", register.register, name="ticket_new"),
    path("new/hints/", register.hints, name="ticket_hints"),
    path("batch/", batch.upload, name="ticket_batch"),
    path("batch/<uuid:job_id>/", batch.report, name="ticket_batch_report"),
    path("batch/<uuid:job_id>/progress/", batch.progress, name="ticket_batch_progress"),
    path("batch/<uuid:job_id>/stop/", batch.stop, name="ticket_batch_stop"),
    path("batch/<uuid:job_id>/errors.csv", batch.error_sheet, name="ticket_batch_errors"),
    *lists.BULK.urls(""),
    path("map/", places.ticket_map, name="ticket_map"),
    path("phrases/", helping.phrases, name="phrases"),
    path("phrases/drop/", helping.drop_phrase, name="phrase_drop"),
    path("<uuid:id>/", order.order, name="ticket"),
    path("<uuid:id>/look/", order.look, name="ticket_look"),
    path("<uuid:id>/file/<uuid:file_id>/", order.attachment, name="ticket_file"),
    path("<uuid:id>/enclosed/<uuid:file_id>/", order.enclosure, name="ticket_enclosure"),
    path("<uuid:id>/person/", person.person, name="ticket_person"),
    path("<uuid:id>/person/copy/", person.copy, name="ticket_person_copy"),
    path("<uuid:id>/person/erase/", person.erase, name="ticket_person_erase"),
    path("<uuid:id>/<slug:event>/", acts.act, name="ticket_act"),
]
