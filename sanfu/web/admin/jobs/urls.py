"""Addresses of background jobs."""

from django.urls import path

from sanfu.web.admin.jobs import (
    events,
    pages,
)

urlpatterns = [
    path("", pages.index, name="jobs"),
    path("events/", events.index, name="undelivered"),
    path("events/again/", events.again, name="deliver_again"),
    path("<uuid:job_id>/", pages.job, name="job"),
    path("<uuid:job_id>/progress/", pages.progress, name="job_progress"),
    path("<uuid:job_id>/stop/", pages.stop, name="job_stop"),
    path("<uuid:job_id>/again/", pages.again, name="job_again"),
    path("<uuid:job_id>/looked-at/", pages.looked_at, name="job_looked_at"),
]
