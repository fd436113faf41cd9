"""What every request carries (actor, clock, reference) and how a refusal of a domain room becomes a page."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from sanfu.records.actor import Conflict, NotAllowed, Refused
from sanfu.records.moments import day_of
from sanfu.web import errors
from sanfu.web.request import PublicRequest
from sanfu.web.whoami import actor_of, must_choose_password


class Shell:
    """Sets `request.actor` (None when nobody is signed in), `request.now`, `request.today`, `request.reference`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: PublicRequest) -> HttpResponse:
        request.now = timezone.now()
        request.today = day_of(request.now)
        request.reference = secrets.token_hex(4)
        request.actor = actor_of(request, request.today)
        response = self._first_the_password(request) or self.get_response(request)
        if response.status_code == 405 and not response.streaming and not response.content:
            allow = response.headers.get("Allow", "")
            response = errors.explain(request, 405)
            response.headers["Allow"] = allow
        return response

    def _first_the_password(self, request: PublicRequest) -> HttpResponse | None:
        """Whoever signed in with a password from somebody else's hand chooses an own one before anything else."""
        if request.actor is None or not must_choose_password(request):
            return None
        wanted = reverse("password")
        return None if request.path in {wanted, reverse("logout")} else redirect(wanted)

    def process_exception(self, request: PublicRequest, exception: Exception) -> HttpResponse | None:
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
