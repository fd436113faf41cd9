"""Who listens to which event: the table of `config/wiring.py`, reached through the settings."""

from django.conf import settings


def handlers_of(kind: str) -> list[str]:
    """Dotted names of the handlers of an event kind."""
    table: dict[str, list[str]] = settings.SANFU_EVENT_HANDLERS
    return table.get(kind, [])
