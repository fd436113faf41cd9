"""Addresses of list administration."""

from django.urls import path

from sanfu.web.admin.lists import (
    imports,
    items,
    versions,
)

urlpatterns = [
    path("", versions.index, name="list_index"),
    path("copy/", versions.copy, name="list_copy"),
    path("imports/", imports.history, name="list_imports"),
    path("imports/new/", imports.upload, name="list_import_new"),
    path("imports/<uuid:import_id>/", imports.report, name="list_import"),
    path("imports/<uuid:import_id>/original/", imports.original, name="list_import_original"),
    path("versions/<uuid:version_id>/", versions.items, name="list_version"),
    path("versions/<uuid:version_id>/changes/", versions.changes, name="list_changes"),
    path("versions/<uuid:version_id>/proofs/", versions.proofs, name="list_proofs"),
    path("versions/<uuid:version_id>/export/<str:kind>/", versions.export, name="list_export"),
    path("versions/<uuid:version_id>/act/<slug:event>/", versions.act, name="list_act"),
    path("versions/<uuid:version_id>/new/", items.new, name="list_item_new"),
    path("versions/<uuid:version_id>/items/<str:code>/", items.item, name="list_item"),
    path("versions/<uuid:version_id>/items/<str:code>/edit/", items.edit, name="list_item_edit"),
    path("versions/<uuid:version_id>/items/<str:code>/remove/", items.remove, name="list_item_remove"),
]
