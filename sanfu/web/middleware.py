"""What every request carries (actor, clock, reference) and how a refusal of a domain room becomes a page."""

import secrets
from collections.abc import Callable
from urllib.parse import unquote

from django.core.exceptions import ValidationError
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from sanfu.people import looks
from sanfu.records.actor import Conflict, NotAllowed, Refused
from sanfu.records.moments import day_of
from sanfu.web import door, errors, sessions
from sanfu.web.access import TooMany
from sanfu.web.request import PublicRequest
from sanfu.web.whoami import actor_of

AWAY = (OperationalError, InterfaceError)  # the database does not answer, or not in time
UNKEEPABLE = "提交的编号、数字或日期不存在，或超出了系统能保存的范围，系统没有做任何改动。"


class Shell:
    """Sets `request.actor` (None when nobody is signed in), `request.now`, `request.today`, `request.reference`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: PublicRequest) -> HttpResponse:
        request.now = timezone.now()
        request.today = day_of(request.now)
        request.reference = secrets.token_hex(4)
        request.actor = None
        try:
            response = door.refused(request) or self._answer(request)
        except AWAY:
            return errors.unavailable(request)
        if response.status_code == 405 and not response.streaming and not response.content:
            allow = response.headers.get("Allow", "")
            response = errors.explain(request, 405)
            response.headers["Allow"] = allow
        if request.actor is not None:
            self._keep_what_leaves(request, response)
        return response

    def _answer(self, request: PublicRequest) -> HttpResponse:
        gone = sessions.gone_idle(request, request.now)
        request.actor = None if gone else actor_of(request, request.today)
        return self._first_steps(request) or self.get_response(request)

    def _keep_what_leaves(self, request: PublicRequest, response: HttpResponse) -> None:
        """Nothing that a signed-in person sees stays in a shared browser; files handed out are events."""
        if not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "no-store"
        handed = response.headers.get("Content-Disposition", "")
        if response.status_code == 200 and handed.startswith("attachment") and request.actor is not None:
            file = unquote(
                handed.partition("filename")[2].partition("=")[2].removeprefix("UTF-8''").strip('"')
            )
            looks.downloaded(path=request.get_full_path(), file=file, by=request.actor, at=request.now)

    def _first_steps(self, request: PublicRequest) -> HttpResponse | None:
        """Whoever has a password from somebody else's hand, an old one, or no second factor sees to that first."""
        wanted = sessions.first_step(request) if request.actor is not None else None
        there = wanted is None or request.path.startswith(wanted) or request.path == reverse("logout")
        return None if wanted is None or there else redirect(wanted)

    def process_exception(self, request: PublicRequest, exception: Exception) -> HttpResponse | None:
        """A refusal said by a domain room is an answer, not a fault."""
        if isinstance(exception, NotAllowed):
            if request.actor is not None:
                looks.refused(path=request.path, why=str(exception), by=request.actor, at=request.now)
            return errors.not_permitted(request, exception)
        if isinstance(exception, Conflict):
            return errors.explain(request, 409, why=str(exception))
        if isinstance(exception, Refused):
            return errors.explain(request, 422, why=str(exception))
        if isinstance(exception, errors.BadRequest):
            return errors.explain(request, 400, why=str(exception))
        if isinstance(exception, TooMany):
            return errors.explain(request, 429, why=str(exception))
        if isinstance(exception, DataError | ValidationError):
            return errors.explain(request, 400, why=UNKEEPABLE)
        if isinstance(exception, AWAY):
            return errors.unavailable(request)
        return None
