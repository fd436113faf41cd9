"""Citizens who send requests without pause, and the ledger of what was acknowledged to them."""

import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field


@dataclass
class Ledger:
    """What was sent and what was acknowledged: message → number of the order."""

    sent: set[str] = field(default_factory=set)
    acknowledged: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """The receipt is the redirect itself."""

    def redirect_request(self, *_: object) -> None:
        return None


class Citizen(threading.Thread):
    """Sends one request after the other; repeats with the same key until its number comes."""

    def __init__(self, address: str, ledger: Ledger, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.address, self.ledger, self.stop = address, ledger, stop
        self.opener = urllib.request.build_opener(NoRedirect)
        self.mark = uuid.uuid4().hex  # this browser's own; Django takes a mark of 32 letters

    def run(self) -> None:
        while not self.stop.is_set():
            message = f"人民路路灯不亮，第{uuid.uuid4().hex}号来信"
            with self.ledger.lock:
                self.ledger.sent.add(message)
            key = uuid.uuid4().hex
            while not self.stop.is_set():
                if number := self._send(message, key):
                    with self.ledger.lock:
                        self.ledger.acknowledged[message] = number
                    break
                time.sleep(0.2)

    def _send(self, message: str, key: str) -> str | None:
        body = urllib.parse.urlencode({"body": message, "kind": "求助", "_once": key}).encode()
        headers = {"Cookie": f"csrftoken={self.mark}", "X-CSRFToken": self.mark}
        try:
            with self.opener.open(urllib.request.Request(f"{self.address}/ask/", body, headers), timeout=30):
                return None
        except urllib.error.HTTPError as answer:
            found = re.search(r"/ask/received/(\w+)/", answer.headers.get("Location", ""))
            return found[1] if answer.code == 302 and found else None
        except (OSError, ValueError):
            return None
