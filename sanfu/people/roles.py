"""Roles (角色): a name people know, one sentence, and the permissions it carries, as `content/people/roles/` says.

A permission is "room.act". `*.see_all` widens row scope from the own unit to the whole county; it is read
by `people.scope` and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from sanfu.records.content import BadContent, read_yaml

FOLDER = Path("people", "roles")


@dataclass(frozen=True, slots=True)
class Role:
    """角色: what somebody who holds a post may do."""

    code: str
    display_name: str
    description: str
    permissions: frozenset[str]
    second_factor: bool = False  # works only with a second factor, where the installation demands one
    apart_from: frozenset[str] = frozenset()  # roles that nobody holds beside this one


def read_roles(folder: Path) -> dict[str, Role]:
    """The roles of a folder by code; a role may hold permissions in several files and is named in one.

    Raises:
        BadContent: a role without or with two names, or a file that cannot be read.
    """
    found: dict[str, dict[str, Any]] = {}
    # People see roles in the order in which they are named, not in which they are extended.
    named: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        for code, said in (read_yaml(path) or {}).items():
            known = found.setdefault(code, {"holds": set()})
            known["holds"] |= set(said.get("holds", ()))
            for key in ("name", "says", "second_factor", "apart_from"):
                if key in said and key in known:
                    raise BadContent(f"{path}：角色“{code}”在别的文件里已经有 {key}，请只写一处。")
                known |= {key: said[key]} if key in said else {}
            if "name" in said:
                named.append(code)
    nameless = sorted(code for code, said in found.items() if not {"name", "says"} <= said.keys())
    if nameless:
        raise BadContent(f"{folder}：角色{'、'.join(nameless)}缺少 name 或 says。")
    return {
        code: Role(
            code,
            found[code]["name"],
            found[code]["says"],
            frozenset(found[code]["holds"]),
            bool(found[code].get("second_factor")),
            frozenset(found[code].get("apart_from", ())),
        )
        for code in named
    }


ROLES: Mapping[str, Role] = read_roles(Path(settings.CONTENT) / FOLDER)
