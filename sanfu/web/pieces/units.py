"""Units of the county as pages name them."""

from sanfu.people.queries import organisations
from sanfu.web.request import Request


def short_names(request: Request) -> dict[str, str]:
    """Short name of each organisation by code."""
    return {row["code"]: row["short"] for row in organisations(request.actor.region)}
