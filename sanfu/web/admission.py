"""Rush gate (限流排队): how many requests one process works on, how many may wait, and what the others are told at once.

Without a bound every visitor of a rush waits, gives up and asks again, and the platform works for people who have left. With
one, those inside are served in time and the others hear within a moment when to come back.
"""

import threading
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from sanfu.web import errors
from sanfu.web.metrics import audience_of

BUSY = "此刻使用的人太多，您刚才的操作没有办理，也没有保存。"
AGAIN = "请等几秒后返回上一页重新提交，填写的内容还在；急事请拨打12345。"
API_BUSY = "此刻请求太多，没有登记；请按 Retry-After 的秒数稍后用同一编号重试。"
RETRY_AFTER = 5  # seconds


class Gate:
    """Places for a few who work and a few who wait; whoever comes beyond them is turned away without waiting."""

    def __init__(self, working: int, waiting: int, patience: float) -> None:
        """patience: seconds that one waits at most, behind requests that take unusually long."""
        self._places = threading.Semaphore(working)
        self._lock = threading.Lock()
        self._inside, self._most, self._patience = 0, working + waiting, patience

    def enter(self) -> bool:
        """Whether the caller may work now; it must `leave` afterwards when so."""
        with self._lock:
            if self._inside >= self._most:
                return False
            self._inside += 1
        if self._places.acquire(timeout=self._patience):
            return True
        with self._lock:
            self._inside -= 1
        return False

    def leave(self) -> None:
        """Give the place to the next one."""
        self._places.release()
        with self._lock:
            self._inside -= 1


class Admission:
    """Middleware: lets in what the gate has room for, and says 503 with Retry-After to the rest. Probes always come in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.gate = Gate(settings.WORKING, settings.WAITING, settings.WAITING_SECONDS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        audience = audience_of(request.path)
        if audience == "probe":
            return self.get_response(request)
        if not self.gate.enter():
            return turned_away(request, audience)
        try:
            return self.get_response(request)
        finally:
            self.gate.leave()


def turned_away(request: HttpRequest, audience: str) -> HttpResponse:
    """503 that asks neither the database nor the session."""
    response: HttpResponse = (
        JsonResponse({"error": API_BUSY}, status=503, json_dumps_params={"ensure_ascii": False})
        if audience == "api"
        else errors.bare(request, 503, why=BUSY, do=AGAIN)
    )
    response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Length"] = str(len(response.content))
    return response
