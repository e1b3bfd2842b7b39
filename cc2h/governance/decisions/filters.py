"""What the register of interests and the list of decisions can be filtered by."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict

from cc2h.accounts.models import User
from cc2h.governance.decisions import queries
from cc2h.governance.decisions.models import Decision, Interest, InterestKind
from cc2h.governance.models import Task
from cc2h.kit.lists import ListFilters


class InterestFilters(ListFilters):
    """The published register: by person, kind, and whether it is still true."""

    q = filters.CharFilter(method="search", label="Search", help_text="Name, organisation or interest")
    kind = filters.ChoiceFilter(label="Kind", choices=InterestKind.choices, empty_label="Any")
    state = filters.ChoiceFilter(
        method="by_state",
        label="True",
        choices=[("true", "As at this day"), ("ended", "Until up to six months ago")],
        empty_label="Either",
    )

    class Meta:
        model = Interest
        fields: list[str] = []

    def search(self, interests: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        said = Q(organisation__icontains=value) | Q(what__icontains=value)
        return interests.filter(said | Q(person__name__icontains=value))

    def by_state(self, interests: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        true = Q(period__contains=self.asat.day)
        return interests.filter(true if value == "true" else ~true)


class PeopleFilters(ListFilters):
    """Whose interests are kept: by name, and whether they have confirmed them within a year."""

    q = filters.CharFilter(field_name="name", lookup_expr="icontains", label="Search", help_text="Name")
    state = filters.ChoiceFilter(
        method="by_state",
        label="Confirmed",
        choices=[("confirmed", "Within a year"), ("overdue", "Longer ago"), ("never", "Never")],
        empty_label="Any",
    )

    class Meta:
        model = User
        fields: list[str] = []

    def by_state(self, people: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "never":
            return people.filter(Q(confirmed=None))
        since = queries.overdue_since(self.asat.day)
        return people.filter(Q(confirmed__gte=since) if value == "confirmed" else Q(confirmed__lt=since))


class DecisionFilters(ListFilters):
    """Decisions by body, what it was asked to do, and the days."""

    q = filters.CharFilter(method="search", label="Search", help_text="Item, reasons or outcome")
    body = filters.ChoiceFilter(field_name="item__meeting__body__slug", label="Body", empty_label="Any")
    task = filters.ChoiceFilter(field_name="item__task", label="Asked", choices=Task.choices, empty_label="Any")
    conflicts = filters.ChoiceFilter(
        method="by_conflicts",
        label="Conflicts",
        choices=[("yes", "Of somebody"), ("no", "Of nobody")],
        empty_label="Any",
    )

    class Meta:
        model = Decision
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], *, request: HttpRequest) -> None:
        super().__init__(data, queryset, request=request)
        self.offer("body", queries.bodies(request.user), fewest=2)

    def search(self, decisions: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return decisions.filter(
            Q(item__title__icontains=value) | Q(reasons__icontains=value) | Q(label__icontains=value)
        )

    def by_conflicts(self, decisions: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return decisions.filter(Q(conflicted__gt=0) if value == "yes" else Q(conflicted=0))
