"""What a joint application holds beside its case: catalogue versions, answers, materials, branches, mandates."""

from django.db import models
from django.db.models import Q

from sanfu.cases.models import Case
from sanfu.grassroots.scenes.states import Rating
from sanfu.people.models import Organisation, User
from sanfu.records.ids import new_id
from sanfu.records.models import StoredFile


class CatalogueVersion(models.Model):
    """事项目录版本: the whole catalogue as it was published; a change makes a new one, nothing is overwritten."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    number = models.IntegerField()
    raw = models.JSONField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=200)
    changes = models.JSONField(default=list)
    made_by = models.UUIDField(null=True, help_text="编辑人；复核发布的必须是另一个人")
    by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=80, blank=True)

    class Meta:
        db_table = "scenes_catalogue"
        constraints = [models.UniqueConstraint(fields=["region", "number"], name="one_catalogue_a_number")]


class Application(models.Model):
    """联合申请: one parent case. `guide` is pinned at submission; only a recorded migration replaces it."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="application")
    region = models.CharField(max_length=6)
    bundle = models.CharField(max_length=40)
    version = models.ForeignKey(CatalogueVersion, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    form = models.JSONField(default=dict)
    guide = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    submitted_at = models.DateTimeField(null=True)
    contract_number = models.CharField(max_length=60, blank=True)
    rating = models.CharField(max_length=10, blank=True, choices=Rating.choices())
    rating_note = models.TextField(blank=True)

    class Meta:
        db_table = "scenes_application"


class Branch(models.Model):
    """联办分支: one item of one department. Returning it touches nothing else."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="branch")
    region = models.CharField(max_length=6)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="branches")
    item = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    prereviewed = models.BooleanField(default=False)
    result_number = models.CharField(max_length=80, blank=True, help_text="结果文号")

    class Meta:
        db_table = "scenes_branch"
        constraints = [
            models.UniqueConstraint(fields=["region", "application", "item"], name="one_branch_an_item")
        ]


class Submitted(models.Model):
    """所交材料: each material once for the whole application; `deferred` is promised for a day (容缺)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="materials")
    material = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    deferred = models.BooleanField(default=False)
    due_on = models.DateField(null=True)
    asked_by = models.CharField(max_length=40, blank=True, help_text="补正时要求它的事项")
    at = models.DateTimeField()

    class Meta:
        db_table = "scenes_material"
        constraints = [
            models.UniqueConstraint(fields=["region", "application", "material"], name="each_material_once"),
            models.CheckConstraint(
                condition=Q(deferred=False) | Q(due_on__isnull=False), name="deferred_has_a_day"
            ),
        ]


class Opinion(models.Model):
    """预审意见: kept apart from decisions. It converts when the land contract is signed, unless out of date."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="opinions")
    item = models.CharField(max_length=40)
    agrees = models.BooleanField()
    text = models.TextField()
    given_on = models.DateField()
    valid_until = models.DateField()
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=80)
    converted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "scenes_opinion"


class Mandate(models.Model):
    """帮办代办委托: a firm lets an agent act for it, until a day or until revoked; visible to both."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    firm = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mandates")
    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="mandates")
    scope = models.CharField(max_length=200)
    starts = models.DateField()
    ends = models.DateField()
    revoked_at = models.DateTimeField(null=True)
    given_by = models.CharField(max_length=80)

    class Meta:
        db_table = "scenes_mandate"
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=models.F("starts")), name="mandate_ends_after_start")
        ]


class Meeting(models.Model):
    """联审联验: several departments look at one drawing or one site together and conclude together."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="meetings")
    name = models.CharField(max_length=80)
    items = models.JSONField(default=list)
    meets_on = models.DateField()
    place = models.CharField(max_length=120)
    conclusions = models.JSONField(default=dict)
    concluded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "scenes_meeting"
