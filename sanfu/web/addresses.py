"""Addresses of an audience, collected from its rooms' folders, so that a new room adds its folder and nothing else."""

from importlib import import_module
from pathlib import Path

from django.urls import URLResolver, include, path


def of_rooms(audience: str) -> list[URLResolver]:
    """One entry for each folder of a package that has a `urls.py`, and for each module beside them, by name.

    A small room is one module with `urlpatterns`, a larger one a folder. Addresses begin with the name, or with what
    the module says as `PREFIX` (the portal says "").
    """
    folder = Path(str(import_module(audience).__file__)).parent
    names = {one.parent.name: f"{one.parent.name}.urls" for one in folder.glob("*/urls.py")}
    names |= {one.stem: one.stem for one in folder.glob("*.py") if one.stem not in {"__init__", "urls"}}
    found = []
    for name, module in sorted(names.items()):
        prefix = getattr(import_module(f"{audience}.{module}"), "PREFIX", f"{name}/")
        found.append(path(prefix, include(f"{audience}.{module}")))
    return found
