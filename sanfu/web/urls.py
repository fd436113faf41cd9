"""Addresses of the pages: one line per audience, and the few that belong to everybody."""

from django.urls import include, path

from sanfu.web import design, entrance

urlpatterns = [
    path("", entrance.portal, name="portal"),
    path("home/", entrance.home, name="home"),
    path("login/", entrance.sign_in, name="login"),
    path("logout/", entrance.sign_out, name="logout"),
    path("password/", entrance.own_password, name="password"),
    path("health/", entrance.health, name="health"),
    path("design/", design.overview, name="design"),
    path("design/wall/", design.wall, name="design_wall"),
    path("design/paper/", design.paper, name="design_paper"),
    path("design/progress/", design.progress, name="design_progress"),
    path("", include("sanfu.web.citizen.urls")),
    path("firm/", include("sanfu.web.firm.urls")),
    path("desk/", include("sanfu.web.officer.urls")),
    path("leader/", include("sanfu.web.leader.urls")),
    path("manage/", include("sanfu.web.admin.urls")),
    path("api/", include("sanfu.web.api.urls")),
]
