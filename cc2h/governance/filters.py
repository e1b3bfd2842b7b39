"""What lists of bodies, seats and meetings can be filtered by."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict

from cc2h.accounts.authority import authority_of
from cc2h.governance import queries
from cc2h.governance.models import Body, Meeting, MeetingState, Part, Seat
from cc2h.kit.lists import ListFilters
from practices.queries import commissioner_choices

ALL_TOGETHER = "all"
FILLED = [("yes", "Filled"), ("no", "Vacant")]
WHEN = [("past", "Before the day"), ("any", "Any day")]


class _Whose(ListFilters):
    """Offers the commissioners that the reader sees, and what is of all of them together."""

    commissioner: filters.ChoiceFilter
    of_body = ""

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], *, request: HttpRequest) -> None:
        super().__init__(data, queryset, request=request)
        offered = [(ALL_TOGETHER, "All together"), *commissioner_choices(request.user)]
        self.offer("commissioner", offered, fewest=2)

    def by_commissioner(self, rows: Any, name: str, value: str) -> Any:
        if value == ALL_TOGETHER:
            return rows.filter(**{f"{self.of_body}commissioner": None})
        return rows.filter(**{f"{self.of_body}commissioner__ods_code": value})


class BodyFilters(_Whose):
    """Bodies that had not ended by the day, unless asked otherwise."""

    q = filters.CharFilter(method="search", label="Search", help_text="Name, also another one")
    commissioner = filters.ChoiceFilter(method="by_commissioner", label="Whose", empty_label="Any")
    ended = filters.ChoiceFilter(method="or_ended", label="Ended", choices=[("yes", "Also those")], empty_label="No")

    class Meta:
        model = Body
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("ended"):
            return rows
        return rows.filter(Q(ended_on=None) | Q(ended_on__gte=self.asat.day))

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(name__icontains=value) | Q(other_names__icontains=value))

    def or_ended(self, rows: Any, name: str, value: str) -> Any:
        return rows


class SeatFilters(ListFilters):
    q = filters.CharFilter(method="search", label="Search", help_text="Seat, organisation, post or name")
    filled = filters.ChoiceFilter(method="by_filled", label="Filled", choices=FILLED, empty_label="Any")
    part = filters.ChoiceFilter(label="Part", choices=Part.choices, empty_label="Any")
    core = filters.ChoiceFilter(
        method="by_flag", label="Core member", choices=[("yes", "Core"), ("no", "Not core")], empty_label="Any"
    )
    voting = filters.ChoiceFilter(
        method="by_flag", label="Votes", choices=[("yes", "Votes"), ("no", "Does not vote")], empty_label="Any"
    )

    class Meta:
        model = Seat
        fields: list[str] = []

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(
            Q(title__icontains=value)
            | Q(organisation__icontains=value)
            | Q(post__title__icontains=value)
            | Q(holder__icontains=value)
        )

    def by_filled(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(filled=value == "yes")

    def by_flag(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(**{name: value == "yes"})


class MeetingFilters(_Whose):
    """Meetings from the day on, unless asked otherwise."""

    of_body = "body__"

    q = filters.CharFilter(method="search", label="Search", help_text="Body or place")
    when = filters.ChoiceFilter(method="as_asked", label="When", choices=WHEN, empty_label="From the day on")
    mine = filters.ChoiceFilter(
        method="of_mine", label="Bodies", choices=[("yes", "On which I have a seat")], empty_label="Any"
    )
    commissioner = filters.ChoiceFilter(method="by_commissioner", label="Whose", empty_label="Any")
    body = filters.ChoiceFilter(field_name="body__slug", label="Body", empty_label="Any")
    state = filters.ChoiceFilter(label="State", choices=MeetingState.choices, empty_label="Any")

    class Meta:
        model = Meeting
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], *, request: HttpRequest) -> None:
        super().__init__(data, queryset, request=request)
        self.offer("body", queries.body_choices(request.user), fewest=2)

    def filter_queryset(self, queryset: Any) -> Any:
        rows, when = super().filter_queryset(queryset), self.form.cleaned_data.get("when")
        if when == "any":
            return rows
        return rows.filter(day__lt=self.asat.day) if when == "past" else rows.filter(day__gte=self.asat.day)

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(body__name__icontains=value) | Q(place__icontains=value))

    def as_asked(self, rows: Any, name: str, value: str) -> Any:
        return rows

    def of_mine(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(body__in=queries.sits_on(authority_of(self.request.user), self.asat.day))
