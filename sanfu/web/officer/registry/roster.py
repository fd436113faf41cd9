"""企业名录 at the desk: a file of enterprises checked line by line and entered once; the account of a firm."""

import uuid

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from sanfu.enterprise.registry import actions, queries
from sanfu.enterprise.registry.states import ImportState
from sanfu.people.queries import organisation
from sanfu.records.actor import Refused
from sanfu.web.access import once, page
from sanfu.web.pieces.small_forms import try_and_return
from sanfu.web.pieces.uploads import Start, UploadPages
from sanfu.web.request import Request

START = Start(
    "registry_roster",
    "登记企业名录",
    actions.check_names,
    "市场监管或统计的名录可以直接传，先检查，您确认后才登记",
    "每行一家企业。列名：统一社会信用代码、企业名称、镇街、行业、规模、成立日期、总部国别；前两列必须有，其余有几列写几列，"
    "不清楚的留空。已在册的企业不会改动。",
)
IMPORT = UploadPages(
    "registry_import", ("registry.merge",), queries.rosters, actions.decide_names, ImportState,
    [("一企一档", "officer:registry_firms")], word="登记", unit="家",
    more=lambda made: [("已在册", made.standing, "家")], start=START,
)  # fmt: skip


@page("registry.merge")
@once
@require_POST
def account(request: Request, id: uuid.UUID) -> HttpResponse:
    """登记企业账号: the organisation whose people act for the firm, by its code; empty takes it away."""
    firm = queries.listed(request.actor).filter(pk=id).first()
    if firm is None:
        raise Http404("没有这家企业，或它已并入另一份档案。")
    code = request.POST.get("organisation", "").strip()
    found = organisation(request.actor.region, code) if code else None

    def given() -> None:
        if code and found is None:
            raise Refused(f"没有代码为“{code}”的组织；请管理员先在组织机构里建立。")
        actions.give_account(firm, found, by=request.actor, at=request.now)

    done = "已登记，这个账号的人从现在起可以代表企业办事。" if found else "已没有企业账号。"
    return try_and_return(request, given, done, ("officer:registry_firm", id))
