from django.apps import AppConfig


class MeasureConfig(AppConfig):
    name = "sanfu.measure"
    label = "measure"
