from django.apps import AppConfig


class ScenesConfig(AppConfig):
    name = "sanfu.grassroots.scenes"
    label = "scenes"
