"""What a process of the web server does before it answers: refuse, tie itself to its parent, warm matcher and first pages."""

import logging
import os
import signal
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import DatabaseError, connection
from django.utils import timezone

from sanfu.adapters.postgres.process import SERVED, die_with_parent
from sanfu.grassroots.tickets.guidance import guide
from sanfu.match.actions import warm
from sanfu.people.queries import has_demo_accounts
from sanfu.records.health import warmth

DEMO_LEFT = (
    "production refuses a database with demo accounts (演示账号): their passwords are printed in the manual"
)
FIRST_PAGES = ("/", "/ask/", "/progress/", "/login/")
log = logging.getLogger(__name__)


def make_ready(application: WSGIHandler) -> None:
    """Refuse demo accounts in production, end with the parent, build the matcher, and draw the first pages once.

    Raises:
        ImproperlyConfigured: production on a database with demo accounts.
    """
    if os.environ.get(SERVED):
        die_with_parent(signal.SIGKILL)
    try:
        if settings.PRODUCTION and has_demo_accounts():
            raise ImproperlyConfigured(DEMO_LEFT)
        warmth.begin(lambda: build_shared(application))
    except DatabaseError:
        log.exception("the database does not answer yet; the process serves and asks again with each request")
    finally:
        if not connection.in_atomic_block:
            connection.close()


def build_shared(application: WSGIHandler) -> None:
    """Build what the first answers of a fresh process share: they come from several threads at once."""
    warm(settings.REGION, timezone.now())
    guide("路灯不亮", region=settings.REGION, at=timezone.now())
    draw_first_pages(application)


def draw_first_pages(application: WSGIHandler) -> list[int]:
    """Have the process answer itself what visitors open first; returns the status of each.

    Addresses, forms and templates are read at their first use, which the first visitors would otherwise wait for.
    """
    host = next((one.lstrip(".") for one in settings.ALLOWED_HOSTS if one != "*"), "localhost")
    answers = []
    for path in FIRST_PAGES:
        environ = {
            "PATH_INFO": path,
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": host,
            "HTTP_X_FORWARDED_PROTO": "https",
        }
        setup_testing_defaults(environ)  # the rest of what WSGI asks for
        answers.append(application.get_response(WSGIRequest(environ)))
    for answer in answers:
        answer.close()
    return [answer.status_code for answer in answers]


@register(Tags.security, deploy=True)
def no_demo_accounts(**_: object) -> list[CheckMessage]:
    """`check --deploy`: no demo account is left in the database that production would use."""
    try:
        left = has_demo_accounts()
    except DatabaseError as error:
        return [Error(f"the database cannot be asked for demo accounts: {error}", id="sanfu.E002")]
    hint = "Begin production on an empty database: sanfu manage migrate, load_organisations, open_account."
    return [Error(DEMO_LEFT, hint=hint, id="sanfu.E001")] if left else []
