"""岗位全量表 in versions: each derivation or levelling drafts one; a second person approves, and it holds from a day."""

from collections.abc import Sequence
from typing import Any

from django.db import models

from sanfu.grassroots.posts.states import POSTS
from sanfu.lists.versions import Version, version_constraints
from sanfu.people.models import Organisation


class PostVersion(Version):
    """One version of a town's post table; `table` is what `kernel.duties.posts.model.parse_table` reads."""

    matter = POSTS

    town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    made = models.CharField(max_length=20, help_text="derived or levelled")
    table = models.JSONField()
    units = models.JSONField(default=dict, help_text="category → units, as the rules said")
    moved = models.JSONField(default=list, help_text="[item, role, from, to] of a levelling")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    list_version = models.UUIDField(null=True)

    class Meta:
        db_table = "posts_version"
        constraints = version_constraints("posts_version", "town")

    def __str__(self) -> str:
        return f"{self.town.short}岗位全量表第{self.number}版"

    def content(self) -> Any:
        return {"table": self.table, "units": self.units}

    def faults(self) -> Sequence[str]:
        return () if self.table.get("posts") and self.table.get("items") else ("表中没有岗位或没有事项",)
