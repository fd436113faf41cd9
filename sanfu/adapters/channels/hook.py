"""短信、政务微信: a notice as a signed HTTP request to the gateway of the county.

The body is JSON {"id", "to", "text"}; the header X-Sanfu-Signature is the hex HMAC-SHA-256 of "timestamp.body" with
the shared secret, X-Sanfu-Timestamp the second it was signed. The gateway drops an id that it had already.
An answer that sends elsewhere (3xx) is a failure: followed, a POST becomes a GET without the notice, and whoever
answers that one has received nothing.
"""

import hashlib
import hmac
import http.client
import json
import time
import urllib.request

from django.conf import settings

from sanfu.people.messages.actions import NotSent
from sanfu.people.messages.models import Delivery

SECONDS = 10


class _Staying(urllib.request.HTTPRedirectHandler):
    """Follows nothing, so that a 3xx comes out as the error it is."""

    def redirect_request(self, *_: object) -> None:
        return None


def signature(secret: str, stamp: str, body: bytes) -> str:
    """The signature of a body at a second."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def send(row: Delivery) -> None:
    """Send one notice; NotSent unless the gateway answers 2xx."""
    body = json.dumps({"id": str(row.id), "to": row.address, "text": row.text}, ensure_ascii=False).encode()
    stamp = str(int(time.time()))
    request = urllib.request.Request(
        settings.SANFU_HOOK_URL,
        data=body,
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "X-Sanfu-Timestamp": stamp,
            "X-Sanfu-Signature": signature(settings.SANFU_HOOK_SECRET, stamp, body),
        },
    )
    try:
        with urllib.request.build_opener(_Staying).open(request, timeout=SECONDS):
            pass
    except (OSError, ValueError, http.client.HTTPException) as problem:
        raise NotSent(f"网关没有收下：{problem}") from problem
