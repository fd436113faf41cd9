from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "sanfu.web"
    label = "web"
