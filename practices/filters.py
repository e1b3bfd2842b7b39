"""What the lists of practices and commissioners can be filtered by."""

import re
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.functional import cached_property
from django_filters.widgets import RangeWidget

from cc2h.kit.days import year_before
from cc2h.kit.lists import ListFilters
from practices import queries
from practices.matching import Matching
from practices.models import (
    LARGEST_LIST,
    Commissioner,
    FederationMembership,
    Practice,
    PracticeDetail,
    PracticeStanding,
    Status,
)
from practices.networks import networks
from practices.querysets import CommissionerQuerySet

NOT_IN_A_CHIN = "none"
BEGINS_A_CODE = re.compile(r"[A-Za-z]\d{0,5}")
BEGINS_A_POSTCODE = re.compile(r"[A-Za-z]{1,2}(\d[A-Za-z0-9]{0,4})?")
CHIN_STATUSES = [("operational", "Operational"), ("approved", "Approved"), ("proposed", "Proposed")]
STATUSES = [*((value, label) for value, label in Status.choices if value != Status.ACTIVE), ("all", "Any status")]


class FromTo(RangeWidget):
    """Two inputs named `…_from` and `…_to`."""

    suffixes = ["from", "to"]


class ByCommissioner(ListFilters):
    """Offers the commissioners the reader sees, when there are several: the base of other rooms' lists."""

    commissioner: filters.ChoiceFilter

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], *, request: HttpRequest) -> None:
        super().__init__(data, queryset, request=request)
        self.offer("commissioner", queries.commissioner_choices(request.user), fewest=2)


class PracticeFilters(ListFilters):
    """Active practices, unless another status is asked for. `any_status` is the same without that filter."""

    q = filters.CharFilter(method="search", label="Search", help_text="Name, code or postcode")
    commissioner = filters.ChoiceFilter(method="by_commissioner", label="Commissioner", empty_label="Any")
    chin = filters.ChoiceFilter(method="in_chin", label="CHIN", empty_label="Any, or none")
    chin_status = filters.ChoiceFilter(
        method="by_chin_status", label="CHIN status", choices=CHIN_STATUSES, empty_label="Any"
    )
    placed = filters.ChoiceFilter(
        method="by_placed",
        label="Networks",
        choices=[("in", "in a CHIN"), ("out", "not in a CHIN")],
        widget=forms.HiddenInput,
    )
    status = filters.ChoiceFilter(label="Status", choices=STATUSES, empty_label="Active")
    federation = filters.ChoiceFilter(method="in_federation", label="Federation", empty_label="Any")
    borough = filters.ChoiceFilter(method="in_borough", label="Borough", empty_label="Any")
    size = filters.RangeFilter(
        method="of_size",
        label="List size",
        widget=FromTo,
        fields=tuple(forms.IntegerField(min_value=0, max_value=LARGEST_LIST, required=False) for _ in range(2)),
    )
    changed = filters.ChoiceFilter(
        method="changed_since", label="Changed", choices=[("year", "In the last year")], empty_label="Any time"
    )

    same_as_empty = {"status": Status.ACTIVE.value}

    class Meta:
        model = Practice
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: Matching, *, request: HttpRequest) -> None:
        super().__init__(_plain(data), queryset, request=request)
        choices = queries.filter_choices(request.user, self.asat, self.data.get("commissioner", ""))
        for name, fewest in (("commissioner", 2), ("borough", 2), ("federation", 1)):
            self.offer(name, choices[name], fewest=fewest)
        # who is offered no CHINs before choosing a commissioner may still follow a link to one
        asked = self.data.get("chin")
        offered = choices["chin"] or [(slug, slug) for slug in [asked] if slug and slug != NOT_IN_A_CHIN]
        self.offer("chin", [(NOT_IN_A_CHIN, "Not in a CHIN"), *offered], fewest=1)

    @cached_property
    def any_status(self) -> Matching:
        """What all filters but the status let through, so that a page can say how many have which status."""
        matching = self.queryset
        for name, value in self.form.cleaned_data.items():
            if name != "status":
                matching = self.filters[name].filter(matching, value)
        return matching

    @property
    def statuses(self) -> list[str]:
        """The statuses asked for."""
        asked = self.form.cleaned_data["status"] or Status.ACTIVE
        return list(Status.values) if asked == "all" else [asked]

    @property
    def qs(self) -> Matching:
        return self.any_status.where("standing.status = ANY(%(statuses)s)", statuses=self.statuses)

    # Each takes what matches so far, the parameter's name and its value --------------------------------
    def search(self, matching: Matching, name: str, value: str) -> Matching:
        """By a part of the name, or the beginning of a code or postcode where it can be one."""
        joined = value.replace(" ", "").upper()
        part = re.sub(r"([\\%_])", r"\\\1", value)
        # to fold ASCII alone is far quicker, and the same for a part that has nothing else
        found = "detail.name ILIKE %(part)s" + (' COLLATE "C"' if part.isascii() else "")
        if BEGINS_A_CODE.fullmatch(joined):
            found += " OR starts_with(practice.ods_code, %(joined)s)"
        if BEGINS_A_POSTCODE.fullmatch(joined):
            found += " OR starts_with(upper(replace(detail.postcode, ' ', '')), %(joined)s)"
        return matching.where(found, part=f"%{part}%", joined=joined)

    def by_commissioner(self, matching: Matching, name: str, value: str) -> Matching:
        theirs = "standing.commissioner_id = (SELECT k.id FROM practices_commissioner k WHERE k.ods_code = %(theirs)s)"
        return matching.where(theirs, theirs=value)

    def in_chin(self, matching: Matching, name: str, value: str) -> Matching:
        if value == NOT_IN_A_CHIN:
            return matching.where_fact("chin_id", "IS NULL")
        return matching.where_fact("chin_slug", "= %(chin)s", chin=value)

    def by_chin_status(self, matching: Matching, name: str, value: str) -> Matching:
        return matching.where_fact("chin_status", "= %(chin_status)s", chin_status=value)

    def by_placed(self, matching: Matching, name: str, value: str) -> Matching:
        return matching.where_fact("chin_id", "IS NULL" if value == "out" else "IS NOT NULL")

    def in_federation(self, matching: Matching, name: str, value: str) -> Matching:
        return matching.where("federation.slug = %(federation)s", federation=value)

    def in_borough(self, matching: Matching, name: str, value: str) -> Matching:
        return matching.where_fact("borough", "= %(borough)s", borough=value)

    def of_size(self, matching: Matching, name: str, value: slice) -> Matching:
        if value.start is not None:
            matching = matching.where_fact("patients", ">= %(size_from)s", size_from=value.start)
        return matching if value.stop is None else matching.where_fact("patients", "<= %(size_to)s", size_to=value.stop)

    def changed_since(self, matching: Matching, name: str, value: str) -> Matching:
        """Opened, closed, renamed, moved, merged, joined or left a network or a federation in the year before."""
        after, until = year_before(self.asat.day), self.asat.day
        began = Q(period__startswith__gt=after, period__startswith__lte=until)
        ended = Q(period__endswith__gt=after, period__endswith__lte=until)
        changed = networks().changed(after, until, self.asat.known_at)
        for model in (PracticeDetail, PracticeStanding, FederationMembership):
            of_those = model.objects.held(self.asat.known_at).filter(began | ended)
            changed |= Q(pk__in=of_those.values("practice"))
        return matching.among(Practice.objects.filter(changed))


class MapFilters(PracticeFilters):
    """What the list can be filtered by, and whether a position is known."""

    position = filters.ChoiceFilter(
        method="by_position",
        label="Position",
        choices=[("known", "Known"), ("none", "Not known")],
        empty_label="Known or not",
    )

    def by_position(self, matching: Matching, name: str, value: str) -> Matching:
        known = "detail.latitude IS NOT NULL AND detail.longitude IS NOT NULL"
        return matching.where(known if value == "known" else f"({known}) IS NOT TRUE")


def _plain(data: QueryDict) -> QueryDict:
    """`status=active` is what an empty status means: one spelling, so that it is no filter to take off."""
    if data.get("status") != Status.ACTIVE:
        return data
    plain = data.copy()
    del plain["status"]
    return plain


class CommissionerFilters(ListFilters):
    """Commissioners, all of them unless asked otherwise."""

    q = filters.CharFilter(method="search", label="Search", help_text="Name or code")
    programme = filters.ChoiceFilter(
        method="by_programme",
        label="Programme",
        choices=[("in", "In the programme"), ("out", "Not in the programme")],
        empty_label="In it or not",
    )
    ended = filters.ChoiceFilter(
        method="by_end",
        label="Ended",
        choices=[("no", "Not ended"), ("yes", "Ended")],
        empty_label="Ended or not",
    )

    class Meta:
        model = Commissioner
        fields: list[str] = []

    def search(self, commissioners: CommissionerQuerySet, name: str, value: str) -> QuerySet[Any]:
        named = Q(name__icontains=value) | Q(short_name__icontains=value)
        return commissioners.filter(named | Q(ods_code__istartswith=value))

    def by_programme(self, commissioners: CommissionerQuerySet, name: str, value: str) -> QuerySet[Any]:
        return commissioners.filter(in_programme=value == "in")

    def by_end(self, commissioners: CommissionerQuerySet, name: str, value: str) -> QuerySet[Any]:
        day = self.asat.day
        return commissioners.filter(closed__lt=day) if value == "yes" else commissioners.not_ended(day)
