"""Addresses of organisations and accounts."""

from django.urls import path

from sanfu.web.admin.people import accounts, audit, organisations, sheet

urlpatterns = [
    path("", accounts.account_list, name="accounts"),
    path("new/", accounts.account_new, name="account_new"),
    path("import/", sheet.accounts_import, name="accounts_import"),
    path("import/template/", sheet.accounts_template, name="accounts_template"),
    path("<uuid:id>/", accounts.account, name="account"),
    path("<uuid:id>/password/", accounts.account_password, name="account_password"),
    path("<uuid:id>/unlock/", accounts.account_unlock, name="account_unlock"),
    path("<uuid:id>/active/", accounts.account_active, name="account_active"),
    path("<uuid:id>/posts/", accounts.post_new, name="post_new"),
    path("<uuid:id>/posts/<uuid:post_id>/end/", accounts.post_end, name="post_end"),
    path("<uuid:id>/second-factor/", accounts.account_second_factor, name="account_second_factor"),
    path("<uuid:id>/sessions/", accounts.account_sessions, name="account_sessions"),
    path("audit/", audit.audit, name="audit"),
    path("units/", organisations.unit_list, name="units"),
    path("units/new/", organisations.unit_new, name="unit_new"),
    path("units/<uuid:id>/", organisations.unit, name="unit"),
]
