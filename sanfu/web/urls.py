"""Addresses of the pages: one line per audience, and the few that belong to everybody."""

from django.urls import include, path

from sanfu.web import design, entrance, kept, messages, probes, second_step, sessions, sign_on

urlpatterns = [
    path("", entrance.portal, name="portal"),
    path("home/", entrance.home, name="home"),
    path("login/", entrance.sign_in, name="login"),
    path("logout/", entrance.sign_out, name="logout"),
    path("login/second/", second_step.second_step, name="second_step"),
    path("sign-on/", sign_on.begin, name="sign_on"),
    path("sign-on/callback/", sign_on.callback, name="sign_on_callback"),
    path("sign-on/link/", sign_on.link, name="sign_on_link"),
    path("sign-on/unlink/", sign_on.unlink, name="sign_on_unlink"),
    path("sign-on/signed-out/", sign_on.signed_out_there, name="signed_out_there"),
    path("second-factor/", second_step.bind, name="second_factor"),
    path("sessions/", sessions.session_list, name="sessions"),
    path("sessions/end/", sessions.sessions_end, name="sessions_end"),
    path("sessions/<uuid:id>/end/", sessions.session_end, name="session_end"),
    path("password/", entrance.own_password, name="password"),
    path("messages/", messages.message_list, name="messages"),
    path("messages/open/", messages.open_message, name="message_open"),
    path("messages/read/", messages.read_all, name="messages_read"),
    path("messages/choices/", messages.choices, name="message_choices"),
    path("live/", probes.live, name="live"),
    path("ready/", probes.ready, name="ready"),
    path("health/", probes.health, name="health"),
    path("metrics/", probes.metrics_page, name="metrics"),
    path("views/", kept.save_view, name="view_save"),
    path("views/columns/", kept.choose_columns, name="view_columns"),
    path("views/<uuid:id>/end/", kept.drop_view, name="view_drop"),
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
