"""Addresses of the public portal: one line per room, under its own comment, so that lines of two rooms never meet."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "citizen"
urlpatterns: list[URLPattern | URLResolver] = [
    # tickets (接诉即办)
    path("", include("sanfu.web.citizen.tickets.urls")),
    # benefits (惠企政策)
    path("", include("sanfu.web.citizen.benefits.urls")),
    # scenes (一件事)
    path("", include("sanfu.web.citizen.scenes.urls")),
    # duties and posts (履职清单、岗位)
    path("", include("sanfu.web.citizen.duties.urls")),
    # lists, people, records (清单、组织、系统)
    path("", include("sanfu.web.citizen.lists.urls")),
]
