"""批量开户: a sheet of people becomes accounts, all of them or none; what is wrong is told line by line."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from sanfu.lists.queries import units_of
from sanfu.lists.sheets import Unreadable, read_sheets
from sanfu.lists.units import Units
from sanfu.people import actions, queries
from sanfu.people.actions import Newcomer
from sanfu.people.roles import ROLES
from sanfu.records.actor import Refused
from sanfu.records.files import checked
from sanfu.web.access import once, page, refuse
from sanfu.web.admin.people.accounts import CRUMB
from sanfu.web.components import export
from sanfu.web.request import Request

MOST = 200  # a password is hashed slowly on purpose: so many are opened within half a minute
HEADS = {
    "name": ("姓名",),
    "login": ("账号", "登录名", "用户名"),
    "unit": ("单位", "任职单位", "部门", "所在单位"),
    "roles": ("角色", "岗位角色"),
    "starts": ("任职日期", "从哪天起", "起始日期"),
}
NEEDED = ("name", "unit", "roles")
DAY = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
SEPARATORS = re.compile(r"[、,，;；/\s]+")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a line of the sheet (from 1), and what to do."""

    line: int
    what: str


def planned(region: str, name: str, content: BinaryIO, today: date) -> tuple[list[Newcomer], list[Fault]]:
    """Who is in the sheet, and what is wrong with it. Raises Refused for a file that is no such sheet."""
    name, whole, _ = checked(name, content)
    try:
        sheets = read_sheets(name, whole)
    except Unreadable as odd:
        raise Refused(str(odd)) from odd
    for sheet in sheets:
        for head, row in enumerate(sheet.rows[:10]):
            columns = _columns(row)
            if all(column in columns for column in NEEDED):
                return _people(region, sheet.rows, head, columns, today)
    raise Refused("没有找到表头：至少要有“姓名”“单位”“角色”三列，请下载模板对照。")


def _columns(row: list[str]) -> dict[str, int]:
    found = {}
    for column, names in HEADS.items():
        for place, cell in enumerate(row):
            if cell.replace(" ", "") in names:
                found[column] = place
    return found


def _people(
    region: str, rows: list[list[str]], head: int, columns: Mapping[str, int], today: date
) -> tuple[list[Newcomer], list[Fault]]:
    people: list[Newcomer] = []
    faults: list[Fault] = []
    units = units_of(region)
    given: set[str] = set()
    met: set[tuple[str, UUID]] = set()

    def taken(login: str) -> bool:
        return login in given or queries.is_taken(login)

    for line, row in enumerate(rows[head + 1 :], start=head + 2):
        said = {c: row[place].strip() if place < len(row) else "" for c, place in columns.items()}
        if not any(said.values()):
            continue
        try:
            newcomer = _newcomer(region, units, said, taken, today)
        except Refused as odd:
            faults.append(Fault(line, str(odd)))
            continue
        who = (newcomer.name, newcomer.organisation.pk)
        if who in met and not said.get("login"):
            faults.append(Fault(line, f"“{newcomer.name}”在表里重复；确是另一个人，请写明账号"))
            continue
        met.add(who)
        given.add(newcomer.login)
        people.append(newcomer)
    if not people and not faults:
        raise Refused("表里一个人也没有。")
    if len(people) > MOST:
        raise Refused(f"一次最多开{MOST}个账号，这里有{len(people)}个，请拆成几个文件。")
    return people, faults


def _newcomer(
    region: str, units: Units, said: Mapping[str, str], taken: Callable[[str], bool], today: date
) -> Newcomer:
    """One line; Refused names everything that is wrong with it."""
    wrong = []
    name, login = said["name"], said.get("login", "").lower()
    if not name or len(name) > 40:
        wrong.append("缺姓名" if not name else "姓名超过40个字")
    unit = queries.organisation(region, units.resolve(said["unit"]) or "")
    if unit is None:
        alike = units.nearest(said["unit"])
        guess = f"是不是“{alike}”" if alike else "请写组织机构里的名称、简称、别名或编码"
        wrong.append(f"没有“{said['unit']}”这个单位，{guess}" if said["unit"] else "缺单位")
    roles = []
    for word in filter(None, SEPARATORS.split(said["roles"])):
        code = _role(word)
        if code is None:
            wrong.append(f"没有“{word}”这个角色")
        elif code not in roles:
            roles.append(code)
    if not said["roles"]:
        wrong.append("缺角色")
    starts = today
    if said.get("starts"):
        try:
            starts = date(*map(int, re.fullmatch(DAY, said["starts"]).groups()))  # type: ignore[union-attr]
        except (AttributeError, ValueError):
            wrong.append(f"“{said['starts']}”不是日期，请写成 2026-03-02")
    if login:
        try:
            actions.check_login(login, taken)
        except Refused as odd:
            wrong.append(str(odd))
    if name and unit and not login and (namesake := queries.namesake(unit, name)):
        wrong.append(f"{unit.short}已有“{name}”的账号“{namesake}”，不重复开；确是另一个人，请写明账号")
    if wrong or unit is None:
        raise Refused("；".join(wrong))
    return Newcomer(login or actions.free_login(name, taken), name, unit, tuple(roles), starts)


def _role(word: str) -> str | None:
    """The role of a word: its code, its name, or a piece of one name only (审核人 → 单位审核人)."""
    names = {code: role.display_name for code, role in ROLES.items() if code != "citizen"}
    exact = [code for code, name in names.items() if word in (code, name)]
    part = [code for code, name in names.items() if len(word) > 1 and word in name]
    return exact[0] if exact else part[0] if len(part) == 1 else None


class SheetForm(forms.Form):
    """A sheet of people."""

    file = forms.FileField(
        label="人员名单",
        widget=forms.FileInput(),
        error_messages={"required": "请选择 Excel 或 CSV 文件。"},
    )


@page("people.manage")
@never_cache
@once
def accounts_import(request: Request) -> HttpResponse:
    """批量开户: the passwords are shown once, on the page that answers; a fault anywhere and nobody is opened."""
    form = SheetForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {
        "title": "批量开户", "crumbs": [CRUMB], "form": form, "most": MOST,
        "roles": [role.display_name for code, role in ROLES.items() if code != "citizen"],
    }  # fmt: skip
    template = "admin/people/import.html"
    if request.method != "POST":
        return render(request, template, context)
    if not form.is_valid():
        return refuse(request, template, context)
    given = form.cleaned_data["file"]
    try:
        people, faults = planned(request.actor.region, given.name, given, request.today)
        if faults:
            form.add_error("file", f"有{len(faults)}行要改，一个账号也没有开。改好后整份重传。")
            return refuse(request, template, context | {"faults": faults, "good": len(people)})
        made = actions.open_accounts(people=people, by=request.actor, at=request.now)
    except Refused as refused:
        form.add_error("file", str(refused))
        return refuse(request, template, context)
    opened = [
        {
            "person": person,
            "password": password,
            "roles": "、".join(ROLES[r].display_name for r in person.roles),
        }
        for person, password in zip(people, made, strict=True)
    ]
    context = {"title": f"已开{len(opened)}个账号", "crumbs": [CRUMB], "opened": opened}
    return render(request, "admin/people/opened.html", context)


@page("people.manage")
@require_GET
def accounts_template(request: Request) -> HttpResponseBase:
    """A sheet with the right heads and two invented people in units of the county."""
    heads = [names[0] for names in HEADS.values()]
    units = [o["short"] for o in queries.organisations(request.actor.region, kinds=["department"])[:2]]
    people = [("周新", "", "承办人", ""), ("吴越", "wuyue", "承办人、单位审核人", request.today)]
    rows = [
        [name, login, unit, roles, day]
        for (name, login, roles, day), unit in zip(people, units, strict=False)
    ]
    return export.send("xlsx", "人员名单", heads, rows)
