"""The API of requests: other systems (110, grid, superior platforms) hand in requests and follow them."""

import hashlib
import json
import uuid
from datetime import datetime
from typing import Literal

from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import APIKeyHeader

from sanfu.grassroots.tickets import actions, queries
from sanfu.grassroots.tickets.actions.intake import storable
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import Channel, RequestType, TicketState, Urgency
from sanfu.people.actions import digest_of
from sanfu.people.queries import find_organisation
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.moments import day_of
from sanfu.web.whoami import actor_of_key


class Key(APIKeyHeader):
    """A key of `manage api_key` in the header X-Sanfu-Key."""

    param_name = "X-Sanfu-Key"

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        if not key:
            return None
        return actor_of_key(digest_of(key), day_of(timezone.now()))


api = NinjaAPI(title="三服 API", version="1", auth=Key(), urls_namespace="api-1", docs_url=None)


class Problem(Schema):
    """Every refusal has this one form: what, why and what to do, in one Chinese sentence."""

    error: str


class TicketIn(Schema):
    """One request. `key` is the sender's own number of it: the same key again is the same order."""

    key: str = Field(min_length=1, max_length=60)
    body: str = Field(min_length=1, max_length=20000)
    title: str = Field("", max_length=60)
    type: Literal["咨询", "求助", "投诉", "举报", "建议"] = "求助"
    channel: Literal["web", "hotline", "police", "superior", "grid", "window"] = "superior"
    urgency: Literal["特急", "紧急", "一般", "疑难"] = "一般"
    area: str = Field("", max_length=40, description="town or zone by name or code")
    place: str = Field("", max_length=200)
    name: str = Field("", max_length=40)
    phone: str = Field("", max_length=30)


class ClockOut(Schema):
    """One clock: name and when it is due."""

    name: str
    due_at: datetime
    light: str


class TicketOut(Schema):
    """Where an order stands; no personal data."""

    number: str
    code: str
    state: str
    state_label: str
    unit: str
    clocks: list[ClockOut]
    reply: str


def shown(ticket: Ticket, at: datetime) -> TicketOut:
    case = ticket.case
    done = case.state in (TicketState.CALLBACK, TicketState.CLOSED, TicketState.ARCHIVED)
    return TicketOut(
        number=case.number,
        code=ticket.follow_code,
        state=case.state,
        state_label=TicketState(case.state).label,
        unit=case.lead.short if case.lead else "",
        clocks=[
            ClockOut(name=c["name"], due_at=c["due_at"], light=c["light"]) for c in queries.clocks(ticket, at)
        ],
        reply=ticket.reply_public if done else "",
    )


ANSWERS = {200: TicketOut, 400: Problem, 401: Problem, 403: Problem, 409: Problem, 422: Problem}


@api.post("/tickets", response=ANSWERS, summary="提交一件诉求")
def submit(request: HttpRequest, said: TicketIn) -> TicketOut:
    """Hand in a request; the answer is the same when it is sent again."""
    by: Actor = request.auth  # type: ignore[attr-defined]
    if not by.may("tickets.register"):
        raise NotAllowed("这把密钥没有登记诉求的权限；请用有坐席角色的账号生成密钥。")
    now = timezone.now()
    submission = actions.Submission(
        body=said.body,
        title=said.title,
        kind=RequestType(said.type),
        channel=Channel(said.channel),
        urgency=Urgency(said.urgency),
        key=actions.key_of("api", str(by.id), said.key),
        earlier=f"api:{by.id}:{said.key}"[:80],  # as releases before November 2026 kept it
        digest=_digest(said),
        sender=by.id,
        area=_area(by.region, said.area),
        place=said.place,
        name=said.name,
        phone=said.phone,
        source_number=said.key,
    )
    ticket = actions.submit(submission, by=by, at=now)
    return shown(queries.access(by, ticket.pk) or ticket, now)


def _digest(said: TicketIn) -> str:
    """SHA-256 of a request without its key, fields in the order of their names."""
    told = json.dumps(said.dict(exclude={"key"}), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def _area(region: str, said: str) -> uuid.UUID | None:
    if not said:
        return None
    found = find_organisation(region, storable(said))
    if found is None or not found.area:
        raise Refused(f"属地“{said}”不是本市的镇、街道或开发区；请核对名称或代码。")
    return found.id


@api.get("/tickets/{number}", response={**ANSWERS, 404: Problem}, summary="查询一件诉求")
def read(request: HttpRequest, number: str) -> tuple[int, TicketOut | Problem]:
    """Where an order stands."""
    by: Actor = request.auth  # type: ignore[attr-defined]
    ticket = queries.by_own_number(by, storable(number))
    if ticket is None:
        return 404, Problem(error="没有这件工单，或不在这把密钥可以查看的范围内。")
    return 200, shown(ticket, timezone.now())


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return api.create_response(request, Problem(error=str(error)), status=422)


@api.exception_handler(Conflict)
def _conflict(request: HttpRequest, error: Conflict) -> HttpResponse:
    return api.create_response(request, Problem(error=str(error)), status=409)


@api.exception_handler(DataError)
def _unkeepable(request: HttpRequest, error: DataError) -> HttpResponse:
    said = "内容里有数据库不能保存的数字、日期或文字，没有登记；请核对后重新提交。"
    return api.create_response(request, Problem(error=said), status=422)


@api.exception_handler(OperationalError)
def _away(request: HttpRequest, error: OperationalError) -> HttpResponse:
    return api.create_response(
        request, Problem(error="数据库没有应答，没有登记；请稍后用同一编号重试。"), status=503
    )


@api.exception_handler(NotAllowed)
def _not_allowed(request: HttpRequest, error: NotAllowed) -> HttpResponse:
    return api.create_response(request, Problem(error=str(error)), status=403)


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    said = "请求体不是合格的 JSON,没有登记；请检查编码和格式。" if error.status_code == 400 else str(error)
    return api.create_response(request, Problem(error=said), status=error.status_code)


@api.exception_handler(AuthenticationError)
def _unknown_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return api.create_response(
        request, Problem(error="没有密钥，或密钥无效、已到期；请向系统管理员索取。"), status=401
    )


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    places = ";".join(f"{'.'.join(map(str, one['loc'][2:]))}:{one['msg']}" for one in error.errors)
    return api.create_response(request, Problem(error=f"内容不合格式，没有登记。{places}"), status=422)
