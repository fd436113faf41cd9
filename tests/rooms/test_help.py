"""Help: every page knows its section, every section that is named exists, guides are rendered and escaped."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from sanfu.records.manifest import all_rooms
from sanfu.web.help import GUIDES, _html, guide, help_url
from tests.pictures import MOST_BYTES, PICTURES


def test_guides_have_titles_sections_and_anchors_of_their_own() -> None:
    for name in GUIDES:
        found = guide(name)
        anchors = [one.anchor for one in found.sections]
        assert found.title
        assert anchors
        assert len(set(anchors)) == len(anchors), name
        for one in found.sections:
            assert f'id="{one.anchor}"' in found.html
        assert "{#" not in found.html
        assert "pages:" not in found.html


@pytest.mark.parametrize("room", all_rooms(), ids=lambda room: room.code)
def test_every_menu_line_leads_to_help_that_is_there(room: object) -> None:
    for line in getattr(room, "menu", ()):
        address = help_url(line.url_name)
        name, _, anchor = address.removeprefix("/help/").partition("/#")
        assert name.strip("/") in GUIDES, (line.url_name, address)
        if anchor:
            assert anchor in {one.anchor for one in guide(name).sections}


def test_the_most_exact_section_wins() -> None:
    assert help_url("officer:ticket_map") == reverse("guide", args=["desk"]) + "#dispatch"
    assert help_url("officer:ticket_act") == reverse("guide", args=["officer"]) + "#reply"
    assert help_url("leader:hotspots").endswith("#hotspots")
    assert help_url("no:such_page") == reverse("guides")


def test_html_in_a_guide_stays_text() -> None:
    assert "<script>" not in _html("# t\n<script>alert(1)</script>\n")


def test_every_picture_of_a_guide_is_there_small_and_shown(db: None) -> None:
    folder = Path(settings.ROOT) / "docs" / "guides" / "images"
    named = [
        name for one in GUIDES for name in re.findall(r'src="/help/images/([a-z-]+)\.webp"', guide(one).html)
    ]
    assert (
        sorted(named)
        == sorted(path.stem for path in folder.glob("*"))
        == sorted(one.name for one in PICTURES)
    )
    for name in named:
        assert (folder / f"{name}.webp").stat().st_size <= MOST_BYTES, name
    answer = Client().get(f"/help/images/{named[0]}.webp")
    assert answer["Content-Type"] == "image/webp"
    assert Client().get("/help/images/nothing.webp").status_code == 404


def test_the_public_reads_them(db: None) -> None:
    page = Client().get("/help/citizen/").content.decode()
    assert "提一件诉求" in page
    assert "市民怎么用" in Client().get("/help/").content.decode()
    assert Client().get("/help/nothing/").status_code == 404
    assert re.search(r'class="help-link" href="/help/citizen/#ask"', Client().get("/ask/").content.decode())
