"""Sign-on (统一身份认证): which person of an identity provider is which account here; `sub` is the link, never a name.

A link is made by whoever is signed in to the account and at the provider in one browser. Nobody is made by signing on: accounts
and posts stay the administrator's.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from sanfu.people.models import ForeignIdentity, User
from sanfu.records.actions import append
from sanfu.records.actor import Actor, NotAllowed, Refused


def account_of(region: str, issuer: str, subject: str) -> User | None:
    """The open account that a person of a provider is linked to."""
    row = ForeignIdentity.objects.filter(region=region, issuer=issuer, subject=subject, user__is_active=True)
    found = row.select_related("user").first()
    return found.user if found else None


def identity_of(user: User) -> ForeignIdentity | None:
    """The provider's person that an account is linked to."""
    return ForeignIdentity.objects.filter(user=user).first()


@transaction.atomic
def link(*, user: User, issuer: str, subject: str, by: Actor, at: datetime) -> None:
    """Link the own account to a person of the provider.

    Raises:
        Refused: that person, or this account, is linked already.
    """
    if by.id != user.id:
        raise NotAllowed("只能关联自己的账号。")
    try:
        with transaction.atomic():
            ForeignIdentity.objects.create(
                region=user.region, user=user, issuer=issuer, subject=subject[:255], at=at
            )
    except IntegrityError as taken:
        raise Refused("这个统一身份已关联别的账号，或您的账号已关联另一个统一身份。") from taken
    append(stream=user.id, kind="people.sign_on_linked", by=by, at=at, data={"issuer": issuer})


@transaction.atomic
def unlink(*, user: User, by: Actor, at: datetime) -> None:
    """End a link: one's own, or as administrator.

    Raises:
        Refused: there is none.
    """
    if by.id != user.id and not by.may("people.manage"):
        raise NotAllowed("只能解除自己的关联。")
    if not ForeignIdentity.objects.filter(user=user).delete()[0]:
        raise Refused("没有关联统一身份。")
    append(stream=user.id, kind="people.sign_on_unlinked", by=by, at=at)


@transaction.atomic
def set_break_glass(*, user: User, on: bool, why: str, by: Actor, at: datetime) -> None:
    """应急账号: an account whose password opens the door when the provider is down and passwords are closed."""
    if on and not why.strip():
        raise Refused("请写明为什么设为应急账号")
    user.break_glass = on
    user.save(update_fields=["break_glass"])
    append(stream=user.id, kind="people.break_glass_set", by=by, at=at, data={"on": on, "why": why[:200]})


@transaction.atomic
def broke_glass(*, user: User, by: Actor, at: datetime) -> None:
    """Keep that an emergency account was used though passwords are closed."""
    append(stream=user.id, kind="people.break_glass_used", by=by, at=at)
