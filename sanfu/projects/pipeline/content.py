"""Content of the monthly meeting: limits that the county decided."""

from typing import Any

from django.conf import settings

from sanfu.records.content import read_yaml


def limits() -> dict[str, Any]:
    """Limits by their Chinese name."""
    read: dict[str, Any] = read_yaml(settings.CONTENT / "projects" / "meeting.yaml")
    return read
