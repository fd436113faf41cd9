"""Addresses of administration: one line per room, under its own comment, so that lines of two rooms never meet."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "manage"
urlpatterns: list[URLPattern | URLResolver] = [
    # tickets (接诉即办)
    # benefits (惠企政策)
    # scenes (一件事)
    # duties and posts (履职清单、岗位)
    # lists, people, records (清单、组织、系统)
    path("lists/", include("sanfu.web.admin.lists.urls")),
    path("people/", include("sanfu.web.admin.people.urls")),
    path("jobs/", include("sanfu.web.admin.jobs.urls")),
    path("records/", include("sanfu.web.admin.records.urls")),
]
