from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "sanfu.people"
    label = "people"
