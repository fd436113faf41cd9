"""Addresses of matching on the desk."""

from django.urls import path

from sanfu.web.officer.matching import record

urlpatterns = [
    path("", record.record, name="matching"),
    path("promise/", record.promise, name="matching_promise"),
]
