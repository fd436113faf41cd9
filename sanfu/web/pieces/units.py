"""Units of the county as pages name them and as forms offer them."""

from collections.abc import Sequence
from typing import Any

from django import forms

from sanfu.people.models import Organisation
from sanfu.people.queries import HANDLING_KINDS, organisations, units
from sanfu.web.request import Request


def short_names(request: Request) -> dict[str, str]:
    """Short name of each organisation by code."""
    return {row["code"]: row["short"] for row in organisations(request.actor.region)}


class UnitField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One organisation of some kinds, by code; a `UnitForm` gives its choices."""

    def __init__(self, kinds: Sequence[str] = HANDLING_KINDS, **kwargs: Any) -> None:
        super().__init__(None, to_field_name="code", empty_label="请选择", **kwargs)
        self.kinds = kinds

    def label_from_instance(self, obj: Organisation) -> str:
        return obj.short


class UnitsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several organisations of some kinds, as boxes."""

    def __init__(self, kinds: Sequence[str] = HANDLING_KINDS, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(None, to_field_name="code", **kwargs)
        self.kinds = kinds

    def label_from_instance(self, obj: Organisation) -> str:
        return obj.short


class UnitForm(forms.Form):
    """A form whose unit fields offer the organisations of one region; without one, of this installation."""

    def __init__(self, *args: Any, region: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region = region
        self.offer(
            **{
                name: one.kinds
                for name, one in self.fields.items()
                if isinstance(one, UnitField | UnitsField)
            }
        )

    def offer(self, **kinds: Sequence[str]) -> None:
        """Let fields, by name, offer organisations of these kinds."""
        for name, some in kinds.items():
            field = self.fields[name]
            assert isinstance(field, UnitField | UnitsField)
            field.queryset = units(self.region, some)
