"""Addresses of the desk: one line per room, under its own comment, so that lines of two rooms never meet."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "officer"
urlpatterns: list[URLPattern | URLResolver] = [
    # tickets (接诉即办)
    path("tickets/", include("sanfu.web.officer.tickets.urls")),
    path("matching/", include("sanfu.web.officer.matching.urls")),
    # benefits (惠企政策)
    path("benefits/", include("sanfu.web.officer.benefits.urls")),
    # scenes (一件事)
    path("scenes/", include("sanfu.web.officer.scenes.urls")),
    # duties and posts (履职清单、岗位)
    path("duties/", include("sanfu.web.officer.duties.urls")),
    # lists, people, records (清单、组织、系统)
]
