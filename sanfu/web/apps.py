"""The pages as a Django app: templates, tags, static files, the submission table."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "sanfu.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
