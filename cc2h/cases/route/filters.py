"""What the list of where cases are can be filtered by."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict

from cc2h.cases.route import queries
from cc2h.cases.route.models import Turn
from practices.filters import ByCommissioner

STATES = [
    ("late", "Late"),
    ("answered", "Answered"),
    ("year", "Answered in the last year"),
    ("void", "Not needed any more"),
    ("all", "All"),
]


class TurnFilters(ByCommissioner):
    """What waits, unless asked otherwise."""

    q = filters.CharFilter(method="search", label="Search", help_text="Number or title of a case")
    commissioner = filters.ChoiceFilter(field_name="commissioner_code", label="Commissioner", empty_label="Any")
    stage = filters.ChoiceFilter(field_name="stage_key", label="Stage", empty_label="Any")
    chin = filters.ChoiceFilter(field_name="chin_slug", label="CHIN", empty_label="Any")
    state = filters.ChoiceFilter(method="in_state", label="State", choices=STATES, empty_label="Waiting")

    same_as_empty = {"state": "waiting"}

    class Meta:
        model = Turn
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], *, request: HttpRequest) -> None:
        super().__init__(_plain(data), queryset, request=request)
        stages, chins = queries.choices(queryset)
        self.offer("stage", stages, fewest=2)
        self.offer("chin", chins, fewest=2)

    @property
    def qs(self) -> Any:
        found = super().qs
        return found if self.form.cleaned_data.get("state") else found.filter(state_on__in=queries.WAITS)

    def search(self, turns: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return turns.filter(Q(number__istartswith=value) | Q(title__icontains=value))

    def in_state(self, turns: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queries.in_state(turns, value, self.asat)


def _plain(data: QueryDict) -> QueryDict:
    """What was asked, without the state that is meant when none is."""
    if data.get("state") != "waiting":
        return data
    plain = data.copy()
    del plain["state"]
    return plain
