"""The pages of benefits: what they come to, which there are, what is planned and validated of each."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cc2h.accounts import records
from cc2h.accounts.authority import Action, can, require
from cc2h.accounts.records import Record
from cc2h.kit import charts, history, words
from cc2h.kit.acts import act, posted
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.days import NotADay, parse_year, year_in_address, year_name, year_of
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage
from cc2h.kit.sections import sections
from kpis.benefits import figures, forms, queries, services, shapes, wording
from kpis.benefits.filters import BenefitFilters, RowFilters
from kpis.benefits.tables import BenefitTable, RowTable

VIEW, KEEP, VALIDATE = Action.VIEW_REGISTER, Action.KEEP_BENEFITS, Action.VALIDATE_BENEFIT
CASE = "case"


def _crumbs(asat: AsAt, benefit: Any = None) -> list[Mapping[str, str]]:
    crumbs: list[Mapping[str, str]] = [{"text": "Benefits", "href": link(asat, "benefits:home")}]
    return [*crumbs, {"text": benefit.title, "href": _page(asat, benefit)}] if benefit is not None else crumbs


def _page(asat: AsAt, benefit: Any) -> str:
    return link(asat, "benefits:benefit_detail", benefit.slug)


def _benefit(request: HttpRequest, slug: str, action: Action = VIEW) -> Any:
    """The benefit, for somebody who may do this to it; 404 where it is not theirs to see."""
    benefit = get_object_or_404(queries.find(request.user, slug))
    require(request.user, action, benefit)
    return benefit


def _year(text: str) -> int:
    try:
        return parse_year(text)
    except NotADay as wrong:
        raise Http404(str(wrong)) from wrong


# Pages -------------------------------------------------------------------------------------------------


@require_safe
@reads(shapes.dashboard, year="the financial year, like 2018-19; that of the day if left out")
def home(request: HttpRequest) -> HttpResponse:
    """What benefits come to in a year: planned, forecast, validated, invested, and what is at risk."""
    require(request.user, VIEW)
    asat, user = asat_of(request), request.user
    rows = list(queries.rows(user, asat).order_by("year", "benefit__title", "benefit"))
    history.tell([row.benefit for row in rows], asat, *queries.FACTS)
    every = figures.Book(rows, asat, computed_at=queries.computed_at(asat))
    years = sorted({row.year for row in rows})
    year = _chosen(request.GET.get("year", ""), years, asat)
    book = every.of_year(year) if year is not None else every
    (drawn,) = charts.keep([figures.chart(every)])
    context = {
        "year": year,
        "years": years,
        "cards": figures.cards(book) if rows else [],
        "by_year": figures.by_year(every),
        "by_initiative": figures.by_initiative(book),
        "by_organisation": figures.by_organisation(book),
        "trajectories": figures.trajectories(every),
        "chart": drawn,
        "at_risk": figures.at_risk(book, every),
        "unsplit": queries.unsplit(user, asat, year) if year is not None else [],
        "columns": [figures.LABELS[name] for name in figures.COLUMNS],
        "may_add": bool(can(user, KEEP)),
    }
    return show(request, "benefits/home.html", context)


def _chosen(asked: str, years: Sequence[int], asat: AsAt) -> int | None:
    """The year asked for; else that of the day, or the nearest to it of which something is planned."""
    if asked:
        try:
            return parse_year(asked)
        except NotADay as wrong:
            raise BadRequest(str(wrong)) from wrong
    now = year_of(asat.day)
    return min(years, key=lambda year: (abs(year - now), -year), default=None)


class BenefitList(ListPage):
    """Every benefit of the programme, and of the commissioners whose register the reader may see."""

    title = "Benefits"
    noun = ("benefit", "benefits")
    filterset_class = BenefitFilters
    table_class = BenefitTable
    default_sort = "title"
    shape = shapes.BenefitItem
    template_name = "benefits/list.html"
    csv_columns = {
        "benefit": "slug",
        "title": "title",
        "initiative": "initiative",
        "commissioner": "commissioner__ods_code",
        "chin": "chin__slug",
        "point_of_delivery": "point_of_delivery",
        "hrg": "hrg",
        "owner": "owner__title",
        "unit_price": "unit_price",
        "planned": "planned",
        "unstated": "unstated",
        "validated": "validated",
        "due": "due",
        "qipp": "qipp",
        "paper": "paper",
        "note": "note",
    }
    told = {"": queries.FACTS}
    empty_title = "No benefit is recorded"
    empty_text = "A benefit is what an initiative is to be worth, year by year, and what shows it."

    def permit(self) -> None:
        require(self.request.user, VIEW)

    def queryset(self) -> Any:
        return queries.benefits(self.request.user, self.asat)

    def context(self) -> dict[str, Any]:
        return {"may_add": bool(can(self.request.user, KEEP)), "breadcrumbs": _crumbs(self.asat)}


class RowList(ListPage):
    """The benefits year by year: the rows that every total is the sum of."""

    title = "Benefits year by year"
    noun = ("row", "rows")
    filterset_class = RowFilters
    table_class = RowTable
    default_sort = "title"
    shape = shapes.RowItem
    template_name = "benefits/rows.html"
    csv_columns = {
        "benefit": "benefit__slug",
        "title": "benefit__title",
        "initiative": "benefit__initiative",
        "commissioner": "benefit__commissioner__ods_code",
        "chin": "benefit__chin__slug",
        "point_of_delivery": "benefit__point_of_delivery",
        "year": "year",
        "planned_activity": "activity",
        "planned_saving": "saving",
        "recurrent": "recurrent",
        "non_recurrent": "non_recurrent",
        "investment": "investment",
        "net": "net",
        "forecast_activity": "forecast_activity",
        "forecast_saving": "forecast_saving",
        "validated_activity": "validated_activity",
        "validated_saving": "validated_saving",
        "counted_planned": "counted_saving",
        "counted_forecast": "counted_forecast_saving",
        "counted_validated": "counted_validated_saving",
        "counted_planned_activity": "counted_activity",
        "counted_forecast_activity": "counted_forecast_activity",
        "counted_validated_activity": "counted_validated_activity",
    }
    told = {"benefit": queries.FACTS}

    def permit(self) -> None:
        require(self.request.user, VIEW)

    def queryset(self) -> Any:
        return queries.rows(self.request.user, self.asat)

    def context(self) -> dict[str, Any]:
        return {"breadcrumbs": _crumbs(self.asat)}


@require_safe
@reads(shapes.benefit)
def benefit_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A benefit: its profile, what evidences it, what was validated by whom, and what it overlaps with."""
    asat, user = asat_of(request), request.user
    benefit = _benefit(request, slug)
    may_keep, may_validate = (bool(can(user, action, benefit)) for action in (KEEP, VALIDATE))
    of = Record("benefit", slug, benefit.title, benefit.authority_target())
    history.tell([benefit], asat, *queries.FACTS)
    years = queries.years_of(benefit, asat)
    validations = queries.validations(benefit, asat)
    about = (benefit.record_kind, benefit.record_key)
    context = {
        "benefit": benefit,
        "years": years,
        "price": wording.pounds,
        "activity": wording.activity,
        "measures": queries.evidence(benefit, asat),
        "validations": validations,
        "overlaps": queries.overlaps(benefit, user, asat),
        "overdue": queries.overdue(benefit, asat, validations),
        "due": wording.quarter_of(benefit.due),
        "case": records.named(user, asat, [about]).get(about) if benefit.record_kind else None,
        "next_year": year_in_address(years[-1].year + 1 if years else year_of(asat.day)),
        "may_keep": may_keep,
        "may_validate": may_validate,
        "sections": sections(request, "benefit", slug, of),
        "history": queries.history_of(benefit) if can(user, Action.VIEW_HISTORY, of) else None,
        "breadcrumbs": _crumbs(asat),
    }
    return show(request, "benefits/benefit.html", context)


# What it is --------------------------------------------------------------------------------------------------


def _choices(request: HttpRequest) -> dict[str, Any]:
    return {
        "commissioners": queries.commissioner_choices(request.user),
        "chins": queries.chin_choices(request.user),
        "owners": queries.owner_choices(request.user),
        "measures": queries.measure_choices(asat_of(request).today),
        "programme": queries.keeps_the_programmes(request.user),
    }


def _facts(request: HttpRequest, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, its records found and theirs to name. Raises ValidationError, PermissionDenied."""
    facts = queries.chosen(dict(typed))
    require(request.user, KEEP, queries.would_be(facts["commissioner"]))
    key = facts["record_key"] = facts["record_key"].strip()
    if key and records.find(request.user, asat_of(request), CASE, key) is None:
        raise ValidationError({"record_key": f"There is no business case “{key}” that you may see."})
    return {**facts, "record_kind": CASE if key else ""}


@writes(forms.BenefitAddForm)
def benefit_add(request: HttpRequest) -> HttpResponse:
    """What an initiative is to be worth."""
    require(request.user, KEEP)
    asat = asat_of(request)

    def do(typed: dict[str, Any]) -> Any:
        facts = _facts(request, typed)
        years = range(facts.pop("first_year"), facts.pop("last_year") + 1)
        return services.add_benefit(by=request.user, years=years, **facts)

    initial = {"first_year": year_of(asat.today), "last_year": year_of(asat.today), "day": asat.today}
    return act(
        request,
        form=forms.BenefitAddForm(posted(request), today=asat.today, initial=initial, **_choices(request)),
        do=do,
        done=lambda benefit: f"{benefit} is there. Say next what is planned for each year.",
        to=lambda benefit: _page(asat, benefit),
        cancel=link(asat, "benefits:benefit_list"),
        heading="Add a benefit",
        submit="Add the benefit",
        breadcrumbs=_crumbs(asat),
    )


@writes(forms.BenefitChangeForm)
def benefit_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Another title, owner, point of delivery, price, or other measures."""
    benefit = _benefit(request, slug, KEEP)
    names = ("title", "initiative", "point_of_delivery", "hrg", "unit_price", "price_source", "price_year", "qipp")
    initial = {name: getattr(benefit, name) for name in (*names, "paper", "due", "note", "record_key")}
    initial |= {name: getattr(benefit, f"{name}_id") for name in ("commissioner", "chin", "owner")}
    initial |= {"measures": queries.names_of_measures(benefit), "seen": history.version(benefit)}
    return _on(
        request,
        benefit,
        form=forms.BenefitChangeForm(posted(request), initial=initial, **_choices(request)),
        do=lambda typed: services.change_benefit(by=request.user, benefit=benefit, **_facts(request, typed)),
        done=lambda changed: f"{changed} is saved.",
        heading="Change the benefit",
        submit="Save",
    )


def _on(request: HttpRequest, benefit: Any, **parts: Any) -> HttpResponse:
    """An act on a benefit: where it stands, and back to its page."""
    asat = asat_of(request)
    given = {"to": _page(asat, benefit), "caption": benefit.title, "breadcrumbs": _crumbs(asat, benefit)}
    return act(request, **given | parts)


# What it is worth ----------------------------------------------------------------------------------------------


@writes(forms.PlanForm)
def plan(request: HttpRequest, slug: str, year: str) -> HttpResponse:
    """What is planned for a year, from a day on."""
    benefit, number, today = _benefit(request, slug, KEEP), _year(year), asat_of(request).today
    held = queries.held_profile(benefit, number, today)
    names = ("activity", "saving", "recurrent", "non_recurrent", "source")
    initial = {name: getattr(held, name) for name in names} | {"seen": held.pk} if held else {"source": benefit.paper}
    return _on(
        request,
        benefit,
        form=forms.PlanForm(posted(request), today=today, is_new=held is None, initial=initial | {"day": today}),
        do=lambda typed: services.plan(by=request.user, benefit=benefit, year=number, **typed),
        done=lambda made: f"The plan of {year_name(number)} holds from {words.day(made.first_day)}.",
        heading=f"What is planned for {year_name(number)}",
        lede="What was planned until then stays, and can be read as at an earlier day.",
        submit="Save",
    )


@writes(forms.ForecastForm)
def forecast(request: HttpRequest, slug: str, year: str) -> HttpResponse:
    """What is expected of a year, from a day on."""
    benefit, number, today = _benefit(request, slug, KEEP), _year(year), asat_of(request).today
    held = queries.held_forecast(benefit, number, today)
    initial = {"activity": held.activity, "saving": held.saving, "seen": held.pk} if held else {}
    return _on(
        request,
        benefit,
        form=forms.ForecastForm(posted(request), today=today, is_new=held is None, initial=initial | {"day": today}),
        do=lambda typed: services.forecast(by=request.user, benefit=benefit, year=number, **typed),
        done=lambda made: f"The forecast of {year_name(number)} holds from {words.day(made.first_day)}.",
        heading=f"Forecast {year_name(number)}",
        submit="Save",
    )


@writes(forms.ValidateForm)
def validate(request: HttpRequest, slug: str, year: str) -> HttpResponse:
    """Say that a saving was made, by somebody who neither entered nor owns it."""
    benefit, number, today = _benefit(request, slug, VALIDATE), _year(year), asat_of(request).today

    def do(typed: dict[str, Any]) -> Any:
        first, last = (int(quarter) for quarter in typed.pop("quarters"))
        return services.validate(
            by=request.user, benefit=benefit, year=number, first_quarter=first, last_quarter=last, **typed
        )

    return _on(
        request,
        benefit,
        form=forms.ValidateForm(posted(request), today=today, initial={"day": today}),
        do=do,
        done=lambda made: f"{wording.pounds(made.saving)} of {year_name(number)}, {made.quarters}, is validated.",
        heading=f"Validate {year_name(number)}",
        lede="Whoever entered the benefit, planned or forecast it, or holds its owner’s post can’t validate it.",
        submit="Validate",
    )


@writes(forms.WithdrawForm)
def validation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """It is not validated any more."""
    validation = get_object_or_404(queries.find_validation(request.user, pk))
    benefit, today = validation.benefit, asat_of(request).today
    require(request.user, VALIDATE, benefit)
    return _on(
        request,
        benefit,
        form=forms.WithdrawForm(posted(request), first=validation.first_day, today=today, initial={"day": today}),
        do=lambda typed: services.withdraw_validation(by=request.user, validation=validation, **typed),
        done=lambda withdrawn: f"The validation of {year_name(validation.year)}, {validation.quarters}, is withdrawn.",
        heading=f"Withdraw the validation of {year_name(validation.year)}, {validation.quarters}",
        lede="Until the day before, pages go on saying that it was validated.",
        submit="Withdraw it",
        kind="warning",
    )


@writes(forms.SplitForm)
def split(request: HttpRequest, slug: str, other: str) -> HttpResponse:
    """Say how much counts of each of two benefits that overlap."""
    benefit, beside, today = _benefit(request, slug, KEEP), _benefit(request, other), asat_of(request).today
    held = queries.held_split(benefit, beside, today)
    initial: dict[str, Any] = {"day": today}
    if held is not None:
        percents = (held.one_percent, held.other_percent)
        percents = percents if held.one_id == benefit.pk else percents[::-1]
        initial |= {"percent": percents[0], "other_percent": percents[1], "seen": held.pk}
    return _on(
        request,
        benefit,
        form=forms.SplitForm(posted(request), one=benefit.title, other=beside.title, today=today, initial=initial),
        do=lambda typed: services.split_overlap(by=request.user, benefit=benefit, other=beside, **typed),
        done=lambda made: f"The overlap of {benefit} and {beside} is split from {words.day(made.first_day)}.",
        heading="Split an overlap",
        lede="Until it is split, the larger of the two counts in each year, and the other counts nothing.",
        submit="Split it",
    )
