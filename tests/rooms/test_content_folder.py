"""A county copies `content/`, changes it and names the folder in SANFU_CONTENT: every room then reads that folder."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ASKED = """
import json, django
django.setup()
from datetime import date
from django.conf import settings
from sanfu.adapters.commandline.rulebase import CONTENT as rules
from sanfu.grassroots.duties.library import DUTIES
from sanfu.grassroots.scenes.library import BUNDLES, SERVICES
from sanfu.lists import queries as lists
from sanfu.match import learned, queries as match
from sanfu.people.roles import ROLES
from sanfu.records.content import timekeeper
folders = [settings.CONTENT, rules, DUTIES.parent, BUNDLES.parent, SERVICES.parent, lists.CONTENT, match.CONTENT, learned.CONTENT]
print(json.dumps({
    "folders": sorted({str(one) for one in folders}),
    "role": ROLES["handler"].display_name,
    "workday": timekeeper().calendar.is_workday(date(2026, 3, 2)),
}))
"""


def asked(folder: Path) -> dict[str, object]:
    """What a process of its own reads from a folder."""
    environment = {**os.environ, "SANFU_CONTENT": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", ASKED], env=environment, cwd=settings.ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_a_county_with_a_changed_copy_reads_its_copy_everywhere(tmp_path: Path) -> None:
    shipped = asked(settings.CONTENT)
    assert shipped == {"folders": [str(settings.CONTENT)], "role": "承办人", "workday": True}
    own = tmp_path / "content"
    shutil.copytree(settings.CONTENT, own)
    roles = own / "people" / "roles" / "tickets.yaml"
    roles.write_text(roles.read_text("utf-8").replace("name: 承办人", "name: 经办干部"), "utf-8")
    notice = own / "calendar" / "2026.yaml"
    said = notice.read_text("utf-8")
    changed = said.replace(
        "holidays:", "holidays:\n  - {name: 建市日（演示）, from: 2026-03-02, to: 2026-03-02}", 1
    )
    assert changed != said
    notice.write_text(changed, "utf-8")
    assert asked(own) == {"folders": [str(own)], "role": "经办干部", "workday": False}
