"""Passkeys (通行密钥, WebAuthn): a second factor that signs a challenge of ours, so that nothing typed can be overlooked or phished.

What an authenticator sends is read and verified by the library `fido2`; here are the rules around it: whose key, from which
origin, against which challenge, and that the counter of a key never runs backwards.
"""

import struct
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from sanfu.people.actions import second_factor
from sanfu.people.models import Passkey, RecoveryCode, User
from sanfu.people.rules import needs_second_factor
from sanfu.records import limits
from sanfu.records.actions import append
from sanfu.records.actor import Actor, NotAllowed, Refused

MOST = 10  # keys of one person
LONGEST_NAME = 40
LONGEST_ID = 1023  # bytes that WebAuthn allows for the id of a credential
# What the library raises over an answer that no authenticator makes.
UNREADABLE = (
    ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, OverflowError, RuntimeError,
    struct.error, UnsupportedAlgorithm,
)  # fmt: skip
AGAIN = "请再点一次按钮；一直不行可改用动态码或备用码。"
USED = f"这次验证已经用过、过期，或不是从本页开始的。{AGAIN}"
WRONG = f"通行密钥的答复核对不上，没有放行。{AGAIN}"
BACKWARDS = "这把通行密钥的计数倒退了，可能有人复制了它，没有放行；请改用动态码或备用码登录，并把它删除。"


@dataclass(frozen=True, slots=True)
class Asking:
    """One challenge: what the browser is handed, and what is kept to verify the answer; both can be written as JSON."""

    options: dict[str, Any]
    kept: dict[str, Any]


def _server(origin: str) -> Fido2Server:
    """The verifier of one origin: its host is the relying party, and an answer must name exactly this origin."""
    rp = PublicKeyCredentialRpEntity(name=f"{settings.COUNTY_NAME}三服务", id=urlsplit(origin).hostname)
    return Fido2Server(rp, verify_origin=lambda said: said == origin)


def keys_of(user: User) -> "QuerySet[Passkey]":
    """The passkeys of an account, oldest first."""
    return Passkey.objects.filter(user=user).order_by("made_at")


def _credentials(user: User) -> list[AttestedCredentialData]:
    return [AttestedCredentialData(bytes(one.public)) for one in Passkey.objects.filter(user=user)]


def begin_adding(user: User, origin: str) -> Asking:
    """What a browser is asked to make a new key of this account; an authenticator that holds one already is left out."""
    options, kept = _server(origin).register_begin(
        PublicKeyCredentialUserEntity(id=user.pk.bytes, name=user.login, display_name=user.name),
        _credentials(user),
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return Asking(dict(options), {**kept, "for": "add", "user": str(user.pk)})


def begin_check(user: User, origin: str) -> Asking:
    """What a browser is asked to sign with one of the keys of this account."""
    options, kept = _server(origin).authenticate_begin(
        _credentials(user), user_verification=UserVerificationRequirement.PREFERRED
    )
    return Asking(dict(options), {**kept, "for": "check", "user": str(user.pk)})


def _ours(kept: Mapping[str, Any] | None, purpose: str, user: User) -> Mapping[str, Any]:
    if not kept or kept.get("for") != purpose or kept.get("user") != str(user.pk):
        raise Refused(USED)
    return kept


def _meant(client: CollectedClientData, kept: Mapping[str, Any], origin: str) -> None:
    """Say in words what was signed for another place or another asking; the library looks at the rest."""
    if client.origin != origin or client.cross_origin:
        raise Refused(
            f"通行密钥是在别的网址上答复的，没有放行。请直接打开 {origin}，不要用别人转来的链接登录。"
        )
    if client.challenge != websafe_decode(kept["challenge"]):
        raise Refused(USED)


def add(
    *,
    user: User,
    name: str,
    answer: Any,
    kept: Mapping[str, Any] | None,
    origin: str,
    by: Actor,
    at: datetime,
) -> list[str]:
    """添加通行密钥: keep the public key that the browser's authenticator made; returns recovery codes if there were none.

    Raises:
        NotAllowed: somebody else's account.
        Refused: no name, too many keys, or an answer to another challenge, from another origin or of another form.
    """
    if by.id != user.id:
        raise NotAllowed("通行密钥只能由本人添加。")
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise Refused("请给这把通行密钥起个名字，例如“办公电脑”。")
    made = _made(answer, _ours(kept, "add", user), origin)
    credential = made.credential_data
    if credential is None or len(credential.credential_id) > LONGEST_ID:
        raise Refused(WRONG)
    try:
        with transaction.atomic():
            return _keep(user, name, credential, made.counter, by, at)
    except IntegrityError as known:
        raise Refused("这把通行密钥已经添加过了。") from known


def _made(answer: Any, kept: Mapping[str, Any], origin: str) -> AuthenticatorData:
    try:
        _meant(RegistrationResponse.from_dict(answer).response.client_data, kept, origin)
        made = _server(origin).register_complete(kept, answer)
        known = made.credential_data is not None and _can_verify(made.credential_data.public_key)
    except UNREADABLE as wrong:
        raise Refused(WRONG) from wrong
    if not known:
        raise Refused("这种通行密钥的算法本平台不认识，请换一种。")
    return made


def _can_verify(key: CoseKey) -> bool:
    """Whether a public key is of an algorithm that we asked for, and whole: the library looks only at its first signature."""
    if key.get(3) not in CoseKey.supported_algorithms():
        return False
    try:
        key.verify(b"", b"")
    except InvalidSignature:
        return True
    return False


def _keep(
    user: User, name: str, credential: AttestedCredentialData, counter: int, by: Actor, at: datetime
) -> list[str]:
    User.objects.select_for_update().get(pk=user.pk)  # two additions at once count each other
    count = Passkey.objects.filter(user=user).count()
    if count >= MOST:
        raise Refused(f"一个账号最多{MOST}把通行密钥，请先删除不用的。")
    Passkey.objects.create(
        region=user.region, user=user, name=name, credential=credential.credential_id,
        public=bytes(credential), counter=counter, made_at=at,
    )  # fmt: skip
    append(stream=user.id, kind="people.passkey_added", by=by, at=at, data={"keys": count + 1})
    spare = RecoveryCode.objects.filter(user=user, used_at__isnull=True).exists()
    return [] if spare else second_factor.new_codes(user)


def check(
    *, user: User, answer: Any, kept: Mapping[str, Any] | None, origin: str, by: Actor, at: datetime
) -> None:
    """Pass when one of the person's keys signed the kept challenge; wrong answers wait together with wrong codes.

    Raises:
        Refused: says in words what does not fit, or until when to wait.
    """
    second_factor.waits(user, at)
    try:
        with transaction.atomic():
            _passes(user, answer, _ours(kept, "check", user), origin, at)
    except Refused:
        with transaction.atomic():
            append(stream=user.id, kind="people.passkey_failed", by=by, at=at)
        limits.failed(second_factor.TRIES, str(user.pk), region=user.region, at=at)
        raise
    limits.forgive(second_factor.TRIES.scope, str(user.pk), region=user.region)


def _passes(user: User, answer: Any, kept: Mapping[str, Any], origin: str, at: datetime) -> None:
    keys = {bytes(one.credential): one for one in Passkey.objects.select_for_update().filter(user=user)}
    try:
        said = AuthenticationResponse.from_dict(answer)
        _meant(said.response.client_data, kept, origin)
        credentials = [AttestedCredentialData(bytes(one.public)) for one in keys.values()]
        key = keys[_server(origin).authenticate_complete(kept, credentials, answer).credential_id]
        counter = said.response.authenticator_data.counter
    except UNREADABLE as wrong:
        raise Refused(WRONG) from wrong
    # Keys that several devices share always say 0; any other must have counted on.
    if (counter or key.counter) and counter <= key.counter:
        raise Refused(BACKWARDS)
    key.counter, key.used_at = counter, at
    key.save(update_fields=["counter", "used_at"])


@transaction.atomic
def remove(*, user: User, id: uuid.UUID, by: Actor, at: datetime) -> None:
    """删除通行密钥: by its owner; the last factor of somebody whose role demands one stays.

    Raises:
        NotAllowed: somebody else's account.
        Refused: no such key of this account, or the last factor.
    """
    if by.id != user.id:
        raise NotAllowed("通行密钥只能由本人删除；丢失时由另一位系统管理员重置。")
    keys = list(Passkey.objects.select_for_update().filter(user=user))
    key = next((one for one in keys if one.pk == id), None)
    if key is None:
        raise Refused("没有这把通行密钥，可能已经删除。")
    last = len(keys) == 1 and not second_factor.has_authenticator(user)
    if last and needs_second_factor(by.roles):
        raise Refused("您的岗位须用两步登录，这是最后一种：请先绑定验证器或添加另一把通行密钥。")
    key.delete()
    if last:
        RecoveryCode.objects.filter(user=user).delete()
    append(stream=user.id, kind="people.passkey_removed", by=by, at=at, data={"keys": len(keys) - 1})
