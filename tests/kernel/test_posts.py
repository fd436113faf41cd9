"""Gaps of a post table, derivation from a list, person against post, and the Word description."""

import io
from dataclasses import replace
from pathlib import Path

import docx
import pytest

from sanfu.kernel.duties.items import ListType
from sanfu.kernel.duties.lists.files import read_list
from sanfu.kernel.duties.posts.checking import gaps
from sanfu.kernel.duties.posts.deriving import derive
from sanfu.kernel.duties.posts.description import describe
from sanfu.kernel.duties.posts.fitting import components, conclusion
from sanfu.kernel.duties.posts.model import (
    Assignment,
    Person,
    Post,
    PostTable,
    Role,
    UnreadablePosts,
    parse_table,
)
from sanfu.records.content import read_yaml

CONTENT = Path(__file__).resolve().parents[2] / "content"
RULES = read_yaml(CONTENT / "posts" / "model_posts.yaml")
LIST = read_list((CONTENT / "duties" / "model_list.yaml").read_bytes(), "model_list.yaml").duty_list


@pytest.fixture(scope="module")
def table() -> PostTable:
    return derive(LIST, RULES)


def test_every_town_item_has_one_lead_and_another_backup(table: PostTable) -> None:
    assert gaps(table) == []
    leads, backups = table.of(Role.LEAD), table.of(Role.BACKUP)
    working = {item.code for item in LIST if item.list_type is not ListType.RECALLED}
    assert set(leads) == working
    assert all(len(posts) == 1 for posts in leads.values())
    assert all(leads[code] != backups[code] for code in working)


def test_enforcement_only_on_posts_with_the_certificate(table: PostTable) -> None:
    for one in table.assignments:
        task = next(task for task in table.tasks if task.code == one.item)
        if task.needs:
            assert table.post(one.post).certificates >= task.needs
    assert any(task.needs for task in table.tasks)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("有事无岗", lambda made: [one for one in made if not (one.item == "B-MS-01" and one.role is Role.LEAD)]),
        ("AB缺位", lambda made: [one for one in made if not (one.item == "B-MS-01" and one.role is Role.BACKUP)]),
        ("一事多主", lambda made: [*made, Assignment("B-MS-01", "G-11", Role.LEAD), Assignment("B-MS-01", "G-12", Role.LEAD)]),
        ("资格缺口", lambda made: [*made, Assignment("B-PA-06", "G-11", Role.LEAD)]),
        ("无此岗位", lambda made: [*made, Assignment("B-MS-01", "G-99", Role.ASSIST)]),
        ("有岗无事", lambda made: [one for one in made if one.post != "G-01"]),
    ],
)  # fmt: skip
def test_each_gap_is_found(table: PostTable, kind: str, change: object) -> None:
    broken = replace(table, assignments=tuple(change(list(table.assignments))))
    found = [gap for gap in gaps(broken) if gap.kind == kind]
    assert found
    assert all(gap.what and gap.why and gap.what_to_do for gap in found)


def test_holders_without_the_certificate_are_a_gap_but_unknown_is_not(table: PostTable) -> None:
    lead = table.of(Role.LEAD)["B-PA-06"][0]
    without = Person("R-9", "演示", lead, frozenset())
    unknown = Person("R-9", "演示", lead, None)
    assert [gap.kind for gap in gaps(replace(table, people=(without,)))] == ["资格缺口"]
    assert gaps(replace(table, people=(unknown,))) == []


def test_components_are_visible_and_unknown_stays_unknown() -> None:
    post = Post(
        "G",
        "执法岗",
        certificates=frozenset({"行政执法证"}),
        requirements={"学历": "本科", "工作年限": "2年"},
    )
    person = Person("R", "演示", certificates=frozenset({"行政执法证"}), facts={"学历": "硕士"})
    parts = {part.name: part.met for part in components(person, post)}
    assert parts == {"资格证件": True, "学历": True, "工作年限": None}
    assert conclusion(components(person, post)) == "有待核实"
    assert conclusion(components(replace(person, certificates=frozenset()), post)) == "硬性条件不符"
    assert (
        conclusion(components(replace(person, facts={"学历": "大专", "工作年限": "1年"}), post))
        == "硬性条件不符"
    )


def test_word_description_has_page_per_post_and_official_margins(table: PostTable) -> None:
    document = docx.Document(io.BytesIO(describe(table, ["G-15", "G-11"])))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert text.count("岗位说明书") == 2
    assert "行政执法证" in text
    assert "演示" in text
    assert round(document.sections[0].top_margin.mm) == 37
    assert round(document.sections[0].left_margin.mm) == 28


@pytest.mark.parametrize("raw", [[], {"posts": []}, {"posts": [{"name": "x"}], "items": []}, {"posts": [{"code": "1", "name": "x", "seats": 0}], "items": []}])  # fmt: skip
def test_a_broken_table_is_refused_with_a_reason(raw: object) -> None:
    with pytest.raises(UnreadablePosts, match="岗位表"):
        parse_table(raw)
