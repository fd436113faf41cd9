from importlib import import_module

from django.apps import AppConfig


class AdaptersConfig(AppConfig):
    name = "sanfu.adapters"
    label = "adapters"

    def ready(self) -> None:
        """The checks of `manage check --deploy` are registered where they are written."""
        import_module("sanfu.adapters.readiness")
