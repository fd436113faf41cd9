"""A whole policy document: new from scratch, golden cases with it, sealed clauses, a second officer, its day."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from sanfu.enterprise.benefits import actions
from sanfu.enterprise.benefits.content import BadGolden, parsed, read_golden, shipped, skeleton
from sanfu.enterprise.benefits.editing import sealed
from sanfu.enterprise.benefits.policies import clause_on, find, in_force, title_of, work_in_progress
from sanfu.enterprise.benefits.trial import look
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.web.access import ONCE_FIELD

REGION = "329900"
AT = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
DAY = date(2026, 6, 1)
NEW = """---
编号: yc-robots
标题: 云澄市机器人应用奖励办法
文号: 云澄工信规〔2026〕9号
发布机关: 云澄市工业和信息化局
层级: 县级
地域: 云澄市
施行: 2026-07-01
责任: GXJ
---

# 云澄市机器人应用奖励办法

## 第二条 上台阶

上年营业收入 8000 万元以上的企业，奖励 3 万元。

```规则
条款 yc-robots-1 机器人应用奖励
条件 「营收」 上年.营业收入 8000万元以上
给 3万元
兑现 免申即享
```
"""
GOLDEN = """例:
  - {名称: 恰好, 日: 2026-08-01, 条款: yc-robots-1, 事实: {上年.营业收入: 8000万元}, 应为: {结论: 符合, 金额: 3万元}}
"""


def who(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=DAY)


db = pytest.mark.django_db
with_firms = pytest.mark.usefixtures("firms")


@db
@with_firms
def test_a_new_policy_is_written_proven_approved_and_takes_effect_on_its_day() -> None:
    officer = who("jiangyu")
    assert any(p.code == "hash" for p in look(REGION, "", NEW, DAY).found), "not sealed yet: a warning"
    text = sealed(parsed("x", NEW))
    assert not [p for p in look(REGION, "", text, DAY).found if p.code == "hash"]
    version = actions.draft_new(text, note="新政策", by=officer, at=AT)
    assert work_in_progress(officer, "yc-robots") is not None
    assert work_in_progress(who("fangzheng"), "yc-robots") is None, "a draft is the department's own"
    with pytest.raises(Refused, match="还没有标准例"):
        actions.submit(version, starts_on=date(2026, 7, 1), by=officer, at=AT)
    wrong = GOLDEN.replace("金额: 3万元", "金额: 4万元")
    actions.save(version, text, golden=wrong, by=officer, at=AT)
    with pytest.raises(Refused, match="不再成立"):
        actions.submit(version, starts_on=date(2026, 7, 1), by=officer, at=AT)
    actions.save(version, text, golden=GOLDEN, by=officer, at=AT)
    actions.submit(version, starts_on=date(2026, 7, 1), by=officer, at=AT)
    assert find(REGION, "yc-robots", date(2026, 7, 1)) is None
    actions.approve(version, by=who("luoqi"), at=AT)
    assert find(REGION, "yc-robots", date(2026, 6, 30)) is None
    there = find(REGION, "yc-robots", date(2026, 7, 1))
    assert there is not None
    assert (there.number, there.own, there.golden_text) == (1, True, GOLDEN)
    assert clause_on(REGION, "yc-robots-1", date(2026, 7, 1))
    assert title_of(REGION, "yc-robots-1") == "机器人应用奖励"


@db
@with_firms
def test_the_next_version_keeps_the_golden_cases_unless_it_brings_its_own() -> None:
    officer, day = who("jiangyu"), date(2026, 7, 1)
    text = sealed(parsed("x", NEW))
    first = actions.draft_new(text, note="新", golden=GOLDEN, by=officer, at=AT)
    actions.submit(first, starts_on=day, by=officer, at=AT)
    actions.approve(first, by=who("luoqi"), at=AT)
    later = datetime(2026, 8, 1, 1, tzinfo=UTC)
    more = text.replace("给 3万元", "给 5万元")
    second = actions.draft("yc-robots", more, note="提高", golden=GOLDEN, by=officer, at=later)
    assert second.golden == "", "the same cases are not copied"
    with pytest.raises(Refused, match="恰好"):
        actions.submit(second, starts_on=date(2026, 9, 1), by=officer, at=later)
    five = GOLDEN.replace("金额: 3万元", "金额: 5万元")
    actions.save(second, more, golden=five, by=officer, at=later)
    actions.submit(second, starts_on=date(2026, 9, 1), by=officer, at=later)
    actions.approve(second, by=who("luoqi"), at=later)
    before, after = find(REGION, "yc-robots", date(2026, 8, 31)), find(REGION, "yc-robots", date(2026, 9, 1))
    assert before
    assert after
    assert (before.golden_text, after.golden_text) == (GOLDEN, five)


@db
@with_firms
@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("编号: yc-robots", "编号: yc-growth", "已有一份政策"),
        ("编号: yc-robots", "编号: 机器人", "编号"),
        ("责任: GXJ", "责任: KJJ", "本部门"),
        ("责任: GXJ", "责任:", "本部门"),
    ],
)
def test_what_a_new_policy_may_not_be(old: str, new: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        actions.draft_new(NEW.replace(old, new), note="", by=who("jiangyu"), at=AT)


@db
@with_firms
def test_a_new_policy_keeps_its_name_and_is_not_begun_twice() -> None:
    officer = who("jiangyu")
    version = actions.draft_new(NEW, note="", by=officer, at=AT)
    with pytest.raises((Refused, Conflict)):
        actions.draft_new(NEW, note="", by=officer, at=AT)
    with pytest.raises(Refused, match="编号"):
        actions.save(version, NEW.replace("编号: yc-robots", "编号: yc-other"), by=officer, at=AT)
    with pytest.raises(NotAllowed):
        actions.draft_new(NEW, note="", by=who("fangzheng"), at=AT)


@db
@with_firms
@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("文号: 云澄工信规〔2026〕9号", "文号:", "front-matter", 4),
        ("层级: 县级", "层级: 乡级", "front-matter", 6),
        ("施行: 2026-07-01", "施行: 七月", "date", 8),
        ("责任: GXJ", "失效: 2026-01-01\n责任: GXJ", "date", 9),
        ("8000万元以上", "8000人以上", "unit", 19),
    ],
)
def test_a_wrong_word_is_found_with_its_line(old: str, new: str, code: str, line: int) -> None:
    problems = look(REGION, "", NEW.replace(old, new), DAY).errors
    if code == "unit":
        line = next(n for n, row in enumerate(NEW.split("\n"), 1) if "8000万元以上" in row)
    assert (code, line) in {(p.code, p.span.line) for p in problems}


@db
@with_firms
def test_red_lines_and_an_edited_clause_are_found_in_a_new_text() -> None:
    text = sealed(parsed("x", NEW)).replace("奖励 3 万元。", "按地方财政贡献的 50% 奖励。")
    codes = {p.code for p in look(REGION, "", text, DAY).errors}
    assert {"red-line", "hash"} <= codes


def test_sealing_changes_nothing_but_the_seals_and_is_stable() -> None:
    for one in shipped():
        document = parsed(one.name, one.text)
        again = sealed(document)
        assert again.count("原文 ") >= len([c for c in document.clauses if c.text])
        assert sealed(parsed(one.name, again)) == again
        kept = [row for row in again.split("\n") if not row.startswith("原文")]
        assert kept == [row for row in one.text.split("\n") if not row.startswith("原文")]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="例:-{} \n，名称1·结[]\"'&*!|>%@`", max_size=60))
def test_golden_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        assert isinstance(read_golden(text), dict)
    except BadGolden as bad:
        assert str(bad).endswith("。")  # noqa: PT017


def test_the_skeleton_says_what_is_missing() -> None:
    problems = parsed("新政策", skeleton("GXJ", DAY)).problems
    assert {"文首信息缺少 标题", "文首信息缺少 文号"} <= {p.message for p in problems}


@db
@with_firms
def test_the_page_takes_a_file_refuses_what_is_no_text_and_keeps_what_was_typed(client: Client) -> None:
    client.force_login(User.objects.get(login="jiangyu"))
    path = "/desk/benefits/policies/new/"
    assert "起草新政策" in client.get(path).content.decode()
    from django.core.files.uploadedfile import SimpleUploadedFile

    for coding in ("utf-8", "utf-8-sig", "gb18030"):
        upload = SimpleUploadedFile("a.md", NEW.replace("\n", "\r\n").encode(coding))
        page = client.post(path, {"load": "1", "file": upload, "source": "旧"}).content.decode()
        assert "机器人应用奖励办法" in page
    upload = SimpleUploadedFile("a.md", b"\x89PNG\x00\xff\xfe")
    refused = client.post(path, {"load": "1", "file": upload, "source": "我写的"})
    assert refused.status_code == 422
    assert "我写的" in refused.content.decode()
    assert "不是文本文件" in refused.content.decode()
    made = client.post(path, {"save": "1", "source": NEW, "golden": GOLDEN, "note": "新", ONCE_FIELD: "k"})
    assert made.headers["Location"] == "/desk/benefits/policies/yc-robots/document/"
    assert "起草中" in client.get("/desk/benefits/policies/yc-robots/").content.decode()
    assert "机器人应用奖励办法" in client.get("/desk/benefits/").content.decode()
    client.force_login(User.objects.get(login="fangzheng"))
    assert client.get(path).status_code == 403
    assert client.get("/desk/benefits/policies/yc-robots/").status_code == 404
    assert in_force(REGION, DAY)


@db
@with_firms
def test_readiness_is_exported_with_every_fact_a_clause_needs(client: Client) -> None:
    client.force_login(User.objects.get(login="jiangyu"))
    answer = client.get("/desk/benefits/ready/?export=xlsx")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    heads = next(row for row in rows if "事实" in row)
    facts = {row[heads.index("事实")] for row in rows if row[0] == "yc-upgrade-1"}
    assert facts == {"技改备案", "技改投资额", "新设备投资额"}
