"""The one Case (办件) and its clocks, shared by every domain."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from sanfu.cases.states import Capacity
from sanfu.kernel.clocks import Light
from sanfu.people.models import Organisation, User
from sanfu.records.ids import new_id
from sanfu.records.manifest import KIND_LENGTH


class Case(models.Model):
    """办件: something that must be done, by whom, until when, by the versions of the day it began.

    `units` holds every organisation that has or had a part, `withheld` those that must never see it. `version`
    grows by one with each move and is what two officers acting at once are told apart by. `pinned` names the
    versions (list, clock rules, guide) that the case began with; a newer version never moves it.

    Its events are the stream of the same id. Three columns serve the quick move and the lists (cases/move/README.md):
    `green_until`: until then a move may stop clocks without reading them. `clocks_stopped_at`: when one move stopped
    all clocks that still ran; their rows stay as they were, so read clocks by `Clock`. `closed_state`: the state of a
    closed case, written by the sweep; empty while it is open. Lists filter closed cases by it, because if any indexed
    column of a row changes, PostgreSQL updates every index of that row: we index no column that a move changes (ADR 9).
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    kind = models.CharField(max_length=KIND_LENGTH, help_text="code of a `CaseKind` that some room declares")
    number = models.CharField(max_length=32)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=20)
    version = models.IntegerField(default=1)
    urgency = models.CharField(max_length=12, blank=True)
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="branches", db_index=False
    )
    lead = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    units = ArrayField(models.UUIDField(), default=list)
    withheld = ArrayField(
        models.UUIDField(), default=list, db_default=[], help_text="units that never see it"
    )
    applicant = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    firm = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text="earliest due date among running clocks")
    light = models.CharField(max_length=10, choices=Light.choices(), default=Light.GREEN)
    pinned = models.JSONField(default=dict)
    data = models.JSONField(default=dict)
    clocks_stopped_at = models.DateTimeField(
        null=True, help_text="when one move stopped all clocks that still ran"
    )
    green_until = models.DateTimeField(
        null=True,
        help_text="until then every running clock is green, unpaused and due as its row says; null: for good",
    )
    closed_state = models.CharField(
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text="the state of a closed case, written by the sweep; empty while the case is open",
    )

    class Meta:
        db_table = "cases_case"
        constraints = [models.UniqueConstraint(fields=["region", "kind", "number"], name="one_case_a_number")]
        indexes = [
            models.Index(fields=["region", "kind", "-opened_at", "-id"], name="case_newest"),
            models.Index(
                fields=["region", "kind", "closed_state", "-opened_at", "-id"], name="case_by_closed_state"
            ),
            *(
                models.Index(fields=[name], name=f"case_by_{name}", condition=Q(**{f"{name}__isnull": False}))
                for name in ("parent", "applicant", "firm")  # most have none and then cost nothing
            ),
            models.Index(fields=["id"], name="case_withheld", condition=~Q(withheld=[])),  # few: reports
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Part(models.Model):
    """参与: one unit, person or firm that may see a case because it has a part in it; row scope reads this.

    A trigger (`cases_keep_parts`) rebuilds these rows whenever a case changes. Each unit in `units` gets one row,
    except units in `withheld`: a complaint about a unit must not appear in the list of that unit. The indexes are
    in order of opening, so that the list of one unit is read from one alone; `closed_state` is that of the case, so that
    what is open of a unit, the few among its many, is read from the other.
    """

    pk = models.CompositePrimaryKey("case_id", "capacity", "party")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parts", db_index=False)
    capacity = models.CharField(max_length=6, choices=Capacity.choices())
    party = models.UUIDField()
    region = models.CharField(max_length=6)
    kind = models.CharField(max_length=KIND_LENGTH)
    opened_at = models.DateTimeField()
    closed_state = models.CharField(max_length=20, blank=True, default="", db_default="")

    class Meta:
        db_table = "cases_part"
        indexes = [  # all that row scope asks, so that the table itself is not read
            models.Index(fields=["party", "kind", "-opened_at", "case", "capacity"], name="part_of_party"),
            models.Index(
                fields=["party", "kind", "closed_state", "-opened_at", "case", "capacity"],
                name="part_by_closed_state",
            ),
        ]


class Words(models.Model):
    """检索词: number and title without spaces and capitals, and every two neighbouring letters of each.

    Kept by the database (trigger `cases_keep_words`).
    """

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="words")
    said = models.TextField(default="", db_default="")
    pairs = SearchVectorField()

    class Meta:
        db_table = "cases_words"
        indexes = [GinIndex(fields=["pairs"], name="words_by_pair")]


class ClockFields(models.Model):
    """What a clock is, however it is read."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
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
        abstract = True


class Clock(ClockFields):
    """时钟: one limit of a case, read through a view. It stopped when its row says, or when its case stopped all clocks."""

    case = models.ForeignKey(Case, on_delete=models.DO_NOTHING, related_name="clocks")

    class Meta:
        db_table = "cases_clock"
        managed = False


class ClockRow(ClockFields):
    """A clock as it is kept. `next_check_at` is the one column that the sweep reads."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clock_rows", db_index=False)

    class Meta:
        db_table = "cases_clock_row"
        indexes = [
            models.Index(
                fields=["next_check_at"], name="clock_to_check", condition=Q(next_check_at__isnull=False)
            ),
            models.Index(fields=["case", "name"], name="clock_by_case"),
        ]
