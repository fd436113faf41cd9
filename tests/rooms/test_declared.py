"""What pages declare and nothing runs until somebody looks: lists (`Table`) and desks (`CaseDesk`) of every room.

No database: a column that leads nowhere, an act whose action does not take what its form gives, a line that waits for a
state which the flow has not, are found on the day they are written.
"""

import importlib
import inspect
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms

import sanfu.web
from sanfu.kernel.clocks import Light
from sanfu.records.wires import case_kinds, permissions
from sanfu.web.components import enclosures
from sanfu.web.components.desk import CaseDesk
from sanfu.web.components.fields import FitsRow
from sanfu.web.components.table import Choice, Table
from tests.architecture.routes import routes

HAN = re.compile(r"[\u4e00-\u9fff]")


def declared(kind: type[Any]) -> list[tuple[str, Any]]:
    """Everything of a kind that a module of the pages holds, once, with where it lies."""
    found: dict[int, tuple[str, Any]] = {}
    for one in pkgutil.walk_packages(sanfu.web.__path__, "sanfu.web."):
        if ".migrations" in one.name or ".management" in one.name:
            continue
        for name, value in vars(importlib.import_module(one.name)).items():
            if isinstance(value, kind):
                found.setdefault(id(value), (f"{one.name[10:]}.{name}", value))
    return sorted(found.values(), key=lambda pair: pair[0])


TABLES = declared(Table)
DESKS = declared(CaseDesk)
each_table = pytest.mark.parametrize("table", [t for _, t in TABLES], ids=[name for name, _ in TABLES])
each_desk = pytest.mark.parametrize("desk", [d for _, d in DESKS], ids=[name for name, _ in DESKS])


def test_the_lists_and_desks_are_found() -> None:
    assert len(TABLES) > 60
    assert len(DESKS) > 10
    assert Counter(desk.name for _, desk in DESKS).most_common(1)[0][1] == 1


# ── lists ──


@each_table
def test_a_list_names_each_column_and_filter_once_and_in_chinese(table: Table) -> None:
    for keys in ([c.key for c in table.columns], [f.key for f in table.filters]):
        assert [key for key, times in Counter(keys).items() if times > 1] == []
    labels = [c.label for c in table.columns if c.label] + [f.label for f in table.filters]
    assert [label for label in labels if not HAN.search(label) and not label.isascii()] == []
    assert HAN.search(table.title)
    assert table.empty.endswith("。")
    assert table.unit


@each_table
def test_a_list_links_only_to_addresses_that_exist(table: Table) -> None:
    known = {name: path for path, name, _ in routes()}
    for column in (one for one in table.columns if one.link):
        assert column.link in known, column.link
        assert known[column.link].count("<") == len(column.link_args), column.link


@each_table
def test_a_list_is_sorted_by_what_it_reads(table: Table) -> None:
    """A column that people sort by is not made by a function alone, and the own order never needs a click."""
    for column in table.columns:
        if column.virtual:
            assert column.sort is not True, f"{column.key} is made by a function: name the path to sort by"
    assert not table.default_sort.startswith("--")


@each_table
def test_a_choice_offers_each_value_once(table: Table) -> None:
    for one in (f for f in table.filters if isinstance(f, Choice) and not callable(f.choices)):
        values = [value for value, _ in one.options()]
        assert len(values) == len(set(values)), one.key
        assert all(HAN.search(label) or label.strip() for _, label in one.options()), one.key
        assert set(one.conditions or ()) <= set(values), one.key


# ── desks ──


@each_desk
def test_an_act_is_an_event_that_somebody_may_take(desk: CaseDesk) -> None:
    events = {move.event: move for move in desk.flow.table}
    assert set(desk.acts) <= set(events)
    assert set(desk.bulk) <= set(desk.acts)
    assert {code for move in desk.flow.table for code in move.who} <= set(permissions())
    assert set(desk.see) <= set(permissions())


def given(form: type[forms.Form] | None) -> set[str]:
    """Names that an act's action is called with besides `by`, `at` and `expected`."""
    names = set(form.base_fields) if form else set()
    return names - {enclosures.FIELD}


def takes(action: Any) -> tuple[set[str], set[str], bool]:
    """Keywords that a function must have, those it may have, and whether it takes any."""
    asked = list(inspect.signature(action).parameters.values())[1:]
    named = [one for one in asked if one.kind is not one.VAR_KEYWORD]
    must = {one.name for one in named if one.default is one.empty}
    return must, {one.name for one in named}, len(named) < len(asked)


def acts() -> Iterator[Any]:
    for where, desk in DESKS:
        for event, act in desk.acts.items():
            own_words = act.form is not None and "clean" in vars(act.form)
            if not own_words:  # a form that makes other words of its fields is tried by the contract's walks
                yield pytest.param(act, id=f"{where}-{event}")


@pytest.mark.parametrize("act", list(acts()))
def test_an_action_takes_what_its_form_gives(act: Any) -> None:
    sent = given(act.form) | {"by", "at", "expected"}
    must, may, anything = takes(act.do)
    assert must - sent == set(), "the action asks for more than the form gives"
    assert anything or sent - may == set(), "the form gives what the action does not take"


@each_desk
def test_a_form_over_several_rows_does_not_depend_on_one(desk: CaseDesk) -> None:
    asked = [desk.acts[event].form for event in desk.bulk]
    assert [form for form in asked if form is not None and issubclass(form, FitsRow)] == []


@each_desk
def test_a_waiting_line_is_about_a_state_that_cases_can_be_in(desk: CaseDesk) -> None:
    for line in desk.waiting:
        assert isinstance(line.about, Light) or line.about in set(desk.flow.states), line.label
        assert line.about not in desk.flow.final, f"{line.label}: nobody waits for what is done"
        assert set(line.permission.split("|")) <= set(permissions()), line.label
    labels = [line.label for line in desk.waiting]
    assert len(labels) == len(set(labels))


def test_a_kind_whose_page_is_a_desk_sends_its_acts_there() -> None:
    """The manifest, which the contract reads, and the desk, which people open, are one address."""
    desks = {f"{desk.namespace}:{desk.name}": desk for _, desk in DESKS}
    wrong = [
        kind.code
        for kind in case_kinds().values()
        if kind.page in desks and kind.act != f"{kind.page}_act" and kind.act
    ]
    assert wrong == []
    assert {f"{kind.page}" for kind in case_kinds().values()} >= desks.keys() - {""}
