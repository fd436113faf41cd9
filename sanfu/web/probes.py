"""Probes (探针) for those who watch the platform: alive, ready, healthy, and the metrics."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sanfu.records.health import look, not_ready
from sanfu.web import metrics
from sanfu.web.access import public_page
from sanfu.web.request import PublicRequest


@public_page
@never_cache
@require_safe
def live(request: PublicRequest) -> HttpResponse:
    """Whether this process answers at all; asks nobody. Who gets no answer starts the process again."""
    return HttpResponse("live\n", content_type="text/plain")


@public_page
@never_cache
@require_safe
def ready(request: PublicRequest) -> JsonResponse:
    """Whether this process should get requests: warm, on a database that answers and has its migrations."""
    why = not_ready()
    return JsonResponse({"ready": not why, "why": why}, status=503 if why else 200)


@public_page
@never_cache
@require_safe
def health(request: PublicRequest) -> JsonResponse:
    """Whether the whole platform works: database and background workers; 503 within a second when not."""
    seen = look()
    ok = seen.database and seen.workers
    said = {"ok": ok, "database": seen.database, "workers": seen.workers, "now": request.now.isoformat()}
    return JsonResponse(said, status=200 if ok else 503)


@public_page
@never_cache
@require_safe
def metrics_page(request: PublicRequest) -> HttpResponse:
    """All series for Prometheus, for who has the token or, in demo mode, for this machine."""
    if not metrics.may_read(request):
        return HttpResponse(
            "metrics need SANFU_METRICS_TOKEN as a bearer token\n", status=403, content_type="text/plain"
        )
    return metrics.exposition(request)
