"""Every page of benefits as each role, on a desk and on a phone: it opens, it fits, its Chinese is well set."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from sanfu.adapters.demo_firms import seed_batch, seed_firms
from sanfu.enterprise.benefits.models import Batch
from sanfu.enterprise.registry.models import Enterprise

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
HAN = "[\u4e00-\u9fff]"
KEPT = re.compile(
    r"\(演示\)|\(限额以上\)|\(规上限上口径\)|:这里"
)  # names of invented firms, a national title, a mark in code
HALF = re.compile(f"{HAN}[,;:!?]{HAN}|{HAN}\\({HAN}|{HAN}\\){HAN}")
PAGES = {
    "jiangyu": [
        "/desk/benefits/", "/desk/benefits/policies/yc-lead/", "/desk/benefits/policies/yc-lead/document/",
        "/desk/benefits/policies/new/", "/desk/benefits/simulate/?clause=yc-lead-1", "/desk/benefits/ready/",
        "/desk/benefits/clauses/yc-upgrade-1/", "/desk/benefits/firms/", "/desk/benefits/firms/{firm}/",
        "/desk/benefits/firms/upload/", "/desk/benefits/claims/", "/desk/benefits/batches/",
        "/desk/benefits/batches/new/", "/desk/benefits/batches/{batch}/",
    ],
    "luoqi": ["/desk/benefits/", "/desk/benefits/policies/yc-growth/", "/desk/benefits/batches/{batch}/"],
    "fangzheng": ["/desk/benefits/simulate/", "/desk/benefits/ready/", "/desk/benefits/batches/{batch}/"],
    "zhengju": ["/desk/benefits/", "/desk/benefits/batches/{batch}/"],
    "wangqiang": ["/firm/benefits/", "/firm/benefits/claims/new/yc-upgrade-1/"],
    "": ["/policies/", "/policies/yc-lead/", "/notices/{batch}/"],
}  # fmt: skip


@pytest.fixture
def visit_firms(visit: Open, settings: Any, tmp_path: Any) -> Open:
    settings.MEDIA_ROOT = tmp_path
    seed_firms(region=settings.REGION, at=timezone.now())
    seed_batch(region=settings.REGION, at=timezone.now())
    return visit


def faults(page: Any, path: str) -> list[str]:
    answer = page.goto_path(path)
    found = [] if answer.status == 200 else [f"{path}: {answer.status}"]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append(f"{path}: wider than the screen")
    text = page.inner_text("main")
    marks = {match.group() for match in HALF.finditer(KEPT.sub("", text))}
    return [*found, *(f"{path}: half-width {mark}" for mark in sorted(marks))]


@pytest.mark.parametrize("login", PAGES)
def test_every_page_opens_fits_and_is_well_set(login: str, visit_firms: Open, shot: Open) -> None:
    ids = {"firm": Enterprise.objects.order_by("credit_code")[0].pk, "batch": Batch.objects.get().pk}
    found = []
    for phone in (False, True):
        page = visit_firms(login, phone=phone)
        for path in PAGES[login]:
            found += faults(page, path.format(**ids))
            name = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")
            shot(page, f"role-{login or 'public'}-{name}-{'phone' if phone else 'desk'}", full=True)
    assert not found, "\n".join(sorted(set(found)))
