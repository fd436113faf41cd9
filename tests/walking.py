"""A walk over the pages of a served demo county: from the menus along the links, one page of each route, looked at by axe.

The walker reads addresses only, so it needs no row of the database: a route is walked when some page links to it. With
`.venv/bin/python -m tests.walking http://127.0.0.1:8000` it prints what it finds at a county that is served already.
"""

import os
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
from django.urls import Resolver404, resolve
from playwright.sync_api import APIRequestContext, Browser, Error, Page, ViewportSize

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 375, "height": 812}
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
LINK = re.compile(r'<a\s[^>]*?href="(/[^"#]*)"([^>]*)>')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
ASK_AXE = """async () => {
    const found = await axe.run(document, {resultTypes: ["violations"]});
    return found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
        .map((one) => `${one.id}: ${one.help}: ${one.nodes[0].html.slice(0, 160)}`);
}"""
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth + 1"
# Citizen, firm, leader and those of the desk who between them open every menu.
BEGIN = (
    ("", "/"), ("limei", "/home/"), ("wangqiang", "/home/"), ("zhengju", "/home/"), ("chenfang", "/home/"),
    ("jiangyu", "/home/"), ("gaoda", "/home/"), ("guqin", "/home/"), ("songci", "/home/"), ("linadmin", "/home/"),
    ("shenbian", "/home/"), ("luoqi", "/home/"), ("wushuang", "/home/"), ("mulan", "/home/"), ("tianchou", "/home/"),
    ("yuanjun", "/home/"), ("rongcheng", "/home/"), ("caiqin", "/home/"),
    ("fangzheng", "/home/"), ("shenyan", "/home/"),
)  # fmt: skip
TRIES = 3  # addresses of one route that one person tries
NO_PAGE = (
    "export=",
    "/static/",
    "/logout/",
    "/i18n/",
    "download",
    ".xlsx",
    ".pdf",
    ".docx",
    ".csv",
    ".ics",
    ".zip",
)


@dataclass
class Walk:
    """What was walked of one county: routes with the address that stood for each, and the faults."""

    address: str
    walked: dict[str, str] = field(default_factory=dict)  # route → who and where
    faults: dict[str, list[str]] = field(default_factory=dict)

    def along(self, browser: Browser, login: str, begin: str) -> None:
        """Walk as one person from their first page along every link to a route that nobody walked yet."""
        context = browser.new_context(viewport=DESK, locale="zh-CN", timezone_id="Asia/Shanghai")
        if login:
            sign_in(context.request, self.address, login)
        page, waiting, tried = context.new_page(), [begin], Counter[str]()
        while waiting:
            path = waiting.pop(0)
            route, first = route_of(path), not tried
            if not route or tried[route] >= TRIES or (route in self.walked and not first):
                continue
            tried[route] += 1
            reached = self._opened(page, path)
            if reached and reached not in self.walked:
                self.walked[reached] = f"{path} ({login or 'nobody'})"
                self._look(page, reached)
            if reached:
                waiting += links(page.content())
        context.close()

    def _opened(self, page: Page, path: str) -> str:
        """The route of the page that came; "" for a file and for a page that this person may not open."""
        page.set_viewport_size(DESK)
        try:
            answer = page.goto(self.address + path, wait_until="load")
        except Error:  # a file, which the browser would keep instead of showing
            return ""
        if (
            answer is None
            or answer.status == 403
            or "text/html" not in answer.headers.get("content-type", "")
        ):
            return ""
        if answer.status != 200:
            self.faults[path] = [f"status {answer.status}"]
            return ""
        why = page.locator("select[name=purpose]")
        if why.count():  # a record asks why it is opened, and shows itself after that
            page.get_by_role("button", name="查看档案").click()
            page.wait_for_load_state("load")
        return route_of(urlsplit(page.url).path)

    def _look(self, page: Page, route: str) -> None:
        found: list[str] = []
        page.evaluate(AXE)
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            found += [f"{size['width']} px: {one}" for one in page.evaluate(ASK_AXE)]
        if page.evaluate(TOO_WIDE):
            found.append("wider than the phone")
        if found:
            self.faults[self.walked[route]] = found


def sign_in(request: APIRequestContext, address: str, login: str) -> None:
    """Sign in one of the demo cast by the form, without drawing it."""
    form = request.get(f"{address}/login/").text()
    token = TOKEN.search(form)
    assert token is not None
    said = {"login": login, "password": f"{login}@demo", "csrfmiddlewaretoken": token[1]}
    answer = request.post(
        f"{address}/login/", form=said, headers={"Referer": f"{address}/login/"}, max_redirects=0
    )
    assert answer.status == 302, f"{login}: {answer.status}"


def route_of(path: str) -> str:
    """The name of the route that answers an address; "" for files, ends of a session and addresses of nobody."""
    if any(one in path for one in NO_PAGE):
        return ""
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return ""


def links(text: str) -> list[str]:
    """Addresses within the platform that a page leads to."""
    return [unescape(path) for path, more in LINK.findall(text) if "download" not in more]


def main(words: list[str]) -> int:
    """Walk a county that is served already; prints seconds, pages and faults."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from playwright.sync_api import sync_playwright

    from sanfu.records.wires import case_kinds
    from tests.browser import chromium, launch_arguments

    walk = Walk(words[0])
    with sync_playwright() as start:
        browser = start.chromium.launch(executable_path=chromium(), args=launch_arguments())
        for login, begin in BEGIN:
            if words[1:] and login not in words[1:]:
                continue
            began, before = time.monotonic(), len(walk.walked)
            walk.along(browser, login, begin)
            print(login, len(walk.walked) - before, f"{time.monotonic() - began:.0f} s", file=sys.stderr)
        browser.close()
    missing = {kind.page for kind in case_kinds().values() if kind.page} - walk.walked.keys()
    if missing and not words[1:]:
        walk.faults["no record of a kind"] = sorted(missing)
    for route, where in walk.walked.items():
        print(route, where)
    for where, what in walk.faults.items():
        print("FAULT", where, *what, sep="\n    ")
    return 1 if walk.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
