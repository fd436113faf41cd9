"""A rush: a few are worked on, a few wait, the rest hear at once when to come back; probes always answer."""

import threading
import time
from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from sanfu.web.admission import RETRY_AFTER, Admission, Gate

MANY = 40


@pytest.fixture
def rush() -> Iterator[tuple[Admission, threading.Event, list[HttpResponse]]]:
    """Two work, three wait, and the page answers only when the event is set."""
    go, answers = threading.Event(), list[HttpResponse]()

    def page(request: HttpRequest) -> HttpResponse:
        if request.path == "/ask/":
            go.wait(20)
        return HttpResponse("done")

    admission = Admission(page)
    admission.gate = Gate(2, 3, 20)
    yield admission, go, answers
    go.set()


def visitor(admission: Admission, answers: list[HttpResponse], path: str = "/ask/") -> threading.Thread:
    made = threading.Thread(target=lambda: answers.append(admission(RequestFactory().post(path))))
    made.start()
    return made


def test_beyond_the_places_everybody_is_turned_away_and_nobody_inside_is(
    rush: tuple[Admission, threading.Event, list[HttpResponse]],
) -> None:
    admission, go, answers = rush
    visitors = [visitor(admission, answers) for _ in range(MANY)]
    while len(answers) < MANY - 5:  # those inside still wait for the event: so these answers came without one
        assert any(one.is_alive() for one in visitors)
        time.sleep(0.005)
    assert {answer.status_code for answer in answers} == {503}
    assert {answer.headers["Retry-After"] for answer in answers} == {str(RETRY_AFTER)}
    go.set()
    for one in visitors:
        one.join(20)
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [503] * (MANY - 5)
    later: list[HttpResponse] = []
    visitor(admission, later).join(20)
    assert later[0].status_code == 200, "the places are free again"


def test_probes_answer_while_all_places_are_taken(
    rush: tuple[Admission, threading.Event, list[HttpResponse]],
) -> None:
    admission, go, answers = rush
    visitors = [visitor(admission, answers) for _ in range(MANY)]
    probed: list[HttpResponse] = []
    for path in ("/live/", "/ready/", "/health/", "/metrics/"):
        visitor(admission, probed, path).join(20)
    assert [answer.status_code for answer in probed] == [200] * 4
    go.set()
    for one in visitors:
        one.join(20)


def test_who_waits_too_long_is_turned_away_and_leaves_no_place_taken() -> None:
    gate = Gate(1, 1, 0.01)
    assert gate.enter()
    assert not gate.enter(), "waited its hundredth of a second"
    gate.leave()
    assert gate.enter()
    gate.leave()


def test_a_page_that_breaks_gives_its_place_back() -> None:
    def broken(request: HttpRequest) -> HttpResponse:
        raise RuntimeError

    admission = Admission(broken)
    admission.gate = Gate(1, 0, 1)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            admission(RequestFactory().get("/ask/"))


def test_a_page_and_the_api_say_it_each_in_their_own_form() -> None:
    admission = Admission(lambda request: HttpResponse())
    admission.gate = Gate(0, 0, 0)
    page, told = admission(RequestFactory().get("/ask/")), admission(RequestFactory().post("/api/1/tickets"))
    assert "填写的内容还在" in page.content.decode()
    assert told.headers["Content-Type"] == "application/json"
    assert "没有登记" in told.content.decode()
