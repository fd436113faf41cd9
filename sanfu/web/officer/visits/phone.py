"""现场记录: the phone page that works without network, and what it sends."""

import json
import uuid

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from sanfu.enterprise.visits import queries
from sanfu.enterprise.visits.actions import syncing
from sanfu.records.actor import NotAllowed, Refused
from sanfu.records.moments import said
from sanfu.web.access import page
from sanfu.web.components.fields import as_uuid
from sanfu.web.request import Request

MOST_IDS = 2000


@page("visits.record")
@require_GET
def phone(request: Request) -> HttpResponse:
    """The phone page: new record, waiting ones, receipts."""
    context = {
        "title": "现场记录",
        "fields": queries.FIELDS.items(),
        "planned": queries.of_phone(request.actor),
        "firms": queries.firms(request.actor.region),
        "paths": {"send": reverse("officer:visit_send"), "photo": reverse("officer:visit_photo_send"), "have": reverse("officer:visit_have"), "hello": reverse("officer:visit_hello"), "worker": reverse("officer:visit_worker")},
        "today": request.today,
    }  # fmt: skip
    return render(request, "officer/visits/phone.html", context)


@page("visits.record")
@require_GET
def worker(request: Request) -> HttpResponse:
    """The service worker: keeps the phone page and what it needs, so that it opens without network."""
    wanted = [
        reverse("officer:visit_phone"),
        *(static(f"sanfu/{name}") for name in ("visits_phone.js", "tokens.css", "desk.css")),
    ]
    script = render(
        request, "officer/visits/worker.js", {"wanted": json.dumps(wanted)}, content_type="text/javascript"
    )
    script.headers["Service-Worker-Allowed"] = reverse("officer:visits")
    script.headers["Cache-Control"] = "no-cache"
    return script


@page("visits.record")
@require_GET
def hello(request: Request) -> JsonResponse:
    """Who is signed in, what time it is here, and the token that a send needs."""
    return JsonResponse(
        {
            "who": str(request.actor.id),
            "name": request.actor.name,
            "now": said(request.now),
            "token": get_token(request),
        }
    )


def _answered(work: object) -> JsonResponse:
    return JsonResponse(work, safe=False, json_dumps_params={"ensure_ascii": False})


@page("visits.record")
@require_POST
def send(request: Request) -> JsonResponse:
    """One operation; the answer is the same each time it comes."""
    try:
        raw = json.loads(request.body)
        return _answered(syncing.receive(raw, by=request.actor, at=request.now))
    except json.JSONDecodeError:
        return JsonResponse(
            {"outcome": "refused", "words": "这条离线记录不完整，请导出待发件交给管理员。"}, status=422
        )
    except (Refused, NotAllowed) as problem:
        return JsonResponse({"outcome": "refused", "words": str(problem)}, status=422)


@page("visits.record")
@require_POST
def photo_send(request: Request) -> JsonResponse:
    """One photo with its hash."""
    photo_id, visit_id = as_uuid(request.POST.get("id", "")), as_uuid(request.POST.get("visit", ""))
    sent = request.FILES.get("photo")
    if photo_id is None or visit_id is None or sent is None:
        return JsonResponse({"outcome": "refused", "words": "照片没有带齐编号；请重新拍摄。"}, status=422)
    try:
        return _answered(syncing.receive_photo(photo_id, visit_id, sent.read(), request.POST.get("sha256", ""), by=request.actor, at=request.now))  # fmt: skip
    except (Refused, NotAllowed) as problem:
        return JsonResponse({"outcome": "refused", "words": str(problem)}, status=422)


@page("visits.record")
@require_POST
def have(request: Request) -> JsonResponse:
    """Which of these ids are here."""
    try:
        raw = json.loads(request.body)
        ids = [one for text in list(raw)[:MOST_IDS] if (one := as_uuid(str(text)))]
    except (json.JSONDecodeError, TypeError):
        ids: list[uuid.UUID] = []  # type: ignore[no-redef]
    return _answered({"have": queries.arrived(request.actor, ids)})
