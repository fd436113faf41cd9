"""Addresses of 履职 and 岗位 on the desk."""

from django.urls import path

from sanfu.web.officer.duties import (
    admissions,
    drafting,
    figures,
    lists,
    posts,
    rulings,
    tasks,
)

urlpatterns = [
    path("lists/", lists.version_list, name="duty_lists"),
    path("lists/import/", lists.import_list, name="duty_import"),
    path("lists/<uuid:id>/", lists.version_page, name="duty_list"),
    path("lists/<uuid:id>/compare/", lists.compare, name="duty_compare"),
    path("lists/<uuid:id>/<slug:event>/", lists.act, name="duty_list_act"),
    path("documents/", drafting.document_list, name="duty_documents"),
    path("documents/check/", drafting.check, name="duty_check"),
    path("documents/<uuid:id>/", drafting.document_page, name="duty_document"),
    path("documents/<uuid:id>/rewrite/", drafting.rewrite, name="duty_rewrite"),
    path("documents/<uuid:id>/send/", drafting.send, name="duty_send"),
    path("documents/<uuid:id>/withdraw/", drafting.withdraw, name="duty_withdraw"),
    path("documents/<uuid:id>/original/", drafting.original, name="duty_original"),
    *tasks.DESK.urls("tasks"),
    path("objections/", rulings.objection_list, name="duty_objections"),
    path("objections/<uuid:id>/", rulings.objection_page, name="duty_objection"),
    path("objections/<uuid:id>/rule/", rulings.rule_on, name="duty_rule_on"),
    path("objections/<uuid:id>/propose/", rulings.propose, name="duty_propose"),
    path("rules/<uuid:id>/adopt/", rulings.adopt, name="duty_adopt"),
    path("precedents/", rulings.precedent_list, name="duty_precedents"),
    path("admissions/", admissions.admission_list, name="duty_admissions"),
    path("admissions/apply/", admissions.apply, name="duty_apply"),
    path("admissions/<uuid:id>/", admissions.admission_page, name="duty_admission"),
    path("burden/", figures.burden, name="duty_burden"),
    path("replay/", figures.replay, name="duty_replay"),
    path("evaluation/", figures.evaluation, name="duty_evaluation"),
    path("evaluation/rate/", figures.rate, name="duty_rate"),
    path("posts/", posts.table_list, name="post_tables"),
    path("posts/derive/", posts.derive, name="post_derive"),
    path("posts/<uuid:id>/", posts.table_page, name="post_table"),
    path("posts/<uuid:id>/act/<slug:event>/", posts.act, name="post_table_act"),
    path("posts/<uuid:id>/level/", posts.level, name="post_level"),
    path("posts/<uuid:id>/word/", posts.word, name="post_word"),
    path("posts/<uuid:id>/match/<str:post>/", posts.match, name="post_match"),
]
