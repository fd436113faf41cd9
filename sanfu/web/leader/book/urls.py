"""Addresses of the cockpit, the book of indicators, closed months, the claims check and the wall by token."""

from django.urls import path

from sanfu.web.leader.book import (
    claims,
    cockpit,
    composites,
    displays,
    gaming,
    months,
    pages,
    recalls,
    topics,
)

urlpatterns = [
    path("", cockpit.cockpit, name="cockpit"),
    path("indicators/", pages.book, name="book"),
    path("indicators/<slug:name>/", pages.indicator, name="book_indicator"),
    path("indicators/<slug:name>/rows/", pages.rows, name="book_rows"),
    path("composites/", composites.all_of_them, name="composites"),
    path("composites/<slug:name>/", composites.composite, name="composite"),
    path("months/", months.months, name="months"),
    path("months/close/", months.close, name="month_close"),
    path("months/check/", months.check, name="month_check"),
    path("months/correct/<slug:name>/", months.correct, name="month_correct"),
    path("months/corrections/<uuid:id>/", months.decide, name="month_decide"),
    path("claims/", claims.claims, name="claims"),
    path("topics/", topics.topics, name="topics"),
    path("topics/new/", topics.new, name="topic_new"),
    path("topics/rows/", topics.rows, name="topic_rows"),
    path("topics/<uuid:id>/", topics.topic, name="topic"),
    path("gaming/", gaming.clues, name="gaming"),
    path("gaming/<uuid:id>/", gaming.clue, name="gaming_clue"),
    path("recalls/", recalls.recalls, name="recalls"),
    path("recalls/draw/", recalls.draw, name="recalls_draw"),
    path("recalls/<uuid:id>/", recalls.recall, name="recall"),
    path("displays/", displays.displays, name="displays"),
    path("displays/<uuid:id>/end/", displays.end, name="display_end"),
    path("wall/", displays.own_wall, name="wall"),
    path("wall/<uuid:id>/<str:secret>/", displays.wall, name="display_wall"),
]
