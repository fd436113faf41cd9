"""Who may open a page, what a refusal says, and that a form sent twice is one act."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.test import Client, RequestFactory
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

import config.urls
from sanfu.people.models import Appointment, User
from sanfu.records.actor import Conflict, NotAllowed, Refused
from sanfu.web import errors, whoami
from sanfu.web.access import firm_page, once, page, public_page, refuse
from sanfu.web.models import Submission

RUNS: list[str] = []
HOLD = threading.Event()


@public_page
@once
@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """A form that writes."""
    RUNS.append(request.POST.get("text", ""))
    if request.POST.get("slow"):
        HOLD.wait(1)
    if not request.POST.get("text"):
        return refuse(request, "errors/page.html", {"status": 422, "title": "缺内容"})
    return redirect(f"/done/{len(RUNS)}/")


@public_page
def fail(request: HttpRequest, how: str) -> HttpResponse:
    """Every way to refuse."""
    kinds: dict[str, Exception] = {
        "conflict": Conflict("陈芳刚刚派过单。"), "refused": Refused("第 3 行没有编码。"), "bad": errors.BadRequest("缺少编号。"),
        "denied": NotAllowed("只有承办单位可以签收。"), "missing": Http404("没有这件工单。"), "broken": RuntimeError("secret detail"),
    }  # fmt: skip
    raise kinds[how]


@firm_page("benefits.own")
def firms(request: HttpRequest) -> HttpResponse:
    """A firm's page."""
    return HttpResponse(request.actor.name)


@page("tickets.dispatch", "tickets.supervise")
def desk(request: HttpRequest) -> HttpResponse:
    """Two codes, any of them."""
    return HttpResponse(request.actor.name)


urlpatterns = [
    path("t/write/", write),
    path("t/fail/<str:how>/", fail),
    path("t/firms/", firms),
    path("t/desk/", desk),
    *config.urls.urlpatterns,
]
handler400, handler403 = config.urls.handler400, config.urls.handler403
handler404, handler500 = config.urls.handler404, config.urls.handler500


@pytest.fixture(autouse=True)
def _routes(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    RUNS.clear()
    HOLD.clear()
    whoami.forget()
    yield
    whoami.forget()


def as_person(login: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.usefixtures("county")
class TestWhoMayOpen:
    def test_nobody_is_sent_to_the_form_and_back(self) -> None:
        answer = Client().get("/t/desk/?page=3")
        assert answer.headers["Location"] == "/login/?next=%2Ft%2Fdesk%2F%3Fpage%3D3"

    def test_htmx_is_told_to_leave_the_page(self) -> None:
        answer = Client().get(
            "/t/desk/", headers={"HX-Request": "true", "HX-Current-URL": "http://x/home/?a=1"}
        )
        assert answer.status_code == 204
        assert answer.headers["HX-Redirect"] == "/login/?next=%2Fhome%2F%3Fa%3D1"

    def test_an_expired_session_is_told_so(self) -> None:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = SessionStore().create() or "gone"
        answer = client.get("/t/desk/", follow=True)
        assert "登录已超时" in answer.content.decode()

    @pytest.mark.parametrize(
        ("login", "status"), [("chenfang", 200), ("wushuang", 200), ("sunwei", 403), ("limei", 403)]
    )
    def test_any_one_of_the_codes_opens(self, login: str, status: int) -> None:
        assert as_person(login).get("/t/desk/").status_code == status

    def test_the_refusal_names_who_may(self) -> None:
        said = as_person("sunwei").get("/t/desk/").content.decode()
        assert "派单员、督办员" in said

    def test_a_firms_page(self) -> None:
        assert as_person("wangqiang").get("/t/firms/").status_code == 200
        assert as_person("chenfang").get("/t/firms/").status_code == 403

    def test_a_role_that_ended_opens_nothing_more_at_once(self) -> None:
        client = as_person("chenfang")
        assert client.get("/t/desk/").status_code == 200
        post = Appointment.objects.get(user__login="chenfang")
        post.ends = timezone.localdate() - timedelta(days=0)
        post.save()
        assert client.get("/t/desk/").status_code == 403

    def test_a_change_by_another_process_counts_after_seconds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now = [1000.0]
        monkeypatch.setattr(whoami, "time", SimpleNamespace(monotonic=lambda: now[0]))
        client = as_person("chenfang")
        assert client.get("/t/desk/").status_code == 200
        Appointment.objects.filter(user__login="chenfang").update(ends=timezone.localdate())  # no signal
        assert client.get("/t/desk/").status_code == 200
        now[0] += whoami.KEPT_SECONDS + 1
        assert client.get("/t/desk/").status_code == 403

    def test_signing_out_counts_at_once(self) -> None:
        client = as_person("chenfang")
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        assert client.get("/t/desk/").status_code == 200
        client.post("/logout/")
        stolen = Client()
        stolen.cookies[settings.SESSION_COOKIE_NAME] = key
        assert stolen.get("/t/desk/").status_code == 302

    def test_a_known_actor_costs_one_query(self, django_assert_num_queries: Any) -> None:
        client = as_person("chenfang")
        client.get("/t/desk/")
        with django_assert_num_queries(1):
            client.get("/t/desk/")


@pytest.mark.usefixtures("county")
class TestSignIn:
    def test_the_form_leads_to_the_wanted_page_and_never_elsewhere(self) -> None:
        for wanted, lands in [
            ("/design/", "/design/"),
            ("https://evil.example/", "/home/"),
            ("//evil.example", "/home/"),
        ]:
            data = {"login": "linadmin", "password": "linadmin@demo", "next": wanted}
            assert Client().post("/login/", data).headers["Location"] == lands

    def test_a_wrong_password_says_what_to_do(self) -> None:
        answer = Client().post("/login/", {"login": "linadmin", "password": "no"})
        assert answer.status_code == 422
        assert "账号或密码不正确" in answer.content.decode()

    def test_the_demo_lists_its_cast_and_production_does_not(self, settings: Any) -> None:
        assert "陈芳" in Client().get("/login/").content.decode()
        settings.DEMO = False
        said = Client().get("/login/").content.decode()
        assert "陈芳" not in said
        assert "演示" not in said

    @pytest.mark.parametrize(
        "login", ["limei", "wangqiang", "chenfang", "zhengju", "linadmin", "shenbian", "hanbang"]
    )
    def test_everybody_has_a_first_page(self, login: str) -> None:
        answer = as_person(login).get("/home/", follow=True)  # who only leads begins at the cockpit
        assert answer.status_code == 200
        assert "待办中心" in answer.content.decode()


class TestRefusals:
    @pytest.mark.parametrize(
        ("how", "status", "says"),
        [
            ("conflict", 409, "陈芳刚刚派过单"), ("refused", 422, "第 3 行没有编码"), ("bad", 400, "缺少编号"),
            ("denied", 403, "只有承办单位可以签收"), ("missing", 404, "没有这件工单"), ("broken", 500, "系统出了问题"),
        ],
    )  # fmt: skip
    def test_what_why_and_what_to_do(self, db: None, how: str, status: int, says: str) -> None:
        answer = Client(raise_request_exception=False).get(f"/t/fail/{how}/")
        said = answer.content.decode()
        assert answer.status_code == status
        for part in (says, "原因", "怎么办"):
            assert part in said
        assert "secret detail" not in said

    def test_method_not_allowed_keeps_what_is_allowed(self, db: None) -> None:
        answer = Client().get("/t/write/")
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "POST"
        assert "此操作方式不被支持" in answer.content.decode()

    def test_an_address_that_is_not_there(self, db: None) -> None:
        assert "没有找到这个页面" in Client().get("/nowhere/").content.decode()

    def test_a_stale_form_is_explained(self, db: None) -> None:
        answer = Client(enforce_csrf_checks=True).post("/t/write/", {"text": "x"})
        assert answer.status_code == 403
        assert "页面打开时间过长" in answer.content.decode()
        assert RUNS == []

    def test_every_status_of_the_table_has_a_page(self, db: None, rf: RequestFactory) -> None:
        for status, known in errors.EXPLANATIONS.items():
            request = rf.get("/")
            request.actor, request.now, request.reference = None, timezone.now(), "abcd"
            answer = errors.explain(request, status)
            assert answer.status_code == status
            assert known.title in answer.content.decode()


class TestOnce:
    def test_the_same_form_sent_twice_runs_once_and_lands_on_the_same_page(self, db: None) -> None:
        answers = [Client().post("/t/write/", {"text": "路灯", "_once": "k1"}) for _ in range(2)]
        assert [a.headers["Location"] for a in answers] == ["/done/1/", "/done/1/"]
        assert RUNS == ["路灯"]

    def test_a_refused_form_may_be_sent_again_with_its_key(self, db: None) -> None:
        assert Client().post("/t/write/", {"text": "", "_once": "k2"}).status_code == 422
        assert Client().post("/t/write/", {"text": "改好了", "_once": "k2"}).status_code == 302
        assert RUNS == ["", "改好了"]

    def test_without_a_key_nothing_is_held_back(self, db: None) -> None:
        for _ in range(2):
            Client().post("/t/write/", {"text": "x"})
        assert len(RUNS) == 2
        assert not Submission.objects.exists()

    def test_keys_of_two_people_do_not_meet(self, county: None) -> None:
        for login in ("chenfang", "sunwei"):
            as_person(login).post("/t/write/", {"text": login, "_once": "same"})
        assert RUNS == ["chenfang", "sunwei"]

    @pytest.mark.django_db(transaction=True)
    def test_a_double_click_while_the_first_still_runs(self) -> None:
        found: list[str] = []

        def send() -> None:
            try:
                found.append(
                    Client().post("/t/write/", {"text": "急", "slow": "1", "_once": "k3"}).headers["Location"]
                )
            finally:
                connection.close()

        threads = [threading.Thread(target=send) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert found == ["/done/1/", "/done/1/"]
        assert RUNS == ["急"]


def test_every_page_carries_a_policy_without_unsafe_words(db: None) -> None:
    answer = Client().get("/login/")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    config_of_htmx = json.loads(
        answer.content.decode().split('name="htmx-config" content=\'')[1].split("'")[0]
    )
    assert config_of_htmx["allowEval"] is False
    assert config_of_htmx["historyCacheSize"] == 0  # no personal data in the browser's storage


def test_health_reaches_the_database(db: None) -> None:
    assert Client().get("/health/").json()["database"] is True
