"""What several forms share: the version an officer saw, fields that depend on a row, an id in an address."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sanfu.kernel.text.ahead import claimed_ahead
from sanfu.records.places import county_map

MOST = 2**31 - 1  # what an integer column holds


class Area(forms.CharField):
    """Free text of several lines, without spaces around it."""

    def __init__(self, rows: int = 3, max_length: int = 4000, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(widget=widget, strip=True, max_length=max_length, **kwargs)


class OfferedInput(forms.TextInput):
    """A line of text with words to choose from while typing: a choice among many that nobody knows by heart."""

    offers: Sequence[str] = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        if not self.offers:
            return super().render(name, value, attrs, renderer)
        label = f"{(attrs or {}).get('id', f'id_{name}')}-offers"
        line = super().render(name, value, {**(attrs or {}), "list": label}, renderer)
        options = format_html_join("", '<option value="{}">', ((word,) for word in self.offers))
        return format_html('{}<datalist id="{}">{}</datalist>', line, label, options)


class VersionField(forms.IntegerField):
    """The version of a case that the officer saw, hidden in the form of an act."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, min_value=0, max_value=MOST)


class PlaceForm(forms.Form):
    """A form with a place on the county's map in two hidden fields; both or none, inside the county's bounds."""

    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """The place, or none when it is half said or lies elsewhere."""
        said = super().clean() or self.cleaned_data
        said["lon"], said["lat"] = point_of(said.get("lon"), said.get("lat")) or (None, None)
        return said


def point_of(lon: Any, lat: Any) -> tuple[float, float] | None:
    """A chosen place as degrees, or None when it is none or lies outside the county's map."""
    try:
        found = (float(lon), float(lat))
    except (TypeError, ValueError):
        return None
    west, south, east, north = county_map().bounds
    inside = west - 0.2 <= found[0] <= east + 0.2 and south - 0.2 <= found[1] <= north + 0.2
    return found if inside else None


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


class FitsRow(forms.Form):
    """A form whose fields depend on the row that it is about: a desk calls `fit` before it shows or reads the form."""

    def fit(self, row: Any, on: date) -> None:
        """Fill in choices, add or drop fields, for this row on this day."""

    def choose(self, name: str, choices: Iterable[tuple[Any, str]]) -> None:
        """What may be chosen in a field."""
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]


def as_uuid(text: str) -> uuid.UUID | None:
    """The id that an address says, or None when it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
