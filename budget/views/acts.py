"""Keeping lines and sources, entering money, and what takes two people."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from budget import forms, ledger, queries, requests, services, shapes, sharing
from budget.filters import RequestFilters
from budget.tables import RequestTable
from cc2h.accounts.authority import Action, can, require
from cc2h.kit import history, words
from cc2h.kit.acts import Effect, act, posted
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.days import year_in_address, year_name, year_of
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage

CHANGE, AGREE = Action.CHANGE_BUDGET, Action.AGREE_BUDGET


def _commissioner(request: HttpRequest, ods_code: str) -> Any:
    """The commissioner, for somebody who may change its budget; 404 where it is not theirs to see."""
    seen = {one.ods_code: one for one in queries.commissioners(request.user)}
    if ods_code.upper() not in seen:
        raise Http404
    require(request.user, CHANGE, seen[ods_code.upper()])
    return seen[ods_code.upper()]


def _line(request: HttpRequest, slug: str) -> Any:
    """The line, for somebody who may change the budget it is of."""
    line = get_object_or_404(queries.find_line(request.user, slug))
    require(request.user, CHANGE, line)
    return line


def _page(asat: AsAt, line: Any, year: int | None = None) -> str:
    return link(asat, "budget:line_detail", line.slug, query={"year": year_in_address(year)} if year else None)


def _on_line(request: HttpRequest, line: Any, **parts: Any) -> HttpResponse:
    """An act on a line: where it stands, and back to its page."""
    asat = asat_of(request)
    crumbs: list[Mapping[str, str]] = [{"text": line.name, "href": _page(asat, line)}]
    given = {"to": _page(asat, line), "caption": line.name, "breadcrumbs": crumbs}
    return act(request, **given | parts)


def _year_of(line: Any, asat: AsAt) -> int:
    """The financial year that a form about the line opens with: the day's, or the nearest it runs in."""
    return max(line.first_year, min(year_of(asat.day), line.last_year or year_of(asat.day)))


# Sources and lines ------------------------------------------------------------------------------------


@writes(forms.SourceForm)
def source_add(request: HttpRequest, ods_code: str) -> HttpResponse:
    """Somebody gives money to the programme."""
    asat = asat_of(request)
    commissioner = _commissioner(request, ods_code)
    page = link(asat, "budget:source_list", commissioner.ods_code)
    return act(
        request,
        form=forms.SourceForm(posted(request)),
        do=lambda typed: services.add_source(by=request.user, commissioner=commissioner, **typed),
        done=lambda source: f"{source} is there. A line can take its money from it.",
        to=page,
        heading="Add a source of money",
        caption=commissioner.name,
        submit="Add the source",
        breadcrumbs=[{"text": "Where the money comes from", "href": page}],
    )


@writes(forms.SourceChangeForm)
def source_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name, legal basis or agreement."""
    asat = asat_of(request)
    source = get_object_or_404(queries.sources(request.user), pk=pk)
    require(request.user, CHANGE, source)
    page = link(asat, "budget:source_list", source.commissioner.ods_code)
    facts = ("name", "funder", "legal_basis", "agreement", "agreed_from", "agreed_to")
    initial = {name: getattr(source, name) for name in facts} | {"seen": history.version(source)}
    return act(
        request,
        form=forms.SourceChangeForm(posted(request), initial=initial),
        do=lambda typed: services.change_source(by=request.user, source=source, **typed),
        done=lambda changed: f"{changed} is saved.",
        to=page,
        heading="Change a source of money",
        caption=source.name,
        submit="Save",
        breadcrumbs=[{"text": "Where the money comes from", "href": page}],
    )


@writes(forms.LineForm)
def line_add(request: HttpRequest, ods_code: str) -> HttpResponse:
    """A line of the budget."""
    asat = asat_of(request)
    commissioner = _commissioner(request, ods_code)
    page = link(asat, "budget:budget", commissioner.ods_code, year_of(asat.day))
    return act(
        request,
        form=forms.LineForm(
            posted(request),
            sources=queries.source_choices(commissioner),
            owners=queries.owner_choices(commissioner),
            initial={"first_year": year_of(asat.day), "inside": "yes"},
        ),
        do=lambda typed: services.add_line(by=request.user, commissioner=commissioner, **_facts(typed)),
        done=lambda line: f"{line} is there. Its allocation is not stated until it is entered.",
        to=lambda line: _page(asat, line, line.first_year),
        cancel=page,
        heading="Add a budget line",
        caption=commissioner.name,
        submit="Add the line",
        breadcrumbs=[{"text": "Budget", "href": page}],
    )


@writes(forms.LineChangeForm)
def line_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Another name, owner, source or other years."""
    line = _line(request, slug)
    facts = ("name", "kind", "first_year", "last_year", "cost_centre", "subjective_code", "note")
    initial = {name: getattr(line, name) for name in facts}
    initial |= {"source": line.source_id, "owner": line.owner_id, "inside": "yes" if line.inside else "no"}
    return _on_line(
        request,
        line,
        form=forms.LineChangeForm(
            posted(request),
            sources=queries.source_choices(line.commissioner),
            owners=queries.owner_choices(line.commissioner),
            initial=initial | {"seen": history.version(line)},
        ),
        do=lambda typed: services.change_line(by=request.user, line=line, **_facts(typed)),
        done=lambda changed: f"{changed} is saved.",
        heading="Change the line",
        submit="Save",
    )


def _facts(typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, with the records that were chosen by number."""
    return {
        **typed,
        "source": queries.source_by_number(typed["source"]),
        "owner": queries.owner_by_number(typed["owner"]) if typed["owner"] else None,
    }


# Entries ----------------------------------------------------------------------------------------------


def _enter(
    request: HttpRequest, line: Any, form: Any, write: Callable[..., Any], *, heading: str, submit: str, lede: str = ""
) -> HttpResponse:
    """An entry on the line: what the form says, by whoever sends it."""
    asat = asat_of(request)

    def do(typed: dict[str, Any]) -> Any:
        chin = typed.pop("chin", None)
        chosen = {"chin": queries.chin_by_number(chin)} if chin else {}
        write(by=request.user, line=line, **typed, **chosen)
        return typed["amount"], typed["year"]

    return _on_line(
        request,
        line,
        form=form,
        do=do,
        done=lambda entered: f"{words.pounds(entered[0], 2)} is entered for {year_name(entered[1])}.",
        to=lambda entered: _page(asat, line, entered[1]),
        cancel=_page(asat, line),
        heading=heading,
        submit=submit,
        lede=lede,
        fields_of_refusals={"more_than_left": "amount"},
    )


def _opens_with(line: Any, asat: AsAt) -> dict[str, Any]:
    return {"year": _year_of(line, asat), "day": min(asat.day, asat.today)}


@writes(forms.EntryForm)
def allocate(request: HttpRequest, slug: str) -> HttpResponse:
    """The funder gives so much for a year."""
    asat, line = asat_of(request), _line(request, slug)
    form = forms.EntryForm(posted(request), today=asat.today, initial=_opens_with(line, asat))
    return _enter(
        request,
        line,
        form,
        ledger.allocate,
        heading="Enter an allocation",
        submit="Enter it",
        lede="What is entered adds to what is allocated already. Less than before is a cut, which takes two people.",
    )


@writes(forms.OfChinForm)
def commit(request: HttpRequest, slug: str) -> HttpResponse:
    """So much is promised."""
    asat, line = asat_of(request), _line(request, slug)
    chins = queries.chin_choices(line.commissioner)
    form = forms.OfChinForm(posted(request), today=asat.today, chins=chins, initial=_opens_with(line, asat))
    return _enter(request, line, form, ledger.commit, heading="Enter a commitment", submit="Commit it")


@writes(forms.DelegateForm)
def delegate(request: HttpRequest, slug: str) -> HttpResponse:
    """A CHIN may use so much of the line."""
    asat, line = asat_of(request), _line(request, slug)
    chins = queries.chin_choices(line.commissioner)
    form = forms.DelegateForm(posted(request), today=asat.today, chins=chins, initial=_opens_with(line, asat))
    return _enter(request, line, form, ledger.delegate, heading="Delegate to a CHIN", submit="Delegate it")


@writes(forms.ListDelegationForm)
def delegate_by_list(request: HttpRequest, slug: str) -> HttpResponse:
    """CHINs share so much of the line by the registered lists of their practices."""
    asat, line = asat_of(request), _line(request, slug)

    def shared(typed: dict[str, Any]) -> list[sharing.Share]:
        chins = queries.chins_by_numbers(typed["chins"])
        return sharing.shares(chins, typed["amount"], typed["extract"], typed["day"])

    def effect(typed: dict[str, Any]) -> Effect:
        rows = [
            {
                "what": f"{one.chin.name}, {words.plural(one.patients, 'patient')}",
                "before": "",
                "after": words.pounds(one.amount, 2),
                "change": "",
            }
            for one in shared(typed)
        ]
        total = words.pounds(typed["amount"], 2)
        return Effect(
            sentences=[
                f"{total} of {line} is shared for {year_name(typed['year'])}, by the list sizes of {words.day(typed['extract'])}."
            ],
            rows=rows,
            intro="Pennies that can’t be divided go to the largest remainders, so that the shares come to the sum.",
        )

    def do(typed: dict[str, Any]) -> Any:
        found = {one.chin: one.amount for one in shared(typed)}
        given = {name: typed[name] for name in ("year", "day")}
        reason = f"{typed['reason']} (by list sizes of {words.day(typed['extract'])})"
        ledger.delegate_shares(by=request.user, line=line, shares=found, reason=reason, **given)
        return typed["amount"], typed["year"], len(found)

    return _on_line(
        request,
        line,
        form=forms.ListDelegationForm(
            posted(request),
            chins=queries.chin_choices(line.commissioner),
            today=asat.today,
            initial=_opens_with(line, asat),
        ),
        do=do,
        effect=effect,
        done=lambda shared: f"{words.pounds(shared[0], 2)} is delegated to {words.plural(shared[2], 'CHIN')}.",
        to=lambda shared: _page(asat, line, shared[1]),
        cancel=_page(asat, line),
        heading="Share among CHINs by registered lists",
        submit="Delegate it",
        fields_of_refusals={"no_extract": "extract", "without_list": "extract"},
    )


@writes(forms.AllocationsForm)
def allocate_years(request: HttpRequest, slug: str) -> HttpResponse:
    """The funder gives so much for each of several years."""
    asat, line = asat_of(request), _line(request, slug)
    return _on_line(
        request,
        line,
        form=forms.AllocationsForm(posted(request), today=asat.today, initial={"day": min(asat.day, asat.today)}),
        do=lambda typed: ledger.allocate_years(by=request.user, line=line, **typed),
        done=lambda entered: f"Allocations of {words.plural(len(entered), 'year')} are entered.",
        heading="Enter allocations of several years",
        lede="What is entered adds to what is allocated already. All rows are entered, or none.",
        submit="Enter them",
    )


@writes(forms.GrowthForm)
def growth(request: HttpRequest, slug: str) -> HttpResponse:
    """By how much the line is assumed to grow into a year."""
    line = _line(request, slug)
    return _on_line(
        request,
        line,
        form=forms.GrowthForm(posted(request)),
        do=lambda typed: services.assume_growth(by=request.user, line=line, **typed),
        done=lambda one: f"The growth into {year_name(one.year)} is kept.",
        heading="Assume growth",
        lede="What was assumed for that year before is replaced, and stays in the line’s history.",
        submit="Keep it",
    )


@writes(forms.ContributionForm)
def contribute(request: HttpRequest, pk: int) -> HttpResponse:
    """What a party to the source's agreement puts in for a year."""
    asat = asat_of(request)
    source = get_object_or_404(queries.sources(request.user), pk=pk)
    require(request.user, CHANGE, source)
    page = link(asat, "budget:source_list", source.commissioner.ods_code)
    return act(
        request,
        form=forms.ContributionForm(
            posted(request), initial={"year": year_of(asat.day), "seen": queries.newest_contribution(source)}
        ),
        do=lambda typed: services.contribute(by=request.user, source=source, **typed),
        done=lambda one: f"What {one.party} puts in for {year_name(one.year)} is kept.",
        to=page,
        heading="Add or change a contribution",
        lede="What was recorded for the same party and year is replaced, and stays in the history.",
        caption=source.name,
        submit="Keep it",
        breadcrumbs=[{"text": "Where the money comes from", "href": page}],
    )


@writes(forms.ReverseForm)
def entry_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    """A commitment or an earmark was a mistake: a second entry takes it off."""
    asat = asat_of(request)
    entry = get_object_or_404(queries.entries_by_anybody(request.user), pk=pk)
    require(request.user, CHANGE, entry.line)
    return _on_line(
        request,
        entry.line,
        form=forms.ReverseForm(
            posted(request),
            first=entry.day,
            today=asat.today,
            initial={"day": max(entry.day, min(asat.day, asat.today))},
        ),
        do=lambda typed: ledger.take_off(by=request.user, entry=entry, **typed),
        done=lambda contrary: f"{contrary.get_kind_display()}: {words.pounds(contrary.amount, 2)}.",
        to=_page(asat, entry.line, entry.year),
        heading=f"Reverse: {entry.get_kind_display().lower()} of {words.pounds(entry.amount, 2)}",
        lede=f"It was entered for {year_name(entry.year)}, as of {words.day(entry.day)}: “{entry.reason}” Both entries stay.",
        submit="Reverse it",
        kind="warning",
    )


# What takes two people --------------------------------------------------------------------------------


@writes(forms.VirementForm)
def vire(request: HttpRequest, slug: str) -> HttpResponse:
    """So much is asked to go to another line."""
    asat, line = asat_of(request), _line(request, slug)

    def ask(typed: dict[str, Any]) -> Any:
        taking = queries.line_by_number(typed.pop("taking"))
        return requests.ask_for_virement(by=request.user, giving=line, taking=taking, today=asat.today, **typed)

    form = forms.VirementForm(
        posted(request), lines=queries.other_lines(request.user, line), initial={"year": _year_of(line, asat)}
    )
    return _ask(request, line, form, ask, "Ask for a virement")


@writes(forms.RequestForm)
def cut(request: HttpRequest, slug: str) -> HttpResponse:
    """The funder takes back so much of the allocation."""
    asat, line = asat_of(request), _line(request, slug)
    form = forms.RequestForm(posted(request), initial={"year": _year_of(line, asat)})

    def ask(typed: dict[str, Any]) -> Any:
        return requests.ask_for_cut(by=request.user, line=line, today=asat.today, **typed)

    return _ask(request, line, form, ask, "Record a cut of the allocation")


def _ask(request: HttpRequest, line: Any, form: Any, do: Callable[[dict[str, Any]], Any], heading: str) -> HttpResponse:
    asat = asat_of(request)
    agreeing = queries.who_agrees(line, asat, but=request.user)
    who = words.listed(agreeing, "or") if agreeing else ""
    return _on_line(
        request,
        line,
        form=form,
        do=do,
        done=lambda asked: "It is asked for. Nothing is entered until somebody else agrees it.",
        to=lambda asked: link(asat, "budget:request_detail", asked.pk),
        cancel=_page(asat, line),
        heading=heading,
        lede=f"Nothing is entered until somebody else agrees it: {who}."
        if who
        else "Nothing is entered until somebody else agrees it, and nobody else may yet: fill a post or name a deputy.",
        submit="Ask for it",
    )


class RequestList(ListPage):
    """Virements and cuts: those waiting first."""

    title = "Virements and cuts"
    noun = ("request", "requests")
    filterset_class = RequestFilters
    table_class = RequestTable
    default_sort = "-asked_on"
    shape = shapes.RequestItem
    csv_columns = {
        "kind": "kind",
        "line": "line__slug",
        "to_line": "taking__slug",
        "financial_year": "year",
        "amount": "amount",
        "reason": "reason",
        "document": "document",
        "asked_by": "asked_by__name",
        "asked_on": "asked_on",
        "state": "state",
        "decided_by": "decided_by__name",
        "decided_on": "decided_on",
        "why": "why",
    }
    empty_title = "Nothing is asked for"
    empty_text = "A virement or a cut is asked for on the page of its line."

    def permit(self) -> None:
        require(self.request.user, Action.VIEW_BUDGET)

    def queryset(self) -> QuerySet[Any]:
        return queries.asked_for(self.request.user)

    def numbered(self, ordered: Any) -> Any:
        at = 1 + [*self.csv_columns].index("financial_year")
        return ((*row[:at], year_name(row[at]), *row[at + 1 :]) for row in super().numbered(ordered))


def _request(request: HttpRequest, pk: int) -> Any:
    return get_object_or_404(queries.asked_for(request.user), pk=pk)


@require_safe
@reads(shapes.request)
def request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is asked for, what it would change, who may agree it, and what was decided."""
    asat, user = asat_of(request), request.user
    asked = _request(request, pk)
    waiting = asked.state == asked.State.ASKED
    context = {
        "asked": asked,
        "changes": queries.what_changes(asked, asat) if waiting else [],
        "entries": queries.entries_of_request(asked),
        "agreeing": queries.who_agrees(asked.line, asat, but=asked.asked_by) if waiting else [],
        "may_agree": waiting and asked.asked_by_id != user.pk and bool(can(user, AGREE, asked)),
        "may_withdraw": waiting and asked.asked_by_id == user.pk,
        "breadcrumbs": [{"text": "Virements and cuts", "href": link(asat, "budget:request_list")}],
    }
    return show(request, "budget/request.html", context)


def _decide(request: HttpRequest, asked: Any, **parts: Any) -> HttpResponse:
    asat = asat_of(request)
    page = link(asat, "budget:request_detail", asked.pk)
    what = f"{asked.get_kind_display()}, {words.pounds(asked.amount, 2)}, {asked.line}"
    crumbs: list[Mapping[str, str]] = [{"text": what, "href": page}]
    return act(request, to=page, caption=what, breadcrumbs=crumbs, **parts)


@writes(forms.NothingForm)
def request_agree(request: HttpRequest, pk: int) -> HttpResponse:
    """It is entered."""
    asat, asked = asat_of(request), _request(request, pk)
    require(request.user, AGREE, asked)
    if asked.asked_by_id == request.user.pk:
        raise PermissionDenied("Somebody else decides on what one asks for.")
    return _decide(
        request,
        asked,
        form=forms.NothingForm(posted(request)),
        do=lambda typed: requests.agree(by=request.user, request=asked, today=asat.today),
        done=lambda agreed: "Agreed, and entered.",
        heading="Agree it",
        lede=f"{asked.asked_by} asked for it: “{asked.reason}” It is entered in both your names.",
        submit="Agree and enter it",
    )


@writes(forms.DeclineForm)
def request_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """It is not agreed."""
    asat, asked = asat_of(request), _request(request, pk)
    require(request.user, AGREE, asked)
    if asked.asked_by_id == request.user.pk:
        raise PermissionDenied("Somebody else decides on what one asks for. You can withdraw it.")
    return _decide(
        request,
        asked,
        form=forms.DeclineForm(posted(request)),
        do=lambda typed: requests.decline(by=request.user, request=asked, today=asat.today, **typed),
        done=lambda declined: "Declined.",
        heading="Decline it",
        submit="Decline it",
        kind="warning",
    )


@writes(forms.NothingForm)
def request_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever asked does not ask any more."""
    asat = asat_of(request)
    asked = get_object_or_404(queries.asked_for(request.user).filter(asked_by=request.user), pk=pk)
    require(request.user, CHANGE, asked)
    return _decide(
        request,
        asked,
        form=forms.NothingForm(posted(request)),
        do=lambda typed: requests.withdraw(by=request.user, request=asked, today=asat.today),
        done=lambda withdrawn: "Withdrawn.",
        heading="Withdraw it",
        submit="Withdraw it",
        kind="warning",
    )
