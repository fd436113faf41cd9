from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "sanfu.lists"
    label = "lists"
