"""Addresses of benefits on the desk."""

from django.urls import path

from sanfu.web.officer.benefits import (
    batches,
    claims,
    documents,
    firms,
    payments,
    policies,
    simulate,
)

urlpatterns = [
    path("", policies.policy_list, name="benefit_policies"),
    path("policies/new/", documents.document_new, name="benefit_document_new"),
    path("policies/new/try/", documents.document_try, name="benefit_document_try_new"),
    path("policies/<slug:id>/document/", documents.document, name="benefit_document"),
    path("policies/<slug:id>/document/try/", documents.document_try, name="benefit_document_try"),
    path("policies/<slug:id>/text.md", documents.document_text, name="benefit_document_text"),
    path("policies/<slug:id>/", policies.policy, name="benefit_policy"),
    path("policies/<slug:id>/try/", policies.try_text, name="benefit_try"),
    path("policies/<slug:id>/save/", policies.policy_save, name="benefit_policy_save"),
    path("versions/<uuid:id>/<slug:event>/", policies.policy_act, name="benefit_policy_act"),
    path("simulate/", simulate.simulation, name="benefit_simulate"),
    path("ready/", simulate.ready, name="benefit_ready"),
    path("clauses/<slug:id>/", simulate.hits, name="benefit_hits"),
    path("firms/", firms.firm_list, name="benefit_firms"),
    path("firms/upload/", firms.fact_upload, name="benefit_upload"),
    *firms.IMPORT.urls("firms/upload"),
    path("firms/<uuid:id>/", firms.firm, name="benefit_firm"),
    *claims.DESK.urls("claims"),
    path("batches/new/", batches.batch_new, name="benefit_batch_new"),
    *batches.DESK.urls("batches"),
    path("batches/<uuid:id>/replay/", batches.batch_replay, name="benefit_replay"),
    path("batches/<uuid:id>/receipts.xlsx", payments.receipt_form, name="benefit_receipt_form"),
    path("batches/<uuid:id>/payments/<uuid:payment_id>/", payments.payment_file, name="benefit_payment_file"),
]
