"""What the lists of CHINs and posts can be filtered by."""

import django_filters as filters
from django.db.models import Q, QuerySet

from cc2h.accounts.authority import Role
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
