"""Addresses of 挂钩联系."""

from django.urls import path

from sanfu.web.officer.liaison import outreach, pages, sheets

urlpatterns = [
    *outreach.DESK.urls("outreach"),
    path("mine/", pages.mine, name="liaison_mine"),
    path("", pages.pairs, name="liaison_pairs"),
    path("firms/<uuid:id>/", pages.firm, name="liaison_firm"),
    path("firms/<uuid:id>/link/", pages.firm_link, name="liaison_link"),
    path("firms/<uuid:id>/need/", pages.firm_need, name="liaison_need"),
    path("officers/", pages.officer_set, name="liaison_officer"),
    *sheets.OFFICERS.urls("officers/sheet"),
    *sheets.PAIRS.urls("sheet"),
    path("proposals/", pages.proposals, name="liaison_proposals"),
    path("proposals/<uuid:id>/", pages.proposal, name="liaison_proposal"),
]
