"""The request as views see it: what the middleware adds, with its types."""

from datetime import date, datetime

from django.http import HttpRequest

from sanfu.records.actor import Actor


class PublicRequest(HttpRequest):
    """A request of a public page: perhaps nobody is signed in. Only here the clock is read, once per request."""

    actor: Actor | None
    now: datetime
    today: date
    reference: str


class Request(PublicRequest):
    """A request behind `@page`, `@firm_page` or `@signed_in_page`: somebody is signed in."""

    actor: Actor  # narrower on purpose: the mark has checked it
