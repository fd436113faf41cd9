"""Addresses of 留痕校验."""

from django.urls import path

from sanfu.web.admin.records import pages

urlpatterns = [
    path("", pages.index, name="verifications"),
    path("begin/", pages.begin, name="verify"),
    path("<uuid:run_id>/", pages.run, name="verification"),
    path("<uuid:run_id>/progress/", pages.progress, name="verification_progress"),
    path("<uuid:run_id>/stop/", pages.stop, name="verification_stop"),
    path("<uuid:run_id>/digest.txt", pages.digest, name="verification_digest"),
]
