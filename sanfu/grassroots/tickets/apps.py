from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "sanfu.grassroots.tickets"
    label = "tickets"
