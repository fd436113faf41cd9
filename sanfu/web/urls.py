"""Addresses of the pages: one line per audience, and the few that belong to everybody."""

from django.urls import include, path

from sanfu.web import design, entrance, messages, probes

urlpatterns = [
    path("", entrance.portal, name="portal"),
    path("home/", entrance.home, name="home"),
    path("login/", entrance.sign_in, name="login"),
    path("logout/", entrance.sign_out, name="logout"),
    path("password/", entrance.own_password, name="password"),
    path("messages/", messages.message_list, name="messages"),
    path("messages/open/", messages.open_message, name="message_open"),
    path("messages/read/", messages.read_all, name="messages_read"),
    path("messages/choices/", messages.choices, name="message_choices"),
    path("live/", probes.live, name="live"),
    path("ready/", probes.ready, name="ready"),
    path("health/", probes.health, name="health"),
    path("metrics/", probes.metrics_page, name="metrics"),
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
