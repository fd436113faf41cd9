from django.apps import AppConfig


class MatchConfig(AppConfig):
    name = "sanfu.match"
    label = "match"
