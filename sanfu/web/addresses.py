"""Addresses of an audience, collected from its rooms' folders, so that a new room adds its folder and nothing else."""

from importlib import import_module
from pathlib import Path

from django.urls import URLResolver, include, path


def of_rooms(audience: str) -> list[URLResolver]:
    """One entry for each folder of a package that has a `urls.py`, in the order of their names.

    Addresses begin with the name of the folder, or with what its `urls.py` says as `PREFIX` (the portal says "").
    """
    folder = Path(str(import_module(audience).__file__)).parent
    found = []
    for one in sorted(folder.glob("*/urls.py")):
        name = f"{audience}.{one.parent.name}.urls"
        prefix = getattr(import_module(name), "PREFIX", f"{one.parent.name}/")
        found.append(path(prefix, include(name)))
    return found
