"""Who has no part in a row asks for it: every address with an id, the rows it opens, and people whom they do not concern.

A request made here is taken back, and it says whether it wrote: so hundreds of them leave the county as it was.
"""

import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Field, Model
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string

from sanfu.cases.models import Case
from sanfu.people.models import Organisation, User
from sanfu.people.roles import ROLES
from sanfu.records.actor import Actor
from sanfu.records.ids import new_id
from sanfu.records.manifest import CaseKind
from sanfu.web.access import Access
from tests.architecture.routes import access_of, named
from tests.cast import CAST, KINDS, NOW, page_of, seen, who

SLOT = re.compile(r"<(\w+):(\w+)>")
WROTE = re.compile(
    r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)|\b(cases_move|cases_step|records_append)\b'
)
# What every request may write: who is signed in, how many came, that a form was sent.
OWN_TRACES = {"django_session", "people_signed_in", "records_limit", "web_submission"}
NOTHING = (uuid.UUID(int=0), uuid.UUID(int=2**128 - 1))  # ids that no row has
HOSTILE = ("%00", "a%00b", "-1", "9" * 400, "2147483648", "%2e%2e", "'--", "%F0%9F%98%80", "%ED%A0%80")
REFUSED = frozenset({403, 404, 405})

# The table whose rows an address opens, by its path before the id; cases are found by the page of their kind.
TABLES = {
    "sessions/": "people_signed_in",
    "second-factor/passkeys/": "people_passkey",
    "desk/registry/roster/": "registry_roster",
    "views/": "people_list_view",
    "firm/benefits/": "benefits_batch",
    "firm/benefits/claims/": "case:claim",
    "firm/demands/": "case:demand",
    "firm/research/": "research_need",
    "firm/research/contacts/": "case:research",
    "firm/scenes/": "case:joint",
    "firm/scoring/": "scoring_firm",
    "firm/talent/": "case:talent",
    "firm/visits/": "visits_visit",
    "desk/benefits/versions/": "benefits_policy_version",
    "desk/benefits/firms/": "registry_enterprise",
    "desk/benefits/firms/upload/": "registry_import",
    "desk/demands/topics/": "demands_topic",
    "desk/dialogues/": "dialogues_session",
    "desk/duties/lists/": "duties_version",
    "desk/duties/documents/": "duties_document",
    "desk/duties/objections/": "duties_objection",
    "desk/duties/rules/": "duties_rule",
    "desk/duties/admissions/": "duties_admission",
    "desk/duties/posts/": "posts_version",
    "desk/floors/": "floors_study",
    "desk/land/": "land_parcel",
    "desk/land/imports/": "land_import",
    "desk/land/options/": "land_option",
    "desk/leads/": "case:lead",
    "desk/liaison/firms/": "registry_enterprise",
    "desk/liaison/proposals/": "liaison_proposal",
    "desk/liaison/officers/sheet/": "liaison_sheet",
    "desk/liaison/sheet/": "liaison_sheet",
    "desk/monitoring/data/": "monitoring_upload",
    "desk/monitoring/issues/": "monitoring_issue",
    "desk/parks/": "parks_park",
    "desk/parks/evaluations/": "parks_run",
    "desk/pipeline/": "pipeline_project",
    "desk/pipeline/ledgers/": "pipeline_ledger_check",
    "desk/pipeline/packs/": "pipeline_pack",
    "desk/pipeline/promises/": "pipeline_promise",
    "desk/promotion/offers/decisions/": "promotion_lint_decision",
    "desk/ratings/asked/": "ratings_invitation",
    "desk/registry/": "registry_enterprise",
    "desk/research/needs/": "research_need",
    "desk/research/offers/": "research_offer",
    "desk/research/offers/upload/": "research_upload",
    "desk/resources/": "resources_plan",
    "desk/scenes/catalogue/": "scenes_catalogue",
    "desk/scoring/": "scoring_run",
    "desk/scoring/firms/": "scoring_firm",
    "desk/scoring/objections/": "scoring_objection",
    "desk/tickets/batch/": "records_job",
    "desk/visits/": "visits_visit",
    "desk/visits/photos/": "visits_photo",
    "leader/book/displays/": "measure_display",
    "leader/book/gaming/": "measure_clue",
    "leader/book/months/corrections/": "measure_correction",
    "leader/book/recalls/": "measure_recall",
    "leader/book/topics/": "measure_topic",
    "leader/book/wall/": "measure_display",
    "leader/bulletins/": "measure_bulletin",
    "manage/jobs/": "records_job",
    "manage/lists/imports/": "lists_import",
    "manage/lists/versions/": "lists_version",
    "manage/people/": "people_user",
    "manage/people/units/": "people_organisation",
    "manage/records/": "records_job",
    "notices/": "benefits_batch",
}
# A second id in an address, and the table where somebody else's is found.
SECOND = {
    "file_id": "records_file",
    "file": "records_file",
    "branch_id": "scenes_branch",
    "payment_id": "benefits_payment_file",
    "objection_id": "benefits_objection",
    "merge_id": "registry_merge",
    "post_id": "people_appointment",
    "blocker": "pipeline_blocker",
}
SAID = {
    "act": "sign",
    "event": "approve",
    "form": "ics",
    "kind": "csv",
    "code": "X",
    "post": "X",
    "secret": "X",
}


@dataclass(frozen=True)
class Route:
    """An address with an id: its name, its path with slots, who may open it, the kind of its cases if it opens cases."""

    name: str
    path: str
    access: Access
    kind: CaseKind | None = None
    table: str = ""

    @property
    def second(self) -> str:
        """The table of a second id in the address, or ""."""
        return next((SECOND[name] for _, name in SLOT.findall(self.path)[1:] if name in SECOND), "")

    @property
    def opens_a_case(self) -> bool:
        """Whether this is the page of the record itself."""
        return self.kind is not None and self.kind.page == self.name

    def others(self, row: Any) -> Any:
        """An id of the second table that has nothing to do with a row: the newest that is not tied to it."""
        rows = model_of(self.second)._default_manager.order_by("-pk")
        ties = [one.name for one in model_of(self.second)._meta.fields if one.is_relation]
        for found in rows[:50]:
            if row not in {getattr(found, f"{tie}_id", None) for tie in ties}:
                return found.pk
        return new_id()

    @property
    def stem(self) -> str:
        return self.path.partition("<")[0]

    def rows(self, most: int = 2) -> list[Any]:
        """Ids of the first and the last row that the address could open; one is made up where there is none."""
        if self.kind is not None:
            ids = Case.objects.filter(kind=self.kind.code).order_by("pk").values_list("pk", flat=True)
        else:
            ids = model_of(self.table)._default_manager.order_by("pk").values_list("pk", flat=True)
        found = list(dict.fromkeys([*ids[:1], *ids.reverse()[: most - 1]]))
        return found or [made_up(model_of(self.table)).pk]

    def at(self, first: Any, second: Any = None) -> str:
        """The address with an id in its first slot; what follows is somebody's id, or a word that the page knows."""
        words = iter([first] if second is None else [first, second])

        def filled(slot: re.Match[str]) -> str:
            said = next(words, None)
            if said is not None:
                return str(said)
            return str(new_id()) if slot[1] == "uuid" else self._word(slot[2], first)

        return "/" + SLOT.sub(filled, self.path)

    def _word(self, name: str, first: Any) -> str:
        if name == "event" and self.kind is not None and isinstance(first, uuid.UUID):
            flow = import_string(self.kind.flow)
            state = Case.objects.filter(pk=first).values_list("state", flat=True).first()
            moves = flow.moves(flow.states(state)) if state else ()
            return str(next((move.event for move in moves), "x"))
        return SAID.get(name, "x")


@cache
def models() -> dict[str, type[Model]]:
    return {model._meta.db_table: model for model in apps.get_models()}


def model_of(table: str) -> type[Model]:
    return models()[table]


@cache
def id_routes() -> tuple[Route, ...]:
    """Every address with an id of a row, in the order of the route table."""
    by_stem = {named()[kind.page][0].partition("<")[0]: kind for kind in KINDS if kind.page}
    by_code = {kind.code: kind for kind in KINDS}
    found = []
    for name, (path, access) in named().items():
        slot = SLOT.search(path)
        if slot is None or slot[1] != "uuid" or slot[2] == "key":
            continue
        stem = path.partition("<")[0]
        table = TABLES.get(stem, "")
        kind = by_code.get(table.removeprefix("case:")) if table.startswith("case:") else by_stem.get(stem)
        found.append(Route(name, path, access, kind, "" if kind else table))
    return tuple(found)


def worded_routes() -> list[Route]:
    """Addresses whose first slot takes a word: a code of content, a number, a month."""
    slots = {name: SLOT.search(path) for name, (path, _) in named().items()}
    return [Route(name, *named()[name]) for name, slot in slots.items() if slot and slot[1] != "uuid"]


# One of each kind of people: a citizen, a firm, a seat, a department, a town, a leader, an editor and administrator, an agent.
ROLE_CLASSES = ("limei", "wangqiang", "zhaomin", "sunwei", "hetao", "zhengju", "linadmin", "hanbang")
# Permissions that reach over the whole county by themselves.
WHOLE_COUNTY = frozenset(code for role in ROLES.values() for code in role.permissions if code.endswith(".see_all")) | {
    "centre.serve", "visits.plan", "ratings.manage", "ratings.take", "ratings.window",
}  # fmt: skip
# Rows that everybody with the page's permission may open, whatever the unit, and why.
OF_THE_COUNTY = {
    "desk/benefits/batches/": "finance and approvers work on batches of all departments; an act is the own department's",
    "desk/benefits/firms/": "who works on benefits meets every firm; the address leads on to its record",
    "desk/benefits/firms/upload/": "facts of all firms come in by whoever keeps the register",
    "desk/benefits/versions/": "a second person approves rules of any department, never own ones",
    "desk/demands/topics/": "the care desk draws topics out of the demands of all units",
    "desk/dialogues/": "a session invites firms of the whole county and is published",
    "desk/duties/lists/": "a town's list of duties is open to all who check documents against it",
    "desk/duties/posts/": "编办 edits and approves the post tables of all towns",
    "desk/duties/rules/": "编办 rules for the whole county",
    "desk/liaison/firms/": "the planner gives every firm its officer",
    "desk/liaison/proposals/": "a plan pairs all firms and officers",
    "desk/liaison/officers/sheet/": "the planner enters the officers of the whole county",
    "desk/registry/": "the register of all firms: a record opens to who says why, and the look is written down",
    "desk/registry/roster/": "whoever keeps the register enters the firms of the whole county",
    "desk/research/offers/": "brokers offer what every institute has",
    "desk/research/offers/upload/": "brokers take in what the institutes have",
    "desk/scenes/catalogue/": "one catalogue a county",
    "leader/book/displays/": "one token a wall, given and taken back by the county's statistician",
    "leader/book/gaming/": "clues of every unit are looked into by whoever audits the figures",
    "leader/book/months/corrections/": "a closed month is one of the county's, and so is its correction",
    "leader/book/recalls/": "who audits the figures draws orders of all units to be asked again",
    "leader/book/topics/": "topics of the month are drawn over all orders",
    "leader/bulletins/": "a bulletin goes to the whole county",
    "manage/jobs/": "the administrator's background work; personal data in its words are masked",
    "manage/lists/imports/": "one list of requests a county",
    "manage/lists/versions/": "one list of requests a county",
    "manage/people/units/": "the administrator keeps all organisations",
}


# ── rows that the demo county has none of ──


def any_of(model: type[Model]) -> Model:
    """A row of a table: the oldest there is, which is no stranger's, or one made up for the asking."""
    return model._default_manager.order_by("pk").first() or made_up(model)


def made_up(model: type[Model]) -> Model:
    """A row with the least that its table demands: enough to be found by an id, not to be worked on."""
    values = {
        field.name: _least(field)
        for field in model._meta.concrete_fields
        if not (field.has_default() or field.null or field.blank or getattr(field, "auto_created", False))
    }
    return model._default_manager.create(**values)


def _least(field: "Field[Any, Any]") -> Any:
    if field.is_relation:
        return any_of(field.related_model)  # type: ignore[arg-type]
    if field.name == "region":
        return settings.REGION
    if field.choices:
        return next(iter(field.choices))[0]  # type: ignore[arg-type]
    return LEAST[field.get_internal_type()]()


LEAST = {
    "ArrayField": list,
    "BinaryField": lambda: b"x",
    "BooleanField": lambda: False,
    "CharField": lambda: "x",
    "DateField": lambda: NOW.date(),
    "DateTimeField": lambda: NOW,
    "DecimalField": lambda: 1,
    "FloatField": lambda: 1.0,
    "IntegerField": lambda: 1,
    "JSONField": dict,
    "PositiveIntegerField": lambda: 1,
    "SmallIntegerField": lambda: 1,
    "TextField": lambda: "x",
    "UUIDField": new_id,
}


# ── asking ──


@dataclass
class Answer:
    """What came of one request that was taken back: its status, and the tables it wrote."""

    status: int
    wrote: set[str] = field(default_factory=set)


def ask(client: Client, way: str, address: str) -> Answer:
    """Send one request and take back what it did."""
    wrote: set[str] = set()

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        done = execute(sql, params, many, context)
        found = WROTE.search(sql)
        if found and context["cursor"].rowcount:
            wrote.add(found[1] or found[2])
        return done

    client.raise_request_exception = False
    with transaction.atomic(), connection.execute_wrapper(watch):
        answer = client.get(address) if way == "get" else client.post(address)
        transaction.set_rollback(True)
    return Answer(answer.status_code, wrote - OWN_TRACES)


def turned_away(
    client: Client, address: str, *, by: frozenset[int] = REFUSED, ways: tuple[str, ...] = ("get", "post")
) -> Iterator[str]:
    """What is wrong with the answers to somebody whom the row does not concern: nothing comes, nothing is written."""
    for way in ways:
        answer = ask(client, way, address)
        if answer.status == 403:
            answer.wrote.discard("records_append")  # a refusal is an event of its own
        if answer.status not in by or answer.wrote:
            yield f"{way} {address} → {answer.status} {sorted(answer.wrote) or ''}"


def nothing_in(found: Iterable[str]) -> None:
    """Fails with one line for each finding."""
    said = sorted(set(found))
    assert not said, "\n".join([f"{len(said)} findings", *said])


def may_open(login: str, name: str) -> bool:
    """Whether one of the cast passes the mark of a page."""
    access = access_of(name)
    return access.kind in {"public", "signed_in"} or who(login).may(*access.permissions)


def holders(route: Route) -> list[str]:
    """Those of the cast who pass the mark of a page."""
    return [login for login in CAST if may_open(login, route.name)]


def wrong_for_roles(route: Route) -> Iterator[str]:
    """Where an address of a real row answers a person of the cast otherwise than the matrix and the scope say."""
    for row in route.rows(1):
        address = route.at(row)
        for place, login in enumerate(one for one in ROLE_CLASSES if not may_open(one, route.name)):
            yield from turned_away(
                page_of(login), address, by=frozenset({403}), ways=(("get", "post")[place % 2],)
            )
        able = holders(route)
        strange = [one for one in able if route.kind and not _sees(one, route.kind, row)]
        for login in strange[:2]:
            yield from turned_away(page_of(login), address)
        for login in [one for one in able if one not in strange][: route.opens_a_case]:
            if (status := ask(page_of(login), "get", address).status) != 200:
                yield f"{login} {address} → {status}"


def _sees(login: str, kind: CaseKind, row: Any) -> bool:
    return seen(who(login), kind).filter(pk=row).exists()


def wrong_for(client: Client, route: Route) -> Iterator[str]:
    """Where an address opens a row, or writes, for somebody who has a part in none."""
    if route.access.kind != "public":
        for row in route.rows(1):
            yield from turned_away(client, route.at(row))


def wrong_with_unknown_ids(route: Route) -> Iterator[str]:
    """Where an id that no row has, or that is none, is answered by anything but 404."""
    for login in holders(route)[:1]:
        yield from turned_away(page_of(login), route.at(NOTHING[-1]), by=frozenset({404, 405}))
    for bad in HOSTILE:
        with suppress(Resolver404):
            yield f"{route.at(bad)} → {resolve(unquote(route.at(bad))).view_name}"


def wrong_with_unknown_words(route: Route) -> Iterator[str]:
    """The same for an address that takes a word; a NUL is turned away at the door (400)."""
    for login in holders(route)[:1]:
        for place, bad in enumerate(HOSTILE):
            way = ("get", "post")[place % 2]
            yield from turned_away(page_of(login), route.at(bad), by=frozenset({400, 404, 405}), ways=(way,))


def wrong_with_a_second_id(route: Route) -> Iterator[str]:
    """Where a row that somebody may see opens another row's file, branch or objection."""
    for login in holders(route)[:2]:
        for row in route.rows():
            yield from turned_away(page_of(login), route.at(row, route.others(row)))


# ── strangers ──


def stranger(region: str, permissions: frozenset[str]) -> tuple[Client, Actor]:
    """A signed-in session in a unit that has a part in nothing, and the actor it should be taken for."""
    unit = Organisation.objects.create(
        region=region,
        code="WDW",
        kind="department",
        name="外单位（演示）",
        short="外单位",
        pinyin="waidanwei",
    )
    user = User.objects.create(
        region=region, login=f"stranger-{region}", name="外人（演示）", organisation=unit
    )
    client = Client()
    client.force_login(user)
    actor = Actor(
        id=user.id, name=user.name, region=region, organisation=unit.id, organisation_code=unit.code,
        organisation_name=unit.short, units=frozenset({unit.id}), roles=frozenset(ROLES), permissions=permissions,
    )  # fmt: skip
    return client, actor
