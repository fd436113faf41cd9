"""Addresses of 企业诉求 at the desk."""

from django.urls import path

from sanfu.web.officer.demands import pages, topics

urlpatterns = [
    path("new/", pages.demand_new, name="demand_new"),
    path("topics/", topics.topics, name="demand_topics"),
    path("topics/<uuid:id>/", topics.topic, name="demand_topic"),
    path("topics/<uuid:id>/<slug:event>/", topics.topic_act, name="demand_topic_act"),
    path("pool/<uuid:id>/topic/", topics.topic_open, name="demand_topic_open"),
    *pages.DESK.urls("pool"),
]
