"""Addresses of the allocation of factors on the desk."""

from django.urls import path

from sanfu.web.officer.resources import allocating

urlpatterns = [
    path("", allocating.plan_list, name="resource_plans"),
    path("new/", allocating.allocate_page, name="allocate"),
    path("<uuid:id>/", allocating.plan_page, name="resource_plan"),
    path("<uuid:id>/try/", allocating.what_if, name="resource_try"),
    path("<uuid:id>/decide/", allocating.decide, name="resource_decide"),
]
