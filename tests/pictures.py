"""Pictures of the guides, taken from the demo county: `.venv/bin/python -m tests.pictures http://127.0.0.1:8000`.

Serve the demo county first (`./run`), on a day that suits. Each picture is a WebP of at most 60 kB in docs/guides/images,
named as the guides name it; a picture that no guide shows, or that is missing, fails `tests/rooms/test_help.py`.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium, launch_arguments

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "guides" / "images"
MOST_BYTES = 60_000
WIDEST = 1040
DESK, PHONE = (1280, 800), (375, 760)


@dataclass(frozen=True)
class Picture:
    """One picture: who looks, where they begin, what they press to get there, how large the window is."""

    name: str
    login: str
    path: str
    presses: Sequence[str] = ()
    size: tuple[int, int] = DESK


PICTURES = (
    Picture("citizen-ask", "", "/ask/", size=PHONE),
    Picture("firm-card", "wangqiang", "/firm/benefits/"),
    Picture("officer-todos", "sunwei", "/home/"),
    Picture("officer-reply", "sunwei", "/desk/tickets/?state=handling", ("#list-tickets tbody a", "a.btn:has-text('答复')")),
    Picture("desk-list", "chenfang", "/desk/tickets/"),
    Picture("desk-dispatch", "chenfang", "/desk/tickets/?state=received", ("#list-tickets tbody a", "a.btn:has-text('派单')")),
    Picture("desk-map", "chenfang", "/desk/tickets/map/"),
    Picture("leader-cockpit", "zhengju", "/leader/book/"),
    Picture("leader-hotspots", "zhengju", "/leader/hotspots/"),
    Picture("editor-lists", "linadmin", "/manage/lists/"),
    Picture("administrator-accounts", "linadmin", "/manage/people/"),
)  # fmt: skip


def sign_in(page: Page, address: str, login: str) -> None:
    """Sign in by the form, as one of the demo cast."""
    page.goto(f"{address}/login/")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(f"{login}@demo")
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)


def taken(browser: Browser, address: str, one: Picture) -> bytes:
    """The picture as PNG."""
    width, height = one.size
    page = browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
    ).new_page()
    if one.login:
        sign_in(page, address, one.login)
    page.goto(address + one.path)
    for press in one.presses:
        page.locator(press).first.click()
        page.wait_for_load_state("networkidle")
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('[role=status].toast').forEach((one) => one.remove())")
    shot = page.screenshot()
    page.context.close()
    return shot


def small(png: bytes) -> bytes:
    """The same as WebP, as good as the limit allows."""
    picture = Image.open(BytesIO(png)).convert("RGB")
    picture.thumbnail((WIDEST, WIDEST))
    for quality in (80, 65, 50, 35, 20):
        out = BytesIO()
        picture.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= MOST_BYTES:
            return out.getvalue()
    raise ValueError("the picture does not get small enough; take less of the page")


def main() -> None:
    parser = argparse.ArgumentParser(prog="pictures", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("address", help="of the served demo county, such as http://127.0.0.1:8000")
    parser.add_argument("names", nargs="*", help="only these pictures")
    asked = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=launch_arguments())
        for one in PICTURES:
            if not asked.names or one.name in asked.names:
                made = small(taken(browser, asked.address.rstrip("/"), one))
                (FOLDER / f"{one.name}.webp").write_bytes(made)
                print(f"{one.name}: {len(made) // 1000} kB")
        browser.close()


if __name__ == "__main__":
    main()
