"""The progress of a background job as a polled piece of a page."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sanfu.records.states import JobState

MOVING = (JobState.WAITING, JobState.RUNNING)


def moving(request: HttpRequest, bar: Mapping[str, Any], state: str) -> HttpResponse:
    """The bar alone, as `{% progress bar %}` shows it; once the job has ended, htmx loads the page with its result."""
    response = render(request, "components/progress_piece.html", {"bar": bar})
    if state not in MOVING:
        response.headers["HX-Refresh"] = "true"
    return response
