"""Addresses of joint applications on the desk."""

from django.urls import path

from sanfu.web.officer.scenes import (
    applications,
    branches,
    catalogue,
    items,
)

urlpatterns = [
    path("", applications.application_list, name="application_list"),
    path("permits/", applications.permits, name="permits"),
    path("results/", applications.results, name="scene_results"),
    *branches.DESK.urls("branches"),
    path("branches/<uuid:id>/material/<uuid:file_id>/", branches.material, name="branch_material"),
    path("catalogue/", catalogue.item_list, name="catalogue"),
    path("catalogue/import/", catalogue.import_file, name="catalogue_import"),
    path("catalogue/item/<str:item>/", items.item, name="catalogue_item"),
    path("catalogue/item/<str:item>/check/", items.check, name="catalogue_item_check"),
    path("catalogue/item/<str:item>/retire/", items.retire, name="catalogue_item_retire"),
    path("catalogue/<uuid:id>/publish/", catalogue.publish, name="catalogue_publish"),
    path("compile/<str:bundle>/", catalogue.compile_page, name="compile"),
    path("compile/<str:bundle>/<slug:form>/", catalogue.export, name="compile_export"),
    path("<uuid:id>/", applications.application, name="application"),
    path("<uuid:id>/enclosed/<uuid:file_id>/", applications.enclosure, name="application_enclosure"),
    path("<uuid:id>/migration/", applications.migration, name="application_migration"),
    path("<uuid:id>/as/<slug:form>/", applications.download, name="application_download"),
    path("<uuid:id>/<slug:act>/", applications.act, name="application_act"),
]
