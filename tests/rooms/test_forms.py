"""Every form (表单) of the pages: what is left out or makes no sense comes back in words, whatever else is sent with it.

No form is named here but those that need a row; a new one is held to all of it on the day it is written.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.utils.datastructures import MultiValueDict

import sanfu.web

pytestmark = pytest.mark.django_db
HAN = re.compile(r"[\u4e00-\u9fff]")
# What a constructor asks for by name, where it asks for more than what was sent.
GIVEN: dict[str, Any] = {
    "region": settings.REGION, "kinds": [], "items": [], "other": [], "choices": [], "today": date(2026, 11, 20),
}  # fmt: skip
# Forms that exist only beside one row of the database; the journeys of their rooms send them.
BESIDE_A_ROW = {"row", "plan", "compiled", "closed"}
# Class of a field → what no such field may take.
NONSENSE: tuple[tuple[type[forms.Field], tuple[str, ...]], ...] = (
    (forms.ModelChoiceField, ("没有这一个", "0' OR '1'='1")),
    (forms.ChoiceField, ("没有这一个", "__proto__")),
    (forms.DateTimeField, ("明天", "2026-02-30T10:00")),
    (forms.DateField, ("明天", "2026-02-30", "0000-00-00")),
    (forms.IntegerField, ("十二", "1e400", "NaN")),
    (forms.DecimalField, ("十二", "NaN", "Infinity")),
    (forms.UUIDField, ("123",)),
    (forms.CharField, ("有\x00空字符",)),
)


def _known(base: type[forms.Form]) -> Iterator[type[forms.Form]]:
    for one in base.__subclasses__():
        yield one
        yield from _known(one)


def every_form() -> list[type[forms.Form]]:
    """The forms that the pages define, by name."""
    for found in pkgutil.walk_packages(sanfu.web.__path__, "sanfu.web."):
        if ".migrations" not in found.name and ".management" not in found.name:
            importlib.import_module(found.name)
    own = {one for one in _known(forms.Form) if one.__module__.startswith("sanfu.web.")}
    return sorted(own, key=lambda one: f"{one.__module__}.{one.__qualname__}")


FORMS = every_form()


def needed(form: type[forms.Form]) -> set[str]:
    """Arguments of a form's constructor that have no default."""
    asked = inspect.signature(form.__init__).parameters.values()
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    named = {one.name for one in asked if one.default is one.empty and one.kind not in several}
    return named - {"self", "data"}


def made(form: type[forms.Form], data: dict[str, Any]) -> forms.Form:
    sent = MultiValueDict({name: [value] for name, value in data.items()})
    more = {name: GIVEN[name] for name in needed(form)}
    return form(**more, data=sent, files=MultiValueDict())


def nonsense(one: forms.Field) -> tuple[str, ...]:
    """What a field cannot take, and text that is longer than its column."""
    wrong = next((said for kind, said in NONSENSE if isinstance(one, kind)), ())
    longest = getattr(one, "max_length", None)
    return (*wrong, "长" * (longest + 1)) if longest else wrong


def in_words(form: forms.Form) -> None:
    """Whatever is wrong is said in Chinese, and no word of the program shows."""
    for name, problems in form.errors.items():
        for said in problems:
            assert HAN.search(said), (name, said)
            assert not re.search(r"Traceback|Exception|None|<class|%\(|\{\w*\}", said), (name, said)


TESTED = [form for form in FORMS if not needed(form) & BESIDE_A_ROW]


def test_the_forms_of_the_pages_are_found() -> None:
    assert len(TESTED) > 100
    assert {name for form in FORMS for name in needed(form)} <= GIVEN.keys() | BESIDE_A_ROW


@pytest.mark.parametrize("form", TESTED, ids=lambda form: f"{form.__module__[10:]}.{form.__qualname__}")
def test_a_form_that_is_left_empty_says_what_it_needs(form: type[forms.Form], county: None) -> None:
    sent = made(form, {})
    must = {name for name, one in sent.fields.items() if one.required}
    assert sent.is_valid() or sent.errors
    assert must <= sent.errors.keys()
    in_words(sent)


@pytest.mark.parametrize("form", TESTED, ids=lambda form: f"{form.__module__[10:]}.{form.__qualname__}")
def test_nonsense_in_one_field_is_a_fault_of_that_field(form: type[forms.Form], county: None) -> None:
    for name, one in made(form, {}).fields.items():
        for wrong in nonsense(one):
            sent = made(form, {name: wrong})
            assert name in sent.errors, (name, wrong)
            in_words(sent)
