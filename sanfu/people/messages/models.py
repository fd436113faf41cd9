"""Tables of messages: the message itself, what each person wants, and what was sent outside."""

from django.db import models
from django.db.models import Q

from sanfu.people.messages.states import DeliveryState, MessageKind
from sanfu.records.ids import new_id


class Message(models.Model):
    """消息 to one person. `event` is what it tells of: one message of a kind a person and event, however often told."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=12, choices=MessageKind.choices())
    words = models.CharField(max_length=300)
    path = models.CharField(max_length=300, help_text="the page of the thing, inside the platform")
    event = models.UUIDField(null=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_message"
        constraints = [
            models.UniqueConstraint(fields=["region", "user", "event", "kind"], name="one_message_an_event")
        ]
        indexes = [
            models.Index(fields=["user", "-at"], name="message_by_user"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="message_unread"),
        ]


class MessageChoice(models.Model):
    """消息设置: what one person wants of one kind."""

    region = models.CharField(max_length=6)
    user = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=MessageKind.choices())
    shown = models.BooleanField(default=True)
    outside = models.BooleanField(default=False)

    class Meta:
        db_table = "people_message_choice"
        constraints = [models.UniqueConstraint(fields=["region", "user", "kind"], name="one_choice_a_kind")]


class MessageAddress(models.Model):
    """外部地址: where a person wants to hear of messages outside the platform, and whether once a day is enough."""

    user = models.OneToOneField("people.User", primary_key=True, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=6)
    mail = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    daily = models.BooleanField(default=True, help_text="one summary each morning instead of single ones")


class Delivery(models.Model):
    """外发: one notice on its way through one channel. `key` makes it one, however often it is asked for."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=12)
    key = models.CharField(max_length=80)
    address = models.CharField(max_length=254)
    text = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=DeliveryState.choices(), default=DeliveryState.WAITING)
    tries = models.IntegerField(default=0)
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "people_delivery"
        constraints = [
            models.UniqueConstraint(fields=["region", "channel", "key"], name="one_delivery_a_key")
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="waiting"), name="delivery_waiting")]
