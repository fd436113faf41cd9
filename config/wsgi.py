"""WSGI entry of the server. A process answers only when it may serve here and its matcher is built."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from sanfu.adapters.readiness import make_ready  # noqa: E402 — the models exist only from here on

make_ready(application)
