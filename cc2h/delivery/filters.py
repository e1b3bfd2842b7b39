"""What the list of actions can be filtered by."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict

from cc2h.accounts import records
from cc2h.delivery import queries
from cc2h.delivery.models import Action, State
from cc2h.delivery.querysets import ActionQuerySet
from cc2h.delivery.wording import SOON, soon
from cc2h.kit.forms import record_number
from practices.filters import ByCommissioner

STATES = [(State.DONE.value, "Done"), (State.DROPPED.value, "Dropped"), ("all", "Any")]
DUE = [("overdue", "Overdue"), ("soon", f"Within {SOON} days"), ("lost", "Lost its day")]


class ActionFilters(ByCommissioner):
    """Open actions, unless another state is asked for."""

    q = filters.CharFilter(method="search", label="Search", help_text="What is to be done, or whose post")
    whose = filters.ChoiceFilter(
        method="by_whose", label="Whose", choices=[("mine", "Of my posts")], empty_label="All I may see"
    )
    due = filters.ChoiceFilter(method="by_due", label="Due", choices=DUE, empty_label="Any time")
    state = filters.ChoiceFilter(method="by_state", label="State", choices=STATES, empty_label="Open")
    owner = filters.ChoiceFilter(method="of_owner", label="Owner’s post", empty_label="Any")
    commissioner = filters.ChoiceFilter(method="of_commissioner", label="Commissioner", empty_label="Any")
    chin = filters.ChoiceFilter(method="of_chin", label="CHIN", empty_label="Any, or none")
    kind = filters.ChoiceFilter(label="About", empty_label="Anything")
    record = filters.CharFilter(
        method="of_record", label="Code of the record", help_text="Such as a practice’s ODS code"
    )

    class Meta:
        model = Action
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], *, request: HttpRequest) -> None:
        super().__init__(data, queryset, request=request)
        self.offer("owner", queries.owners_of(self.queryset), fewest=2)
        self.offer("chin", queries.chins_seen(request.user), fewest=2)
        self.offer("kind", [(name, kind.noun) for name, kind in records.kinds.items()], fewest=2)

    def search(self, actions: ActionQuerySet, name: str, value: str) -> ActionQuerySet:
        return actions.filter(Q(what__icontains=value) | Q(owner__title__icontains=value))

    def by_whose(self, actions: ActionQuerySet, name: str, value: str) -> ActionQuerySet:
        return actions.mine(self.request.user)

    def by_due(self, actions: ActionQuerySet, name: str, value: str) -> ActionQuerySet:
        today = self.asat.today
        if value == "overdue":
            return actions.overdue(today)
        if value == "lost":
            return actions.without_a_day()
        return actions.open().filter(due__gte=today, due__lte=soon(today))

    def by_state(self, actions: ActionQuerySet, name: str, value: str) -> ActionQuerySet:
        return actions if value == "all" else actions.filter(state=value)

    def of_owner(self, actions: ActionQuerySet, name: str, value: str) -> ActionQuerySet:
        return actions.filter(owner=record_number(value) or 0)

    def of_commissioner(self, actions: ActionQuerySet, name: str, value: str) -> ActionQuerySet:
        return actions.filter(queries.belonging(self.asat, commissioner=value))

    def of_chin(self, actions: ActionQuerySet, name: str, value: str) -> ActionQuerySet:
        return actions.filter(queries.belonging(self.asat, chin=value))

    def of_record(self, actions: ActionQuerySet, name: str, value: str) -> ActionQuerySet:
        """Of the records this person may see: nobody finds out by guessing what an action of theirs is about."""
        return actions.filter(queries.of_visible_records(self.request.user, self.asat), key__iexact=value)

    def filter_queryset(self, actions: ActionQuerySet) -> ActionQuerySet:
        found: ActionQuerySet = super().filter_queryset(actions)
        return found if self.form.cleaned_data["state"] else found.open()
