"""The fact dictionary (事实字典) of the county, read once per process."""

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from sanfu.kernel.rules.language.facts import Dictionary
from sanfu.records.content import read_yaml


@cache
def dictionary(content: Path | None = None) -> Dictionary:
    """content/facts: what may be said of an enterprise, in which unit, for which period."""
    folder = (content or settings.CONTENT) / "facts"
    return Dictionary.from_content(
        read_yaml(folder / "dictionary.yaml")["事实"], read_yaml(folder / "industries.yaml")["代码集"]
    )


@cache
def industries(content: Path | None = None) -> dict[str, Any]:
    """门类 letter → {名称, 大类 digits → name}."""
    read: dict[str, Any] = read_yaml((content or settings.CONTENT) / "facts" / "industries.yaml")["门类"]
    return read


def industry_name(code: str) -> str:
    """`C3963` → 计算机、通信和其他电子设备制造业; the class when the division is unknown."""
    group = industries().get(code[:1], {})
    return str(group.get("大类", {}).get(code[1:3]) or group.get("名称") or "未分类")
