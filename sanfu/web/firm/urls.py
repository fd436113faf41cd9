"""Addresses of a firm's pages: one line per room, under its own comment, so that lines of two rooms never meet."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "firm"
urlpatterns: list[URLPattern | URLResolver] = [
    # tickets (接诉即办)
    # benefits (惠企政策)
    path("benefits/", include("sanfu.web.firm.benefits.urls")),
    # scenes (一件事)
    path("scenes/", include("sanfu.web.firm.scenes.urls")),
    # duties and posts (履职清单、岗位)
    # lists, people, records (清单、组织、系统)
]
