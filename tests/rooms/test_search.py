"""One box over everything: two characters, numbers, groups, and never a row outside the reader's scope."""

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client

from sanfu.cases import finding
from sanfu.cases.models import Case
from sanfu.cases.queries import visible
from sanfu.enterprise.registry.models import Enterprise
from sanfu.grassroots.tickets.queries import PARTS
from sanfu.people.models import User
from sanfu.records.finding import folded
from sanfu.web.search import finders
from tests.rooms.test_bulk import signed_in
from tests.rooms.test_tickets import dispatched, taken, who

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
ON = date(2026, 3, 2)


def asked(login: str, words: str, **more: Any) -> str:
    answer = signed_in(login).get("/search/", {"q": words}, **more)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def firm(name: str, code: str) -> Enterprise:
    return Enterprise.objects.create(
        region="329900",
        credit_code=code,
        name=name,
        industry="C34",
        size="小型",
        registered_at="2026-01-01T00:00Z",
    )


def test_a_whole_number_leads_straight_to_its_case_and_nobody_elses() -> None:
    mine, others = dispatched(), dispatched("ZJJ")
    answer = signed_in("sunwei").get("/search/", {"q": mine.case.number.lower()})
    assert answer.headers["Location"] == f"/desk/tickets/{mine.pk}/"
    assert "没有找到" in asked("sunwei", others.case.number)


def test_two_characters_are_enough_and_one_is_told_so() -> None:
    ticket = taken()
    told = asked("chenfang", "路灯")
    assert ticket.case.number in told
    assert "清单事项" in told  # the list's own items, in a group of their own
    assert "请输入两个字以上" in asked("chenfang", "路")
    assert "没有找到" in asked("chenfang", "绝无此词")


def test_firms_are_found_by_name_and_code_by_who_may_see_records_only() -> None:
    firm("演示精工机械有限公司", "91329900MADEMO0001")
    reader = next(u.login for u in User.objects.all() if who(u.login).may("registry.see"))
    told = asked(reader, "精工")
    assert "演示精工机械有限公司" in told
    assert "演示精工机械有限公司" in asked(reader, "91329900made")
    for part in ("900MADEMO", "ademo0001", "MADEMO0001 "):  # from the middle and from the end
        assert "演示精工机械有限公司" in asked(reader, part)
    assert "演示精工机械有限公司" not in asked(reader, "MADEMO0002")
    for words in ("精工", "91329900MADE", "MADEMO0001"):
        assert "演示精工机械有限公司" not in asked("sunwei", words)


def test_a_unit_opens_to_its_orders() -> None:
    assert "市城管局" in asked("chenfang", "城管")
    assert "unit=" in asked("chenfang", "城管")


@pytest.mark.parametrize(
    "words", ["", " ", "\\\\", "'; DROP TABLE", "%%", "__", "&|!", "<script>", "\x00ab", "路" * 300]
)
def test_odd_words_are_only_words(words: str) -> None:
    answer = signed_in("chenfang").get("/search/", {"q": words})
    assert answer.status_code in (200, 400)  # the door refuses NUL
    assert b"<script>alert" not in answer.content


def test_what_is_found_is_what_the_plain_comparison_finds() -> None:
    """An oracle over random words of the titles: the index loses nothing and adds nothing, for three readers."""
    chance = random.Random(5)
    for n in range(12):
        taken(
            body=f"{chance.choice('甲乙丙')}{chance.choice('路桥河')}第{n}号井盖{chance.choice('坏裂失')}了，请来看看"
        )
    for code in ("CGJ", "ZJJ"):
        dispatched(code, body=f"{code}门口积水严重，影响出行，请处理")
    rows = list(Case.objects.filter(kind="ticket"))
    for words in _words(rows, chance):
        for login in ("chenfang", "sunwei", "limei"):
            actor = who(login)
            mine = visible(actor, "ticket", PARTS)
            expected = {
                c.number
                for c in mine
                if folded(words) in folded(c.title) or folded(words) in folded(c.number)
            }
            found = {
                hit.title.split()[0]
                for group in finding.find(actor, words, 50)
                if group.kind.code == "ticket"
                for hit in group.hits
            }
            assert found == expected, (words, login)


def _words(rows: list[Case], chance: random.Random) -> Iterator[str]:
    for _ in range(12):
        title = folded(chance.choice(rows).title)
        begin = chance.randrange(max(1, len(title) - 5))
        yield title[begin : begin + chance.choice((2, 3, 4))]
    for _ in range(6):  # beginnings, ends and middles of numbers
        number = chance.choice(rows).number
        yield from (number[: chance.randrange(6, len(number))], number[-4:], number[-6:-2], number.lower())


@pytest.mark.parametrize("finder", [f for f, _ in finders()], ids=lambda f: f.label)
def test_every_finder_answers_and_says_no_more_than_asked(finder: Any) -> None:
    does = next(d for f, d in finders() if f is finder)
    hits = does(who("chenfang"), "路灯", ON, 3)
    assert len(hits) <= 3
    assert does(who("chenfang"), "x", ON, 3) == []


def test_nobody_signed_in_is_asked_to() -> None:
    assert Client().get("/search/", {"q": "路灯"}).status_code == 302
