"""Addresses of the API: one line per room, under its own comment, so that lines of two rooms never meet."""

from django.urls import URLPattern, URLResolver, path

from sanfu.web.api.series import router as series
from sanfu.web.api.tickets import api as tickets

tickets.add_router("/monitoring", series)  # monitoring (企业监测)

urlpatterns: list[URLPattern | URLResolver] = [
    # tickets (接诉即办)
    path("1/", tickets.urls),
    # benefits (惠企政策)
    # scenes (一件事)
    # duties and posts (履职清单、岗位)
    # lists, people, records (清单、组织、系统)
]
