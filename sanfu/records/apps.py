from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "sanfu.records"
    label = "records"
