"""Addresses of 走访 at the desk and on the phone."""

from django.urls import path

from sanfu.web.officer.visits import pages, phone, travel

urlpatterns = [
    path("", pages.visits, name="visits"),
    path("wishes/", pages.wishes, name="visit_wishes"),
    path("wishes/sheet/", travel.sheet, name="visit_sheet"),
    path("wishes/sheet/keep/", travel.sheet_keep, name="visit_sheet_keep"),
    path("route/", travel.day_routes, name="visit_route"),
    path("plan/", pages.plan, name="visit_plan"),
    path("phone/", phone.phone, name="visit_phone"),
    path("phone/worker.js", phone.worker, name="visit_worker"),
    path("phone/hello/", phone.hello, name="visit_hello"),
    path("phone/send/", phone.send, name="visit_send"),
    path("phone/photo/", phone.photo_send, name="visit_photo_send"),
    path("phone/have/", phone.have, name="visit_have"),
    path("photos/<uuid:id>/", pages.visit_photo, name="visit_photo"),
    path("<uuid:id>/", pages.visit, name="visit"),
    path("<uuid:id>/brief/", travel.brief, name="visit_brief"),
    path("<uuid:id>/enclose/", pages.visit_enclose, name="visit_enclose"),
    path("<uuid:id>/enclosed/<uuid:file_id>/", pages.visit_file, name="visit_file"),
    path("<uuid:id>/change/", pages.visit_change, name="visit_change"),
]
