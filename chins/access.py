"""The access review: who may sign in, which posts they hold, when they were last here, and by what they prove it."""

from datetime import datetime, timedelta
from typing import Any

import django_filters as filters
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.safestring import SafeString
from django_tables2 import Column

from cc2h.accounts.authority import SECOND_FACTOR_ROLES, Action, require
from cc2h.accounts.models import User
from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.lists import ListFilters, ListPage, ListTable
from chins.models import Deputy, PostHolding


def reviewed(asat: AsAt) -> QuerySet[User]:
    """Everybody, with `posts` (titles held or deputised for on the day), `guarded` (one of them needs a second

    factor), `factor` (they have one) and `seen` (when they were last here). Only for those who keep people.
    """
    held = PostHolding.objects.as_at(asat.day, asat.known_at).filter(holder=OuterRef("pk"))
    deputised = Deputy.objects.as_at(asat.day, asat.known_at).filter(deputy=OuterRef("pk"))

    def titles(of: Any, whose: str) -> Subquery:
        listed = of.order_by().values(whose).annotate(all=StringAgg("post__title", "; ", ordering="post__title"))
        return Subquery(listed.values("all"))

    sessions = (
        UserSession.objects.filter(user=OuterRef("pk")).order_by().values("user").annotate(at=Max("last_seen_at"))
    )
    guarded = {"post__role__in": sorted(SECOND_FACTOR_ROLES)}
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return User.objects.annotate(
        posts=titles(held, "holder"),
        deputises=titles(deputised, "deputy"),
        guarded=Exists(held.filter(**guarded)) | Exists(deputised.filter(**guarded)),
        factor=Exists(factors),
        seen=Greatest(F("last_login"), Subquery(sessions.values("at"))),
    )


class AccessTable(ListTable):
    name = Column()
    email = Column(verbose_name="E-mail address")
    posts = Column(verbose_name="Posts held")
    deputises = Column(verbose_name="Deputises for")
    factor = Column(verbose_name="Second factor", order_by=("factor", "guarded"))
    seen = Column(verbose_name="Last seen")
    is_active = Column(verbose_name="Access")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "Who holds what, and when they were last here"}

    def render_name(self, record: User, value: str) -> SafeString:
        return self.link(value, "people:user_detail", record.pk)

    def render_factor(self, record: Any, value: bool) -> Any:
        if value:
            return "Set up"
        return self.tag("closed", "Needed, not set up") if record.guarded else words.DASH

    def render_seen(self, value: datetime) -> str:
        return words.moment(timezone.localtime(value))

    def render_is_active(self, value: bool) -> Any:
        return self.tag("active", "May sign in") if value else self.tag("closed", "Ended")


class AccessFilters(ListFilters):
    """Whoever may sign in, unless asked otherwise."""

    q = filters.CharFilter(method="search", label="Search", help_text="Name, e-mail address or post")
    look = filters.ChoiceFilter(
        method="looked_for",
        label="Look for",
        choices=[
            ("no-post", "May sign in and holds no post"),
            ("no-factor", "Needs a second factor and has none"),
            ("not-seen", "Not seen for 90 days"),
            ("ended", "Access ended"),
            ("left-posts", "Access ended, posts not"),
        ],
        empty_label="Whoever may sign in",
    )

    class Meta:
        model = User
        fields: list[str] = []

    def search(self, people: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        of_post = Q(posts__icontains=value) | Q(deputises__icontains=value)
        return people.filter(Q(name__icontains=value) | Q(email__icontains=value) | of_post)

    def looked_for(self, people: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        without = Q(posts__isnull=True, deputises__isnull=True)
        long_ago = timezone.now() - timedelta(days=90)
        wanted = {
            "no-post": Q(is_active=True) & without,
            "no-factor": Q(is_active=True, guarded=True, factor=False),
            "not-seen": Q(is_active=True) & (Q(seen__lt=long_ago) | Q(seen__isnull=True)),
            "ended": Q(is_active=False),
            "left-posts": Q(is_active=False) & ~without,
        }
        return people.filter(wanted[value])

    def filter_queryset(self, people: QuerySet[User]) -> QuerySet[User]:
        found: QuerySet[User] = super().filter_queryset(people)
        return found if self.form.cleaned_data.get("look") else found.filter(is_active=True)


class AccessReview(ListPage):
    """Who holds what, and when they were last here; to be looked through now and then."""

    title = "Access review"
    noun = ("person", "people")
    filterset_class = AccessFilters
    table_class = AccessTable
    default_sort = "name"
    csv_columns = {
        "name": "name",
        "email": "email",
        "posts": "posts",
        "deputises_for": "deputises",
        "needs_second_factor": "guarded",
        "has_second_factor": "factor",
        "last_seen": "seen",
        "may_sign_in": "is_active",
    }

    def permit(self) -> None:
        require(self.request.user, Action.MANAGE_PEOPLE)

    def queryset(self) -> QuerySet[User]:
        return reviewed(self.asat)
