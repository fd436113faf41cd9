"""Writes of policy versions: what a policy asks beside the moves that every version has (`lists.versions`)."""

import hashlib
from datetime import date, datetime

from django.db import IntegrityError, transaction

from sanfu.enterprise.benefits.content import parsed
from sanfu.enterprise.benefits.models import PolicyVersion
from sanfu.enterprise.benefits.policies import BEING_WRITTEN, Policy, find, may_edit, name_of, owner_of
from sanfu.enterprise.benefits.trial import SLUG, look
from sanfu.lists.versions import VersionState
from sanfu.lists.versions import actions as moves
from sanfu.people.models import Organisation
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.moments import day_of


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
    if find(by.region, document.id, day_of(at)) or known.exclude(state=VersionState.DISCARDED).exists():
        raise Refused(f"编号 {document.id} 已有一份政策；请换一个编号，或在原来那份上修改。")
    owner = owner_of(by.region, document)
    if owner is None or owner.id not in by.units:
        mine = by.organisation_code or "本部门代码"
        raise Refused(f"新政策要由本部门牵头；请在文首信息写 责任: {mine}。")
    return _begin(document.id, text, golden, owner, note=note, by=by, at=at)


def _begin(
    policy: str, text: str, golden: str, owner: Organisation | None, *, note: str, by: Actor, at: datetime
) -> PolicyVersion:
    opened = PolicyVersion.objects.filter(region=by.region, policy=policy, state__in=BEING_WRITTEN).first()
    if opened is not None:
        raise Conflict(f"{opened.editor_name}已经在改这份政策（第{opened.number}版）；请在那一版上接着改。")
    made = PolicyVersion(
        policy=policy, text=text, golden=golden, owner=owner, note=note, title=_title(policy, text)
    )
    try:
        with transaction.atomic():
            return moves.draft(
                made, by=by, at=at, told={"policy": policy, "note": note, **_hashes(text, golden)}
            )
    except IntegrityError as error:
        raise Conflict("另一人刚刚开始改这份政策；请刷新后在那一版上接着改。") from error


def _title(policy: str, text: str) -> str:
    return parsed(name_of(policy), text).title[:120]


def _changed(golden: str | None, base: Policy | None) -> str:
    """The golden cases to keep with a version: none when they are those of the policy."""
    if golden is None or (base is not None and golden.strip() == base.golden_text.strip()):
        return ""
    return golden


def _hashes(text: str, golden: str) -> dict[str, str]:
    """What the log keeps of every state that a draft had."""
    return {"sha256": _hash(text), **({"golden": _hash(golden)} if golden else {})}


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
    now = _own(version, by)
    base = find(by.region, now.policy, day_of(at))
    if base is None and parsed(name_of(now.policy), text).id != now.policy:
        raise Refused(f"这份新政策已经用 编号: {now.policy} 立项，编号不能再改；要换编号请撤回后重新起草。")
    said = now.golden if golden is None else _changed(golden, base)
    moves.change(
        now, text=text, golden=said, title=_title(now.policy, text), note=now.note if note is None else note,
        told=_hashes(text, said), by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def submit(version: PolicyVersion, *, starts_on: date, by: Actor, at: datetime) -> None:
    """Hand a draft to a second officer; refused while it has errors or breaks a golden case."""
    now = _own(version, by)
    if starts_on < day_of(at):
        raise Refused("生效日不能早于今天：已经发生的匹配不能改写；请选今天或以后的日期。")
    now = moves.change(now, effective_from=starts_on, told={"starts_on": str(starts_on)}, by=by, at=at)
    moves.check_start(now, starts_on, at=at)
    if not now.note.strip():
        raise Refused("请写明为什么修改；复核人要看修改理由。")
    _sound(now, starts_on)
    moves.submit(now, by=by, at=at)


def give_back(version: PolicyVersion, *, why: str, by: Actor, at: datetime) -> PolicyVersion:
    """Send a submitted version back to its author (退回修改)."""
    return moves.send_back(version, why=why, by=by, at=at)


@transaction.atomic
def approve(version: PolicyVersion, *, by: Actor, at: datetime) -> PolicyVersion:
    """Approve and publish from the proposed day, or today when it has passed. Never by anybody who wrote on it."""
    approved = moves.approve(version, by=by, at=at)
    day = max(approved.effective_from or day_of(at), day_of(at))
    _sound(approved, day)
    return moves.publish(approved, effective_from=day, by=by, at=at)


def withdraw(version: PolicyVersion, *, by: Actor, at: datetime) -> PolicyVersion:
    """Give up a version that is not in force; it stays readable."""
    return moves.discard(_own(version, by), by=by, at=at)


def _own(version: PolicyVersion, by: Actor) -> PolicyVersion:
    """The row as it is now; NotAllowed when another department leads the policy."""
    now = PolicyVersion.objects.get(pk=version.pk)
    if now.owner_id not in by.units:
        raise NotAllowed("只能修改本部门牵头的政策；请联系责任部门的政策专员。")
    return now


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
