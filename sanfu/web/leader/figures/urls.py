"""Addresses of the figures."""

from django.urls import path

from sanfu.web.leader.figures import views

urlpatterns = [
    path("", views.overview, name="figures"),
    path("wall/", views.wall, name="figures_wall"),
    path("<slug:name>/", views.indicator, name="figure"),
    path("<slug:name>/kinds/", views.kinds, name="figure_kinds"),
    path("<slug:name>/rows/", views.rows, name="figure_rows"),
]
