"""Pages of the money of cases: by case and year, the tranches, and what is done with them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from cc2h.accounts.authority import Action, require
from cc2h.cases.funding import forms, queries, services, shapes
from cc2h.cases.funding.filters import ShareFilters, TrancheFilters
from cc2h.cases.funding.models import Tranche
from cc2h.cases.funding.tables import ShareTable, TrancheTable
from cc2h.cases.views.finding import find, on_case
from cc2h.kit import words
from cc2h.kit.acts import Effect, posted
from cc2h.kit.api.spec import writes
from cc2h.kit.asat import asat_of
from cc2h.kit.days import year_name
from cc2h.kit.lists import ListPage

VIEW, RELEASE = Action.VIEW_CASE, Action.RELEASE_TRANCHE


class ShareList(ListPage):
    """What is committed for each case and year, and how far it has gone, as at the day."""

    title = "Money of business cases"
    noun = ("case and year", "cases and years")
    filterset_class = ShareFilters
    table_class = ShareTable
    default_sort = "-case"
    shape = shapes.ShareItem
    template_name = "funding/list.html"
    csv_columns = {
        "case": "case_number",
        "title": "payer__submission__case__title",
        "chin": "payer__submission__case__chin__slug",
        "commissioner": "payer__submission__case__commissioner__ods_code",
        "financial_year": "year",
        "line": "payer__line__slug",
        "delegated": "payer__delegated",
        "committed": "amount",
        "given_back": "given_back",
        "planned": "planned",
        "released": "released",
        "paid": "paid",
        "left": "left",
    }
    empty_title = "No money is committed for a business case"
    empty_text = "What a case asks for is committed on its line of the budget when the case is approved."

    def permit(self) -> None:
        require(self.request.user, VIEW)

    def queryset(self) -> QuerySet[Any]:
        found: QuerySet[Any] = queries.shares(self.request.user, self.asat)
        return found

    def numbered(self, ordered: Any) -> Iterable[Sequence[Any]]:
        """The financial year as it is written."""
        at = 1 + [*self.csv_columns].index("financial_year")
        return ((*row[:at], year_name(row[at]), *row[at + 1 :]) for row in super().numbered(ordered))


class TrancheList(ListPage):
    """The tranches of all cases as at the day."""

    title = "Tranches of business cases"
    noun = ("tranche", "tranches")
    filterset_class = TrancheFilters
    table_class = TrancheTable
    default_sort = "-case"
    shape = shapes.TrancheItem
    template_name = "funding/list.html"
    csv_columns = {
        "case": "case__number",
        "number": "number",
        "what": "what",
        "payee": "payee__name",
        "financial_year": "year",
        "amount": "amount",
        "waits_for": "condition__text",
        "due_on": "due_on",
        "state": "state_on",
        "released_on": "released_on",
        "paid_on": "paid_on",
    }
    empty_title = "No tranche is planned"
    empty_text = "An approved case’s money is released in tranches, which are planned on the case’s page."

    def permit(self) -> None:
        require(self.request.user, VIEW)

    def queryset(self) -> QuerySet[Any]:
        found: QuerySet[Any] = queries.tranches(self.request.user, self.asat)
        return found

    def numbered(self, ordered: Any) -> Iterable[Sequence[Any]]:
        """The financial year as it is written."""
        at = 1 + [*self.csv_columns].index("financial_year")
        return ((*row[:at], year_name(row[at]), *row[at + 1 :]) for row in super().numbered(ordered))


def _tranche(request: HttpRequest, pk: int) -> Tranche:
    """The tranche, 404 where its case is not this person's to see, 403 where they don't release its money."""
    found: Tranche = get_object_or_404(queries.tranches(request.user, asat_of(request)), pk=pk)
    require(request.user, RELEASE, found)
    return found


def _said(tranche: Tranche) -> str:
    return f"Tranche {tranche.number}, {words.pounds(tranche.amount, 2)} to {tranche.payee}"


@writes(forms.TrancheForm)
def tranche_plan(request: HttpRequest, number: str) -> HttpResponse:
    """A part of an approved case's money is planned for a payee."""
    case = find(request, number, RELEASE)
    left = services.left_by_year(case)
    conditions = {one.pk: one for one in queries.conditions(case)}
    form = forms.TrancheForm(
        posted(request),
        years=[*left],
        payees=queries.payees(case),
        conditions=[(one.pk, str(one)) for one in conditions.values()],
        initial={"year": next((year for year, amount in left.items() if amount > 0), None)},
    )

    def do(typed: dict[str, Any]) -> Tranche:
        facts = typed | {
            "payee": queries.payee(case, typed["payee"]),
            "condition": conditions.get(typed.get("condition")),  # type: ignore[arg-type]  # None: it waits for nothing
        }
        return services.plan_tranche(by=request.user, case=case, today=asat_of(request).today, **facts)

    return on_case(
        request,
        case,
        form=form,
        do=do,
        done=lambda planned: f"{_said(planned)}, is planned.",
        heading="Plan a tranche",
        submit="Plan it",
        lede=f"Left to plan: {services.said_left(case)}." if left else "",
        nothing="" if left else "Nothing is committed for the case: that happens when it is approved.",
    )


def _waits_for(tranche: Any) -> str:
    """The condition that it waits for, and whether that is met."""
    condition = tranche.condition
    if condition is None:
        return ""
    stands = "met" if condition.met_on else "waived" if condition.waived_on else "neither met nor waived yet"
    return f"It waits for “{condition.text}”, which is {stands}."


@writes(forms.ReleaseForm)
def tranche_release(request: HttpRequest, pk: int) -> HttpResponse:
    """A tranche is owed to its payee from now on."""
    tranche = _tranche(request, pk)
    return on_case(
        request,
        tranche.case,
        form=forms.ReleaseForm(posted(request)),
        do=lambda typed: services.release(by=request.user, tranche=tranche, today=asat_of(request).today),
        done=lambda released: f"{_said(released)}, is released. It is in the next payment run.",
        effect=lambda typed: Effect(
            sentences=[
                f"{_said(tranche)}, is owed from today: “{tranche.what}”.",
                "It goes into the next payment run, which somebody else authorises: nobody who wrote the case, decided "
                "on it or releases its money.",
            ]
        ),
        heading=f"Release tranche {tranche.number}",
        lede=f"{_said(tranche)}: “{tranche.what}”. {_waits_for(tranche)}".strip(),
        submit="Release it",
    )


@writes(forms.WhyForm)
def tranche_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """A planned tranche is not going to be released."""
    tranche = _tranche(request, pk)
    return on_case(
        request,
        tranche.case,
        form=forms.WhyForm(posted(request)),
        do=lambda typed: services.drop(by=request.user, tranche=tranche, today=asat_of(request).today, **typed),
        done=lambda dropped: f"{_said(dropped)}, is dropped. Its money can be planned anew, or given back.",
        heading=f"Drop tranche {tranche.number}",
        submit="Drop it",
        kind="warning",
    )


@writes(forms.GiveBackForm)
def give_back(request: HttpRequest, number: str) -> HttpResponse:
    """Money of a case that is not needed returns to its line."""
    case = find(request, number, RELEASE)
    left = {year: amount for year, amount in services.left_by_year(case).items() if amount > 0}
    return on_case(
        request,
        case,
        form=forms.GiveBackForm(posted(request), years=[*left]),
        do=lambda typed: services.give_back(by=request.user, case=case, day=asat_of(request).today, **typed),
        done=lambda given: f"{words.pounds(given.amount, 2)} of {year_name(given.year)} returned to its line.",
        effect=lambda typed: Effect(
            sentences=[
                f"{words.pounds(typed['amount'], 2)} of {year_name(typed['year'])} is not committed for this case any "
                "more, and is free on its line again.",
                f"Of {words.pounds(left[typed['year']], 2)} that is left, "
                f"{words.pounds(left[typed['year']] - typed['amount'], 2)} stays.",
            ]
        ),
        heading="Give money back",
        submit="Give it back",
        lede=f"Left to plan: {services.said_left(case)}." if left else "",
        nothing="" if left else "Nothing of the case’s money is left: all of it is in tranches, or returned already.",
    )
