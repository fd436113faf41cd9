"""Second factor (第二因素): codes of an authenticator by time (TOTP, RFC 6238), and recovery codes that work once.

Passkeys, the other second factor, are in `passkeys.py`; either satisfies a role that demands one.
The secret is sealed with a key made of SANFU_SECRET; recovery codes are kept as keyed digests. A code is taken once: the
step of the last one is kept, so what somebody looked over the shoulder for is worth nothing.
"""

import base64
import hashlib
import hmac
import os
import secrets
import uuid
from datetime import datetime, timedelta
from urllib.parse import quote

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django_otp.oath import TOTP

from sanfu.people.models import Passkey, RecoveryCode, SecondFactor, User
from sanfu.people.rules import signing_in_rules
from sanfu.records import limits
from sanfu.records.actions import append
from sanfu.records.actor import Actor, NotAllowed, Refused

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH = 12  # letters of a recovery code: 59 bits
DRIFT = 1  # steps of 30 seconds that a phone's clock may be off
TRIES = limits.Patience("sign-in.second", 5, timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=6))


def _key(purpose: str) -> bytes:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"sanfu {purpose}".encode())
    return derived.derive(settings.SECRET_KEY.encode())


def _seal(secret: bytes, user: User) -> bytes:
    nonce = os.urandom(12)
    return nonce + AESGCM(_key("second factor")).encrypt(nonce, secret, user.pk.bytes)


def _open(factor: SecondFactor) -> bytes:
    return _unseal(bytes(factor.sealed), factor.user_id)


def _unseal(sealed: bytes, user: uuid.UUID) -> bytes:
    try:
        return AESGCM(_key("second factor")).decrypt(sealed[:12], sealed[12:], user.bytes)
    except InvalidTag as wrong:
        raise Refused("第二因素的密钥打不开（系统密钥更换过），请系统管理员重置后重新绑定。") from wrong


def _digest(code: str) -> str:
    plain = "".join(code.lower().split()).replace("-", "")
    return hmac.new(_key("recovery codes"), plain.encode(), hashlib.sha256).hexdigest()


def has(user: User) -> bool:
    """Whether an account asks for a second factor at sign-in: an authenticator or a passkey."""
    return has_authenticator(user) or Passkey.objects.filter(user=user).exists()


def has_authenticator(user: User) -> bool:
    """Whether an account has an authenticator that shows codes."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


@transaction.atomic
def prepare(user: User) -> tuple[str, str]:
    """The secret to type and the address for a QR code; the same until it is confirmed.

    Raises:
        Refused: one is bound already.
    """
    factor = SecondFactor.objects.select_for_update().filter(user=user).first()
    if factor is not None and factor.confirmed_at is not None:
        raise Refused("已经绑定了验证器；换手机请用旧验证器的动态码或备用码更换。")
    if factor is None:
        factor = SecondFactor.objects.create(region=user.region, user=user, sealed=fresh(user))
    return shown(user, bytes(factor.sealed))


def fresh(user: User) -> bytes:
    """A new secret of this account, sealed: whoever reads it elsewhere can do nothing with it."""
    return _seal(secrets.token_bytes(20), user)


def shown(user: User, sealed: bytes) -> tuple[str, str]:
    """A sealed secret as the text to type and the address for a QR code.

    Raises:
        Refused: it was sealed with another key of the platform, or for another account.
    """
    text = base64.b32encode(_unseal(sealed, user.pk)).decode().rstrip("=")
    issuer, account = quote(settings.COUNTY_NAME + "三服务"), quote(user.login)
    return text, f"otpauth://totp/{issuer}:{account}?secret={text}&issuer={issuer}"


@transaction.atomic
def replace(*, user: User, sealed: bytes, code: str, by: Actor, at: datetime) -> list[str]:
    """更换验证器: the authenticator of a new secret takes the place of the old one; returns new recovery codes.

    The old one holds until this moment; that the person had it, or a recovery code, was asked by `check` before.

    Raises:
        NotAllowed: somebody else's.
        Refused: the code of the new authenticator is wrong, or none was bound.
    """
    if by.id != user.id:
        raise NotAllowed("验证器只能由本人更换；丢失时由另一位系统管理员重置。")
    factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
    if factor is None:
        raise Refused("请重新打开绑定页。")
    factor.sealed, factor.last_step, factor.confirmed_at = sealed, 0, at
    if not _takes(factor, code, at):
        raise Refused("动态码不对；请看手机时间是否准确，等下一个码再试。")
    factor.save(update_fields=["sealed", "last_step", "confirmed_at"])
    append(stream=user.id, kind="people.second_factor_replaced", by=by, at=at)
    return new_codes(user)


@transaction.atomic
def confirm(*, user: User, code: str, by: Actor, at: datetime) -> list[str]:
    """Bind the authenticator that shows this code; returns the recovery codes, which are shown once.

    Raises:
        Refused: the code is wrong, or one is bound already.
    """
    factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=True).first()
    if factor is None:
        raise Refused("请重新打开绑定页。")
    if not _takes(factor, code, at):
        raise Refused("动态码不对；请看手机时间是否准确，等下一个码再试。")
    factor.confirmed_at = at
    factor.save(update_fields=["confirmed_at", "last_step"])
    append(stream=user.id, kind="people.second_factor_bound", by=by, at=at)
    return new_codes(user)


def new_codes(user: User) -> list[str]:
    """New recovery codes of an account, shown once; the old ones are void."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = [
        "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
        for _ in range(signing_in_rules().recovery_codes)
    ]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(region=user.region, user=user, digest=_digest(one)) for one in codes
    )
    return [f"{one[:4]}-{one[4:8]}-{one[8:]}" for one in codes]


def _takes(factor: SecondFactor, code: str, at: datetime) -> bool:
    """Whether a code is right now, and newer than the last one that was taken."""
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdigit() and len(typed) == 6):
        return False
    totp = TOTP(_open(factor))
    totp.time = at.timestamp()
    if not totp.verify(int(typed), tolerance=DRIFT, min_t=factor.last_step + 1):
        return False
    factor.last_step = totp.t()
    return True


def waits(user: User, at: datetime) -> None:
    """Pass unless too many wrong codes or signatures came in for this account.

    Raises:
        Refused: one must wait first.
    """
    if limits.waits_until(TRIES.scope, str(user.pk), region=user.region, at=at) is not None:
        raise Refused("动态码或通行密钥连续输错，请过一会儿再试；最长 15 分钟。")


def check(*, user: User, code: str, by: Actor, at: datetime) -> bool:
    """Whether a code of the authenticator or a recovery code is right; wrong ones count, right ones are used up.

    Raises:
        Refused: too many wrong ones; says until when.
    """
    waits(user, at)
    with transaction.atomic():
        factor = (
            SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
        )
        right = factor is not None and _takes(factor, code, at)
        if right and factor is not None:
            factor.save(update_fields=["last_step"])
        recovered = not right and bool(
            RecoveryCode.objects.filter(user=user, digest=_digest(code), used_at__isnull=True).update(
                used_at=at
            )
        )
        if recovered:
            left = RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()
            append(stream=user.id, kind="people.recovery_code_used", by=by, at=at, data={"left": left})
        if not (right or recovered):
            append(stream=user.id, kind="people.second_factor_failed", by=by, at=at)
    if right or recovered:
        limits.forgive(TRIES.scope, str(user.pk), region=user.region)
        return True
    limits.failed(TRIES, str(user.pk), region=user.region, at=at)
    return False


@transaction.atomic
def reset(*, user: User, why: str, by: Actor, at: datetime) -> None:
    """重置第二因素: another person takes it away, so that a new one can be bound at the next sign-in.

    Raises:
        NotAllowed: not an administrator, or one's own.
        Refused: no reason, or nothing is bound.
    """
    if not by.may("people.manage") or by.id == user.id:
        raise NotAllowed("只有另一位系统管理员可以重置第二因素。")
    if not why.strip():
        raise Refused("请写明怎样核实了是本人")
    gone = SecondFactor.objects.filter(user=user).delete()[0] + Passkey.objects.filter(user=user).delete()[0]
    if not gone:
        raise Refused("这个账号没有绑定验证器，也没有通行密钥。")
    RecoveryCode.objects.filter(user=user).delete()
    append(stream=user.id, kind="people.second_factor_reset", by=by, at=at, data={"why": why[:200]})
