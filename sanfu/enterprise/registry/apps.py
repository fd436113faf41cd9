from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "sanfu.enterprise.registry"
    label = "registry"
