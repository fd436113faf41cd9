"""Organisations, users and the posts they hold."""

from typing import ClassVar

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q

from sanfu.people.states import OrganisationKind
from sanfu.records.ids import new_id


class Organisation(models.Model):
    """组织机构: a department, town, zone, utility, centre or enterprise account of the county."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    code = models.CharField(max_length=20)
    kind = models.CharField(max_length=12, choices=OrganisationKind.choices())
    name = models.CharField(max_length=80)
    short = models.CharField(max_length=40)
    pinyin = models.CharField(max_length=200, help_text="sort key: the embedded database has no ICU")
    aliases = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    area = models.CharField(max_length=9, blank=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")

    class Meta:
        db_table = "people_organisation"
        constraints = [models.UniqueConstraint(fields=["region", "code"], name="one_organisation_a_code")]
        indexes = [models.Index(fields=["region", "kind"], name="organisation_by_kind")]

    def __str__(self) -> str:
        return self.short


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(login=username)


class User(AbstractBaseUser):
    """账号: a person who can log in. What the person may do comes from the posts held, never from here."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    login = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="users")
    is_active = models.BooleanField(default=True)
    sees = models.CharField(max_length=200, blank=True, help_text="one sentence: who may see what")
    password_given = models.BooleanField(
        default=False, help_text="an administrator set the password: the person must choose an own one"
    )
    password_at = models.DateTimeField(
        null=True, help_text="when the password was set; null: before it was kept"
    )
    break_glass = models.BooleanField(
        default=False, help_text="应急账号: its password opens the door while passwords are closed"
    )
    demo = models.BooleanField(default=False, help_text="演示 account: production refuses to run with one")

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        db_table = "people_user"
        indexes = [GinIndex(Func(F("name"), function="bigrams"), name="user_by_name")]

    def __str__(self) -> str:
        return self.name


class Appointment(models.Model):
    """任职: a person holds a role in an organisation from a day until a day; ended, never deleted."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="appointments")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT)
    role = models.CharField(max_length=30, help_text="code of a role of content/people/roles/")
    starts = models.DateField()
    ends = models.DateField(null=True)

    class Meta:
        db_table = "people_appointment"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "user", "organisation", "role", "starts"], name="one_appointment_a_day"
            ),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gt=models.F("starts")),
                name="appointment_ends_after_start",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]


class ApiKey(models.Model):
    """接口密钥: lets another system act as an account. Only its SHA-256 is kept; ended, never deleted."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="keys")
    label = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    starts = models.DateField()
    ends = models.DateField(null=True)

    class Meta:
        db_table = "people_api_key"
        constraints = [models.UniqueConstraint(fields=["region", "digest"], name="one_key_a_digest")]
        triggers = [pgtrigger.Protect(name="key_never_deleted", operation=pgtrigger.Delete)]


class FormerPassword(models.Model):
    """历史密码: the hash of a password that was replaced, so that it is not chosen again soon."""

    region = models.CharField(max_length=6)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    password = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        db_table = "people_former_password"


class SecondFactor(models.Model):
    """第二因素: the sealed secret of a person's authenticator; `last_step` is the time step of the last code taken."""

    region = models.CharField(max_length=6)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    last_step = models.BigIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_second_factor"


class Passkey(models.Model):
    """通行密钥: the public half of a key that a person's device or stick holds; `counter` is that of its last signature."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    credential = models.BinaryField(help_text="id of the credential, at most 1,023 bytes")
    public = models.BinaryField(help_text="attested credential data: AAGUID, id and COSE public key")
    counter = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_passkey"
        constraints = [
            models.UniqueConstraint(fields=["region", "credential"], name="one_passkey_a_credential")
        ]


class RecoveryCode(models.Model):
    """备用码: lets a person in once without the authenticator; only a keyed digest is kept."""

    region = models.CharField(max_length=6)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_recovery_code"
        constraints = [models.UniqueConstraint(fields=["region", "user", "digest"], name="one_code_a_digest")]


class ForeignIdentity(models.Model):
    """统一身份: the person of an identity provider that an account is linked to, by issuer and `sub`."""

    region = models.CharField(max_length=6)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    at = models.DateTimeField()

    class Meta:
        db_table = "people_foreign_identity"
        constraints = [
            models.UniqueConstraint(fields=["region", "issuer", "subject"], name="one_account_an_identity")
        ]


class SignedIn(models.Model):
    """登录会话: where and when an account signed in; `session` is the key of Django's row, gone when it has ended."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    session = models.CharField(max_length=40, db_index=True)
    network = models.CharField(max_length=64)
    browser = models.CharField(max_length=80)
    at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        db_table = "people_signed_in"


# The tables of messages are kept with their actions; Django finds the models of an app here.
from sanfu.people.messages.models import Delivery, Message, MessageAddress, MessageChoice  # noqa: E402, F401
from sanfu.people.views.models import ListView  # noqa: E402, F401
