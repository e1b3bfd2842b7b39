"""What is done about a month and about the end of a year."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from budget import queries as budget
from budget.months import forms, queries, services
from budget.months.views.pages import commissioner_of, crumbs
from cc2h.accounts.authority import Action, require
from cc2h.kit import words
from cc2h.kit.acts import Effect, act, posted
from cc2h.kit.api.spec import writes
from cc2h.kit.asat import asat_of
from cc2h.kit.days import month_end, year_name, year_of
from cc2h.kit.links import link

# Closing ----------------------------------------------------------------------------------------------


@writes(forms.NothingForm)
def close(request: HttpRequest, ods_code: str, month: date) -> HttpResponse:
    """The month takes no entry any more, and its report is frozen."""
    asat = asat_of(request)
    commissioner = commissioner_of(request, ods_code)
    require(request.user, Action.CLOSE_MONTH, commissioner)
    page = link(asat, "months:report", commissioner.ods_code, month)

    def effect(typed: dict[str, Any]) -> Effect:
        found = queries.of_entries(commissioner, month)
        sums = queries.totals(found.inside)
        without = [row.name for row in found.inside if row.outturn is None]
        earlier = "" if queries.newest_closed(commissioner) else ", nor does any month before it"
        return Effect(
            sentences=[
                f"{words.month(month)} takes no entry any more{earlier}.",
                "Its report is kept as it is now.",
                "Only somebody else can reopen it, with a reason.",
                *(
                    f"It stays at {words.pounds(sums.amounts[of], 2)} {name}."
                    for name, of in (
                        ("paid in the month", "paid_month"),
                        ("paid to date", "paid_to_date"),
                        ("owed", "accrued"),
                    )
                ),
            ],
            warnings=[f"No forecast is stated for {words.listed(without)}."] if without else [],
        )

    return act(
        request,
        form=forms.NothingForm(posted(request)),
        do=lambda typed: services.close_month(
            by=request.user, commissioner=commissioner, month=month, today=asat.today
        ),
        done=lambda period: f"{words.month(period.month)} is closed, and its report is frozen.",
        to=page,
        effect=effect,
        heading=f"Close {words.month(month)}",
        caption=commissioner.name,
        submit="Close it",
        confirm=f"Close {words.month(month)}",
        breadcrumbs=crumbs(asat, commissioner, year_of(month), month),
    )


@writes(forms.ReopenForm)
def reopen(request: HttpRequest, ods_code: str, month: date) -> HttpResponse:
    """Somebody else than closed it lets entries in again."""
    asat = asat_of(request)
    commissioner = commissioner_of(request, ods_code)
    require(request.user, Action.CLOSE_MONTH, commissioner)
    period = queries.closed_period(commissioner, month)
    if period is None:
        raise Http404
    if period.closed_by_id == request.user.pk:
        raise PermissionDenied("Somebody else reopens a month than closed it.")
    return act(
        request,
        form=forms.ReopenForm(posted(request)),
        do=lambda typed: services.reopen_month(by=request.user, period=period, today=asat.today, **typed),
        done=lambda reopened: f"{words.month(month)} is open. The report it was closed with stays.",
        to=link(asat, "months:report", commissioner.ods_code, month),
        heading=f"Reopen {words.month(month)}",
        lede=f"It was closed by {period.closed_as}. The report of then stays to be read beside the next.",
        caption=commissioner.name,
        submit="Reopen it",
        kind="warning",
        breadcrumbs=crumbs(asat, commissioner, year_of(month), month),
    )


# What people say of a month ---------------------------------------------------------------------------


def _line(request: HttpRequest, slug: str, action: Action) -> Any:
    line = get_object_or_404(budget.find_line(request.user, slug))
    require(request.user, action, line)
    return line


def _of_month(request: HttpRequest, line: Any, month: date, page: str = "months:report", **parts: Any) -> HttpResponse:
    asat = asat_of(request)
    to = link(asat, page, line.commissioner.ods_code, month)
    found = crumbs(asat, line.commissioner, year_of(month), month)
    return act(request, to=to, caption=f"{line.name}, {words.month(month)}", breadcrumbs=found, **parts)


@writes(forms.ForecastForm)
def forecast(request: HttpRequest, slug: str, month: date) -> HttpResponse:
    """What the line is expected to come to by the end of the year."""
    line = _line(request, slug, Action.CHANGE_BUDGET)
    said = queries.forecast_of(line, month)
    last = said or queries.forecast_of(line, queries.before(month))
    initial = {"outturn": last.outturn, "reason": said.reason if said else ""} if last else {}
    lede = ""
    if last is not None and said is None and last.outturn is not None:
        lede = f"The month before said {words.pounds(last.outturn, 2)}: “{last.reason}”"
    return _of_month(
        request,
        line,
        month,
        form=forms.ForecastForm(posted(request), initial=initial),
        do=lambda typed: services.forecast(by=request.user, line=line, month=month, **typed),
        done=lambda one: "The forecast is kept.",
        heading="Forecast outturn",
        lede=lede,
        submit="Keep it",
    )


@writes(forms.AccrualForm)
def accrue(request: HttpRequest, slug: str, month: date) -> HttpResponse:
    """How much of what is committed and not paid is owed."""
    line = _line(request, slug, Action.CLOSE_MONTH)
    rows = queries.pots_owing(line, month)
    parts = {f"{row.year}-{row.chin_id or 0}": row for row in rows}

    def said(row: queries.AccrualRow) -> str:
        of = f", {row.chin_name}" if row.chin_name else ""
        return f"{year_name(row.year)}{of}: {words.pounds(row.unpaid, 2)} committed and not paid"

    def do(typed: dict[str, Any]) -> Any:
        row = parts[typed.pop("part")]
        chin = queries.chin_of(row.chin_id)
        return services.accrue(by=request.user, line=line, year=row.year, chin=chin, month=month, **typed)

    return _of_month(
        request,
        line,
        month,
        "months:accruals",
        form=forms.AccrualForm(posted(request), parts=[(key, said(row)) for key, row in parts.items()]),
        do=do,
        done=lambda one: f"{words.pounds(one.accrued, 2)} is owed.",
        heading="What is owed",
        lede="All of what is committed and not paid counts as owed, unless you say otherwise."
        if parts
        else f"Nothing is committed on this line and not paid by {words.day(month_end(month))}.",
        submit="Keep it",
    )


@writes(forms.PhasingForm)
def phase(request: HttpRequest, slug: str, year: int) -> HttpResponse:
    """How much of the year's allocation each month is to have."""
    asat, line = asat_of(request), _line(request, slug, Action.CHANGE_BUDGET)
    found = queries.phasing_of(line, year)
    percents = found.percents if found else [Decimal("8.33")] * 8 + [Decimal("8.34")] * 4
    initial = {name.lower(): percent for name, percent in zip(forms.MONTHS, percents, strict=True)}
    return act(
        request,
        form=forms.PhasingForm(posted(request), initial=initial | {"reason": found.reason if found else ""}),
        do=lambda typed: services.phase(by=request.user, line=line, year=year, **typed),
        done=lambda one: "The months are phased.",
        to=link(asat, "months:month_list", line.commissioner.ods_code, year),
        heading=f"Phase {year_name(year)} by month",
        caption=line.name,
        lede="Without a phasing each month has a twelfth of what is allocated. Months that are closed keep their report.",
        submit="Keep it",
        breadcrumbs=crumbs(asat, line.commissioner, year),
    )


# The end of a year ------------------------------------------------------------------------------------


@writes(forms.ChooseForm)
def choose(request: HttpRequest, slug: str, year: int) -> HttpResponse:
    """What is asked to become of what is left."""
    asat, line = asat_of(request), _line(request, slug, Action.CLOSE_MONTH)
    pots = {str(pot.chin.pk if pot.chin else 0): pot for pot in queries.pots_of(line, year, asat)}
    agreeing = budget.who_may(Action.CLOSE_MONTH, line, asat, but=request.user)
    who = (
        f": {words.listed(agreeing, 'or')}." if agreeing else ", and nobody else may yet: fill a post or name a deputy."
    )

    def said(pot: queries.Pot) -> str:
        of = pot.chin.name if pot.chin else "The line itself"
        return f"{of}: {words.pounds(pot.sums.left, 2)} is left"

    def do(typed: dict[str, Any]) -> Any:
        pot = pots[typed["part"]]
        amounts = {"lapse": Decimal(0), "carry": None, "some": typed["carried"]}
        carried = amounts[typed["what"]]
        return services.choose(
            by=request.user,
            line=line,
            year=year,
            chin=pot.chin,
            carried=carried,
            reason=typed["reason"],
            today=asat.today,
        )

    page = link(asat, "months:year_end", line.commissioner.ods_code, year)
    return act(
        request,
        form=forms.ChooseForm(posted(request), parts=[(key, said(pot)) for key, pot in pots.items()]),
        do=do,
        done=lambda choice: "It is asked for. Nothing is entered until somebody else agrees it.",
        to=lambda choice: link(asat, "months:choice", choice.pk),
        cancel=page,
        heading=f"What becomes of what is left of {year_name(year)}",
        caption=line.name,
        lede=f"Nothing is entered until somebody else agrees it{who}" if pots else "Nothing is left to choose about.",
        submit="Ask for it",
        breadcrumbs=crumbs(asat, line.commissioner, year),
        fields_of_refusals={"more_than_left": "carried"},
    )


def _choice(request: HttpRequest, pk: int) -> Any:
    return get_object_or_404(queries.choices(request.user), pk=pk)


def _decide(request: HttpRequest, choice: Any, **parts: Any) -> HttpResponse:
    asat = asat_of(request)
    page = link(asat, "months:choice", choice.pk)
    what = f"End of {year_name(choice.year)}, {choice.line}"
    found: list[Mapping[str, str]] = [{"text": what, "href": page}]
    return act(request, to=page, caption=what, breadcrumbs=found, **parts)


@writes(forms.NothingForm)
def choice_agree(request: HttpRequest, pk: int) -> HttpResponse:
    """It is entered."""
    asat, choice = asat_of(request), _choice(request, pk)
    require(request.user, Action.CLOSE_MONTH, choice)
    if choice.asked_by_id == request.user.pk:
        raise PermissionDenied("Somebody else decides on what one asks for.")
    return _decide(
        request,
        choice,
        form=forms.NothingForm(posted(request)),
        do=lambda typed: services.agree_choice(by=request.user, choice=choice, today=asat.today),
        done=lambda agreed: "Agreed, and entered.",
        heading="Agree it",
        lede=f"{choice.asked_by} asked for it: “{choice.reason}” It is entered in both your names.",
        submit="Agree and enter it",
    )


@writes(forms.DeclineForm)
def choice_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """It is not agreed."""
    asat, choice = asat_of(request), _choice(request, pk)
    require(request.user, Action.CLOSE_MONTH, choice)
    if choice.asked_by_id == request.user.pk:
        raise PermissionDenied("Somebody else decides on what one asks for. You can withdraw it.")
    return _decide(
        request,
        choice,
        form=forms.DeclineForm(posted(request)),
        do=lambda typed: services.decline_choice(by=request.user, choice=choice, today=asat.today, **typed),
        done=lambda declined: "Declined.",
        heading="Decline it",
        submit="Decline it",
        kind="warning",
    )


@writes(forms.NothingForm)
def choice_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever asked does not ask any more."""
    asat = asat_of(request)
    choice = get_object_or_404(queries.choices(request.user).filter(asked_by=request.user), pk=pk)
    require(request.user, Action.CLOSE_MONTH, choice)
    return _decide(
        request,
        choice,
        form=forms.NothingForm(posted(request)),
        do=lambda typed: services.withdraw_choice(by=request.user, choice=choice, today=asat.today),
        done=lambda withdrawn: "Withdrawn.",
        heading="Withdraw it",
        submit="Withdraw it",
        kind="warning",
    )
