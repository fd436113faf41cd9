"""Addresses of 好差评 on the desk."""

from django.urls import path

from sanfu.web.officer.ratings import asking, reading
from sanfu.web.officer.ratings.remedies import DESK

urlpatterns = [
    path("", reading.summary, name="rating_summary"),
    path("all/", reading.ratings, name="rating_list"),
    path("asked/", asking.asked, name="rating_asked"),
    path("asked/<uuid:id>/phone/", asking.phone, name="rating_phone"),
    path("asked/<uuid:id>/code/", asking.code, name="rating_code"),
    *DESK.urls("remedies"),
]
