"""账号与任职: who can log in, in which unit, with which roles from when until when."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sanfu.people import actions, queries
from sanfu.people.actions import second_factor, sessions
from sanfu.people.models import Organisation, User
from sanfu.people.roles import ROLES
from sanfu.people.signing_in import unlock
from sanfu.records.actor import Refused
from sanfu.records.queries import timeline
from sanfu.web.access import once, page, refuse
from sanfu.web.components import cells
from sanfu.web.components.table import Choice, Column, Search, Table
from sanfu.web.request import Request

CRUMB = ("账号与任职", "manage:accounts")
ROLE_CHOICES = [
    (code, f"{role.display_name}：{role.description}") for code, role in ROLES.items() if code != "citizen"
]
EVENTS = {
    "people.signed_in": "登录",
    "people.signed_out": "退出",
    "people.sign_in_failed": "密码不对",
    "people.sign_in_locked": "登录被暂停",
    "people.sign_in_unlocked": "解除登录锁",
    "people.downloaded": "下载或导出",
    "people.refused": "无权限被拒",
    "people.user_added": "开户",
    "people.appointed": "任职",
    "people.appointment_ended": "免职",
    "people.password_reset": "重置密码",
    "people.password_chosen": "本人改密码",
    "people.account_closed": "停用",
    "people.account_opened": "恢复使用",
    "people.key_issued": "发放接口密钥",
    "people.second_factor_bound": "绑定验证器",
    "people.second_factor_failed": "动态码不对",
    "people.second_factor_replaced": "更换验证器",
    "people.second_factor_reset": "重置第二因素",
    "people.passkey_added": "添加通行密钥",
    "people.passkey_failed": "通行密钥不对",
    "people.passkey_removed": "删除通行密钥",
    "people.recovery_code_used": "用备用码登录",
    "people.session_ended": "登录结束",
    "people.sign_on_linked": "关联统一身份",
    "people.sign_on_unlinked": "解除统一身份",
    "people.break_glass_set": "设为或取消应急账号",
    "people.break_glass_used": "应急账号登录",
}


def _holds(code: str) -> Q:
    return Q(roles__contains=[code])


def role_names(codes: Iterable[str]) -> str:
    """Roles as people call them; a code that no role has any more stays as it is."""
    return "、".join(ROLES[code].display_name if code in ROLES else code for code in codes) or cells.DASH


ACCOUNTS = Table(
    "accounts",
    title="账号与任职",
    unit="个",
    columns=[
        Column("name", "姓名", link="manage:account", sort=True),
        Column("login", "账号", sort=True),
        Column("organisation__short", "单位", sort="organisation__pinyin"),
        Column(
            "roles", "现任角色", render=lambda row: role_names(row["roles"]),
            export_as=lambda row: role_names(row["roles"]), wide=True,
        ),
        Column("is_active", "状态", tags={True: ("在用", "ok"), False: ("停用", "muted")}),
        Column("last_login", "最近登录", kind="datetime", sort=True),
    ],
    filters=[
        Search(fields=("name", "login", "organisation__short", "organisation__name"), hint="姓名、账号、单位"),
        Choice(
            "role", "角色", [(code, role.display_name) for code, role in ROLES.items()],
            conditions={code: partial(_holds, code) for code in ROLES},
        ),
        Choice("is_active", "状态", [("True", "在用"), ("False", "停用")]),
    ],
    default_sort="organisation__pinyin",
    empty="没有符合条件的账号。",
)  # fmt: skip


class PostForm(forms.Form):
    """One role in one unit from a day on."""

    role = forms.ChoiceField(label="角色", choices=ROLE_CHOICES)
    unit = forms.ChoiceField(label="任职单位", help_text="只看本单位的角色，看的就是这个单位。")
    starts = forms.DateField(
        label="从哪天起",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "请填写日期。", "invalid": "日期写成 2026-03-02 这样。"},
    )

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region = region
        choices = [(o["code"], o["short"]) for o in queries.organisations(region)]
        self.fields["unit"].choices = choices  # type: ignore[attr-defined]

    def organisation(self) -> Organisation:
        """The unit that was chosen."""
        found = queries.organisation(self.region, self.cleaned_data["unit"])
        assert found is not None, "the choices are the codes of this region"
        return found


class AccountForm(PostForm):
    """A person and the first post."""

    name = forms.CharField(label="姓名", max_length=40, error_messages={"required": "请填写姓名。"})
    login = forms.CharField(
        label="账号",
        max_length=40,
        help_text="小写字母开头，可用字母、数字、点、横线。",
        error_messages={"required": "请填写账号。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("name", "login", "unit", "role", "starts")


@page("people.manage")
def account_list(request: Request) -> HttpResponseBase:
    """账号与任职: officers and firms with the roles they hold today."""
    rows = queries.accounts(request.actor.region, on=request.today)
    return ACCOUNTS.respond(request, rows, "admin/people/accounts.html")


@page("people.manage")
@never_cache
@once
def account_new(request: Request) -> HttpResponse:
    """新增账号: the password is shown once, on the page that answers."""
    form = AccountForm(request.POST or None, region=request.actor.region, initial={"starts": request.today})
    context = {"title": "新增账号", "crumbs": [CRUMB], "form": form}
    if request.method != "POST":
        return render(request, "admin/people/account_new.html", context)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made, password = actions.open_account(
                login=said["login"], name=said["name"], organisation=form.organisation(), role=said["role"],
                starts=said["starts"], by=request.actor, at=request.now,
            )  # fmt: skip
        except Refused as refused:
            form.add_error("login", str(refused))
        else:
            return _handed(request, made, password)
    return refuse(request, "admin/people/account_new.html", context)


def _handed(request: Request, user: User, password: str) -> HttpResponse:
    """The page that shows a password; it is nowhere else and cannot be opened again."""
    context = {"title": user.name, "crumbs": [CRUMB], "user_": user, "password": password}
    return render(request, "admin/people/password.html", context)


def _find(request: Request, id: uuid.UUID) -> User:
    found = queries.account(request.actor.region, id)
    if found is None:
        raise Http404("没有这个账号。")
    return found


@page("people.manage")
def account(request: Request, id: uuid.UUID) -> HttpResponse:
    """One account: its posts, what was done to it, and what may be done."""
    return render(request, "admin/people/account.html", _context(request, _find(request, id)))


def _context(request: Request, found: User, form: PostForm | None = None) -> dict[str, Any]:
    fresh = {"starts": request.today, "unit": found.organisation.code if found.organisation else ""}
    return {
        "title": found.name,
        "crumbs": [CRUMB],
        "user_": found,
        "own": found.id == request.actor.id,
        "posts": [(post, ROLES.get(post.role)) for post in queries.posts_of(found)],
        "form": form or PostForm(region=request.actor.region, initial=fresh),
        "tomorrow": request.today + timedelta(days=1),
        "sessions": sessions.running(found),
        "bound": second_factor.has(found),
        "events": [_said(event) for event in reversed(timeline(found.id))],
    }


def _said(event: dict[str, Any]) -> dict[str, Any]:
    data = event["data"]
    role = ROLES.get(data.get("role", ""))
    parts = [
        role.display_name if role else "",
        data.get("starts") or data.get("ends") or "",
        data.get("why", ""),
    ]
    return {
        "label": EVENTS.get(event["kind"], event["kind"]),
        "state": "done",
        "at": event["at"],
        "by": event["by_name"],
        "note": " ".join(part for part in parts if part),
    }


@page("people.manage")
@once
@require_POST
def post_new(request: Request, id: uuid.UUID) -> HttpResponse:
    """任职: one more role."""
    found = _find(request, id)
    form = PostForm(request.POST, region=request.actor.region)
    if not form.is_valid():
        return refuse(request, "admin/people/account.html", _context(request, found, form))
    said = form.cleaned_data
    actions.appoint(
        user=found, role=said["role"], organisation=form.organisation(), starts=said["starts"],
        by=request.actor, at=request.now,
    )  # fmt: skip
    messages.success(request, f"已任命{found.name}为{ROLES[said['role']].display_name}。")
    return redirect("manage:account", id=id)


class EndForm(forms.Form):
    """The first day without the role."""

    ends = forms.DateField(
        error_messages={"required": "请填写日期。", "invalid": "日期写成 2026-03-02 这样。"}
    )


@page("people.manage")
@once
@require_POST
def post_end(request: Request, id: uuid.UUID, post_id: uuid.UUID) -> HttpResponse:
    """免职: the role ends on a day."""
    found = _find(request, id)
    post = queries.post_of(found, post_id)
    if post is None:
        raise Http404("没有这个任职。")
    form = EndForm(request.POST)
    if not form.is_valid():
        raise Refused(form.errors["ends"][0])
    actions.end_appointment(
        appointment=post, ends=form.cleaned_data["ends"], by=request.actor, at=request.now
    )
    messages.success(request, "任职结束日已记下。")
    return redirect("manage:account", id=id)


@page("people.manage")
@never_cache
@require_POST
def account_password(request: Request, id: uuid.UUID) -> HttpResponse:
    """重置密码: shown once; the person's sessions end."""
    found = _find(request, id)
    return _handed(request, found, actions.reset_password(user=found, by=request.actor, at=request.now))


@page("people.manage")
@once
@require_POST
def account_active(request: Request, id: uuid.UUID) -> HttpResponse:
    """停用 or 恢复使用."""
    found = _find(request, id)
    why = request.POST.get("why", "").strip()[:200]
    if found.is_active and not why:
        raise Refused("停用账号请写明原因")
    actions.set_active(user=found, active=not found.is_active, why=why, by=request.actor, at=request.now)
    messages.success(request, f"{found.name}的账号已{'恢复使用' if found.is_active else '停用'}。")
    return redirect("manage:account", id=id)


@page("people.manage")
@once
@require_POST
def account_unlock(request: Request, id: uuid.UUID) -> HttpResponse:
    """解除登录锁: forget the failures of sign-in from unknown browsers."""
    found = _find(request, id)
    held = unlock(user=found, by=request.actor, at=request.now)
    messages.success(
        request, f"{found.name}的登录锁已解除。" if held else f"{found.name}没有登录失败的记录。"
    )
    return redirect("manage:account", id=id)


@page("people.manage")
@once
@require_POST
def account_second_factor(request: Request, id: uuid.UUID) -> HttpResponse:
    """重置第二因素: after the administrator has made sure who asks; bound anew at the next sign-in."""
    found = _find(request, id)
    why = request.POST.get("why", "").strip()[:200]
    second_factor.reset(user=found, why=why, by=request.actor, at=request.now)
    messages.success(request, f"{found.name}的验证器和通行密钥已重置，下次登录重新绑定。")
    return redirect("manage:account", id=id)


@page("people.manage")
@once
@require_POST
def account_sessions(request: Request, id: uuid.UUID) -> HttpResponse:
    """结束登录: all sessions of an account end now."""
    found = _find(request, id)
    count = sessions.end_all(user=found, by=request.actor, at=request.now)
    messages.success(
        request, f"{found.name}的{count}处登录已经退出。" if count else f"{found.name}没有登录。"
    )
    return redirect("manage:account", id=id)
