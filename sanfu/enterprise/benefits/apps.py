from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    name = "sanfu.enterprise.benefits"
    label = "benefits"
