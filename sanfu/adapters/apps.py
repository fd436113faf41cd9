from django.apps import AppConfig


class AdaptersConfig(AppConfig):
    name = "sanfu.adapters"
    label = "adapters"
