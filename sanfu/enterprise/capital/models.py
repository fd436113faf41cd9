"""Firms on the way to a listing (上市后备) and their compliance certificates (合规证明)."""

from django.db import models
from django.db.models import Q

from sanfu.cases.models import Case
from sanfu.enterprise.capital.states import ProofState
from sanfu.enterprise.registry.models import Enterprise
from sanfu.people.models import Organisation
from sanfu.records.ids import new_id


class ListingCase(models.Model):
    """上市后备: the state is its case's; `stays` says when each stage began, `blocker` what holds it up now."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="listing")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    board = models.CharField(max_length=10)
    stays = models.JSONField(default=list, help_text="[[state, ISO moment] …] in order")
    blocker = models.CharField(max_length=300, blank=True)
    blocked_at = models.DateTimeField(null=True)
    open = models.BooleanField(default=True)

    class Meta:
        db_table = "capital_listing"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "enterprise"], condition=Q(open=True), name="one_open_listing_a_firm"
            )
        ]


class Proof(models.Model):
    """合规证明: one of the list that is asked for at once; its department says yes or why not."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    listing = models.ForeignKey(ListingCase, on_delete=models.PROTECT, related_name="proofs")
    code = models.CharField(max_length=20)
    label = models.CharField(max_length=40)
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=ProofState.choices(), default=ProofState.ASKED)
    said = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "capital_proof"
        constraints = [models.UniqueConstraint(fields=["listing", "code"], name="one_proof_a_kind")]
