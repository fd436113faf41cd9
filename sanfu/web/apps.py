"""The pages as a Django app: templates, tags, static files, the submission table."""

from django.apps import AppConfig

from sanfu.web.components.wording import speak_plainly


class WebConfig(AppConfig):
    name = "sanfu.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Form errors in the words of this house, for every form of the platform."""
        speak_plainly()
