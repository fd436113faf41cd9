"""The lock of the sign-in (登录锁): guessing gets slower with every failure, and nobody can lock another person out.

A try without a known browser counts for the account (per network from which the account has signed in before, else
"elsewhere") and for its network. A browser that has signed in to the account before carries a device key (设备标识)
that nobody else knows, and counts for itself alone. So an attacker elsewhere slows down only who comes from elsewhere.
"""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from sanfu.people.models import User
from sanfu.records import limits
from sanfu.records.actions import append
from sanfu.records.actor import Actor, NotAllowed, machine

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
LONGEST = 15 * MINUTE
ACCOUNT = limits.Patience("sign-in.account", 5, 30 * SECOND, LONGEST, timedelta(hours=6))
DEVICE = limits.Patience("sign-in.device", 8, 30 * SECOND, LONGEST, timedelta(hours=6))
# Many people share the address of an office: it may err often, and known browsers are not asked for it.
NETWORK = limits.Patience("sign-in.network", 60, MINUTE, LONGEST, timedelta(hours=1))
KNOWN = "sign-in.known"  # networks from which an account has signed in; kept while used once in `KEPT`
KEPT = timedelta(days=90)
# One stream for names that no account has: a stream of its own for each would be one more thing to flood.
STRANGERS = uuid.UUID("6b0f6f0e-2f0c-5d0a-9f57-0d6a2f6d7a11")


class Try:
    """One attempt to sign in: which counters it touches, and what is kept of it."""

    def __init__(self, login: str, network: str, device: str, *, region: str, at: datetime) -> None:
        """device: the key of a browser known for this login, "" for any other."""
        self.region, self.at, self.network = region, at, network
        self.login = login.strip().lower()
        where = network if self._known() else "elsewhere"
        account = (ACCOUNT, f"{self.login} {where}")
        self.counters = [(DEVICE, f"{self.login} {device}")] if device else [account, (NETWORK, network)]

    def _known(self) -> bool:
        key = f"{self.login} {self.network}"
        return limits.waits_until(KNOWN, key, region=self.region, at=self.at) is not None

    def waits_until(self) -> datetime | None:
        """The moment until which this try must wait; None when it may be made."""
        moments = [
            limits.waits_until(patience.scope, key, region=self.region, at=self.at)
            for patience, key in self.counters
        ]
        return max((one for one in moments if one), default=None)

    def failed(self) -> None:
        """Count a wrong name or password, and keep it as an event."""
        for patience, key in self.counters:
            limits.failed(patience, key, region=self.region, at=self.at)
        user = User.objects.filter(region=self.region, login=self.login).first()
        self._keep(user, "people.sign_in_failed", {} if user else {"login": self.login[:40]})

    def refused(self) -> None:
        """Keep that a try was turned away unasked."""
        user = User.objects.filter(region=self.region, login=self.login).first()
        self._keep(user, "people.sign_in_locked", {} if user else {"login": self.login[:40]})

    def passed(self, user: User) -> None:
        """Forget this browser's failures, remember its network, keep the sign-in as an event."""
        for patience, key in self.counters:
            if patience is not NETWORK:
                limits.forgive(patience.scope, key, region=self.region)
        known = limits.Patience(KNOWN, 0, KEPT, KEPT, KEPT)
        limits.failed(known, f"{self.login} {self.network}", region=self.region, at=self.at)
        self._keep(user, "people.signed_in", {})

    @transaction.atomic
    def _keep(self, user: User | None, kind: str, data: dict[str, str]) -> None:
        by = Actor(user.id, user.name, self.region) if user else machine(self.region, "登录")
        stream = user.id if user else STRANGERS
        append(stream=stream, kind=kind, by=by, at=self.at, data={"network": self.network, **data})


@transaction.atomic
def unlock(*, user: User, by: Actor, at: datetime) -> bool:
    """解除登录锁: the administrator forgives an account's failures from elsewhere; returns whether there were any."""
    if not by.may("people.manage"):
        raise NotAllowed("只有系统管理员可以解除登录锁。")
    held = limits.forgive(ACCOUNT.scope, f"{user.login} elsewhere", region=user.region)
    append(stream=user.id, kind="people.sign_in_unlocked", by=by, at=at, data={"held": held})
    return held


@transaction.atomic
def signed_out(*, by: Actor, at: datetime) -> None:
    """Keep that a person ended the session."""
    if by.id is not None:
        append(stream=by.id, kind="people.signed_out", by=by, at=at)
