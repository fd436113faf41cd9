"""The table of what people keep of lists."""

from django.db import models
from django.db.models import Q

from sanfu.records.ids import new_id


class ListView(models.Model):
    """视图: a question to a list under a name, for oneself or for one's organisation too.

    The row without a name holds the columns that its person chose. A view narrows nothing by itself: who opens it
    sees the rows of his own scope.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    user = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    list = models.CharField(max_length=60)
    name = models.CharField(max_length=30, blank=True)
    query = models.CharField(max_length=1000, blank=True)
    unit = models.ForeignKey(
        "people.Organisation", null=True, on_delete=models.CASCADE, related_name="+", help_text="shared with"
    )
    at = models.DateTimeField()

    class Meta:
        db_table = "people_list_view"
        constraints = [models.UniqueConstraint(fields=["user", "list", "name"], name="one_view_a_name")]
        indexes = [
            models.Index(fields=["unit", "list"], condition=Q(unit__isnull=False), name="view_shared_with")
        ]
