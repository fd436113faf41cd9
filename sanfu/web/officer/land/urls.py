"""Addresses of land on the desk."""

from django.urls import path

from sanfu.web.officer.land import bringing, options, parcels

urlpatterns = [
    path("", parcels.parcel_list, name="parcels"),
    path("import/", bringing.bring, name="land_bring"),
    path("imports/", bringing.import_list, name="land_imports"),
    path("imports/<uuid:id>/", bringing.import_page, name="land_import"),
    path("options/", options.option_list, name="land_options"),
    path("options/<uuid:id>/", options.option_page, name="land_option"),
    path("options/<uuid:id>/decide/", options.decide, name="land_decide"),
    path("<uuid:id>/", parcels.parcel_page, name="parcel"),
    path("<uuid:id>/facts/", parcels.state_facts, name="land_facts"),
    path("<uuid:id>/propose/", options.propose, name="land_propose"),
]
