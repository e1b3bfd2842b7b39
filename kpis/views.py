"""The pages of the library: measures, what they are evidence of, and the values of each by practice."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from cc2h.accounts import records
from cc2h.accounts.authority import Action, can, require
from cc2h.accounts.records import Record
from cc2h.kit import history, words
from cc2h.kit.acts import act, posted, version_of
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.days import NotADay, parse_day
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage
from cc2h.kit.sections import sections
from kpis import forms, objectives, queries, services, shapes, wording
from kpis.filters import MeasureFilters, ValueFilters
from kpis.models import Definition, Initiative, Measure, Objective, OutcomeKind
from kpis.periods import period_name
from kpis.series import definitions_of
from kpis.tables import MeasureTable, ValueTable

VIEW, KEEP = Action.VIEW_REGISTER, Action.KEEP_MEASURES
FACTS = tuple(forms.Facts.base_fields)


def _find(request: HttpRequest, code: str, action: Action = VIEW) -> Measure:
    """The measure, for somebody who may do this; 404 where it is not theirs to see."""
    require(request.user, VIEW)
    require(request.user, action)
    measure: Measure = get_object_or_404(queries.measures(request.user), code=code)
    return measure


def _page(asat: AsAt, measure: Measure) -> str:
    return link(asat, "kpis:measure_detail", measure.code)


def _crumbs(asat: AsAt, measure: Measure | None = None, name: str = "") -> list[Mapping[str, str]]:
    crumbs: list[Mapping[str, str]] = [{"text": "Measures", "href": link(asat, "kpis:measure_list")}]
    return [*crumbs, {"text": name, "href": _page(asat, measure)}] if measure is not None else crumbs


def _itself(measure: Measure, name: str, asat: AsAt) -> Record:
    return Record("measure", measure.code, name, records.kinds["measure"].target(measure.code, asat.today))


def _on(definitions: Sequence[Definition], day: date) -> Definition:
    """The definition in force on the day; before the first, that."""
    return next((one for one in reversed(definitions) if one.first_day <= day), definitions[0])


class MeasureList(ListPage):
    """The library: everything that is measured, or that papers want measured."""

    title = "Measures"
    noun = ("measure", "measures")
    filterset_class = MeasureFilters
    table_class = MeasureTable
    default_sort = "name"
    shape = shapes.MeasureItem
    template_name = "kpis/measures.html"
    csv_columns = {
        "code": "code",
        "name": "name",
        "initiative": "initiative",
        "unit": "unit",
        "months": "months",
        "better": "better",
        "newest": "newest",
        "target": "targeted",
        "source": "source",
        "paper": "paper",
    }
    empty_title = "No measure matches"
    empty_text = "Take a filter off, or add a measure."

    def permit(self) -> None:
        require(self.request.user, VIEW)

    def queryset(self) -> Any:
        return queries.library(self.request.user, self.asat)

    def context(self) -> dict[str, Any]:
        return {"may_keep": bool(can(self.request.user, KEEP))}


@require_safe
@reads(shapes.measure)
def measure_detail(request: HttpRequest, code: str) -> HttpResponse:
    """A measure: what it counts, what it is evidence of, and what groups of practices had lately."""
    asat, user = asat_of(request), request.user
    measure = _find(request, code)
    definitions = definitions_of(measure, asat)
    if not definitions:
        raise Http404
    definition = _on(definitions, asat.day)
    periods = queries.periods(measure, asat, user)
    beside = queries.beside(measure, definition, asat, user)
    context = {
        "measure": measure,
        "initiative": Initiative(measure.initiative).label,
        "impacts": beside.impacts,
        "definition": definition,
        "definitions": definitions,
        "others": [one for one in definitions if one.pk != definition.pk],
        "unit": wording.unit(definition),
        "formula": wording.formula(definition),
        "latest": beside.latest,
        "areas": beside.areas,
        "in_the_qof": queries.in_the_qof(measure, asat),
        "periods": periods,
        "newest": period_name(*periods[0]) if periods else "",
        "shown": lambda value: wording.shown(definition, value),
        "period_name": period_name,
        "told": wording.figures,
        "value_of_area": lambda row: wording.shown(
            definition, queries.value_of(definition, row.numerator, row.denominator, row.value)
        ),
        "may_keep": bool(can(user, KEEP)),
        "history": queries.measure_history(user, measure),
        "sections": sections(request, "measure", measure.code, _itself(measure, definition.name, asat)),
        "breadcrumbs": _crumbs(asat),
    }
    return show(request, "kpis/measure.html", context)


@require_safe
@reads(shapes.impacts)
def impact_list(request: HttpRequest) -> HttpResponse:
    """What papers expect of the programme, and which measures would show it."""
    require(request.user, VIEW)
    asat = asat_of(request)
    found = list(queries.impacts())
    several = [measure for one in found for measure in one.measures.all()]
    context = {
        "impacts": found,
        "names": queries.names_of(several, asat),
        "none": sum(not one.measures.all() for one in found),
        "initiative": lambda value: Initiative(value).label,
        "breadcrumbs": _crumbs(asat),
    }
    return show(request, "kpis/impacts.html", context)


class ValueList(ListPage):
    """What each practice had in a period, as at the page's day or as known on its second."""

    noun = ("practice", "practices")
    filterset_class = ValueFilters
    table_class = ValueTable
    default_sort = "name"
    shape = shapes.ValueItem
    template_name = "kpis/values.html"
    csv_columns = {
        "code": "code",
        "name": "name",
        "commissioner": "commissioner",
        "chin": "chin",
        "ends": "ends",
        "months": "months",
        "numerator": "numerator",
        "denominator": "denominator",
        "value": "value",
        "suppressed": "suppressed",
        "published": "published",
        "file": "file_name",
        "row": "row_number",
    }
    empty_title = "No data yet"
    empty_text = "No value of this measure that you may see is held for the period."

    @cached_property
    def measure(self) -> Measure:
        return _find(self.request, self.kwargs["code"])

    @cached_property
    def periods(self) -> list[tuple[date, int]]:
        return queries.periods(self.measure, self.asat, self.request.user)

    @cached_property
    def ends(self) -> date:
        """The period asked for, else the newest."""
        try:
            asked = parse_day(self.request.GET.get("period", ""))
        except NotADay:
            asked = None
        known = [ends for ends, _ in self.periods]
        return asked if asked in known else next(iter(known), self.asat.day)

    @cached_property
    def definition(self) -> Definition:
        """That of the period's last day."""
        found = definitions_of(self.measure, self.asat)
        if not found:
            raise Http404
        return _on(found, self.ends)

    @property
    def title(self) -> str:  # type: ignore[override]
        return "Values by practice"

    def permit(self) -> None:
        require(self.request.user, VIEW)
        _ = self.definition

    def queryset(self) -> Any:
        found = queries.values(self.measure, self.ends, self.asat, self.request.user)
        found.periods = self.periods
        return found

    def table(self, filterset: Any, rows: Sequence[Any]) -> Any:
        table: Any = super().table(filterset, rows)
        table.definition = self.definition
        table.files_seen = queries.files_seen(self.request.user, rows)
        return table

    def context(self) -> dict[str, Any]:
        months = dict(self.periods).get(self.ends, 12)
        return {
            "measure": self.measure,
            "definition": self.definition,
            "caption": self.definition.name,
            "of_period": period_name(self.ends, months) if self.periods else "",
            "formula": wording.formula(self.definition),
            "unit": wording.unit(self.definition),
            "breadcrumbs": _crumbs(self.asat, self.measure, self.definition.name),
        }


# Keeping the library -------------------------------------------------------------------------------------


def _impacts() -> list[tuple[int, str]]:
    return [(one.pk, f"{one.name} ({one.paper})" if one.paper else one.name) for one in queries.impacts()]


def _chosen(typed: dict[str, Any]) -> dict[str, Any]:
    """With impacts in place of their numbers."""
    return {**typed, "impacts": [one for one in queries.impacts() if one.pk in typed["impacts"]]}


@writes(forms.AddForm)
def measure_add(request: HttpRequest) -> HttpResponse:
    """A new measure with its first definition."""
    require(request.user, KEEP)
    asat = asat_of(request)
    return act(
        request,
        form=forms.AddForm(posted(request), impacts=_impacts()),
        do=lambda typed: services.add_measure(by=request.user, **_chosen(typed)),
        done=lambda measure: f"{measure.code} is in the library.",
        to=lambda measure: _page(asat, measure),
        cancel=link(asat, "kpis:measure_list"),
        heading="Add a measure",
        submit="Add it",
        breadcrumbs=_crumbs(asat),
    )


def _on_measure(request: HttpRequest, measure: Measure, **parts: Any) -> HttpResponse:
    asat = asat_of(request)
    name = queries.names_of([measure], asat).get(measure.pk, measure.code)
    given = {"to": _page(asat, measure), "caption": name, "breadcrumbs": _crumbs(asat, measure, name)}
    return act(request, **given | parts)


@writes(forms.MeasureForm)
def measure_edit(request: HttpRequest, code: str) -> HttpResponse:
    """What it is evidence of, and its names in files."""
    measure = _find(request, code, KEEP)
    initial = {
        "initiative": measure.initiative,
        "impacts": [one.pk for one in measure.impacts.all()],
        "external_codes": measure.external_codes,
        "seen": history.version(measure),
    }
    return _on_measure(
        request,
        measure,
        form=forms.MeasureForm(posted(request), initial=initial, impacts=_impacts()),
        do=lambda typed: services.change_measure(by=request.user, measure=measure, **_chosen(typed)),
        done=lambda changed: "The measure is changed.",
        heading="Change what it is evidence of",
        submit="Change it",
    )


@writes(forms.AnewForm)
def define_anew(request: HttpRequest, code: str) -> HttpResponse:
    """From a day on the measure counts otherwise; the definition before ends the day before."""
    measure = _find(request, code, KEEP)
    found = definitions_of(measure, asat_of(request))
    initial = {name: getattr(found[-1], name) for name in FACTS} if found else {}
    return _on_measure(
        request,
        measure,
        form=forms.AnewForm(posted(request), initial=initial),
        do=lambda typed: services.define_anew(by=request.user, measure=measure, **typed),
        done=lambda definition: f"The new definition holds from {words.day(definition.first_day)}.",
        heading="Define it anew",
        lede="Earlier values stay judged by the earlier definition. Was it recorded wrongly all along? Then correct it.",
        submit="Define it anew",
    )


def _definition(request: HttpRequest, pk: int) -> Definition:
    require(request.user, VIEW)
    require(request.user, KEEP)
    definition: Definition = version_of(request, queries.definitions(request.user), pk)
    return definition


@writes(forms.CorrectForm)
def definition_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """What was recorded of a definition was wrong."""
    definition = _definition(request, pk)
    initial = {name: getattr(definition, name) for name in (*FACTS, "breaks")}
    return _on_measure(
        request,
        definition.measure,
        of=definition,
        form=forms.CorrectForm(posted(request), initial=initial),
        do=lambda typed: services.correct_definition(by=request.user, definition=definition, **typed),
        done=lambda corrected: "The definition is corrected.",
        heading=f"Correct the definition {words.period(definition.period.lower, definition.period.upper)}",
        submit="Correct it",
    )


@writes(forms.OwnerForm)
def definition_owner(request: HttpRequest, pk: int) -> HttpResponse:
    """Whose definition it is, who checks it, and when it is looked at again."""
    definition = _definition(request, pk)
    initial = {name: getattr(definition, name) for name in ("owner", "checked_by", "review_on")}
    return _on_measure(
        request,
        definition.measure,
        of=definition,
        form=forms.OwnerForm(posted(request), initial=initial),
        do=lambda typed: services.set_owner(by=request.user, definition=definition, **typed),
        done=lambda kept: "The definition’s owner is set.",
        heading="Set its owner",
        submit="Set it",
    )


# Outcome objectives --------------------------------------------------------------------------------------


def _record(request: HttpRequest, kind: str, key: str, action: Action = VIEW) -> Record:
    """The CHIN or QIST, for somebody who may do this there; 404 where it is not theirs to see."""
    record = records.find(request.user, asat_of(request), kind, key) if kind in objectives.WHOSE else None
    if record is None:
        raise Http404
    if action is not VIEW:
        require(request.user, action, record)
    return record


@require_safe
@reads(shapes.agreed)
def objective_list(request: HttpRequest) -> HttpResponse:
    """Which CHINs and QISTs have agreed on outcomes."""
    require(request.user, VIEW)
    asat = asat_of(request)
    context = {
        "agreed": objectives.agreed(request.user, asat),
        "kinds": OutcomeKind.choices,
        "noun": records.noun_of,
        "breadcrumbs": _crumbs(asat),
    }
    return show(request, "kpis/objective_list.html", context)


@require_safe
@reads(shapes.objectives)
def objective_detail(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """What a CHIN or a QIST agreed on, beside the newest values."""
    asat = asat_of(request)
    record = _record(request, kind, key)
    context = {
        "record": record,
        "page": record.page(asat),
        "progress": objectives.progress(record, asat, request.user),
        "kinds": OutcomeKind.choices,
        "shown": lambda one, value: wording.shown(one.definition, value) if one.definition else words.DASH,
        "may_keep": bool(can(request.user, KEEP, record)),
        "breadcrumbs": _of_objectives(asat),
    }
    return show(request, "kpis/objectives.html", context)


def _of_objectives(asat: AsAt) -> list[Mapping[str, str]]:
    return [*_crumbs(asat), {"text": "Outcome objectives", "href": link(asat, "kpis:objective_list")}]


def _choices(request: HttpRequest) -> list[tuple[int, str]]:
    found = list(queries.measures(request.user))
    names = queries.names_of(found, asat_of(request))
    return sorted(((one.pk, names.get(one.pk, one.code)) for one in found), key=lambda both: both[1])


def _measured(request: HttpRequest, typed: dict[str, Any]) -> dict[str, Any]:
    return {**typed, "measure": get_object_or_404(queries.measures(request.user), pk=typed["measure"])}


def _on_record(request: HttpRequest, record: Record, **parts: Any) -> HttpResponse:
    asat = asat_of(request)
    to = link(asat, "kpis:objective_detail", record.kind, record.key)
    crumbs = [*_of_objectives(asat), {"text": record.name, "href": to}]
    return act(request, **{"to": to, "caption": record.name, "breadcrumbs": crumbs} | parts)


@writes(forms.ObjectiveForm)
def objective_add(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """An objective is agreed, from a day."""
    record = _record(request, kind, key, KEEP)
    return _on_record(
        request,
        record,
        form=forms.ObjectiveForm(posted(request), measures=_choices(request)),
        do=lambda typed: objectives.agree(by=request.user, record=record, **_measured(request, typed)),
        done=lambda made: "The objective is recorded.",
        heading="Record an agreed objective",
        submit="Record it",
    )


def _objective(request: HttpRequest, pk: int) -> tuple[Objective, Record]:
    objective: Objective = version_of(request, objectives.seen(request.user, asat_of(request)), pk)
    return objective, _record(request, objective.kind, objective.key, KEEP)


@writes(forms.CorrectObjectiveForm)
def objective_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """What was recorded of an objective was wrong."""
    objective, record = _objective(request, pk)
    names = ("outcome", "text", "target", "agreed_by")
    initial = {**{name: getattr(objective, name) for name in names}, "measure": objective.measure_id}
    return _on_record(
        request,
        record,
        of=objective,
        form=forms.CorrectObjectiveForm(posted(request), initial=initial, measures=_choices(request)),
        do=lambda typed: objectives.correct(by=request.user, objective=objective, **_measured(request, typed)),
        done=lambda corrected: "The objective is corrected.",
        heading="Correct the objective",
        submit="Correct it",
    )


@writes(forms.EndObjectiveForm)
def objective_end(request: HttpRequest, pk: int) -> HttpResponse:
    """An objective is pursued no longer."""
    objective, record = _objective(request, pk)
    return _on_record(
        request,
        record,
        of=objective,
        form=forms.EndObjectiveForm(posted(request)),
        do=lambda typed: objectives.end(by=request.user, objective=objective, **typed),
        done=lambda ended: f"The objective ends on {words.day(ended.last_day)}.",
        heading="End the objective",
        submit="End it",
    )
