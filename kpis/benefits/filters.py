"""What benefits, and their years, can be filtered by."""

from typing import Any

import django_filters as filters
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, QueryDict

from cc2h.kit import history
from cc2h.kit.days import year_in_address, year_name
from cc2h.kit.lists import ListFilters
from kpis.benefits.models import Benefit, PointOfDelivery, Profile
from kpis.models import Initiative
from practices import queries as practices

PROGRAMME = "programme"
NONE = "none"
POINTS = [*PointOfDelivery.choices, (NONE, "Not stated")]
COMPLETE = [("yes", "Saving and investment stated")]
STANDING = [
    ("below", "Forecast below plan"),
    ("unforecast", "Not forecast"),
    ("unvalidated", "Nothing validated"),
    ("validated", "Validated"),
]


class _OfBenefits(ListFilters):
    """What both lists are filtered by; `path` leads to the benefit."""

    path = ""

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], *, request: HttpRequest) -> None:
        super().__init__(data, queryset, request=request)
        whole = [(PROGRAMME, "The programme as a whole")]
        self.offer("commissioner", [*practices.commissioner_choices(request.user), *whole], fewest=2)
        chins = queryset.exclude(**{f"{self.path}chin": None}).order_by(f"{self.path}chin__name")
        named = chins.values_list(f"{self.path}chin__slug", f"{self.path}chin__name").distinct()
        self.offer("chin", list(named), fewest=1)

    def search(self, rows: Any, name: str, value: str) -> Any:
        words = self.had(title__icontains=value) | self.had(qipp__icontains=value)
        return rows.filter(words | self.had(hrg__istartswith=value))

    def had(self, **facts: Any) -> Q:
        """The benefit had such facts on the page's day."""
        return history.had(self.asat, Benefit, self.path, **facts)

    def by_commissioner(self, rows: Any, name: str, value: str) -> Any:
        if value == PROGRAMME:
            return rows.filter(self.had(commissioner=None))
        return rows.filter(self.had(commissioner__ods_code=value))

    def by_chin(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(self.had(chin__slug=value))

    def by_point(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(self.had(point_of_delivery="" if value == NONE else value))

    def by_initiative(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(self.had(initiative=value))


class BenefitFilters(_OfBenefits):
    q = filters.CharFilter(method="search", label="Search", help_text="Benefit, QIPP scheme or HRG")
    initiative = filters.ChoiceFilter(
        method="by_initiative", label="Initiative", choices=Initiative.choices, empty_label="Any"
    )
    commissioner = filters.ChoiceFilter(method="by_commissioner", label="Commissioner", empty_label="Any")
    chin = filters.ChoiceFilter(method="by_chin", label="CHIN", empty_label="Any, or none")
    point = filters.ChoiceFilter(method="by_point", label="Point of delivery", choices=POINTS, empty_label="Any")

    standing = filters.ChoiceFilter(
        method="overdue", label="Standing", choices=[("overdue", "To be validated by now")], empty_label="Any"
    )

    class Meta:
        model = Benefit
        fields: list[str] = []

    def overdue(self, rows: Any, name: str, value: str) -> Any:
        """Those whose day has passed, and of which nothing is validated."""
        return rows.filter(self.had(due__lt=self.asat.day), validated=None)


class RowFilters(_OfBenefits):
    path = "benefit__"
    q = filters.CharFilter(method="search", label="Search", help_text="Benefit, QIPP scheme or HRG")
    year = filters.ChoiceFilter(method="of_year", label="Financial year", empty_label="All")
    initiative = filters.ChoiceFilter(
        method="by_initiative", label="Initiative", choices=Initiative.choices, empty_label="Any"
    )
    commissioner = filters.ChoiceFilter(method="by_commissioner", label="Commissioner", empty_label="Any")
    chin = filters.ChoiceFilter(method="by_chin", label="CHIN", empty_label="Any, or none")
    point = filters.ChoiceFilter(method="by_point", label="Point of delivery", choices=POINTS, empty_label="Any")
    standing = filters.ChoiceFilter(method="by_standing", label="Standing", choices=STANDING, empty_label="Any")
    complete = filters.ChoiceFilter(method="whole", label="Stated", choices=COMPLETE, empty_label="All or not")

    class Meta:
        model = Profile
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], *, request: HttpRequest) -> None:
        super().__init__(data, queryset, request=request)
        years = queryset.order_by("year").values_list("year", flat=True).distinct()
        self.offer("year", [(year_in_address(year), year_name(year)) for year in years], fewest=1)

    def of_year(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(year=int(value[:4]))

    def by_standing(self, rows: Any, name: str, value: str) -> Any:
        if value == "below":
            return rows.filter(forecast_saving__lt=F("saving"))
        if value == "unforecast":
            return rows.filter(forecast_saving=None)
        return rows.filter(validated_saving__isnull=value == "unvalidated")

    def whole(self, rows: Any, name: str, value: str) -> Any:
        return rows.exclude(net=None)
