"""Waiting lines of monitoring on the first page."""

from datetime import datetime

from django.urls import reverse

from sanfu.enterprise.monitoring import queries
from sanfu.records.actor import Actor
from sanfu.web.todos import Todo


def issue_todos(actor: Actor, now: datetime) -> list[Todo]:
    """Readings that wait for a person's word."""
    if not actor.may("monitoring.data"):
        return []
    count = queries.open_issues(actor)
    url = reverse("officer:monitor_issues") + "?state=open"
    return [Todo("待核对的月度数据", count, url, "warn", "list-filter")] if count else []
