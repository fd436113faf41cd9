"""What bounds every act of 履职: who may, whose task it is, and the times that run."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from sanfu.cases.timing import Rule
from sanfu.grassroots.duties.models import (
    Task,
)
from sanfu.kernel.clocks import rule_of
from sanfu.records.actor import Actor, NotAllowed
from sanfu.records.content import read_yaml


def clock_rules() -> Mapping[str, Any]:
    """The county's times for tasks, from content."""
    raw: Mapping[str, Any] = read_yaml(settings.CONTENT / "duties" / "clocks.yaml")
    return raw


def clock(name: str, raw: Mapping[str, Any]) -> Rule:
    row = {key: value for key, value in raw["clocks"][name].items() if key != "note"}
    return Rule(rule_of(row), source=f"duties/clocks.yaml {name}", basis=raw["source"]["document"])


def need(by: Actor, permission: str) -> None:
    if not by.may(permission):
        raise NotAllowed(f"{by.name}没有这项权限，请由有权限的人员办理。")


def own(task: Task, by: Actor) -> None:
    if task.town_id not in by.units:
        raise NotAllowed("这是别的镇（街道）的任务。")
