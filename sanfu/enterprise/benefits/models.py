"""Policy versions, payout batches with their lines and objections, claims with their statements."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sanfu.cases.models import Case
from sanfu.enterprise.benefits.states import POLICY, LineOutcome, LineState, ObjectionState
from sanfu.enterprise.registry.models import Enterprise
from sanfu.lists.versions import IN_FORCE, Version, version_constraints
from sanfu.people.models import Organisation, User
from sanfu.records.ids import new_id
from sanfu.records.models import StoredFile


class PolicyVersion(Version):
    """政策版本: one text of one policy document, from its day on. A published text never changes again.

    `effective_from` of a draft is the day that its author proposes.
    """

    matter = POLICY

    policy = models.CharField(max_length=40, help_text="编号 of the document")
    title = models.CharField(max_length=120)
    text = models.TextField()
    golden = models.TextField(blank=True, help_text="标准例 as YAML; empty: those the version before had")
    owner = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True, help_text="why it changes")

    class Meta:
        db_table = "benefits_policy_version"
        constraints = [
            *version_constraints("policy_version", "policy"),
            models.UniqueConstraint(
                fields=["region", "policy"],
                condition=Q(state__in=["draft", "consult", "waiting", "approved"]),
                name="one_open_version_a_policy",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_text_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=IN_FORCE)
                & (
                    pgtrigger.Q(old__text__df=pgtrigger.F("new__text"))
                    | pgtrigger.Q(old__golden__df=pgtrigger.F("new__golden"))
                    | pgtrigger.Q(old__effective_from__df=pgtrigger.F("new__effective_from"))
                ),
            ),
            pgtrigger.Protect(name="policy_never_deleted", operation=pgtrigger.Delete),
        ]

    def content(self) -> dict[str, str]:
        return {"policy": self.policy, "text": self.text, "golden": self.golden}


class Batch(models.Model):
    """兑付批次: what its case paid. `snapshot` and `rules` are hashes of kept bytes; the list is their function."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="batch")
    region = models.CharField(max_length=6)
    clauses = ArrayField(models.CharField(max_length=40))
    day = models.DateField(help_text="the day the rules were asked about")
    snapshot = models.CharField(max_length=64)
    rules = models.CharField(max_length=64)
    list_hash = models.CharField(max_length=64)
    pool = models.BigIntegerField(null=True, help_text="分: money behind points")
    price = models.CharField(max_length=40, blank=True, help_text="exact 分 per point, as a fraction")
    population = models.IntegerField()
    unknown = models.IntegerField(help_text="enterprise-clause pairs left out because data are missing")
    total = models.BigIntegerField(help_text="分 on the list when it was made")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "benefits_batch"


class Line(models.Model):
    """名单行: one enterprise and one clause in a batch; amounts in 分."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="lines")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="lines")
    clause = models.CharField(max_length=40)
    outcome = models.CharField(max_length=10, choices=LineOutcome.choices())
    state = models.CharField(max_length=10, choices=LineState.choices())
    points = models.BigIntegerField(null=True, help_text="10⁻⁴ points")
    entitled = models.BigIntegerField(help_text="before exclusivity and caps")
    paid = models.BigIntegerField(help_text="to be paid, or paid")
    reason = models.CharField(max_length=200, blank=True)
    bank = models.CharField(max_length=60, blank=True)
    account = models.CharField(max_length=40, blank=True)
    account_checked_at = models.DateTimeField(null=True)
    agreed_at = models.DateTimeField(null=True)
    payment = models.CharField(max_length=40, blank=True, help_text="number in the payment file")
    voucher = models.CharField(max_length=60, blank=True)
    paid_at = models.DateTimeField(null=True)
    clawed = models.BigIntegerField(default=0)

    class Meta:
        db_table = "benefits_line"
        constraints = [
            models.UniqueConstraint(fields=["batch", "enterprise", "clause"], name="one_line_a_clause"),
            models.CheckConstraint(condition=Q(paid__gte=0, clawed__gte=0), name="no_negative_payout"),
            models.CheckConstraint(condition=Q(clawed__lte=F("paid")), name="no_more_back_than_was_paid"),
            models.CheckConstraint(
                condition=~Q(state__in=["paid", "clawed"]) | (~Q(voucher="") & Q(paid_at__isnull=False)),
                name="a_paid_line_has_a_voucher",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "enterprise", "-batch"], name="line_by_enterprise"),
            models.Index(fields=["batch", "state"], name="line_by_state"),
        ]


class Objection(models.Model):
    """异议 to a published list, by anybody; the contact is shown to the officer only."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="objections")
    text = models.TextField()
    contact = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=ObjectionState.choices(), default=ObjectionState.OPEN)
    answer = models.TextField(blank=True)
    at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "benefits_objection"
        constraints = [
            models.CheckConstraint(condition=Q(state="open") | ~Q(answer=""), name="a_ruling_says_why")
        ]


class PaymentFile(models.Model):
    """拨付文件 of a batch: the bytes that went to the treasury."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="payments")
    number = models.CharField(max_length=40)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    count = models.IntegerField()
    total = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "benefits_payment_file"
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="one_payment_file_a_number")]


class Claim(models.Model):
    """政策申报: one enterprise asks for one clause that data alone cannot settle (快申快享).

    `live` holds while its case is open: one enterprise has at most one live claim for a clause.
    """

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="claim")
    region = models.CharField(max_length=6)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="claims")
    policy = models.CharField(max_length=40)
    clause = models.CharField(max_length=40)
    day = models.DateField(help_text="the day 上年, 本年 … are counted from")
    round = models.IntegerField(default=1, help_text="grows with each correction")
    amount = models.BigIntegerField(
        null=True, help_text="分, or 10⁻⁴ points: what the rule said of these facts"
    )
    asked = models.JSONField(default=list, help_text="columns to be corrected")
    answer = models.TextField(blank=True, help_text="what the officer said last")
    basis = models.CharField(max_length=200, blank=True, help_text="condition a refusal rests on")
    reviewed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="claims")
    live = models.BooleanField(default=True)

    class Meta:
        db_table = "benefits_claim"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "enterprise", "clause"],
                condition=Q(live=True),
                name="one_live_claim_a_clause",
            )
        ]
        indexes = [models.Index(fields=["region", "clause", "live"], name="claim_by_clause")]


class Statement(models.Model):
    """填报项: one fact as the enterprise (or, where a person must judge, the officer) stated it, with its evidence.

    A correction adds a round; nothing is overwritten. `number` and `text` are column values of the dictionary.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="statements")
    round = models.IntegerField()
    column = models.CharField(max_length=60, help_text="as the rule names it on the claim's day")
    indicator = models.CharField(max_length=40)
    period = models.CharField(max_length=40, blank=True, help_text="absolute, as in a fact")
    number = models.BigIntegerField(null=True)
    text = models.CharField(max_length=60, blank=True)
    said = models.CharField(max_length=80, help_text="as it was typed")
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    by_officer = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        db_table = "benefits_statement"
        constraints = [
            models.UniqueConstraint(fields=["claim", "round", "column"], name="one_statement_a_round"),
            models.CheckConstraint(
                condition=Q(number__isnull=False) | ~Q(text=""), name="a_statement_has_a_value"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="statement_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
