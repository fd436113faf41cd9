from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "sanfu.grassroots.duties"
    label = "duties"
