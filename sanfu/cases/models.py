"""The one Case (办件) and its clocks, shared by every domain."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat

from sanfu.cases.states import CaseKind
from sanfu.kernel.clocks import Light
from sanfu.people.models import Organisation, User
from sanfu.records.ids import new_id


class Case(models.Model):
    """办件: something that must be done, by whom, until when, by the versions of the day it began.

    `units` holds every organisation that has or had a part: row scope reads it. `version` grows by one with
    each move and is what two officers acting at once are told apart by. `pinned` names the versions (list,
    clock rules, guide) that the case began with; a newer version never moves it.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    kind = models.CharField(max_length=10, choices=CaseKind.choices())
    number = models.CharField(max_length=32)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=20)
    version = models.IntegerField(default=1)
    urgency = models.CharField(max_length=12, blank=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="branches")
    lead = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    units = ArrayField(models.UUIDField(), default=list)
    applicant = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    firm = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text="earliest due date among running clocks")
    light = models.CharField(max_length=10, choices=Light.choices(), default=Light.GREEN)
    pinned = models.JSONField(default=dict)
    data = models.JSONField(default=dict)
    search = models.GeneratedField(
        expression=Func(Concat(F("number"), Value(" "), F("title")), function="bigrams"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        db_table = "cases_case"
        constraints = [models.UniqueConstraint(fields=["region", "kind", "number"], name="one_case_a_number")]
        indexes = [
            models.Index(fields=["region", "kind", "-opened_at"], name="case_newest"),
            models.Index(fields=["region", "kind", "state", "-opened_at"], name="case_by_state"),
            models.Index(fields=["region", "kind", "lead", "-opened_at"], name="case_by_lead"),
            models.Index(
                fields=["region", "kind", "due_at"], name="case_by_due", condition=Q(closed_at__isnull=True)
            ),
            models.Index(
                fields=["region", "kind", "due_at"], name="case_by_any_due"
            ),  # lists show closed ones too
            models.Index(  # the tabs of a list are counted from this index alone
                fields=["region", "kind", "state", "light"],
                name="case_open_by_light",
                condition=Q(closed_at__isnull=True),
            ),
            GinIndex(fields=["units"], name="case_by_unit"),
            GinIndex(fields=["search"], name="case_by_text"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Clock(models.Model):
    """时钟: one running limit of a case. `next_check_at` is the one column that the sweep reads."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    name = models.CharField(max_length=20, help_text="签收、首次响应、办结 …")
    rule = models.JSONField(help_text="unit, n, start rule, warning share, basis: as the content says it")
    started_at = models.DateTimeField()
    pauses = models.JSONField(default=list, help_text="[[from, to|null, reason], …] in ISO time")
    stopped_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False, help_text="暂算: beyond the last published year")
    light = models.CharField(max_length=10, choices=Light.choices(), default=Light.GREEN)
    rung = models.CharField(max_length=20, blank=True, help_text="督办 step reached")
    next_check_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cases_clock"
        indexes = [
            models.Index(
                fields=["next_check_at"], name="clock_to_check", condition=Q(next_check_at__isnull=False)
            ),
            models.Index(fields=["case", "name"], name="clock_by_case"),
        ]
