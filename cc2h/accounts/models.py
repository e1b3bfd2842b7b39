"""People who may sign in, and the tokens of their programs. What they may do comes from the posts they hold."""

from dataclasses import dataclass
from typing import Any

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.functional import cached_property

from cc2h.accounts import authority
from cc2h.kit.days import today
from cc2h.kit.search import trigrams
from cc2h.kit.together import Given


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, name: str, password: str | None = None) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


@dataclass(frozen=True)
class Like:
    """What of a person decides about the words of a question (cc2h.kit.together)."""

    roles: authority.Roles

    def stand_in(self, given: Given) -> Any:
        """Their number, which a filter also takes for themselves, with their authority."""
        person = given(lambda user: user.pk, int)
        person.pk = person.id = person
        person.authority = self.roles.stand_in(lambda of, kind: given(lambda user: of(user.authority), kind))
        return person


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["password", "last_login"]
)  # no hash leaves its place
class User(AbstractBaseUser):
    """A person by e-mail address. Without a post they see nothing."""

    email = models.EmailField("e-mail address", max_length=254)
    name = models.CharField("name", max_length=150)
    is_active = models.BooleanField("may sign in", default=True)
    morning_mail = models.BooleanField("told every morning of what waits", default=True, db_default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_email_once",
                violation_error_message="Somebody already signs in with this e-mail address.",
            )
        ]
        indexes = [trigrams("accounts_user_trigrams", "name")]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def authority(self) -> "authority.Authority":
        """What this person may do today, from the posts they hold or deputise for. One query, once a request."""
        return authority.of(self, today())

    def shape_of_question(self) -> "Like":
        return Like(authority.authority_of(self).shape_of_question())

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    # Django and allauth ask these of any user; authority never comes from them.
    is_staff = False
    is_superuser = False

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["digest", "last_used_at"])
class ApiToken(models.Model):
    """What a person's program shows instead of a password. Only its digest is kept.

    actions: the most it may do, whatever posts its owner holds; what they may not do themselves, it may not either.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField("what it is for", max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    actions = ArrayField(models.CharField(max_length=40))
    made_at = models.DateTimeField(db_default=Now())
    expires_on = models.DateField("last day")
    withdrawn_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="accounts_apitoken_does_something",
                condition=models.Q(actions__len__gt=0),
                violation_error_message="Choose at least one thing that it may do.",
            ),
        ]
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class ApiUse(models.Model):
    """How many requests of the API somebody has sent in a minute: the limit holds across processes."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    minute = models.BigIntegerField()
    requests = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.user_id}: {self.requests}"
