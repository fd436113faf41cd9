"""Metrics (监控指标) in the format of Prometheus: counted requests of all web processes, and the vital figures.

Labels are bounded by this file: seven audiences, six classes of answer. `PROMETHEUS_MULTIPROC_DIR`, set by `manage serve`
before the workers start, makes all of them count into one folder; without it a process knows only itself.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from sanfu.records import vitals
from sanfu.records.vitals import Vital
from sanfu.web.logs import access_line

AUDIENCES = ("firm", "desk", "leader", "manage", "api", "public", "probe")
PROBES = ("live", "ready", "health", "metrics")
OWN = CollectorRegistry()
REQUESTS = Counter("sanfu_requests", "Answers by audience and class", ("audience", "answer"), registry=OWN)
SECONDS = Histogram(
    "sanfu_request_seconds", "Time to the answer", ("audience",), registry=OWN, buckets=(0.05, 0.1, 0.3, 1, 3)
)
SIGN_INS = Counter("sanfu_sign_ins", "Tries to sign in by how they ended", ("ended",), registry=OWN)
SIGN_IN_ENDS = {302: "passed", 422: "failed", 429: "locked"}


def audience_of(path: str) -> str:
    """For whom an address is: a bounded word."""
    first = path.lstrip("/").partition("/")[0]
    return "probe" if first in PROBES else first if first in AUDIENCES else "public"


def answer_of(status: int) -> str:
    """The class of an answer; two refusals of the whole platform have classes of their own."""
    return str(status) if status in (429, 503) else f"{status // 100}xx"


class Measured:
    """Middleware: counts each answer, times it, and writes one line of the access log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        spent, audience = time.perf_counter() - began, audience_of(request.path)
        REQUESTS.labels(audience, answer_of(response.status_code)).inc()
        SECONDS.labels(audience).observe(spent)
        if request.method == "POST" and request.path == settings.LOGIN_URL:
            SIGN_INS.labels(SIGN_IN_ENDS.get(response.status_code, "refused")).inc()
        access_line(request, response.status_code, spent)
        return response


class Vitals(Collector):
    """Collects what the place and the database say at this moment; without a database it says so."""

    def __init__(self, request: HttpRequest) -> None:
        self.now = request.now  # type: ignore[attr-defined]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = vitals.of_place(settings.MEDIA_ROOT, self.now)
        try:
            found += vitals.of_database()
            answers = 1.0
        except DatabaseError:
            answers = 0.0
        found.append(Vital("sanfu_database_answers", "1 when the database answers", answers))
        families: dict[str, GaugeMetricFamily] = {}
        for one in found:
            labels = [one.label[0]] if one.label else []
            family = families.setdefault(one.name, GaugeMetricFamily(one.name, one.says, labels=labels))
            family.add_metric([one.label[1]] if one.label else [], one.figure)
        yield from families.values()


def may_read(request: HttpRequest) -> bool:
    """Whether a request may read the metrics: by the token, else in demo mode from this machine itself.

    Behind a proxy everybody comes from this machine; so production always asks for the token.
    """
    if settings.METRICS_TOKEN:
        said = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return secrets.compare_digest(said.encode(), settings.METRICS_TOKEN.encode())
    if settings.PRODUCTION or settings.PROXIES or request.headers.get("X-Forwarded-For"):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def exposition(request: HttpRequest) -> HttpResponse:
    """All series as text."""
    place = CollectorRegistry(auto_describe=False)
    place.register(Vitals(request))
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    else:
        counted = OWN
    return HttpResponse(generate_latest(counted) + generate_latest(place), content_type=CONTENT_TYPE_LATEST)
