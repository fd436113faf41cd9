"""Addresses of 亩均评价 on the desk."""

from django.urls import path

from sanfu.web.officer.scoring import firms, runs

urlpatterns = [
    path("", runs.run_list, name="scoring_runs"),
    path("new/", runs.new_run, name="scoring_new"),
    path("<uuid:id>/", runs.run_page, name="scoring_run"),
    path("<uuid:id>/<slug:event>/", runs.act, name="scoring_act"),
    path("firms/<uuid:id>/", firms.firm_page, name="scored_firm"),
    path("firms/<uuid:id>/object/", firms.object_to, name="scoring_object"),
    path("objections/<uuid:id>/decide/", firms.decide, name="scoring_decide"),
]
