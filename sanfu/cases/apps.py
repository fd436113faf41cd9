from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "sanfu.cases"
    label = "cases"
