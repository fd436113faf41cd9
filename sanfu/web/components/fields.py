"""What several forms share: the version an officer saw, an id in an address."""

import uuid

from django import forms

MOST = 2**31 - 1  # what an integer column holds


class VersionField(forms.IntegerField):
    """The version of a case that the officer saw, hidden in the form of an act."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, min_value=0, max_value=MOST)


def as_uuid(text: str) -> uuid.UUID | None:
    """The id that an address says, or None when it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
