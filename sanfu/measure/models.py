"""Tables of figures: narrow rows, tallies, closed months with their rows and cells, corrections, display tokens."""

import pgtrigger
from django.contrib.postgres.indexes import BrinIndex, OpClass
from django.db import models
from django.db.models import Q

from sanfu.cases.models import Case
from sanfu.people.models import Organisation
from sanfu.records.ids import new_id

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class RowFields(models.Model):
    """What a narrow row is: facts as bits in the order of its kind, up to four moments and four values."""

    region = models.CharField(max_length=6)
    kind = models.CharField(max_length=20, help_text="code of a `RowKind`")
    row_id = models.UUIDField()
    case_id = models.UUIDField(null=True)
    unit = models.UUIDField(null=True)
    stratum = models.CharField(max_length=40, blank=True)
    bits = models.BigIntegerField()
    m1 = models.DateTimeField(null=True)
    m2 = models.DateTimeField(null=True)
    m3 = models.DateTimeField(null=True)
    m4 = models.DateTimeField(null=True)
    v1 = models.FloatField(null=True)
    v2 = models.FloatField(null=True)
    v3 = models.FloatField(null=True)
    v4 = models.FloatField(null=True)

    class Meta:
        abstract = True


class Row(RowFields):
    """行: one row that figures count, kept beside the working tables and written anew when its case was touched."""

    pk = models.CompositePrimaryKey("region", "kind", "row_id")
    stale_at = models.DateTimeField(null=True, help_text="when its facts change without any act")
    known_at = models.DateTimeField()

    class Meta:
        db_table = "measure_row"
        indexes = [
            models.Index(fields=["case_id"], name="measure_row_of_case"),
            BrinIndex(
                *(OpClass(name, name="timestamptz_minmax_multi_ops") for name in ("m1", "m2", "m3", "m4")),
                name="measure_row_moments",
                pages_per_range=32,
            ),
            models.Index(
                fields=["region", "stale_at"], name="measure_row_stale", condition=Q(stale_at__isnull=False)
            ),
        ]


class Tally(models.Model):
    """计数: what one indicator counts in a month for a unit; `unit` is the county's own mark for its total."""

    pk = models.CompositePrimaryKey("region", "month", "indicator", "unit")
    region = models.CharField(max_length=6)
    month = models.DateField()
    indicator = models.CharField(max_length=60)
    unit = models.UUIDField()
    rows = models.IntegerField()
    hits = models.IntegerField()
    total = models.FloatField(null=True)
    below = models.FloatField(null=True)
    value = models.FloatField(null=True, help_text="quantile or distinct count: does not add")

    class Meta:
        db_table = "measure_tally"
        indexes = [models.Index(fields=["region", "indicator", "month"], name="measure_tally_of")]


class Mark(models.Model):
    """刷新点: the last event that the rows of a region know of."""

    region = models.CharField(max_length=6, primary_key=True)
    event = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "measure_mark"


class Closing(models.Model):
    """封账: one month closed at a cut by a person; the digest of all its rows and cells stands in the chain."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    month = models.DateField()
    cut_at = models.DateTimeField()
    closed_at = models.DateTimeField()
    by = models.UUIDField(null=True)
    by_name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    rows = models.IntegerField()
    cells = models.IntegerField()
    versions = models.JSONField(default=dict, help_text="indicator → version pinned at the cut")

    class Meta:
        db_table = "measure_closing"
        constraints = [models.UniqueConstraint(fields=["region", "month"], name="measure_month_closes_once")]
        triggers = [APPEND_ONLY]


class Checked(models.Model):
    """核对: the last time a closed month was held against its digest, and what was entered late by then."""

    closing = models.OneToOneField(
        Closing, on_delete=models.PROTECT, related_name="checked", primary_key=True
    )
    at = models.DateTimeField()
    by_name = models.CharField(max_length=80)
    sound = models.BooleanField(help_text="whether rows and cells still have the digest")
    added = models.IntegerField(default=0)
    gone = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)

    class Meta:
        db_table = "measure_checked"

    @property
    def late(self) -> int:
        return self.added + self.gone + self.changed


class FrozenRow(RowFields):
    """封账行: a row as it was at the cut, with its bits; never changed."""

    pk = models.CompositePrimaryKey("closing_id", "kind", "row_id")
    closing = models.ForeignKey(Closing, on_delete=models.PROTECT, related_name="frozen_rows", db_index=False)

    class Meta:
        db_table = "measure_frozen_row"
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class FrozenCell(models.Model):
    """封账数: one figure of a closed month; never changed, a correction stands beside it."""

    pk = models.CompositePrimaryKey("closing_id", "indicator", "unit")
    closing = models.ForeignKey(
        Closing, on_delete=models.PROTECT, related_name="frozen_cells", db_index=False
    )
    indicator = models.CharField(max_length=60)
    version = models.IntegerField()
    unit = models.UUIDField()
    rows = models.IntegerField()
    hits = models.IntegerField()
    total = models.FloatField(null=True)
    below = models.FloatField(null=True)
    value = models.FloatField(null=True)

    class Meta:
        db_table = "measure_frozen_cell"
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Correction(models.Model):
    """更正记录: the only way a published figure changes: old and new counts, cause, and two persons."""

    id = models.UUIDField(primary_key=True, default=new_id)
    closing = models.ForeignKey(Closing, on_delete=models.PROTECT, related_name="corrections")
    indicator = models.CharField(max_length=60)
    unit = models.UUIDField()
    old_rows = models.IntegerField()
    old_hits = models.IntegerField()
    new_rows = models.IntegerField()
    new_hits = models.IntegerField()
    reason = models.CharField(max_length=10)
    note = models.CharField(max_length=400)
    events = models.JSONField(default=list)
    asked_by = models.UUIDField(null=True)
    asked_name = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_name = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)

    class Meta:
        db_table = "measure_correction"


class Display(models.Model):
    """大屏令牌: lets one screen show the wall without a person signed in; revocable, bound to one layout."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    name = models.CharField(max_length=60)
    secret_hash = models.CharField(max_length=64)
    made_by = models.UUIDField(null=True)
    made_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "measure_display"


class GamingClue(models.Model):
    """线索: one unusual figure of a unit in a month. Each night writes them anew; `cases` are the rows behind the figure."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    month = models.DateField()
    unit = models.UUIDField()
    check_code = models.CharField(max_length=20)
    hits = models.IntegerField()
    rows = models.IntegerField()
    low = models.FloatField()
    high = models.FloatField()
    expected = models.FloatField()
    most = models.FloatField(help_text="share that chance still reaches")
    chance = models.FloatField()
    county = models.FloatField()
    cases = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "measure_clue"
        indexes = [models.Index(fields=["region", "month"], name="clue_by_month")]


class Bulletin(models.Model):
    """简报: the text of a month as it was issued, after every number in it was checked; never changed afterwards."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    month = models.DateField()
    number = models.CharField(max_length=40)
    title = models.CharField(max_length=100)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    frozen = models.BooleanField(help_text="whether its month was closed when it was issued")
    checked = models.JSONField(default=dict, help_text="how many numbers came out how")
    by = models.UUIDField(null=True)
    by_name = models.CharField(max_length=80)
    issued_at = models.DateTimeField()

    class Meta:
        db_table = "measure_bulletin"
        constraints = [models.UniqueConstraint(fields=["region", "number"], name="one_bulletin_a_number")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Subscription(models.Model):
    """订阅: a person wants to be told when the weekly report is there."""

    region = models.CharField(max_length=6)
    user = models.UUIDField()
    report = models.CharField(max_length=10, default="weekly")
    at = models.DateTimeField()

    class Meta:
        db_table = "measure_subscription"
        constraints = [models.UniqueConstraint(fields=["user", "report"], name="one_subscription_a_report")]


class Topic(models.Model):
    """每月一题: a topic with its lead, its measure, what was foreseen, and what is compared with it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    topic = models.CharField(max_length=120, help_text="类别 of the request list")
    area = models.UUIDField(null=True, help_text="one town, or the whole county")
    lead = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=400)
    foreseen = models.JSONField(
        default=dict, help_text="{week, mean, low, high} as it was said when the topic was set"
    )
    opened_at = models.DateTimeField()
    opened_name = models.CharField(max_length=80)
    plan = models.TextField(blank=True, help_text="措施")
    target = models.CharField(max_length=200, blank=True)
    begins = models.DateField(null=True, help_text="Monday of the first week with the measure")
    others = models.JSONField(default=list, help_text="topics that it is compared with")
    ended_at = models.DateTimeField(null=True)
    result = models.TextField(blank=True)

    class Meta:
        db_table = "measure_topic"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "topic", "area"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="one_open_topic",
            )
        ]


class Recall(models.Model):
    """随机复访: a satisfied call-back drawn by lot and called again by somebody else; its answer is written once."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="recall")
    month = models.DateField()
    unit = models.UUIDField(help_text="unit that led the case when it was drawn")
    lot = models.UUIDField(help_text="seed of the draw: with it anybody can draw again")
    drawn_at = models.DateTimeField()
    drawn_name = models.CharField(max_length=80)
    done_at = models.DateTimeField(null=True)
    done_name = models.CharField(max_length=80, blank=True)
    reached = models.BooleanField(null=True)
    content = models.BooleanField(null=True)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "measure_recall"
        indexes = [models.Index(fields=["region", "-month"], name="recall_by_month")]
