"""What the lists of CHINs and posts, and the access review, can be filtered by."""

from datetime import timedelta

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from cc2h.kit.lists import ListFilters
from chins.models import Chin, Post
from chins.queries import ABOVE, BELOW, INSIDE
from chins.workflow import COUNTED, ChinStatus
from practices.filters import ByCommissioner
from practices.models import Commissioner

COUNTING = "counting"
STATUSES = [*ChinStatus.choices, ("all", "Any status")]
BANDS = [(INSIDE, "Inside the band"), ("outside", "Outside the band"), (BELOW, "Below it"), (ABOVE, "Above it")]


class ChinFilters(ByCommissioner):
    """CHINs that count (proposed, approved, operational), unless another status is asked for.

    `any_status` is the same without that filter.
    """

    q = filters.CharFilter(method="search", label="Search", help_text="Name, area or focus")
    commissioner = filters.ChoiceFilter(field_name="commissioner__ods_code", label="Commissioner", empty_label="Any")
    status = filters.ChoiceFilter(
        method="by_status", label="Status", choices=STATUSES, empty_label="Proposed to operational"
    )
    kind = filters.ChoiceFilter(label="Kind", choices=Chin.Kind.choices, empty_label="Any")
    size = filters.ChoiceFilter(method="by_band", label="Size", choices=BANDS, empty_label="Any")

    class Meta:
        model = Chin
        fields: list[str] = []

    @property
    def any_status(self) -> QuerySet[Chin]:
        """What the other filters let through. Ask only of a valid form."""
        typed = self.form.cleaned_data
        chins: QuerySet[Chin] = self.queryset.all()
        for name, one in self.filters.items():
            if name != "status":
                chins = one.filter(chins, typed[name])
        return chins

    def filter_queryset(self, queryset: QuerySet[Chin]) -> QuerySet[Chin]:
        return self.by_status(self.any_status, "status", self.form.cleaned_data["status"])

    def search(self, chins: QuerySet[Chin], name: str, value: str) -> QuerySet[Chin]:
        found = Q(name__icontains=value) | Q(footprint__icontains=value) | Q(code__istartswith=value)
        return chins.filter(found | Q(slug__icontains=value) | Q(focus_areas__icontains=value))

    def by_status(self, chins: QuerySet[Chin], name: str, value: str) -> QuerySet[Chin]:
        if value == "all":
            return chins
        return chins.filter(Q(status=value) if value else Q(status__in=COUNTED))

    def by_band(self, chins: QuerySet[Chin], name: str, value: str) -> QuerySet[Chin]:
        return chins.filter(Q(band__in=(BELOW, ABOVE)) if value == "outside" else Q(band=value))


class PostFilters(ByCommissioner):
    """Posts, all of them unless asked otherwise."""

    q = filters.CharFilter(method="search", label="Search", help_text="Post or name of its holder")
    commissioner = filters.ChoiceFilter(method="of_commissioner", label="Commissioner", empty_label="Any")
    role = filters.ChoiceFilter(label="Role", choices=Role.choices, empty_label="Any")
    held = filters.ChoiceFilter(
        method="by_held", label="Held", choices=[("held", "Held"), ("vacant", "Vacant")], empty_label="Held or vacant"
    )

    class Meta:
        model = Post
        fields: list[str] = []

    def search(self, posts: QuerySet[Post], name: str, value: str) -> QuerySet[Post]:
        return posts.filter(Q(title__icontains=value) | Q(holder__icontains=value))

    def of_commissioner(self, posts: QuerySet[Post], name: str, value: str) -> QuerySet[Post]:
        return posts.filter(Q(whose__in=Commissioner.objects.filter(ods_code=value).values("pk")))

    def by_held(self, posts: QuerySet[Post], name: str, value: str) -> QuerySet[Post]:
        return posts.filter(Q(holder__isnull=value == "vacant"))


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
