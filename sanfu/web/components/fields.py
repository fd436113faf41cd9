"""What several forms share: the version an officer saw, an id in an address."""

import uuid
from datetime import date
from typing import Any, ClassVar

from django import forms

from sanfu.kernel.text.ahead import claimed_ahead

MOST = 2**31 - 1  # what an integer column holds


class VersionField(forms.IntegerField):
    """The version of a case that the officer saw, hidden in the form of an act."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, min_value=0, max_value=MOST)


class SaysDone(forms.Form):
    """A form whose words may claim a day to come as done: that is pointed out once, before it is sent.

    says_done: the fields that are read. on: the day on which it is written; None: nothing is read.
    """

    says_done: ClassVar[tuple[str, ...]] = ()
    on: date | None = None

    def clean(self) -> dict[str, Any]:
        """Point at each such claim unless the writer ticked that the dates are right."""
        said = super().clean() or self.cleaned_data
        if self.on is None or self.data.get("dates_checked") == "on":
            return said
        found = [
            (name, one) for name in self.says_done for one in claimed_ahead(said.get(name) or "", self.on)
        ]
        for name, one in found:
            self.add_error(
                name, f"“{one.words}”：{one.day}还没有到，却写成已经做完；请改成实际日期，或改写为计划。"
            )
        if found:
            self.fields["dates_checked"] = forms.BooleanField(
                label="日期已核对无误，照此发送", required=False
            )
        return said


def as_uuid(text: str) -> uuid.UUID | None:
    """The id that an address says, or None when it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
