"""Every page of the demo county that a link leads to: nothing serious for axe at 1280 and 375 px, none wider than a phone."""

import pytest
from playwright.sync_api import Browser

from sanfu.records.wires import case_kinds
from tests.platform import Platform
from tests.walking import BEGIN, Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_axe_finds_nothing_serious_on_any_page_of_the_demo_county(
    platform: Platform, browser: Browser
) -> None:
    walk = Walk(platform.address)
    for login, begin in BEGIN:
        walk.along(browser, login, [begin])
    records = {kind.page for kind in case_kinds().values() if kind.page}
    assert records <= walk.walked.keys(), "one record of each kind of case"
    assert not walk.faults, "\n".join(f"{where}: {what}" for where, what in walk.faults.items())
