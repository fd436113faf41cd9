"""Public addresses of benefits."""

from django.urls import path

from sanfu.web.citizen.benefits import library

PREFIX = ""  # the portal's addresses are short
urlpatterns = [
    path("policies/", library.benefit_list, name="benefit_list"),
    path("policies/<slug:id>/", library.benefit_policy, name="benefit_policy"),
    path("notices/<uuid:id>/", library.benefit_notice, name="benefit_notice"),
]
