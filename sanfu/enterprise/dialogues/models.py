"""Sessions with their draw, questions and promises."""

import pgtrigger
from django.db import models

from sanfu.enterprise.dialogues.states import PromiseState, SessionState
from sanfu.enterprise.registry.models import Enterprise
from sanfu.people.models import Organisation
from sanfu.records.ids import new_id


class Session(models.Model):
    """一期面对面: `seed` is shown only after the draw; until then its digest is public."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    title = models.CharField(max_length=80)
    held_on = models.DateField()
    seats = models.IntegerField()
    least = models.JSONField(default=dict, help_text="least seats of a stratum")
    state = models.CharField(max_length=8, choices=SessionState.choices(), default=SessionState.DRAFT)
    candidates = models.JSONField(default=list, help_text="[[code, stratum]] as frozen")
    sitting_out = models.JSONField(default=list, help_text="codes drawn before in the period")
    seed = models.CharField(max_length=64, blank=True)
    commitment = models.CharField(max_length=64, blank=True)
    list_digest = models.CharField(max_length=64, blank=True)
    public_word = models.CharField(max_length=60, blank=True)
    invited = models.JSONField(default=list)
    reserves = models.JSONField(default=list)
    drawn_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "dialogues_session"
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]


class Question(models.Model):
    """提问: before or on the spot, with its answer."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="questions")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    answer = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "dialogues_question"


class Promise(models.Model):
    """会上承诺: an owner, a day, what was done; a promise past its day stays and says so."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="promises")
    text = models.CharField(max_length=300)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    due = models.DateField()
    state = models.CharField(max_length=6, choices=PromiseState.choices(), default=PromiseState.OPEN)
    done = models.TextField(blank=True)
    done_on = models.DateField(null=True)

    class Meta:
        db_table = "dialogues_promise"
        indexes = [models.Index(fields=["region", "owner", "state"], name="promise_by_owner")]
