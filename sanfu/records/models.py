"""Tables of the log: streams and their hash-chained events, the outbox, counters, files, jobs, receipts."""

import pgtrigger
from django.db import models

from sanfu.records.ids import new_id
from sanfu.records.states import STALLED, JobState


class Stream(models.Model):
    """事件流: one chain of events, for example all of one case. Its row is the lock and the head of the chain."""

    id = models.UUIDField(primary_key=True)
    region = models.CharField(max_length=6)
    seq = models.IntegerField(default=0)
    head = models.BinaryField(default=b"")

    class Meta:
        db_table = "records_stream"


class Event(models.Model):
    """事件: what happened, once, for ever. `at` is when it took effect, `recorded_at` when it was written."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    stream = models.UUIDField()
    seq = models.IntegerField()
    kind = models.CharField(max_length=80)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.UUIDField(null=True)
    by_name = models.CharField(max_length=80)
    data = models.JSONField(default=dict)
    previous = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        db_table = "records_event"
        constraints = [  # led by the stream, so that it is the index under every timeline as well
            models.UniqueConstraint(fields=["stream", "seq", "region"], name="event_once_in_stream")
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]


class Outbox(models.Model):
    """发件箱: events still to be handed to their handlers; a row is deleted when all of them have run."""

    event = models.OneToOneField(Event, primary_key=True, on_delete=models.PROTECT)
    kind = models.CharField(max_length=80)
    attempts = models.IntegerField(default=0)
    error = models.TextField(default="", blank=True)

    class Meta:
        db_table = "records_outbox"


class Counter(models.Model):
    """编号计数: the last business number of a kind in a year."""

    region = models.CharField(max_length=6)
    kind = models.CharField(max_length=20)
    year = models.IntegerField()
    last = models.BigIntegerField(default=0)

    class Meta:
        db_table = "records_counter"
        constraints = [models.UniqueConstraint(fields=["region", "kind", "year"], name="one_counter_a_year")]


class Receipt(models.Model):
    """回执: what a submission key led to, so that the same submission sent twice is one."""

    region = models.CharField(max_length=6)
    scope = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    result = models.UUIDField()
    digest = models.CharField(max_length=64, blank=True, default="", help_text="SHA-256 of what was sent")
    at = models.DateTimeField()

    class Meta:
        db_table = "records_receipt"
        constraints = [models.UniqueConstraint(fields=["region", "scope", "key"], name="one_receipt_a_key")]


class Limit(models.Model):
    """限次: how often something was tried under one key, and until when the next try must wait.

    `key` is a digest: neither addresses nor follow-up codes stand in the table. Written by `records.limits` alone.
    """

    region = models.CharField(max_length=6)
    scope = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    count = models.IntegerField(default=0)
    since = models.DateTimeField()
    last = models.DateTimeField(db_index=True)
    until = models.DateTimeField(null=True)

    class Meta:
        db_table = "records_limit"
        constraints = [models.UniqueConstraint(fields=["region", "scope", "key"], name="one_limit_a_key")]


class StoredFile(models.Model):
    """文件: bytes kept as they came, named by their SHA-256; what was refused is not here."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=120)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "records_file"
        indexes = [models.Index(fields=["region", "sha256"], name="file_by_hash")]


class SealingKey(models.Model):
    """密钥: what the words of one subject (an order, a file) are sealed with in events; destroyed by an erasure."""

    id = models.UUIDField(primary_key=True)
    region = models.CharField(max_length=6)
    key = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "records_sealing_key"


class Job(models.Model):
    """后台任务: long work with progress; a person can stop it, a killed worker resumes from `done`."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    state = models.CharField(
        max_length=12,
        choices=[one for one in JobState.choices() if one[0] != STALLED],
        default=JobState.WAITING,
    )
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    message = models.TextField(default="", blank=True)
    params = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    cancel_asked = models.BooleanField(default=False)
    by = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "records_job"
        indexes = [models.Index(fields=["region", "kind", "-created_at"], name="job_by_kind")]
