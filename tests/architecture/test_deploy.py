"""What deploy/ gives to copy is held to the code: alerts have runbook lines and metrics, variables are read."""

import re

import yaml

from sanfu.records import vitals
from sanfu.web import metrics
from tests.platform import ROOT

DEPLOY = ROOT / "deploy"
ALERTS = yaml.safe_load((DEPLOY / "alerts.yaml").read_text("utf-8"))["groups"][0]["rules"]
RUNBOOK = (ROOT / "docs" / "operate.md").read_text("utf-8")


def test_every_alert_has_a_runbook_line_and_every_line_an_alert() -> None:
    told = re.findall(r"^\| (Sanfu\w+) \|", RUNBOOK, re.M)
    assert sorted(told) == sorted(one["alert"] for one in ALERTS)


def test_alerts_ask_for_metrics_that_exist() -> None:
    source = "".join(
        (ROOT / "sanfu" / name).read_text("utf-8") for name in ("records/vitals.py", "web/metrics.py")
    )
    for rule in ALERTS:
        for asked in set(re.findall(r"sanfu_\w+", rule["expr"])):
            assert f'"{re.sub(r"_(total|bucket)$", "", asked)}"' in source, asked
    assert vitals.NAMES
    assert metrics.AUDIENCES


def test_variables_of_the_examples_are_read() -> None:
    names = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / "sanfu.env.example").read_text("utf-8"), re.M))
    read = "".join(
        path.read_text("utf-8") for path in [ROOT / "config" / "settings.py", *(ROOT / "sanfu").rglob("*.py")]
    )
    assert sorted(name for name in names if f'"{name}"' not in read) == []


def test_every_file_of_the_folder_is_named_in_its_readme() -> None:
    said = (DEPLOY / "README.md").read_text("utf-8")
    assert [
        one.name for one in DEPLOY.iterdir() if one.name != "README.md" and f"`{one.name}`" not in said
    ] == []
