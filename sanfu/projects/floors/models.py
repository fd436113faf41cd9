"""Table of 工业上楼: studies, each with the user's buildings and needs as written."""

from django.db import models

from sanfu.people.models import Organisation
from sanfu.records.ids import new_id


class FloorStudy(models.Model):
    """适配研究: buildings and needs as the user wrote them; the fit is computed when the page opens."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=100)
    buildings = models.TextField(help_text="YAML, see kernel/floors/reading.py")
    needs = models.TextField(help_text="YAML, see kernel/floors/reading.py")
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "floors_study"
