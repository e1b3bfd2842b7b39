"""What lists about payments can be filtered by."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from budget.payments.models import Payable, Payee, Recovery, Run, RunLine
from budget.payments.states import LineState, PayableState, PayeeKind, RecoveryState, RunState
from cc2h.kit.days import NotADay, parse_year
from cc2h.kit.history import had
from practices.filters import ByCommissioner

LINE_STATES = [(one.value, one.label) for one in LineState if one != LineState.OUT]


class PayableFilters(ByCommissioner):
    """Everything that was owed by the day."""

    q = filters.CharFilter(method="search", label="Search", help_text="Payee, reference or what for")
    commissioner = filters.ChoiceFilter(
        field_name="payee__commissioner__ods_code", label="Commissioner", empty_label="Any"
    )
    state = filters.ChoiceFilter(field_name="state_on", label="State", choices=PayableState.choices, empty_label="Any")
    line = filters.CharFilter(field_name="line__slug", label="Budget line", widget=forms.HiddenInput)
    payee = filters.NumberFilter(field_name="payee", label="Payee", widget=forms.HiddenInput)
    year = filters.CharFilter(method="of_year", label="Financial year", help_text="Like 2018/19")

    class Meta:
        model = Payable
        fields: list[str] = []

    def search(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        by_name = had(self.asat, Payee, "payee__", name__icontains=value)
        by_reference = had(self.asat, Payee, "payee__", reference__iexact=value)
        return found.filter(Q(reason__icontains=value) | by_name | by_reference)

    def of_year(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        try:
            return found.filter(year=parse_year(value))
        except NotADay:
            return found.none()


class RunFilters(ByCommissioner):
    """Every run."""

    commissioner = filters.ChoiceFilter(field_name="commissioner__ods_code", label="Commissioner", empty_label="Any")
    state = filters.ChoiceFilter(field_name="state_on", label="State", choices=RunState.choices, empty_label="Any")

    class Meta:
        model = Run
        fields: list[str] = []


class PaymentFilters(ByCommissioner):
    """Every payment of every run."""

    q = filters.CharFilter(method="search", label="Search", help_text="Reference, payee or what for")
    commissioner = filters.ChoiceFilter(
        field_name="run__commissioner__ods_code", label="Commissioner", empty_label="Any"
    )
    run = filters.CharFilter(field_name="run__number", label="Payment run", help_text="Like 2018-001")
    state = filters.ChoiceFilter(
        method="in_state",
        label="State",
        choices=[("exceptions", "Failed, or came back"), *LINE_STATES],
        empty_label="Any",
    )
    payee = filters.NumberFilter(field_name="payable__payee", label="Payee", widget=forms.HiddenInput)

    class Meta:
        model = RunLine
        fields: list[str] = []

    def search(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        by_name = had(self.asat, Payee, "payable__payee__", name__icontains=value)
        return found.filter(Q(reference__icontains=value) | Q(payable__reason__icontains=value) | by_name)

    def in_state(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        states = [LineState.FAILED, LineState.REVERSED] if value == "exceptions" else [value]
        return found.filter(state_on__in=states)


class RecoveryFilters(ByCommissioner):
    """Everything that was asked back by the day."""

    q = filters.CharFilter(method="search", label="Search", help_text="Payee, or what for")
    commissioner = filters.ChoiceFilter(
        field_name="payable__payee__commissioner__ods_code", label="Commissioner", empty_label="Any"
    )
    state = filters.ChoiceFilter(field_name="state_on", label="State", choices=RecoveryState.choices, empty_label="Any")

    class Meta:
        model = Recovery
        fields: list[str] = []

    def search(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(Q(payable__reason__icontains=value) | Q(payable__payee__name__icontains=value))


class PayeeFilters(ByCommissioner):
    """Every payee the reader may see."""

    q = filters.CharFilter(method="search", label="Search", help_text="Name or reference")
    commissioner = filters.ChoiceFilter(field_name="commissioner__ods_code", label="Commissioner", empty_label="Any")
    kind = filters.ChoiceFilter(label="Kind", choices=PayeeKind.choices, empty_label="Any")

    class Meta:
        model = Payee
        fields: list[str] = []

    def search(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """By what it was called on the page's day."""
        by_name = had(self.asat, Payee, name__icontains=value)
        return found.filter(by_name | had(self.asat, Payee, reference__icontains=value))
