"""Addresses of the allocation of factors on the desk."""

from django.urls import path

from sanfu.web.officer.resources import allocating

urlpatterns = [path("", allocating.allocate_page, name="allocate")]
