"""Writes of policy versions: draft, save, submit, give back, approve, withdraw."""

import hashlib
from datetime import date, datetime

from django.db import transaction

from sanfu.enterprise.benefits.content import parsed
from sanfu.enterprise.benefits.models import PolicyVersion
from sanfu.enterprise.benefits.policies import Policy, find, may_edit, name_of, owner_of
from sanfu.enterprise.benefits.rules import next_number
from sanfu.enterprise.benefits.states import VERSION_FLOW, VersionEvent, VersionState
from sanfu.enterprise.benefits.trial import SLUG, look
from sanfu.kernel.flow import IllegalMove
from sanfu.people.models import Organisation
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.ids import new_id
from sanfu.records.moments import day_of

VE = VersionEvent


@transaction.atomic
def draft(
    policy: str, text: str, *, note: str, by: Actor, at: datetime, golden: str | None = None
) -> PolicyVersion:
    """Begin a new version of a policy of the own department; one open version a policy.

    `golden`: the 标准例 as they shall stand; None or the same as before keeps those in force.
    """
    base = find(by.region, policy, day_of(at))
    if base is None:
        raise Refused(f"没有编号为{policy}的政策；请从政策库进入。")
    if not may_edit(by, base.document):
        raise NotAllowed("只能修改本部门牵头的政策；请联系责任部门的政策专员。")
    owner = owner_of(by.region, base.document)
    return _begin(policy, text, _changed(golden, base), owner, note=note, by=by, at=at)


@transaction.atomic
def draft_new(text: str, *, note: str, by: Actor, at: datetime, golden: str = "") -> PolicyVersion:
    """Begin a policy that is not there yet: its text names the 编号, and 责任 is the own department."""
    if not by.may("benefits.edit"):
        raise NotAllowed("只有政策专员可以起草政策。")
    document = parsed("新政策", text)
    if not SLUG.fullmatch(document.id):
        raise Refused("文首信息里还没有能用的 编号；请写小写字母、数字和短横线，例如 编号: yc-robots。")
    known = PolicyVersion.objects.filter(region=by.region, policy=document.id)
    if find(by.region, document.id, day_of(at)) or known.exclude(state=VersionState.WITHDRAWN).exists():
        raise Refused(f"编号 {document.id} 已有一份政策；请换一个编号，或在原来那份上修改。")
    owner = owner_of(by.region, document)
    if owner is None or owner.id not in by.units:
        mine = by.organisation_code or "本部门代码"
        raise Refused(f"新政策要由本部门牵头；请在文首信息写 责任: {mine}。")
    return _begin(document.id, text, golden, owner, note=note, by=by, at=at)


def _begin(
    policy: str, text: str, golden: str, owner: Organisation | None, *, note: str, by: Actor, at: datetime
) -> PolicyVersion:
    rows = PolicyVersion.objects.select_for_update().filter(region=by.region, policy=policy)
    opened = next((r for r in rows if r.state in (VersionState.DRAFT, VersionState.SUBMITTED)), None)
    if opened is not None:
        raise Conflict(
            f"{opened.drafted_by.name}已经在改这份政策（第{opened.number}版）；请在那一版上接着改。"
        )
    assert by.id is not None
    made = PolicyVersion.objects.create(
        id=new_id(),
        region=by.region,
        policy=policy,
        number=next_number([r.number for r in rows]),
        title=parsed(name_of(policy), text).title[:120],
        text=text,
        golden=golden,
        sha256=_hash(text),
        owner=owner,
        note=note,
        editors=[by.id],
        drafted_by_id=by.id,
        drafted_at=at,
    )
    data = {"policy": policy, "number": made.number, "sha256": made.sha256, "note": note}
    append(stream=made.id, kind="benefits.drafted", by=by, at=at, data={**data, **_golden_hash(golden)})
    return made


def _changed(golden: str | None, base: Policy | None) -> str:
    """The golden cases to keep with a version: none when they are those of the policy."""
    if golden is None or (base is not None and golden.strip() == base.golden_text.strip()):
        return ""
    return golden


def _golden_hash(golden: str) -> dict[str, str]:
    return {"golden": _hash(golden)} if golden else {}


@transaction.atomic
def save(
    version: PolicyVersion,
    text: str,
    *,
    by: Actor,
    at: datetime,
    note: str | None = None,
    golden: str | None = None,
) -> None:
    """Keep the text of a draft; the log keeps the hash of every state it had."""
    locked = _locked(version, VE.EDIT, by)
    _own(locked, by)
    assert by.id is not None
    base = find(by.region, locked.policy, day_of(at))
    if base is None and parsed(name_of(locked.policy), text).id != locked.policy:
        raise Refused(
            f"这份新政策已经用 编号: {locked.policy} 立项，编号不能再改；要换编号请撤回后重新起草。"
        )
    said = locked.golden if golden is None else _changed(golden, base)
    PolicyVersion.objects.filter(pk=locked.pk).update(
        text=text,
        golden=said,
        sha256=_hash(text),
        title=parsed(locked.policy, text).title[:120],
        note=locked.note if note is None else note,
        editors=sorted({*locked.editors, by.id}, key=str),
    )
    data = {"sha256": _hash(text), **_golden_hash(said)}
    append(stream=locked.id, kind="benefits.saved", by=by, at=at, data=data)


@transaction.atomic
def submit(version: PolicyVersion, *, starts_on: date, by: Actor, at: datetime) -> None:
    """Hand a draft to a second officer; refused while it has errors or breaks a golden case."""
    locked = _locked(version, VE.SUBMIT, by)
    _own(locked, by)
    if starts_on < day_of(at):
        raise Refused("生效日不能早于今天：已经发生的匹配不能改写；请选今天或以后的日期。")
    if not locked.note.strip():
        raise Refused("请写明为什么修改；复核人要看修改理由。")
    _sound(locked, starts_on)
    PolicyVersion.objects.filter(pk=locked.pk).update(
        state=VersionState.SUBMITTED, starts_on=starts_on, returned=""
    )
    data = {"sha256": locked.sha256, "starts_on": starts_on.isoformat()}
    append(stream=locked.id, kind="benefits.submitted", by=by, at=at, data=data)


@transaction.atomic
def give_back(version: PolicyVersion, *, why: str, by: Actor, at: datetime) -> None:
    """Send a submitted version back to its author (退回修改)."""
    locked = _locked(version, VE.RETURN, by)
    if not why.strip():
        raise Refused("请写明退回理由，起草人才知道改什么。")
    PolicyVersion.objects.filter(pk=locked.pk).update(state=VersionState.DRAFT, returned=why)
    append(stream=locked.id, kind="benefits.returned", by=by, at=at, data={"why": why})


@transaction.atomic
def approve(version: PolicyVersion, *, by: Actor, at: datetime) -> None:
    """Put a version in force from its day. Never by anybody who wrote on it; the database refuses it too."""
    locked = _locked(version, VE.APPROVE, by)
    if by.id is None or by.id in locked.editors or by.id == locked.drafted_by_id:
        raise NotAllowed("不能复核自己起草或修改过的版本；请由另一位复核人员办理。")
    assert locked.starts_on is not None
    _sound(locked, locked.starts_on)
    PolicyVersion.objects.filter(pk=locked.pk).update(
        state=VersionState.APPROVED,
        approved_by=by.id,
        approved_at=at,
        starts_on=max(locked.starts_on, day_of(at)),
    )
    data = {
        "policy": locked.policy,
        "number": locked.number,
        "sha256": locked.sha256,
        "starts_on": str(locked.starts_on),
    }
    append(stream=locked.id, kind="benefits.approved", by=by, at=at, data=data)


@transaction.atomic
def withdraw(version: PolicyVersion, *, by: Actor, at: datetime) -> None:
    """Give up a version that is not in force; it stays readable."""
    locked = _locked(version, VE.WITHDRAW, by)
    _own(locked, by)
    PolicyVersion.objects.filter(pk=locked.pk).update(state=VersionState.WITHDRAWN)
    append(stream=locked.id, kind="benefits.withdrawn", by=by, at=at)


def _locked(version: PolicyVersion, event: VersionEvent, by: Actor) -> PolicyVersion:
    locked = PolicyVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    try:
        move = VERSION_FLOW.move(VersionState(locked.state), event)
    except IllegalMove as illegal:
        raise Conflict(f"这一版已被处理：{illegal}") from illegal
    if not by.may(*move.who):
        raise NotAllowed(f"“{event.label}”需要相应权限；请由政策专员或复核人员办理。")
    return locked


def _own(version: PolicyVersion, by: Actor) -> None:
    if version.owner_id not in by.units:
        raise NotAllowed("只能修改本部门牵头的政策；请联系责任部门的政策专员。")


def _sound(version: PolicyVersion, day: date) -> None:
    seen = look(version.region, version.policy, version.text, day, version.golden or None)
    if seen.errors:
        first = seen.errors[0]
        place = f"第{first.span.line}行" if first.span.line else ""
        raise Refused(f"有{len(seen.errors)}处错误，不能提交：{place}{first.message}。")
    broken = [g for g in seen.golden if not g.ok]
    if broken:
        raise Refused(
            f"标准例“{broken[0].name}”不再成立（{broken[0].differences[0]}）；改规则，或先请业务和法制人员改标准例。"
        )
    if seen.untested:
        raise Refused(f"条款{'、'.join(seen.untested)}还没有标准例；请在“标准例”里各写至少一例再提交。")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
