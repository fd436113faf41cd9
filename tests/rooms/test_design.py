"""组件总览: every component stands there with an example, and every drawing that is written in Python."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from sanfu.people.models import User
from sanfu.web.design_samples import whole_pages

WEB = Path(settings.ROOT) / "sanfu" / "web"
# The polled frame around the progress bar, which stands there itself.
WRAPPERS = {"progress_piece.html"}
# Modules that draw something nobody sees through a template of components/.
DRAWINGS = {"chart", "drawing", "gantt", "map", "parcel_map", "enclosures", "table"}


@pytest.mark.usefixtures("county")
@pytest.mark.django_db
def test_every_component_has_an_example_on_the_overview() -> None:
    client = Client()
    client.force_login(User.objects.get(login="linadmin"))
    pages = [
        "/design/",
        "/design/wall/",
        "/design/paper/",
        *(f"/design/pages/{name}/" for name in whole_pages()),
    ]
    shown = set()
    for address in pages:
        answer = client.get(address)
        assert answer.status_code == 200, address
        shown |= {
            Path(str(one.name)).name for one in answer.templates if str(one.name).startswith("components/")
        }
    there = {path.name for path in (WEB / "templates" / "components").glob("*.html")}
    assert there - shown - WRAPPERS == set(), "these components have no example on /design/"
    assert client.get("/design/pages/nothing/").status_code == 404


def test_every_drawing_is_used_by_the_overview() -> None:
    used = {
        str(node.module).rpartition(".")[2]
        for name in ("design.py", "design_samples.py")
        for node in ast.walk(ast.parse((WEB / name).read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("sanfu.web.components.")
    }
    drawing = {
        path.stem
        for path in (WEB / "components").glob("*.py")
        if "<svg" in path.read_text("utf-8") or path.stem in DRAWINGS
    }
    assert drawing - used - {"cells"} == set(), "these draw something and have no example on /design/"
