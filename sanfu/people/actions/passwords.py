"""Age and history of passwords (密码期限和历史), by the county's rules."""

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password

from sanfu.people.models import FormerPassword, User
from sanfu.people.rules import signing_in_rules


def too_old(user: User, at: datetime) -> bool:
    """Whether a password must be changed for its age; never that of a demo account, which is printed in the manual."""
    days = signing_in_rules().password_days
    return (
        bool(days)
        and not user.demo
        and user.password_at is not None
        and at - user.password_at > timedelta(days)
    )


def used_before(user: User, new: str) -> bool:
    """Whether a new password is the present one or one of the last ones."""
    most = signing_in_rules().password_history
    former = (
        FormerPassword.objects.filter(user=user).order_by("-at", "-id").values_list("password", flat=True)
    )
    return bool(most) and any(check_password(new, one) for one in [user.password, *former[: most - 1]])


def replace(user: User, new: str, at: datetime) -> None:
    """Set a password and keep the hash of the one before; the caller saves the account."""
    if user.password:
        FormerPassword.objects.create(region=user.region, user=user, password=user.password, at=at)
    kept = FormerPassword.objects.filter(user=user).order_by("-at", "-id").values_list("pk", flat=True)
    stale = list(kept[signing_in_rules().password_history :])
    FormerPassword.objects.filter(pk__in=stale).delete()
    user.set_password(new)
    user.password_at = at
