"""What every request carries (actor, clock, reference) and how a refusal of a domain room becomes a page."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from sanfu.people import queries as people
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.web import errors

SESSION_COOKIE = settings.SESSION_COOKIE_NAME


class Shell:
    """Sets `request.actor` (None when nobody is signed in), `request.now`, `request.today`, `request.reference`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = timezone.now()
        request.today = timezone.localdate(request.now)
        request.reference = secrets.token_hex(4)
        request.actor = _actor(request)
        response = self.get_response(request)
        if response.status_code == 405 and not response.streaming and not response.content:
            allow = response.headers.get("Allow", "")
            response = errors.explain(request, 405)
            response.headers["Allow"] = allow
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal said by a domain room is an answer, not a fault."""
        if isinstance(exception, NotAllowed):
            return errors.not_permitted(request, exception)
        if isinstance(exception, Conflict):
            return errors.explain(request, 409, why=str(exception))
        if isinstance(exception, Refused):
            return errors.explain(request, 422, why=str(exception))
        if isinstance(exception, errors.BadRequest):
            return errors.explain(request, 400, why=str(exception))
        return None


def _actor(request: HttpRequest) -> Actor | None:
    """The actor of the signed-in user. Nobody asks the database when the page never looks (static, health)."""
    if SESSION_COOKIE not in request.COOKIES:
        return None
    user = request.user
    return people.actor_of(user, on=request.today) if user.is_authenticated else None
