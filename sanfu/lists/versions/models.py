"""The abstract table of versions: a room adds its payload, its matter and what a draft must satisfy."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sanfu.lists.versions.states import Matter, VersionState
from sanfu.people.models import User
from sanfu.records.ids import new_id

IN_FORCE = (VersionState.PUBLISHED.value, VersionState.REPLACED.value)


class Version(models.Model):
    """版本: one numbered state of what a county decided; in force on days effective_from <= day < effective_to.

    `editors` are all who ever changed it: none of them may approve it. The subclass sets `matter`, gives its
    payload by `content()` and its faults by `faults()`, and lists `version_constraints(…)` in its Meta.
    """

    matter: ClassVar[Matter]

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    number = models.IntegerField()
    state = models.CharField(max_length=12, default=VersionState.DRAFT.value)
    doc_no = models.CharField(max_length=80, blank=True, help_text="印发文号")
    effective_from = models.DateField(null=True)
    effective_to = models.DateField(null=True, help_text="first day on which it no longer holds")
    editors = ArrayField(models.UUIDField(), default=list)
    editor_name = models.CharField(max_length=80, blank=True)
    approver = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    approver_name = models.CharField(max_length=80, blank=True)
    content_hash = models.CharField(
        max_length=64, blank=True, help_text="of content(), since it was submitted"
    )
    created_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=300, blank=True, help_text="why it was sent back")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.matter.name}第{self.number}版"

    @property
    def state_word(self) -> str:
        """The Chinese label of its state."""
        return VersionState(self.state).label

    def content(self) -> Any:
        """What the version decides, as plain data: this is hashed, and must not change after submission."""
        raise NotImplementedError

    def faults(self) -> Sequence[str]:
        """What keeps a draft from being submitted, in words."""
        return ()

    def line(self) -> dict[str, Any]:
        """The columns and values that all versions of the same line share."""
        return {"region": self.region, **{name: getattr(self, name) for name in self.matter.key}}


def version_constraints(prefix: str, *key: str) -> list[models.BaseConstraint]:
    """Constraints of a table of versions: numbers and days are unique in a line, a second person approved."""
    past_draft = [*IN_FORCE, VersionState.APPROVED.value]
    return [
        models.UniqueConstraint(fields=["region", *key, "number"], name=f"{prefix}_one_number"),
        models.UniqueConstraint(
            fields=["region", *key, "effective_from"],
            condition=Q(state__in=IN_FORCE),
            name=f"{prefix}_one_from_a_day",
        ),
        models.CheckConstraint(
            condition=Q(approver__isnull=True) | ~Q(editors__contains=[F("approver_id")]),
            name=f"{prefix}_second_person",
        ),
        models.CheckConstraint(
            condition=~Q(state__in=past_draft) | Q(approver__isnull=False, approved_at__isnull=False),
            name=f"{prefix}_approved",
        ),
        models.CheckConstraint(
            condition=~Q(state__in=IN_FORCE) | Q(effective_from__isnull=False), name=f"{prefix}_from_a_day"
        ),
        # A version that was replaced before it began held on no day: its end is its beginning.
        models.CheckConstraint(
            condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
            name=f"{prefix}_ends_after_start",
        ),
    ]
