"""Tables of parks (园区): parks, stocks of carrying capacity, evaluations with the scheme they used."""

from django.db import models

from sanfu.people.models import Organisation
from sanfu.records.ids import new_id
from sanfu.records.models import StoredFile


class Park(models.Model):
    """园区: who runs it and what it is; its figures are stocks."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    level = models.CharField(max_length=20, help_text="国家级, 省级, 市级, 镇级")
    industries = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "parks_park"
        constraints = [models.UniqueConstraint(fields=["region", "name"], name="one_park_a_name")]


class ParkStock(models.Model):
    """承载能力: one kind of one park, with where each figure came from and on which day."""

    id = models.UUIDField(primary_key=True, default=new_id)
    park = models.ForeignKey(Park, on_delete=models.PROTECT, related_name="stocks")
    kind = models.CharField(max_length=20)
    unit = models.CharField(max_length=10)
    total = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    committed = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    pipeline = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    sources = models.JSONField(default=dict, help_text="field → 来源和日期")
    at = models.DateTimeField()

    class Meta:
        db_table = "parks_stock"
        constraints = [models.UniqueConstraint(fields=["park", "kind"], name="one_stock_a_kind")]


class ParkRun(models.Model):
    """园区评价: scheme, values as read and result, frozen together."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=100)
    scheme = models.JSONField()
    error = models.DecimalField(max_digits=6, decimal_places=4)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    firms = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    result = models.JSONField()
    mixed = models.JSONField(default=list)
    refused = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "parks_run"
