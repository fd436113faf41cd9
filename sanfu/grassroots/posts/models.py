"""岗位全量表 in versions: each derivation or levelling adds one, nothing is overwritten."""

from django.db import models

from sanfu.people.models import Organisation
from sanfu.records.ids import new_id


class PostVersion(models.Model):
    """One version of a town's post table; `table` is what `kernel.duties.posts.model.parse_table` reads."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.IntegerField()
    made = models.CharField(max_length=20, help_text="derived or levelled")
    table = models.JSONField()
    units = models.JSONField(default=dict, help_text="category → units, as the rules said")
    moved = models.JSONField(default=list, help_text="[item, role, from, to] of a levelling")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    list_version = models.UUIDField(null=True)
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "posts_version"
        constraints = [
            models.UniqueConstraint(fields=["region", "town", "number"], name="one_posts_a_number")
        ]
