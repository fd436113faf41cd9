"""企业名录: an own county's enterprises come in by the list it has; what stands is left, every fault has its line."""

import csv
import io
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sanfu.adapters.demo_firms import demo_code
from sanfu.enterprise.registry import actions, queries
from sanfu.enterprise.registry.models import Enterprise, Roster
from sanfu.enterprise.registry.roster import industry_of
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Conflict, NotAllowed, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
UPLOAD = "/desk/registry/roster/"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def table(*rows: list[str]) -> bytes:
    """A sheet as 数据局 sends it: GBK, comma."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("gb18030")


def client(login: str) -> Client:
    found = Client()
    found.force_login(User.objects.get(login=login))
    return found


def send(desk: Client, content: bytes) -> str:
    sent = {"file": SimpleUploadedFile("名录.csv", content), "once": str(uuid4())}
    return str(desk.post(UPLOAD, sent)["Location"])


def test_a_messy_roster_is_checked_row_by_row_and_entered_once() -> None:
    stands, renamed = demo_code(7), demo_code(8)
    actions.register(
        [
            Enterprise(credit_code=stands, name="云澄在册制造厂(演示)", industry="C3484", size="小型"),
            Enterprise(credit_code=renamed, name="云澄旧名制造厂(演示)", industry="C3484", size="小型"),
        ],
        by=actor_of(User.objects.get(login="jiangyu"), on=NOW.date()), at=NOW,
    )  # fmt: skip
    town = Organisation.objects.filter(kind="town").order_by("code").first()
    assert town
    content = table(
        ["2026年规上企业名录（演示）"],
        ["单位详细名称", "统一社会信用代码", "所属镇街", "行业代码", "单位规模", "成立时间"],
        [
            "云澄新厂一(演示)有限公司",
            f" {demo_code(1).lower()} ",
            town.short,
            "3963",
            "中",
            datetime(2015, 3, 5),
        ],
        ["云澄新厂二(演示)有限公司", demo_code(2), "", "", "", ""],
        ["云澄新厂二(演示)有限公司", demo_code(2), "", "", "", ""],
        ["云澄在册制造厂(演示)", stands, "", "", "", ""],
        ["云澄改名制造厂(演示)", renamed, "", "", "", ""],
        ["云澄坏码(演示)有限公司", demo_code(3)[:17] + "?", "月球镇", "Z99", "巨型", "3015年1月1日"],
    )
    desk = client("jiangyu")
    result = send(desk, content)
    made = Roster.objects.get()
    assert (made.total, len(made.good), made.standing) == (6, 2, 1)
    assert {error["line"] for error in made.errors} == {5, 7, 8}
    assert {error["column"] for error in made.errors if error["line"] == 8} == {
        "统一社会信用代码", "镇街", "行业", "规模", "成立日期",
    }  # fmt: skip
    shown = desk.get(result).content.decode()
    assert "月球镇" in shown
    assert "档案里这个代码是“云澄旧名制造厂(演示)”" in shown
    assert Enterprise.objects.count() == 2, "nothing is entered before a person says so"
    for _ in range(2):
        desk.post(f"{result}decide/", {"keep": "1", "once": str(uuid4())})
    first = Enterprise.objects.get(credit_code=demo_code(1))
    assert (first.town, first.industry, first.size, str(first.established)) == (
        town,
        "C3963",
        "中型",
        "2015-03-05",
    )
    second = Enterprise.objects.get(credit_code=demo_code(2))
    assert (second.town, second.industry, second.size, second.demo) == (None, "", "", False)
    assert Enterprise.objects.count() == 4
    row = queries.profile(second, NOW.date()).row
    assert not {"企业规模", "行业代码", "镇街"} & set(row), "what nobody said is unknown, not empty"
    assert desk.get(f"/desk/registry/{second.id}/").status_code == 200
    again = send(desk, content)
    assert Roster.objects.order_by("-at", "-id").first().standing == 3, again  # type: ignore[union-attr]


def test_who_was_entered_meanwhile_stays_and_the_file_is_decided_once() -> None:
    by = actor_of(User.objects.get(login="jiangyu"), on=NOW.date())
    desk = client("jiangyu")
    send(desk, table(["企业名称", "信用代码"], ["云澄先到制造厂(演示)", demo_code(1)]))
    made = Roster.objects.get()
    early = Enterprise(credit_code=demo_code(1), name="云澄先到制造厂(演示)", industry="", size="")
    actions.register([early], by=by, at=NOW)
    assert actions.decide_names(made, keep=True, by=by, at=NOW) == 0
    with pytest.raises(Conflict):
        actions.decide_names(made, keep=False, by=by, at=NOW)
    other = actor_of(User.objects.get(login="fangzheng"), on=NOW.date())
    with pytest.raises(NotAllowed):
        actions.decide_names(made, keep=True, by=other, at=NOW)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PKnot", "没有登记任何一家"),
        ("企业名称\n云澄厂\n".encode(), "缺少“统一社会信用代码”"),
        ("企业名称,信用代码\n".encode(), "没有"),
    ],
)
def test_a_file_that_is_no_roster_ends_in_words(content: bytes, words: str) -> None:
    sent = {"file": SimpleUploadedFile("名录.csv", content), "once": str(uuid4())}
    answer = client("jiangyu").post(UPLOAD, sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Roster.objects.exists()


@pytest.mark.parametrize(
    ("said", "code"),
    [("C3963", "C3963"), ("c39", "C39"), ("6513", "I6513"), ("纺织业", "C17"), ("制造业", "C"), ("", ""), ("C99", None), ("A39", None), ("火箭", None)],
)  # fmt: skip
def test_an_industry_is_found_by_code_digits_or_name(said: str, code: str | None) -> None:
    assert industry_of(said) == code


def test_a_firm_gets_its_account_and_one_account_stands_for_one_firm() -> None:
    by = actor_of(User.objects.get(login="jiangyu"), on=NOW.date())
    firms = [
        Enterprise(credit_code=demo_code(n), name=f"云澄账号{n}制造厂(演示)", industry="", size="")
        for n in (1, 2)
    ]
    actions.register(firms, by=by, at=NOW)
    desk, own = client("jiangyu"), Organisation.objects.get(code="FIRM-1")
    where = f"/desk/registry/{firms[0].id}/account/"
    for code in ("没有的", "GXJ", "FIRM-1"):
        desk.post(where, {"organisation": code, "once": str(uuid4())})
        firms[0].refresh_from_db()
        assert (firms[0].organisation_id == own.id) == (code == "FIRM-1")
    with pytest.raises(Refused, match="已是"):
        actions.give_account(firms[1], own, by=by, at=NOW)
    assert queries.own(actor_of(User.objects.get(login="wangqiang"), on=NOW.date())) == firms[0]
    desk.post(where, {"organisation": "", "once": str(uuid4())})
    firms[0].refresh_from_db()
    assert firms[0].organisation is None
