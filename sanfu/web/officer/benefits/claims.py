"""政策申报 on the desk: the list, and one claim with stated facts beside data and evidence, to accept, return or refuse."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from sanfu.enterprise.benefits import actions, claims
from sanfu.enterprise.benefits.claiming import answer_of, judged_by_person, read_typed
from sanfu.enterprise.benefits.describe import worth
from sanfu.enterprise.benefits.models import Claim
from sanfu.enterprise.benefits.policies import clause_on, title_of
from sanfu.enterprise.benefits.states import CLAIM_FLOW, ClaimEvent, ClaimState
from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.queries import profile
from sanfu.enterprise.registry.rules import Profile
from sanfu.kernel.rules.language.tree import Clause
from sanfu.web.components.cases import due_column, light_column, state_choice
from sanfu.web.components.desk import Act, CaseDesk, Wait
from sanfu.web.components.enclosures import send_file
from sanfu.web.components.fields import Area, FitsRow
from sanfu.web.components.table import Column, Search, Table
from sanfu.web.pieces.claims import answer_context, claim_steps, statement_rows
from sanfu.web.pieces.units import short_names
from sanfu.web.request import Request

S, E = ClaimState, ClaimEvent
CLAIMS = Table(
    "claims",
    title="政策申报",
    unit="件",
    default_sort="-opened_at",
    columns=[
        Column("number", "编号", link="officer:benefit_claim", link_args=("id",), sort=True),
        Column("claim__enterprise__name", "企业", wide=True),
        Column(
            "claim__clause",
            "条款",
            wide=True,
            render=lambda row: title_of(settings.REGION, row["claim__clause"]),
        ),
        Column("state", "状态", tags=ClaimState),
        light_column(),
        due_column(),
        Column("opened_at", "提交", kind="datetime", sort=True),
        Column("claim__reviewed_by__name", "审核人", hidden=True),
        Column("claim__batch__case__number", "批次", hidden=True),
    ],
    filters=[
        Search(apply=lambda rows, words: claims.search(rows, words)),
        state_choice(CLAIM_FLOW),
    ],
    empty="还没有企业申报。要举证或数据缺失的条款，企业可以在政策明白卡上申报。",
)


class AskForm(FitsRow):
    columns = forms.MultipleChoiceField(
        label="哪几项要补正", required=False, widget=forms.CheckboxSelectMultiple
    )
    why = Area(3, 500, label="哪里不对、要补什么", help_text="企业会看到")

    def fit(self, row: Claim, on: date) -> None:
        """What the firm stated may be asked for; what an officer judged may not."""
        stated = [one.column for one in claims.statements(row) if not one.by_officer]
        self.choose("columns", [(column, column) for column in stated])


class AcceptForm(FitsRow):
    persons: tuple[str, ...] = ()
    note = Area(3, 500, label="核对情况（选填）", required=False, help_text="如：发票与备案设备清单一致")

    def fit(self, row: Claim, on: date) -> None:
        """One more field for each fact that a person must judge."""
        words, pair = dictionary(), clause_on(row.region, row.clause, on)
        self.persons = _persons(row, pair[1], on) if pair else ()
        for column in self.persons:
            fact = words.fact_of(column)
            label = f"{fact.asks or column}（由您判断）"
            self.fields[f"judged-{column}"] = (
                forms.CharField(label=label, help_text=fact.unit, max_length=40)
                if fact.unit
                else forms.ChoiceField(label=label, choices=[("", "请判断"), ("是", "是"), ("否", "否")])
            )
        self.order_fields([f"judged-{column}" for column in self.persons])

    def clean(self) -> dict[str, Any]:
        """The note, and each judgement as the value that a rule reads."""
        judged = {}
        for column in self.persons:
            raw = self.cleaned_data.pop(f"judged-{column}", None)
            try:
                judged[column] = read_typed(dictionary().fact_of(column), raw) if raw else None
            except ValueError as wrong:
                self.add_error(f"judged-{column}", f"“{raw}”不能用：{wrong}。")
        return {**self.cleaned_data, "judged": judged}


class RefuseForm(FitsRow):
    basis = forms.ChoiceField(label="依据的条件")
    why = Area(3, 500, label="理由", help_text="企业会看到")

    def fit(self, row: Claim, on: date) -> None:
        """The conditions of the clause, and the evidence."""
        pair = clause_on(row.region, row.clause, on)
        labels = [one.label for one in pair[1].conditions] if pair else []
        self.choose("basis", [("", "请选择"), *((x, x) for x in [*labels, "佐证材料不真实或不足"])])


def _persons(row: Claim, clause: Clause, on: date) -> tuple[str, ...]:
    """Facts of the clause that a person must judge of this claim."""
    words = dictionary()
    known = {**profile(row.enterprise, on).row, **claims.said_in(row, on, words)}
    return judged_by_person(clause, known, words)


def _facts(row: Claim) -> list[tuple[str, Any]]:
    firm = reverse("officer:benefit_firm", args=[row.enterprise_id])
    return [
        ("企业", format_html('<a href="{}"><b>{}</b></a>', firm, row.enterprise.name)),
        ("统一社会信用代码", row.enterprise.credit_code),
        ("所在镇街", row.enterprise.town.short if row.enterprise.town else ""),
        ("年度口径按", row.day),
    ]


def _more(request: Request, row: Claim) -> dict[str, Any]:
    pair = clause_on(row.region, row.clause, request.today)
    me, words = profile(row.enterprise, request.today), dictionary()
    said = claims.said_in(row, request.today, words)
    answer = answer_of(pair[1], me.row, said, request.today, words) if pair else None
    return {
        "steps": claim_steps(row),
        "policy": pair[0] if pair else None,
        "clause": pair[1] if pair else None,
        "worth": worth(pair[1], row.amount) if pair else "",
        "rows": _beside(row, me),
        "earlier": statement_rows(claims.earlier_rounds(row)),
        "sources": short_names(request),
        **(answer_context(answer, me.row, words, said) if answer else {}),
    }


def _beside(found: Claim, me: Profile) -> list[dict[str, Any]]:
    """Statements with what the register knows of the same column."""
    words = dictionary()
    rows = statement_rows(claims.statements(found))
    for row in rows:
        value, origin = me.row.get(row["column"]), me.origins.get(row["column"])
        row["known"] = "" if value is None else words.fact_of(row["column"]).say(value)
        row["source"], row["on"] = (origin.source, origin.observed_on) if origin else ("", None)
        row["asked"] = row["column"] in found.asked
    return rows


class ClaimDesk(CaseDesk):
    """The desk of claims, whose files are the firm's evidence (佐证材料)."""

    def file_page(self, request: Request, id: uuid.UUID, file: uuid.UUID) -> HttpResponse:
        """A paper of the claim as the enterprise uploaded it."""
        stored = claims.evidence(self._found(request, id), file)
        return send_file(stored) if stored else super().file_page(request, id, file)


DESK = ClaimDesk(
    name="benefit_claim",
    title="政策申报",
    flow=CLAIM_FLOW,
    table=CLAIMS,
    see=("benefits.batch",),
    cases=claims.visible,
    find=claims.access,
    facts=_facts,
    acts={
        E.ACCEPT: Act(
            AcceptForm,
            actions.accept_claim,
            "按填报的事实规则成立才能通过；通过后进入下一批次的名单，写明企业填报、由您审核。",
            "primary",
            files=False,
        ),
        E.ASK: Act(AskForm, actions.ask_correction, "补正期间时钟暂停。", files=False),
        E.REFUSE: Act(
            RefuseForm, actions.refuse_claim, "写明依据和理由，企业有权知道为什么。", "danger", files=False
        ),
    },
    waiting=(
        Wait(S.SUBMITTED, "benefits.batch", "政策申报待审核", icon="file-check"),
        Wait(S.ACCEPTED, "benefits.batch", "审核通过待入批次", "info", "banknote"),
    ),
    labels={"open": "提交申报", "stated": "填报事实"},
    said=lambda event: claims.told(event["data"]),
    more=_more,
    list_template="officer/benefits/claims.html",
    template="officer/benefits/claim.html",
    act_template="officer/benefits/claim_act.html",
)
todos = DESK.todos
