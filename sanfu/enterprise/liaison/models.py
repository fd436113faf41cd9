"""Officers, pairs with their dates, what a firm needs, and proposals."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sanfu.cases.models import Case
from sanfu.enterprise.liaison.states import Finding, OutreachKind, PairRole, ProposalState, SheetKind
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.registry.states import ImportState
from sanfu.people.models import Organisation, User
from sanfu.records.ids import new_id
from sanfu.records.models import StoredFile


class LiaisonOfficer(models.Model):
    """挂钩干部: how much, where and in which languages somebody can serve."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="liaison")
    capacity = models.IntegerField()
    town = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    languages = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        db_table = "liaison_officer"


class Need(models.Model):
    """What a firm needs of its officer: languages, and who must withdraw (回避)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    enterprise = models.OneToOneField(Enterprise, on_delete=models.PROTECT, related_name="liaison_need")
    languages = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    avoid = ArrayField(models.UUIDField(), default=list, blank=True)

    class Meta:
        db_table = "liaison_need"


class Pair(models.Model):
    """挂钩关系: an officer serves a firm from a day until a day, with the hand-over note at its end."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="pairs")
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="pairs")
    role = models.CharField(max_length=6, choices=PairRole.choices())
    starts = models.DateField()
    ends = models.DateField(null=True)
    note = models.TextField(blank=True, help_text="交接单: what the next officer must know")

    class Meta:
        db_table = "liaison_pair"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "enterprise", "role"], condition=Q(ends=None), name="one_officer_a_role"
            ),
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=models.F("starts")), name="pair_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["region", "officer"], name="pair_by_officer")]


class Proposal(models.Model):
    """挂钩方案: what the optimiser proposes; a person adopts it or not."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    state = models.CharField(max_length=8, choices=ProposalState.choices(), default=ProposalState.OPEN)
    body = models.JSONField(help_text="pairs, deputies, cost, bound, gap, uncovered")
    by_name = models.CharField(max_length=40)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "liaison_proposal"


class LiaisonSheet(models.Model):
    """挂钩表: one file of officers or of standing pairs, checked row by row; entered or dropped as the person decides."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    kind = models.CharField(max_length=8, choices=SheetKind.choices())
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=ImportState.choices(), default=ImportState.CHECKED)
    total = models.IntegerField()
    standing = models.IntegerField(default=0, help_text="rows that say what stands already")
    errors = models.JSONField(default=list, help_text="[{line, column, value, what, instead}]")
    good = models.JSONField(default=list, help_text="columns of officers or pairs that can be entered")
    kept = models.IntegerField(default=0, help_text="officers or pairs entered")
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "liaison_sheet"


class Outreach(models.Model):
    """主动联系任务: why a firm should be contacted without asking; `origin` is what it came from, told once."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="outreach")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=OutreachKind.choices())
    origin = models.CharField(max_length=140)
    brief = models.JSONField(help_text="why, and what it came from")
    finding = models.CharField(max_length=8, choices=Finding.choices(), blank=True)
    said = models.CharField(max_length=1000, blank=True)

    class Meta:
        db_table = "liaison_outreach"
        constraints = [models.UniqueConstraint(fields=["region", "origin"], name="one_outreach_an_origin")]
        indexes = [models.Index(fields=["region", "officer"], name="outreach_by_officer")]
