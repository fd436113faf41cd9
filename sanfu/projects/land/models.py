"""Tables of land (用地): files brought in, parcels with their originals, redevelopment options."""

from django.db import models

from sanfu.people.models import Organisation
from sanfu.projects.land.states import OptionState
from sanfu.records.ids import new_id
from sanfu.records.models import StoredFile


class ParcelImport(models.Model):
    """宗地导入: one file as it came, its stated datum, what was converted, refused and found to overlap."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    datum = models.CharField(max_length=10)
    meridian = models.FloatField(null=True)
    taken = models.IntegerField()
    notes = models.JSONField(default=list)
    refused = models.JSONField(default=list, help_text="[{number, place, why}]")
    overlaps = models.JSONField(default=list, help_text="[{one, other, square_metres}]")
    offset_metres = models.FloatField(null=True, help_text="mean offset to parcels that were held")
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "land_import"


class LandParcel(models.Model):
    """宗地: official outline and area; `raw` is what the file had. `current` False once a later import replaced it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    brought = models.ForeignKey(ParcelImport, on_delete=models.PROTECT, related_name="parcels")
    number = models.CharField(max_length=60)
    polygons = models.JSONField(help_text="polygons of rings of [lon, lat], CGCS2000")
    square_metres = models.DecimalField(max_digits=16, decimal_places=4)
    measured = models.FloatField(help_text="m² on the ellipsoid")
    stated = models.BooleanField(help_text="whether the area is the certificate's")
    notes = models.JSONField(default=list)
    raw = models.JSONField(help_text="attributes and pairs as the file had them")
    facts = models.JSONField(default=dict, help_text="facts for screening, by name")
    finding = models.CharField(max_length=10, default="待核实")
    current = models.BooleanField(default=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "land_parcel"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "unit", "number"],
                condition=models.Q(current=True),
                name="one_land_parcel_a_number",
            )
        ]
        indexes = [models.Index(fields=["region", "current"], name="land_parcel_current")]


class LandOption(models.Model):
    """盘活方案: the question asked and the answer computed; adopted it is a 一事一档."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    parcel = models.ForeignKey(LandParcel, on_delete=models.PROTECT, related_name="options")
    number = models.CharField(max_length=20, blank=True)
    way = models.CharField(max_length=20)
    asked = models.JSONField()
    answer = models.JSONField()
    state = models.CharField(max_length=10, choices=OptionState.choices(), default=OptionState.DRAFT)
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "land_option"
