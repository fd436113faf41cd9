"""A county with its own copy of `content/` is walked: a request, a benefit, a joint guide and a pre-check say what the copy says."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from sanfu.adapters.postgres import testing

WALK = """
import json, django
django.setup()
from datetime import UTC, date, datetime
from django.conf import settings
from sanfu.adapters.demo import seed_people
from sanfu.adapters.demo_lists import seed_lists
from sanfu.enterprise.benefits import policies
from sanfu.enterprise.benefits.describe import amount_line
from sanfu.grassroots.duties import actions as duties
from sanfu.grassroots.scenes.actions import catalogue
from sanfu.grassroots.scenes.actions.shared import compiled_guide
from sanfu.grassroots.tickets import actions as tickets
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import Channel, RequestType
from sanfu.lists.versions.actions import enact
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import machine

region, day, at = settings.REGION, date(2026, 3, 2), datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
seed_people(settings.CONTENT, region=region, at=datetime(2024, 1, 2, tzinfo=UTC))
seed_lists(settings.CONTENT)
cast = {login: actor_of(User.objects.get(login=login), on=day) for login in ("shenbian", "xuheng", "linadmin")}

said = tickets.Submission(body="楼道里一股煤气味，家里燃气好像漏了", kind=RequestType.HELP, channel=Channel.WEB, key="k")
order = Ticket.objects.get(pk=tickets.submit(said, by=machine(region), at=at).pk)
clause = policies.clause_on(region, "yc-growth-1", day)[1]
version = catalogue.import_shipped(by=machine(region), at=at)
guide = compiled_guide(version, "b.open", answers={"bank": False}, facts={}, on=day)
town = Organisation.objects.get(region=region, code="WJZ")
data = (settings.CONTENT / "duties" / "model_list.yaml").read_bytes()
mine = duties.import_list(town=town, name="list.yaml", data=data, by=cast["shenbian"], at=at)
enact(mine, editor=cast["shenbian"], approver=cast["xuheng"], effective_from=day, at=at)
issuer = Organisation.objects.get(region=region, code="SHJ")
judged, by_list = duties.judge(
    text="请各镇做好招商引资工作，3月底前报送招商项目清单。", issuer=issuer, kind="通知", town=town.id, on=day)
first = order.suggested["units"][0]
print(json.dumps({
    "request": [first["unit"], first["unit_name"]],
    "benefit": amount_line(clause),
    "guide": guide["name"],
    "finish": guide["finish"],
    "judged": len(judged["demands"]),
    "list": by_list.items[9]["name"],
}, ensure_ascii=False))
"""


def changed(folder: Path, name: str, old: str, new: str) -> None:
    """Change one thing in the copy; it must be there."""
    path = folder / name
    text = path.read_text("utf-8")
    assert re.search(old, text), (name, old)
    path.write_text(re.sub(old, new, text, count=1), "utf-8")


@pytest.mark.slow
def test_a_county_with_its_own_content_is_walked(tmp_path: Path) -> None:
    own = tmp_path / "content"
    shutil.copytree(settings.CONTENT, own)
    changed(own, "organisations/demo.yaml", r"(code: GDJ,.*?short: )[^,]+", r"\1试验县供电所")
    changed(own, "requests/01_urban_rural.yaml", r"(code: CJ014.*?lead: )RQG", r"\1GDJ")
    changed(own, "benefits/policies/yc-growth.md", r"给 10万元", "给 12万元")
    changed(own, "bundles/firm.bundle.yaml", r"n: 企业开办\n", "n: 试验县企业开办\n")
    changed(own, "duties/model_list.yaml", r"开展招商引资，洽谈", "试验县开展招商引资，洽谈")
    changed(
        own,
        "calendar/2026.yaml",
        r"holidays:",
        "holidays:\n  - {name: 建市日（演示）, from: 2026-03-02, to: 2026-03-03}",
    )
    with testing.clone("own") as name:
        environment = os.environ | {
            "SANFU_CONTENT": str(own), "DATABASE_URL": testing.address(name), "DJANGO_SETTINGS_MODULE": "config.settings",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", WALK], env=environment, cwd=settings.ROOT, capture_output=True, text=True, check=False
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["request"] == ["GDJ", "试验县供电所"]
    assert "12" in told["benefit"]
    assert told["guide"] == "试验县企业开办"
    assert told["finish"] > "2026-03-03", "the county's own holidays do not count"
    assert told["judged"] >= 1
    assert told["list"].startswith("试验县开展招商引资")
