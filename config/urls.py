"""Addresses: the pages, and the answers when a page cannot be given."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("", include("sanfu.web.urls"))]

handler400 = "sanfu.web.errors.bad_request"
handler403 = "sanfu.web.errors.forbidden"
handler404 = "sanfu.web.errors.not_found"
handler500 = "sanfu.web.errors.server_error"
