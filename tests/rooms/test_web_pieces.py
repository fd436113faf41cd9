"""Pieces of pages: marks in texts lose no character, charts refuse crooked data, menus follow permissions."""

import re
from html import unescape

import pytest
from django import forms
from django.template import Context, Template
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from sanfu.people.roles import ROLES
from sanfu.web.components import cells, text
from sanfu.web.components.chart import Chart
from sanfu.web.components.tree import flatten
from sanfu.web.navigation import current, menu, menu_html, navigation

WORDS = st.text(alphabet="路灯不亮3天<&>\"'，。ab 12", max_size=40)


def without(tag: str, html: str) -> str:
    return re.sub(f"<{tag}>.*?</{tag}>", "", html, flags=re.S)


def bare(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


@given(WORDS, WORDS)
@budget(max_examples=200, deadline=None)
def test_a_difference_holds_both_texts_whole(old: str, new: str) -> None:
    both = str(text.difference(old, new))
    assert bare(without("ins", both)) == old
    assert bare(without("del", both)) == new


@given(
    WORDS, st.lists(st.tuples(st.integers(-3, 45), st.integers(-3, 45), st.sampled_from("甲乙<")), max_size=6)
)
@budget(max_examples=200, deadline=None)
def test_evidence_keeps_every_character(whole: str, spans: list[tuple[int, int, str]]) -> None:
    marked = str(text.highlighted(whole, spans))
    assert bare(without("sup", marked)) == whole


def test_numbers_are_never_cut_in_two_by_a_difference() -> None:
    assert "<del>17</del><ins>15</ins>" in str(text.difference("限17日", "限15日"))


def test_a_chart_needs_one_value_for_each_category() -> None:
    with pytest.raises(ValueError, match="办结"):
        Chart("c", "t", ["1月", "2月"], {"受理": [1, 2], "办结": [1]})


def test_the_table_beside_a_chart_says_the_same() -> None:
    chart = Chart(
        "c",
        "t",
        ["甲", "乙"],
        {"件": [1200, None], "率": [97.45, 3]},
        lines=("率",),
        unit="件",
        links=["/a/"],
    )
    assert chart.rows == [("甲", "/a/", ["1,200", "97.45"]), ("乙", "", ["—", "3"])]
    assert chart.heads == ["件(件)", "率(%)"]
    assert [s["data"] for s in chart.data["option"]["series"]] == [[1200, None], [97.45, 3]]


def test_a_tree_is_flattened_parents_first() -> None:
    nodes = [{"value": 1, "label": "镇", "children": [{"value": 2, "label": "村"}]}]
    assert [(o.value, o.parent, o.indented) for o in flatten(nodes)] == [
        ("1", "", "镇"),
        ("2", "1", "\u3000村"),
    ]


def test_what_is_missing_shows_as_a_dash_and_not_as_none() -> None:
    assert [cells.plain(v) for v in (None, "", False, 0, 12345, [1, 2])] == [
        "—",
        "—",
        "否",
        "0",
        "12,345",
        "1、2",
    ]


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_menu_shows_only_what_the_role_holds(role: str) -> None:
    held = ROLES[role].permissions
    shown = {entry.url for _, entries in menu(held) for entry in entries}
    hidden = {
        (g.label, e.label)
        for g in navigation()
        for e in g.entries
        if e.permission and not set(e.permission.split("|")) & held
    }
    labels = {(group, entry.label) for group, entries in menu(held) for entry in entries}
    assert not labels & hidden
    assert "/home/" in shown


def test_the_menu_marks_the_longest_address() -> None:
    held = ROLES["administrator"].permissions
    assert current(held, "/design/wall/") == "/design/"
    assert str(menu_html(held, "/design/")).count("aria-current") == 1


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ('{% tag "<b>" "nonsense" %}', '<span class="tag muted">&lt;b&gt;</span>'),
        ('{% facts pairs %}', "<dd>—</dd>"),
        ('{% card "甲" %}{% notice "danger" "乙" %}丙{% endnotice %}{% endcard %}', 'role="alert"'),
        ('{% figure 1200 "/x/" "state=open" %}', '<a class="figure" href="/x/?state=open">1,200</a>'),
        ('{% empty "还没有" "先导入" "/x/" "导入" %}', "先导入"),
    ],
)  # fmt: skip
def test_tags(source: str, holds: str) -> None:
    html = Template("{% load ui %}" + source).render(Context({"pairs": [("甲", None)]}))
    assert holds in html


def test_a_button_is_not_there_for_who_may_not() -> None:
    source = '{% load ui %}{% button "新建" "/x/" permission="tickets.see" %}'
    assert Template(source).render(Context()) == ""


class Sample(forms.Form):
    title = forms.CharField(min_length=4, max_length=6)
    day = forms.DateField()
    own = forms.CharField(error_messages={"required": "自己的话"})
    kind = forms.ChoiceField(choices=[("a", "甲")])


def test_form_errors_speak_plainly() -> None:
    said = Sample({"title": "短", "day": "昨天", "own": "", "kind": "z"}).errors
    assert said["title"] == ["至少要 4 个字，现在是 1 个，请补充。"]
    assert said["day"] == ["日期写法不对，请按 2026-11-23 这样填写。"]
    assert said["own"] == ["自己的话"]
    assert said["kind"] == ["“z”不在可选范围内，请重新选择。"]
    assert Sample({}).errors["title"] == ["此项还没有填写，请填写后再提交。"]


def test_a_safe_word_does_not_open_the_door_for_an_unsafe_one() -> None:
    assert "<i>" not in cells.tag(mark_safe("<i>"), "ok")
    assert "<i>" not in cells.tag("<i>", "ok")
