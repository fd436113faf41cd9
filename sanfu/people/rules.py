"""Rules of signing in (登录规则): how long, how many, how old, as `content/people/signing_in.yaml` says."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from sanfu.people.roles import ROLES
from sanfu.records.content import BadContent, read_yaml

FILE = Path("people", "signing_in.yaml")


@dataclass(frozen=True, slots=True)
class SigningInRules:
    """What the county demands; minutes, days and counts, 0 for a rule that is off."""

    idle_minutes: int
    parallel_sessions: int
    password_days: int
    password_history: int
    second_factor_minutes: int
    recovery_codes: int


def read_rules(path: Path) -> SigningInRules:
    """The rules of a file.

    Raises:
        BadContent: a rule is missing, unknown or no whole number from 0 on.
    """
    said = read_yaml(path) or {}
    wanted = set(SigningInRules.__dataclass_fields__)
    if set(said) != wanted:
        raise BadContent(f"{path}：规则应为{'、'.join(sorted(wanted))}，不多不少。")
    wrong = [name for name, value in said.items() if type(value) is not int or not 0 <= value <= 10_000]
    if wrong:
        raise BadContent(f"{path}：{'、'.join(wrong)}须为 0 至 10000 的整数。")
    return SigningInRules(**said)


@cache
def signing_in_rules() -> SigningInRules:
    """The rules of this installation."""
    return read_rules(Path(settings.CONTENT) / FILE)


def needs_second_factor(roles: frozenset[str]) -> bool:
    """Whether one of these roles may not work without a second factor here."""
    return settings.SECOND_FACTOR and any(ROLES[one].second_factor for one in roles if one in ROLES)
