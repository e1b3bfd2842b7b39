"""The pages of services: what each asks for, who is eligible, and how it stands against its budget line."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from budget import queries as money
from budget.lcs import figures, forms, opening, queries, services, shapes, wording
from budget.lcs.filters import PlaceFilters, ServiceFilters
from budget.lcs.models import Tariff
from budget.lcs.service_states import LISTED, ServiceState
from budget.lcs.tables import PlaceTable, ServiceTable
from cc2h.accounts.authority import Action, can, require
from cc2h.kit import history, words
from cc2h.kit.acts import Effect, act, posted
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.days import year_of
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage

CHANGE, VIEW = Action.CHANGE_SERVICE, Action.VIEW_BUDGET


def _page(asat: AsAt, service: Any) -> str:
    return link(asat, "lcs:service_detail", service.slug)


def _crumbs(asat: AsAt, service: Any = None) -> list[Mapping[str, str]]:
    crumbs: list[Mapping[str, str]] = [{"text": "Local services", "href": link(asat, "lcs:service_list")}]
    return [*crumbs, {"text": service.name, "href": _page(asat, service)}] if service is not None else crumbs


def _service(request: HttpRequest, slug: str, action: Action = CHANGE) -> Any:
    """The service, for somebody who may do this to it; 404 where it is not theirs to see."""
    service = get_object_or_404(queries.find_service(request.user, slug))
    require(request.user, action, service)
    return service


def _on_service(request: HttpRequest, service: Any, **parts: Any) -> HttpResponse:
    """An act on a service: where it stands, and back to its page."""
    asat = asat_of(request)
    given = {"to": _page(asat, service), "caption": service.name, "breadcrumbs": _crumbs(asat, service)}
    return act(request, **given | parts)


# Pages -------------------------------------------------------------------------------------------------


class ServiceList(ListPage):
    """Every service of the commissioners whose register the reader may see."""

    title = "Local services"
    noun = ("service", "services")
    filterset_class = ServiceFilters
    table_class = ServiceTable
    default_sort = "name"
    shape = shapes.ServiceItem
    template_name = "lcs/services.html"
    csv_columns = {
        "service": "slug",
        "name": "name",
        "commissioner": "line__commissioner__ods_code",
        "line": "line__slug",
        "opens": "opens_on",
        "closes": "closes_on",
        "tariff": "tariff",
        "rate": "rate",
        "list_sizes_of": "list_day",
        "eligible": "eligible_on",
        "state": "state",
    }
    empty_title = "No service is recorded"
    empty_text = "A local service is what a commissioner buys from its practices beyond their contract."

    def permit(self) -> None:
        require(self.request.user, Action.VIEW_REGISTER)

    def queryset(self) -> Any:
        return queries.services(self.request.user, self.asat)

    def exclude(self, filterset: ServiceFilters) -> Sequence[str]:
        several = "commissioner" in filterset.filters and not filterset.form.cleaned_data.get("commissioner")
        return () if several else ("commissioner",)

    def context(self) -> dict[str, Any]:
        return {
            "keeps": queries.commissioners(self.request.user),
            "breadcrumbs": [{"text": "Budget", "href": link(self.asat, "budget:home")}]
            if can(self.request.user, VIEW)
            else [],
        }


@require_safe
@reads(shapes.service)
def service_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A service: its approval, its stages and what they ask for, and what can be done next."""
    asat, user = asat_of(request), request.user
    service = _service(request, slug, Action.VIEW_REGISTER)
    may_change = bool(can(user, CHANGE, service))
    context = {
        "service": service,
        "stages": queries.stages_of(service),
        "rate": wording.rate(service),
        "window": wording.window(service),
        "window_over": service.state == ServiceState.OPEN and bool(service.closes_on) and service.closes_on < asat.day,
        "share": wording.share,
        "shown_by": wording.shown_by,
        "eligible": service.eligible.on(asat.day).count(),
        "may_change": may_change,
        "is_draft": service.state == ServiceState.DRAFT,
        "may_list": may_change and service.state in LISTED,
        "may_see_money": bool(can(user, VIEW, service)),
        "history": queries.service_history(service) if can(user, Action.VIEW_HISTORY, service) else None,
        "breadcrumbs": _crumbs(asat),
    }
    return show(request, "lcs/service.html", context)


@require_safe
@reads(shapes.reconciliation, stage="the number of a stage; the last that has begun")
def reconciliation(request: HttpRequest, slug: str) -> HttpResponse:
    """What a stage can come to against its line, and how far practices have come with it."""
    asat = asat_of(request)
    service = _service(request, slug, VIEW)
    stages = queries.stages_of(service)
    stage = queries.current_stage(stages, asat, request.GET.get("stage", ""))
    shown, chins, total = None, [], []
    more, others = 0, 0
    candidates: Sequence[queries.Candidate] = []
    if stage is not None:
        found = queries.standing(service, stage, asat)
        line = money.sums_by_line([service.line_id], stage.year, asat).get(service.line_id, money.Sums())
        of = figures.OfList(service, stage, asat, figures.places_of(service, found, line))
        papers = money.documents([service.line_id], asat, stage.year)
        beside = [one for one in stages if one.year == stage.year and one.pk != stage.pk]
        of_year = [
            (figures.OfList(service, one, asat, of.places), queries.standing(service, one, asat)) for one in beside
        ]
        several = [(of, found), *of_year] if of_year else []
        several.sort(key=lambda one: one[0].stage.number)
        shown = figures.reconcile(of, found, queries.outputs_accepted(service, stage, asat), line, papers, several)
        chins, total = figures.by_chin(of, found), figures.cells(of, "Together", found, {})
        more = figures.beyond(service, stage, found, line)
        if more > 0:
            others, candidates = queries.candidates(request.user, service, asat)
    context = {
        "service": service,
        "stages": stages,
        "stage": stage,
        "rate": wording.rate(service),
        "figures": shown,
        "chins": chins,
        "total": total,
        "more": more,
        "others": others,
        "candidates": candidates,
        "columns": figures.COLUMNS,
        "commissioner": service.line.commissioner,
        "breadcrumbs": _crumbs(asat, service),
    }
    return show(request, "lcs/service_reconciliation.html", context)


class PlaceList(ListPage):
    """The practices on the list of a service, as one of its stages has them."""

    title = "Eligible practices"
    noun = ("practice", "practices")
    filterset_class = PlaceFilters
    table_class = PlaceTable
    default_sort = "chin"
    shape = shapes.PlaceItem
    template_name = "lcs/service_practices.html"
    csv_columns = {
        "code": "code",
        "name": "name",
        "chin": "chin_slug",
        "chin_name": "chin_name",
        "list_size": "list_size",
        "amount": "stage_amount",
        "claim": "claim_state",
        "outputs_accepted": "outputs",
        "payable": "payable",
        "paid": "paid",
        "added": "added_on",
        "why_added": "why_added",
    }

    @cached_property
    def service(self) -> Any:
        return _service(self.request, self.kwargs["slug"], VIEW)

    @cached_property
    def named(self) -> bool:
        return queries.names_seen(self.request.user, self.service)

    @cached_property
    def may_change(self) -> bool:
        return bool(can(self.request.user, CHANGE, self.service)) and self.service.state not in ("ended", "withdrawn")

    def permit(self) -> None:
        require(self.request.user, VIEW, self.service)

    def queryset(self) -> Any:
        return queries.listed(self.service, self.asat, self.request.GET.get("stage", ""), named=self.named)

    def exclude(self, filterset: PlaceFilters) -> Sequence[str]:
        nameless = () if self.named else ("code", "name")
        flat = ("list_size",) if self.service.tariff == Tariff.FLAT else ()
        return (*nameless, *flat)

    def table(self, filterset: Any, rows: Sequence[Any]) -> Any:
        table: Any = super().table(filterset, rows)
        table.may_change = self.may_change
        return table

    def context(self) -> dict[str, Any]:
        return {
            "service": self.service,
            "caption": self.service.name,
            "named": self.named,
            "may_change": self.may_change,
            "breadcrumbs": _crumbs(self.asat, self.service),
        }


# What it asks for ----------------------------------------------------------------------------------------


@writes(forms.ServiceForm)
def service_add(request: HttpRequest, ods_code: str) -> HttpResponse:
    """A draft of a service."""
    asat = asat_of(request)
    commissioner = get_object_or_404(queries.commissioner(request.user, ods_code))
    require(request.user, CHANGE, commissioner)
    return act(
        request,
        form=forms.ServiceForm(posted(request), lines=queries.line_choices(request.user, commissioner)),
        do=lambda typed: services.add_service(by=request.user, **_facts(typed)),
        done=lambda service: f"{service} is there, as a draft. Say next what it asks for.",
        to=lambda service: _page(asat, service),
        cancel=link(asat, "lcs:service_list"),
        heading="Add a local service",
        caption=commissioner.name,
        submit="Add the service",
        breadcrumbs=_crumbs(asat),
    )


@writes(forms.ServiceChangeForm)
def service_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Another name, line, window or tariff, while it is a draft."""
    service = _service(request, slug)
    facts = ("name", "purpose", "opens_on", "closes_on", "tariff", "rate", "list_day", "source")
    initial = {name: getattr(service, name) for name in facts} | {"line": service.line_id}
    return _on_service(
        request,
        service,
        form=forms.ServiceChangeForm(
            posted(request),
            lines=queries.line_choices(request.user, service.line.commissioner),
            initial=initial | {"seen": history.version(service)},
        ),
        do=lambda typed: services.change_service(by=request.user, service=service, **_facts(typed)),
        done=lambda changed: f"{changed} is saved.",
        heading="Change the service",
        submit="Save",
    )


def _facts(typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, with the line that was chosen by number."""
    return {**typed, "line": queries.line_by_number(typed["line"])}


@writes(forms.StageForm)
def stage_add(request: HttpRequest, slug: str) -> HttpResponse:
    """A part of the service that is claimed for by itself."""
    service = _service(request, slug)
    initial = {"year": year_of(service.opens_on), "from_day": service.opens_on}
    return _on_service(
        request,
        service,
        form=forms.StageForm(posted(request), initial=initial),
        do=lambda typed: services.add_stage(by=request.user, service=service, **typed),
        done=lambda stage: f"{stage} is there. Say what it asks for.",
        heading="Add a stage",
        submit="Add the stage",
    )


def _stage(request: HttpRequest, pk: int) -> Any:
    stage = get_object_or_404(queries.find_stage(request.user, pk))
    require(request.user, CHANGE, stage.service)
    return stage


@writes(forms.StageChangeForm)
def stage_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name, share, year or other days."""
    stage = _stage(request, pk)
    initial = {name: getattr(stage, name) for name in ("name", "share", "year", "from_day", "due")}
    return _on_service(
        request,
        stage.service,
        form=forms.StageChangeForm(posted(request), initial=initial | {"seen": history.version(stage)}),
        do=lambda typed: services.change_stage(by=request.user, stage=stage, **typed),
        done=lambda changed: f"{changed} is saved.",
        heading="Change the stage",
        submit="Save",
    )


@writes(forms.NothingForm)
def stage_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """The service has no such stage, nor what it asks for."""
    stage = _stage(request, pk)
    return _on_service(
        request,
        stage.service,
        form=forms.NothingForm(posted(request)),
        do=lambda typed: services.remove_stage(by=request.user, stage=stage),
        done=lambda removed: f"{removed} is gone, with what it asked for.",
        heading=f"Remove the stage: {stage}",
        lede="What it asks for goes with it. The history keeps both.",
        submit="Remove it",
        kind="warning",
    )


@writes(forms.OutputForm)
def output_add(request: HttpRequest, pk: int) -> HttpResponse:
    """What a stage asks for."""
    stage = _stage(request, pk)
    return _on_service(
        request,
        stage.service,
        form=forms.OutputForm(posted(request)),
        do=lambda typed: services.add_output(by=request.user, stage=stage, **typed),
        done=lambda output: f"{stage} asks for: {output}.",
        heading=f"Add an output: {stage}",
        submit="Add the output",
    )


def _output(request: HttpRequest, pk: int) -> Any:
    output = get_object_or_404(queries.find_output(request.user, pk))
    require(request.user, CHANGE, output.stage.service)
    return output


@writes(forms.OutputChangeForm)
def output_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another wording, owner or evidence."""
    output = _output(request, pk)
    facts = ("name", "guidance", "whose", "evidence", "role", "agreement_kind")
    initial = {name: getattr(output, name) for name in facts} | {"seen": history.version(output)}
    return _on_service(
        request,
        output.stage.service,
        form=forms.OutputChangeForm(posted(request), initial=initial),
        do=lambda typed: services.change_output(by=request.user, output=output, **typed),
        done=lambda changed: f"{changed} is saved.",
        heading="Change the output",
        submit="Save",
    )


@writes(forms.NothingForm)
def output_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """The stage does not ask for it."""
    output = _output(request, pk)
    return _on_service(
        request,
        output.stage.service,
        form=forms.NothingForm(posted(request)),
        do=lambda typed: services.remove_output(by=request.user, output=output),
        done=lambda removed: f"{removed} is not asked for.",
        heading=f"Remove the output: {output}",
        submit="Remove it",
        kind="warning",
    )


# Its life ------------------------------------------------------------------------------------------------


@writes(forms.ApproveForm)
def approve(request: HttpRequest, slug: str) -> HttpResponse:
    """Record who approved it."""
    service = _service(request, slug)
    return _on_service(
        request,
        service,
        form=forms.ApproveForm(posted(request), today=asat_of(request).today),
        do=lambda typed: services.approve(by=request.user, service=service, **typed),
        done=lambda approved: f"{approved} is approved. It can be opened when its list is made.",
        heading="Record the approval",
        lede="What the service asks for does not change from then on, unless the approval is taken back.",
        submit="Record it",
    )


@writes(forms.NothingForm)
def take_back(request: HttpRequest, slug: str) -> HttpResponse:
    """The approval does not hold any more."""
    service = _service(request, slug)
    return _on_service(
        request,
        service,
        form=forms.NothingForm(posted(request)),
        do=lambda typed: services.take_back(by=request.user, service=service),
        done=lambda draft: f"{draft} is a draft again.",
        heading="Take the approval back",
        lede="It is a draft again, to be changed and approved anew. The history keeps the approval.",
        submit="Take it back",
        kind="warning",
    )


@writes(forms.NothingForm)
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """It comes to nothing."""
    service = _service(request, slug)
    return _on_service(
        request,
        service,
        form=forms.NothingForm(posted(request)),
        do=lambda typed: services.withdraw(by=request.user, service=service),
        done=lambda withdrawn: f"{withdrawn} is withdrawn.",
        heading="Withdraw the service",
        lede="It never opens. That is for good.",
        submit="Withdraw it",
        kind="warning",
    )


@writes(forms.DayForm)
def open_it(request: HttpRequest, slug: str) -> HttpResponse:
    """Earmark what it can come to, and open its claims."""
    asat = asat_of(request)
    service = _service(request, slug)
    form = forms.DayForm(
        posted(request), today=asat.today, initial={"day": max(service.opens_on, min(asat.day, asat.today))}
    )

    def effect(typed: Mapping[str, Any]) -> Effect:
        found = services.what_opening_does(by=request.user, service=service, day=typed["day"])
        said = [
            f"{words.pounds(one.amount, 2)} is earmarked for {one.name}: {words.plural(one.priced, 'practice')}."
            for one in found
            if one.amount
        ]
        return Effect(sentences=said or ["Nothing is earmarked."], warnings=_unknown(service, found))

    return _on_service(
        request,
        service,
        form=form,
        do=lambda typed: services.open_service(by=request.user, service=service, **typed),
        done=lambda opened: f"{opened} is open. Its claims are waiting for the practices.",
        effect=effect,
        heading="Open the service",
        submit="Open it",
    )


def _unknown(service: Any, found: Iterable[opening.OfStage]) -> list[str]:
    """What has no amount, which is not £0."""
    if service.rate is None:
        return ["No rate is stated: its claims can be sent in and verified, and none becomes payable until one is."]
    said = []
    for one in found:
        if one.amount is None and one.priced == 0:
            said.append(f"No share of {one.name} is stated: nothing is earmarked for it.")
        elif one.priced < one.places:
            without = words.plural(one.places - one.priced, "practice")
            said.append(f"{one.name}: {without} without a list size of that day. Nothing is earmarked for them.")
    return said


@writes(forms.RateForm)
def set_rate(request: HttpRequest, slug: str) -> HttpResponse:
    """State the rate of an open service that had none."""
    asat = asat_of(request)
    service = _service(request, slug)
    stages = [stage for stage in queries.stages_of(service) if stage.share is None]
    form = forms.RateForm(
        posted(request),
        today=asat.today,
        stages=[(stage.number, stage.name) for stage in stages] if len(stages) > 1 else [],
        per_head=service.tariff == Tariff.PER_HEAD,
        initial={"day": min(asat.day, asat.today)},
    )

    def do(typed: dict[str, Any]) -> Any:
        shares: dict[int, Decimal] = {}
        for stage in stages:
            if (name := f"share_{stage.number}") in typed:
                shares[stage.number] = typed.pop(name)
        return services.set_rate(by=request.user, service=service, shares=shares, **typed)

    return _on_service(
        request,
        service,
        form=form,
        do=do,
        done=lambda stated: f"{wording.rate(stated)}, and earmarked.",
        heading="State the rate",
        lede="It is stated once. What the eligible practices can come to is earmarked with it.",
        submit="State it and earmark",
    )


@writes(forms.EndForm)
def end(request: HttpRequest, slug: str) -> HttpResponse:
    """Nothing more comes of it."""
    asat = asat_of(request)
    service = _service(request, slug)
    form = forms.EndForm(
        posted(request), first=service.opens_on, today=asat.today, initial={"day": min(asat.day, asat.today)}
    )
    return _on_service(
        request,
        service,
        form=form,
        do=lambda typed: services.end_service(by=request.user, service=service, **typed),
        done=lambda ended: (
            f"{ended} has ended. Its open claims are closed, and what was earmarked for them is released."
        ),
        heading="End the service",
        lede="Claims that are not payable yet are closed, and what is earmarked for them goes back to the line. "
        "What is payable or paid stays.",
        submit="End it",
        kind="warning",
    )


# Who is eligible -------------------------------------------------------------------------------------------


@writes(forms.FreezeForm)
def freeze(request: HttpRequest, slug: str) -> HttpResponse:
    """Make the list of eligible practices."""
    asat = asat_of(request)
    service = _service(request, slug)
    day = min(asat.day, asat.today)
    form = forms.FreezeForm(
        posted(request),
        chins=queries.chin_choices(service),
        federations=queries.federation_choices(service),
        today=asat.today,
        initial={"day": day},
    )

    def effect(typed: Mapping[str, Any]) -> Effect:
        found = opening.how_many(service.line.commissioner_id, typed["day"], typed["chin"], typed["federation"])
        was = service.eligible.now().count()
        return Effect(
            sentences=[f"The list is the {words.plural(found, 'practice')} open on {words.day(typed['day'])}."],
            warnings=[f"It takes the place of the list of {words.plural(was, 'practice')} made before."] if was else [],
        )

    return _on_service(
        request,
        service,
        form=form,
        do=lambda typed: services.freeze(by=request.user, service=service, **typed),
        done=lambda number: f"{words.plural(number, 'practice')} may claim.",
        to=link(asat, "lcs:place_list", service.slug),
        cancel=_page(asat, service),
        effect=effect,
        heading="Make the list of eligible practices",
        lede="The list stays as it is made, whatever becomes of practices; you add and take off by name, with a reason.",
        submit="Make the list",
    )


@writes(forms.AddPracticeForm)
def place_add(request: HttpRequest, slug: str) -> HttpResponse:
    """A practice may claim after all."""
    asat = asat_of(request)
    service = _service(request, slug)

    def do(typed: dict[str, Any]) -> Any:
        code = typed.pop("code")
        practice = queries.practice_of(service, code, AsAt(typed["day"], None, asat.today))
        if practice is None:
            name = service.line.commissioner.short_name
            raise ValidationError({"code": f"“{code}” is no practice of {name} on {words.day(typed['day'])}."})
        return services.add_practice(by=request.user, service=service, practice=practice, **typed)

    return _on_service(
        request,
        service,
        form=forms.AddPracticeForm(posted(request), today=asat.today, initial={"day": min(asat.day, asat.today)}),
        do=do,
        done=lambda place: f"{place.practice} is on the list.",
        to=link(asat, "lcs:place_list", service.slug),
        heading="Add a practice to the list",
        submit="Add it",
        fields_of_refusals={"was_there": "day"},
    )


@writes(forms.EndForm)
def place_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """A practice may not claim any more."""
    asat = asat_of(request)
    place = get_object_or_404(queries.find_place(request.user, pk))
    require(request.user, CHANGE, place.service)
    return _on_service(
        request,
        place.service,
        form=forms.EndForm(
            posted(request),
            first=place.added_on,
            today=asat.today,
            initial={"day": max(place.added_on, min(asat.day, asat.today))},
        ),
        do=lambda typed: services.take_off(by=request.user, place=place, **typed),
        done=lambda off: f"{off.practice} is off the list.",
        to=link(asat, "lcs:place_list", place.service.slug),
        heading=f"Take {place.practice} off the list",
        lede="Its claims that are not payable yet are closed, and what is earmarked for them goes back to the line.",
        submit="Take it off",
        kind="warning",
    )
