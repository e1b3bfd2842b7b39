"""What the list of people can be filtered by."""

import django_filters as filters
from django.db.models import Q, QuerySet

from cc2h.accounts.models import User
from cc2h.kit.lists import ListFilters


class PersonFilters(ListFilters):
    """Everybody, unless asked otherwise."""

    q = filters.CharFilter(method="search", label="Search", help_text="Name or e-mail address")
    access = filters.ChoiceFilter(
        method="by_access",
        label="Access",
        choices=[("active", "May sign in"), ("ended", "Ended"), ("never", "Never signed in")],
        empty_label="Any",
    )

    class Meta:
        model = User
        fields: list[str] = []

    def search(self, people: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return people.filter(Q(name__icontains=value) | Q(email__icontains=value))

    def by_access(self, people: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        if value == "never":
            return people.filter(is_active=True, last_login__isnull=True)
        return people.filter(is_active=value == "active")
