"""Addresses of monitoring on the desk."""

from django.urls import path

from sanfu.web.officer.monitoring import alerts, data

urlpatterns = [
    *alerts.DESK.urls("alerts"),
    path("data/", data.upload, name="monitor_upload"),
    path("data/run/", alerts.run, name="monitor_run"),
    path("data/workload/", alerts.workload, name="monitor_workload"),
    *data.IMPORT.urls("data"),
    path("issues/", data.issue_list, name="monitor_issues"),
    path("issues/<uuid:id>/", data.issue, name="monitor_issue"),
    path("issues/<uuid:id>/settle/", data.issue_settle, name="monitor_issue_settle"),
    path("chances/", data.chance_list, name="monitor_chances"),
]
