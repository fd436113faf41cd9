"""Addresses of 一企一档 on the desk."""

from django.urls import path

from sanfu.web.officer.registry import pages, roster

urlpatterns = [
    path("", pages.firm_list, name="registry_firms"),
    *roster.IMPORT.urls("roster"),
    path("<uuid:id>/account/", roster.account, name="registry_account"),
    path("<uuid:id>/", pages.record, name="registry_firm"),
    path("<uuid:id>/look/", pages.look, name="registry_look"),
    path("<uuid:id>/merge/", pages.merge, name="registry_merge"),
    path("<uuid:id>/merge/<uuid:merge_id>/undo/", pages.undo, name="registry_undo"),
    path("<uuid:id>/rename/", pages.rename, name="registry_rename"),
    path("<uuid:id>/attach/", pages.attach, name="registry_attach"),
    path("<uuid:id>/home/", pages.home, name="registry_home"),
    path("<uuid:id>/close/", pages.close, name="registry_close"),
    path("<uuid:id>/benefits/", pages.benefits, name="registry_benefits"),
]
