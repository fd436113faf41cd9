"""From catalogue text to plain data: YAML in which nothing is defined twice."""

from typing import Any

import yaml
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode

from sanfu.kernel.joint.catalogue.problems import CatalogError, Problem

PARTS = ("sources", "departments", "fields", "materials", "items", "bundles")


class _UniqueKeys(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A safe loader that refuses a key written twice: the second would silently replace the first."""

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                mark = key_node.start_mark
                raise ConstructorError(None, None, f"“{key}”重复定义", mark)
            seen.add(key)
        return super().construct_mapping(node, deep)  # type: ignore[no-any-return]


def read(text: str) -> dict[str, Any]:
    """Parse catalogue text. CatalogError names line and column when it is not readable."""
    try:
        data = yaml.load(text, Loader=_UniqueKeys)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a date that no calendar has
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 1} 行第 {mark.column + 1} 列" if mark else "文件"
        what = getattr(error, "problem", None) or str(error)
        raise CatalogError([Problem("unreadable", where, f"读不懂：{what}")]) from None
    if not isinstance(data, dict) or not any(isinstance(data.get(key), (list, dict)) for key in PARTS):
        raise CatalogError([Problem("unreadable", "文件", f"不是事项目录：顶层应有 {'、'.join(PARTS)}")])
    return data


def merge(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Several files as one catalogue: dictionaries and lists are joined; a code in two files is refused."""
    whole: dict[str, Any] = {}
    problems: list[Problem] = []
    for part in parts:
        for key, value in part.items():
            if isinstance(value, dict) and isinstance(whole.get(key), dict):
                twice = sorted(set(value) & set(whole[key]))
                problems += [Problem("duplicate", str(code), f"{key} 中重复定义") for code in twice]
                whole[key] = {**whole[key], **value}
            elif isinstance(value, list) and isinstance(whole.get(key), list):
                whole[key] = whole[key] + value
            else:
                whole.setdefault(key, value)
    if problems:
        raise CatalogError(problems)
    return whole
