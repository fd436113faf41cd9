"""挂钩干部表、挂钩关系表: a county that starts brings what stands in its tables; every fault has its line, nothing is entered twice."""

import csv
import io
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sanfu.enterprise.liaison import actions, queries
from sanfu.enterprise.liaison.models import LiaisonOfficer, LiaisonSheet, Pair
from sanfu.enterprise.liaison.states import PairRole
from sanfu.enterprise.registry.models import Enterprise
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, Conflict, NotAllowed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("firms")]
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
OFFICERS, PAIRS = "/desk/liaison/officers/sheet/", "/desk/liaison/sheet/"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def planner() -> Actor:
    return actor_of(User.objects.get(login="guqin"), on=NOW.date())


def desk() -> Client:
    found = Client()
    found.force_login(User.objects.get(login="guqin"))
    return found


def send(where: str, *rows: list[str]) -> LiaisonSheet:
    """A sheet as 商务局 sends it, through the form: GBK, a title above the headings."""
    out = io.StringIO()
    csv.writer(out).writerows([["云澄市挂钩表（演示）"], *rows])
    sent = {"file": SimpleUploadedFile("挂钩.csv", out.getvalue().encode("gb18030")), "once": str(uuid4())}
    answer = desk().post(where, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    return LiaisonSheet.objects.order_by("-at", "-id")[0]


def entered(made: LiaisonSheet) -> int:
    assert actions.decide_sheet(made, keep=True, by=planner(), at=NOW) >= 0
    made.refresh_from_db()
    return made.kept


def columns(made: LiaisonSheet) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for error in made.errors:
        found.setdefault(error["line"], set()).add(error["column"])
    return found


def registered(*logins: str) -> None:
    head = ["登录名", "承载上限"]
    assert entered(send(OFFICERS, head, *([login, "100"] for login in logins))) == len(logins)


def test_officers_come_by_their_sheet_and_what_a_row_leaves_empty_stays() -> None:
    town = Organisation.objects.filter(kind="town").order_by("code")[0]
    unit = User.objects.get(login="jiangyu").organisation
    assert unit
    made = send(
        OFFICERS,
        ["姓名", "单位", "最多挂钩几户", "常驻镇街", "外语"],
        ["蒋屿", unit.short, "40户", town.short, "日语、英语"],
        ["hetao", "", "60", "", ""],
        ["何涛", "", "70", "", ""],
        ["王强", "", "40", "", ""],
        ["钱进", "不是他的单位", "几十", "月球镇", "日语和英语以及法语和德语"],
    )
    assert (made.total, len(made.good)) == (5, 2)
    assert columns(made) == {5: {"姓名"}, 6: {"姓名"}, 7: {"姓名", "最多挂钩几户", "常驻镇街", "外语"}}
    assert not LiaisonOfficer.objects.exists(), "nothing is entered before a person says so"
    assert entered(made) == 2
    row = LiaisonOfficer.objects.get(user__login="jiangyu")
    assert (row.capacity, row.town, sorted(row.languages)) == (40, town, ["en", "ja"])
    again = send(OFFICERS, ["姓名", "最多挂钩几户"], ["蒋屿", "40"], ["何涛", "80"])
    assert (again.standing, len(again.good), again.errors) == (1, 1, [])
    assert entered(again) == 1
    row.refresh_from_db()
    assert (row.town, sorted(row.languages)) == (town, ["en", "ja"])
    assert LiaisonOfficer.objects.get(user__login="hetao").capacity == 80


def test_standing_pairs_come_with_their_days_and_no_change_passes_without_a_hand_over() -> None:
    registered("jiangyu", "hetao")
    firms = list(Enterprise.objects.order_by("credit_code")[:6])
    user = {login: User.objects.get(login=login) for login in ("jiangyu", "hetao")}
    actions.link(firms[3], user["jiangyu"], PairRole.MAIN, by=planner(), at=NOW)
    actions.set_need(firms[4], languages=[], avoid=[user["hetao"]], by=planner(), at=NOW)
    made = send(
        PAIRS,
        ["企业名称", "挂钩干部", "副挂钩干部", "挂钩日期"],
        [firms[0].name, "蒋屿", "何涛", "2024年3月5日"],
        [firms[1].credit_code, "hetao", "", ""],
        [firms[1].name, "蒋屿", "", ""],
        [firms[2].name, "蒋屿", "蒋屿", "2099-01-01"],
        [firms[3].name, "何涛", "", ""],
        [firms[4].name, "何涛", "", ""],
        ["没有的制造厂", "钱进", "", ""],
        [firms[5].name, "", "", ""],
        [firms[3].name, "蒋屿", "", ""],
    )
    assert columns(made) == {
        5: {"企业"}, 6: {"副挂钩干部", "起始日期"}, 7: {"主挂钩干部"}, 8: {"主挂钩干部"}, 9: {"企业", "主挂钩干部"},
        10: {"主挂钩干部"}, 11: {"企业"},
    }  # fmt: skip
    assert (made.total, len(made.good), made.standing) == (9, 2, 0)
    page = desk().get(f"{PAIRS}{made.id}/").content.decode()
    assert "换人请在挂钩关系里办理交接" in page
    assert "须回避这家企业" in page
    assert entered(made) == 3
    pair = Pair.objects.get(enterprise=firms[0], role=PairRole.MAIN)
    assert (pair.officer, pair.starts) == (user["jiangyu"], date(2024, 3, 5))
    assert Pair.objects.get(enterprise=firms[0], role=PairRole.DEPUTY).officer == user["hetao"]
    assert Pair.objects.get(enterprise=firms[1]).starts == NOW.date()
    assert {one.enterprise for one in queries.mine(actor_of(user["hetao"], on=NOW.date()))} == set(firms[:2])
    again = send(PAIRS, ["企业", "主挂钩干部"], [firms[0].name, "蒋屿"], [firms[2].name, "蒋屿"])
    assert (again.standing, len(again.good), again.errors) == (1, 1, [])


def test_who_got_an_officer_meanwhile_keeps_him_and_a_file_is_decided_once() -> None:
    registered("jiangyu", "hetao")
    firms = list(Enterprise.objects.order_by("credit_code")[:3])
    head = ["企业", "主挂钩干部", "副挂钩干部"]
    made = send(PAIRS, head, *([one.credit_code, "蒋屿", "何涛"] for one in firms))
    assert len(made.good) == 3
    other = User.objects.get(login="hetao")
    actions.link(firms[0], other, PairRole.MAIN, by=planner(), at=NOW)
    Enterprise.objects.filter(pk=firms[1].pk).update(closed_on=NOW.date())
    assert entered(made) == 2, (
        "neither a second main officer, nor one man in both roles, nor a firm that is gone"
    )
    assert list(Pair.objects.filter(enterprise=firms[0]).values_list("officer", "role")) == [
        (other.pk, "main")
    ]
    assert not Pair.objects.filter(enterprise=firms[1]).exists()
    with pytest.raises(Conflict):
        actions.decide_sheet(made, keep=True, by=planner(), at=NOW)
    someone = actor_of(other, on=NOW.date())
    with pytest.raises(NotAllowed):
        actions.check_pairs_sheet(made.file, by=someone, at=NOW)
